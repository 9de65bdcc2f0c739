"""Posts: effects owed to Discord, recorded before they are made.

A post is written in the transaction that causes it, claimed before it is sent, and confirmed
after. Between claim and confirmation its outcome is unknown, whatever happens to the process;
whoever sends it again looks first whether it is already there. Posts of one lane happen in order.
"""

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from engine.storage.database import Reader, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """An effect to make: what, where, and the facts to tell it with."""

    key: str
    kind: str
    lane: str
    server: int
    round: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])
    follows: str | None = None
    """The key of a post in another lane that comes first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """An effect as the books have it. Moments are milliseconds UTC."""

    id: int
    key: str
    kind: str
    lane: str
    server: int
    round: int | None
    facts: Mapping[str, Any]
    state: str
    owed_at: int
    first_at: int | None
    tried_at: int | None
    """When it was last tried; of a post that was just claimed, the attempt before."""
    attempts: int
    error: str | None
    channel: int | None
    message: int | None

    @property
    def tried_before(self) -> bool:
        """Whether an earlier attempt may have taken effect unseen."""
        return self.attempts > 1


OPEN = "state IN ('pending', 'sending')"
"""The condition of the index over posts that are not done, word for word."""
TURN = f"""
    SELECT * FROM posts
    WHERE id IN (SELECT min(id) FROM posts WHERE {OPEN} GROUP BY lane) AND state = 'pending'
      AND NOT EXISTS (SELECT 1 FROM posts AS first
                      WHERE first.key = posts.follows AND first.{OPEN})
