"""Deciding: what the staff were asked is answered where it was asked, and asks no more."""

from engine import posts
from engine.posts import Owed
from engine.storage.database import Transaction


async def answered(tx: Transaction, asked: str, answer: str, *, actor: int, now_ms: int) -> None:
    """Owe the edits by which questions say who answered them, and lose their buttons.

    `asked` is how the keys of their posts begin, `answer` the label of the button that stands for
    what was done, whether it was pressed or the same was done by a command.
    """
    rows = await tx.all(
        """
        SELECT id, key, server, lane FROM posts
        WHERE key >= ?1 || ':' AND key < ?1 || ';' AND kind = 'staff'
          AND json_extract(facts, '$.buttons') IS NOT NULL
        """,
        (f"staff:{asked}",),
    )
    owed = [
        Owed(
            key=f"answered:{row['id']}",
            kind="staff",
            lane=row["lane"],
            server=row["server"],
            facts={"asked": row["key"], "answer": answer, "actor": actor},
        )
        for row in rows
    ]
    await posts.owe(tx, owed, now_ms)
