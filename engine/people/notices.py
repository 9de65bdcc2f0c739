"""Notices: words owed to one member, recorded with what causes them.

A notice is told above the member's next reply, and stands until that reply has arrived.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.storage.database import Reader, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What to tell whom; `words` is what whoever speaks to members makes a sentence of."""

    key: str
    account: int
    words: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A notice that was not told yet."""

    id: int
    words: Mapping[str, Any]
    owed_at: int


async def owe(tx: Transaction, notices: Sequence[Notice], now_ms: int) -> None:
    """Record notices; one whose key is known was recorded before and stays as it is."""
    await tx.many(
        """
        INSERT INTO notices (key, account, words, owed_at) VALUES (?, ?, ?, ?)
        ON CONFLICT DO NOTHING
        """,
        [(one.key, one.account, json.dumps(dict(one.words)), now_ms) for one in notices],
    )


async def waiting(reader: Reader, member: int) -> list[Waiting]:
    """What a Discord user is still to be told, oldest first."""
    rows = await reader.all(
        """
        SELECT notices.id, words, owed_at FROM notices
        JOIN members ON members.account = notices.account
        WHERE members.id = ? AND told_at IS NULL ORDER BY notices.id
        """,
        (member,),
    )
    return [Waiting(row["id"], json.loads(row["words"]), row["owed_at"]) for row in rows]


async def told(tx: Transaction, ids: Collection[int], now_ms: int) -> None:
    """These have arrived."""
    await tx.many(
        "UPDATE notices SET told_at = ? WHERE id = ? AND told_at IS NULL",
        [(now_ms, number) for number in ids],
    )