"""  # noqa: S608 - our own condition
"""The first open post of each lane, where nobody is sending it, nor what comes before it."""


async def owe(tx: Transaction, owed: Sequence[Owed], now_ms: int) -> None:
    """Record effects; one whose key is known was recorded before and stays as it is."""
    await tx.many(
        """
        INSERT INTO posts (key, kind, lane, server, round, facts, follows, owed_at, next_at)
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?8) ON CONFLICT DO NOTHING
        """,
        [
            (
                *(one.key, one.kind, one.lane, one.server, one.round),
                *(_dump(one.facts), one.follows, now_ms),
            )
            for one in owed
        ],
    )


async def in_hand(reader: Reader) -> set[str]:
    """The lanes that have a post under way, as far as the books know."""
    rows = await reader.all(f"SELECT lane FROM posts WHERE {OPEN} AND state = 'sending'")  # noqa: S608 - our own condition
    return {row["lane"] for row in rows}


async def release_claims(tx: Transaction, lanes: Collection[str]) -> int:
    """Posts of these lanes that nobody is sending any more are to be sent again; how many."""
    rows = await tx.execute(
        f"""
        UPDATE posts SET state = 'pending'
        WHERE {OPEN} AND state = 'sending' AND lane IN (SELECT value FROM json_each(?))
        RETURNING id
        """,  # noqa: S608 - our own condition
        (json.dumps(sorted(lanes)),),
    )
    return len(rows)


async def ready(reader: Reader, now_ms: int) -> list[Post]:
    """The first open post of each lane, where it may be tried now."""
    rows = await reader.all(f"{TURN} AND next_at <= ? ORDER BY id", (now_ms,))
    return [_post(row) for row in rows]


async def next_try(reader: Reader) -> int | None:
    """When the next post whose turn it is may be tried; None if none waits for a moment."""
    return await reader.value(f"SELECT min(next_at) FROM ({TURN})")  # noqa: S608 - our own query


async def claim(tx: Transaction, post_id: int, now_ms: int) -> Post | None:
    """Take the post in hand; None if somebody has."""
    before = await tx.value("SELECT tried_at FROM posts WHERE id = ?", (post_id,))
    rows = await tx.execute(
        """
        UPDATE posts SET state = 'sending', attempts = attempts + 1,
            first_at = ifnull(first_at, ?1), tried_at = ?1
        WHERE id = ?2 AND state = 'pending' RETURNING *
        """,
        (now_ms, post_id),
    )
    return replace(_post(rows[0]), tried_at=before) if rows else None


async def put_back(tx: Transaction, post: Post, *, next_ms: int) -> None:
    """The attempt was not made after all: the post is as it was, not to be tried before `next_ms`.

    `post` is what `claim` handed out.
    """
    await tx.execute(
        """
        UPDATE posts SET state = 'pending', attempts = attempts - 1, tried_at = ?1,
            first_at = iif(?1 IS NULL, NULL, first_at), next_at = ?2
        WHERE id = ?3 AND state = 'sending'
        """,
        (post.tried_at, next_ms, post.id),
    )


async def confirm(
    tx: Transaction, post_id: int, *, channel: int | None, message: int | None, now_ms: int
) -> None:
    """The effect is made."""
    await tx.execute(
        """
        UPDATE posts SET state = 'done', channel = ?, message = ?, done_at = ?, error = NULL
        WHERE id = ? AND state = 'sending'
        """,
        (channel, message, now_ms, post_id),
    )


async def put_off(tx: Transaction, post_id: int, *, error: str, next_ms: int) -> None:
    """The attempt failed, or its outcome is unknown: try again, not before `next_ms`."""
    await tx.execute(
        """
        UPDATE posts SET state = 'pending', error = ?, next_at = ?
        WHERE id = ? AND state = 'sending'
        """,
        (error, next_ms, post_id),
    )


async def fail(tx: Transaction, post_id: int, *, error: str) -> None:
    """The effect cannot be made; later posts of the lane no longer wait for it."""
    await tx.execute(
        "UPDATE posts SET state = 'failed', error = ? WHERE id = ? AND state = 'sending'",
        (error, post_id),
    )


async def hurry(tx: Transaction, now_ms: int) -> None:
    """Try at once what waits for its next attempt: Discord is back, or the clock was set."""
    await tx.execute(
        f"UPDATE posts SET next_at = ?1 WHERE {OPEN} AND state = 'pending' AND next_at > ?1",  # noqa: S608 - our own condition
        (now_ms,),
    )


async def under_way(reader: Reader, lane: str) -> str | None:
    """The key of the post of that lane that is being sent, or was when the program ended."""
    return await reader.value(
        f"SELECT key FROM posts WHERE {OPEN} AND lane = ? AND state = 'sending'",  # noqa: S608 - our own condition
        (lane,),
    )


async def open_about(reader: Reader, kind: str, account: int) -> list[Post]:
    """The posts of that kind about one account that are not done."""
    rows = await reader.all(
        f"""
        SELECT * FROM posts
        WHERE {OPEN} AND kind = ? AND json_extract(facts, '$.account') = ? ORDER BY id
        """,  # noqa: S608 - our own condition
        (kind, account),
    )
    return [_post(row) for row in rows]


async def owe_again(tx: Transaction, key: str, facts: Mapping[str, Any], now_ms: int) -> None:
    """What was made is gone: owe it once more, ahead of what its lane was owed since.

    `facts` are added to those it is told with. What is not done, or was given up, stays as it is.
    """
    await tx.execute(
        """
        UPDATE posts SET state = 'pending', facts = json_patch(facts, ?1), owed_at = ?2,
            next_at = ?2, first_at = NULL, tried_at = NULL, attempts = 0, error = NULL,
            channel = NULL, message = NULL, done_at = NULL
        WHERE key = ?3 AND state = 'done'
        """,
        (_dump(facts), now_ms, key),
    )


async def behind(reader: Reader, post: Post) -> int:
    """How many posts wait until this one is made."""
    return await reader.value(
        f"""
        SELECT count(*) FROM posts
        WHERE {OPEN} AND server = ?1 AND (lane = ?2 AND id > ?3 OR follows = ?4)
        """,  # noqa: S608 - our own condition
        (post.server, post.lane, post.id, post.key),
    )


async def blank(tx: Transaction, post_id: int) -> None:
    """Forget what a post is about; that it was owed, and what became of it, stays."""
    await tx.execute("UPDATE posts SET facts = '{}', error = NULL WHERE id = ?", (post_id,))


async def known(reader: Reader, key: str) -> bool:
    """Whether a post of that key was ever owed."""
    return await reader.value("SELECT 1 FROM posts WHERE key = ?", (key,)) is not None


async def find(reader: Reader, key: str) -> Post | None:
    """The post of that key."""
    row = await reader.one("SELECT * FROM posts WHERE key = ?", (key,))
    return None if row is None else _post(row)


def _post(row: sqlite3.Row) -> Post:
    facts = {name: row[name] for name in Post.__slots__}
    return Post(**facts | {"facts": json.loads(facts["facts"])})


def _dump(facts: Mapping[str, Any]) -> str:
    return json.dumps(dict(facts), ensure_ascii=False, separators=(",", ":"))
