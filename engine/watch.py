"""What the program remembers from start to start: when it was there, and what staff were told."""

import json
from collections.abc import Sequence
from datetime import datetime

from engine.moments import from_ms, to_ms
from engine.storage.database import Reader, Transaction

PLENTY = 3
"""Weeks from which on the queue is nobody's concern."""


async def last_alive(reader: Reader) -> datetime | None:
    """When members could last be served; None before the first time."""
    at = await reader.value("SELECT at FROM alive")
    return None if at is None else from_ms(at)


async def be_alive(tx: Transaction, now: datetime) -> None:
    """Members can be served at `now`."""
    await tx.execute("INSERT OR REPLACE INTO alive VALUES (1, ?)", (to_ms(now),))


async def not_told(reader: Reader, whats: Sequence[str]) -> list[str]:
    """Which of these staff have not been told."""
    rows = await reader.all(
        "SELECT value FROM json_each(?) WHERE value NOT IN (SELECT what FROM told)",
        (json.dumps(list(whats)),),
    )
    return [row["value"] for row in rows]


async def told(tx: Transaction, whats: Sequence[str], now: datetime) -> None:
    """Staff have been told of these."""
    await tx.many(
        "INSERT INTO told VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(what, to_ms(now)) for what in whats],
    )


async def lowest(reader: Reader) -> tuple[int, int]:
    """The shortest the queue has been since it last grew, in weeks, and how often that was told."""
    row = await reader.one("SELECT weeks, told FROM queue_watch")
    return (PLENTY, 0) if row is None else (row["weeks"], row["told"])


async def note_queue(tx: Transaction, weeks: int) -> int | None:
    """Remember how long the queue is; the warning's number if it has become shorter."""
    weeks = min(weeks, PLENTY)
    before, told = await lowest(tx)
    if weeks == before:
        return None
    told += weeks < before
    await tx.execute("INSERT OR REPLACE INTO queue_watch VALUES (1, ?, ?)", (weeks, told))
    return told if weeks < before else None
