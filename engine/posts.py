"""Posts: effects owed to Discord, recorded before they are made.

A post is written in the transaction that causes it, claimed before it is sent, and confirmed
after. Between claim and confirmation its outcome is unknown, whatever happens to the process;
whoever sends it again looks first whether it is already there. Posts of one lane happen in order.
"""

import json
import sqlite3
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.database import Reader, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """An effect to make: what, where, and the facts to tell it with."""

    key: str
    kind: str
    lane: str
    server: int
    round: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict[str, Any])


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
    attempts: int
    error: str | None
    channel: int | None
    message: int | None

    @property
    def tried_before(self) -> bool:
        """Whether an earlier attempt may have taken effect unseen."""
        return self.attempts > 1


async def owe(tx: Transaction, owed: Sequence[Owed], now_ms: int) -> None:
    """Record effects; one whose key is known was recorded before and stays as it is."""
    await tx.many(
        """
        INSERT INTO posts (key, kind, lane, server, round, facts, owed_at, next_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
        """,
        [
            (one.key, one.kind, one.lane, one.server, one.round, _dump(one.facts), now_ms, now_ms)
            for one in owed
        ],
    )


async def in_hand(reader: Reader) -> set[str]:
    """The lanes that have a post under way, as far as the books know."""
    rows = await reader.all("SELECT lane FROM posts WHERE state = 'sending'")
    return {row["lane"] for row in rows}


async def release_claims(tx: Transaction, lanes: Collection[str]) -> int:
    """Posts of these lanes that nobody is sending any more are to be sent again; how many."""
    rows = await tx.execute(
        """
        UPDATE posts SET state = 'pending'
        WHERE state = 'sending' AND lane IN (SELECT value FROM json_each(?)) RETURNING id
        """,
        (json.dumps(sorted(lanes)),),
    )
    return len(rows)


async def ready(reader: Reader, now_ms: int) -> list[Post]:
    """The first open post of each lane, where it may be tried now."""
    rows = await reader.all(
        """
        SELECT * FROM posts AS post
        WHERE state = 'pending' AND next_at <= ?
          AND id = (SELECT min(id) FROM posts
                    WHERE lane = post.lane AND state IN ('pending', 'sending'))
        ORDER BY id
        """,
        (now_ms,),
    )
    return [_post(row) for row in rows]


async def next_try(reader: Reader) -> int | None:
    """When the next post whose turn it is may be tried; None if none waits for a moment."""
    return await reader.value(
        """
        SELECT min(next_at) FROM posts AS post
        WHERE state = 'pending'
          AND id = (SELECT min(id) FROM posts
                    WHERE lane = post.lane AND state IN ('pending', 'sending'))
        """
    )


async def claim(tx: Transaction, post_id: int, now_ms: int) -> Post | None:
    """Take the post in hand; None if somebody has."""
    rows = await tx.execute(
        """
        UPDATE posts SET state = 'sending', attempts = attempts + 1, first_at = ifnull(first_at, ?)
        WHERE id = ? AND state = 'pending' RETURNING *
        """,
        (now_ms, post_id),
    )
    return _post(rows[0]) if rows else None


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


async def find(reader: Reader, key: str) -> Post | None:
    """The post of that key."""
    row = await reader.one("SELECT * FROM posts WHERE key = ?", (key,))
    return None if row is None else _post(row)


def _post(row: sqlite3.Row) -> Post:
    facts = {name: row[name] for name in Post.__slots__}
    return Post(**facts | {"facts": json.loads(facts["facts"])})


def _dump(facts: Mapping[str, Any]) -> str:
    return json.dumps(dict(facts), ensure_ascii=False, separators=(",", ":"))
