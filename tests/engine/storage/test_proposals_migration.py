"""Books from before refunds could wait for a second person keep every correction."""

import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest

from engine.books import proposals
from engine.storage.database import open_database
from tests.builders import MONDAY

BEFORE = 16


@pytest.fixture
def old_books(folder: Path) -> Path:
    """A correction that waits, and one that was dropped."""
    path = folder / "old.db"
    scripts = sorted(
        each.name for each in resources.files("engine.schema").iterdir() if each.name[:4].isdigit()
    )
    with closing(sqlite3.connect(path)) as sqlite:
        for name in scripts[: BEFORE - 1]:
            script = resources.files("engine.schema") / name
            sqlite.executescript(script.read_text(encoding="utf-8"))
        sqlite.execute(f"PRAGMA user_version = {BEFORE - 1}")
        sqlite.execute("INSERT INTO instance VALUES (1, 'live', 0)")
        sqlite.execute("INSERT INTO accounts (id, kind) VALUES (77, 'member')")
        sqlite.execute("INSERT INTO notes VALUES (x'0102', x'03', 'why')")
        sqlite.executemany(
            """
            INSERT INTO corrections (id, key, what, account, points, reversed, note, proposed_by,
                                     proposed_at, expires_at, state, decided_by, decided_at)
            VALUES (?, ?, ?, ?, ?, ?, x'0102', 77, 1, 9, ?, ?, ?)
            """,
            [
                (3, "a", "adjust", 77, 500, None, "waiting", None, None),
                (8, "b", "unbatch", None, -20, "x", "dropped", 77, 5),
            ],
        )
        sqlite.commit()
    return path


async def test_corrections_are_what_they_were(old_books: Path) -> None:
    async with (
        open_database(old_books, kind="live", now=MONDAY) as database,
        database.reading() as reader,
    ):
        waiting = await proposals.waiting(reader, 5)
        dropped = await proposals.get(reader, 8)
        by_key = await proposals.by_key(reader, "b")

    assert [(one.id, one.account, one.points, one.reason) for one in waiting] == [
        (3, 77, 500, "why")
    ]
    assert (dropped.what, dropped.batch, dropped.points) == ("unbatch", "x", -20)
    assert (dropped.state, dropped.decided_by, dropped.redemption) == ("dropped", 77, None)
    assert by_key == dropped


async def test_a_refund_names_its_redemption_and_its_member(old_books: Path) -> None:
    async with open_database(old_books, kind="live", now=MONDAY) as database:
        for account in (None, 77):
            with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
                async with database.transaction() as tx:
                    await tx.execute(
                        """
                        INSERT INTO corrections (key, what, account, points, note, proposed_by,
                                                 proposed_at, expires_at, state)
                        VALUES ('c', 'refund', ?, 5, x'0102', 77, 1, 9, 'waiting')
                        """,
                        (account,),
                    )
