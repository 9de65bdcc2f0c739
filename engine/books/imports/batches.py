"""Imports as batches: begun, gone on with, ended, and found again by name."""

import sqlite3
from dataclasses import dataclass, fields

from engine.errors import ImportRefused
from engine.storage.database import Reader, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Import:
    """A batch of points from elsewhere. Moments are milliseconds UTC."""

    batch: str
    origin: str
    source: str
    format: str
    rate: str
    begun_at: int
    ended_at: int | None
    undone_at: int | None


async def begin(
    tx: Transaction, *, origin: str, source: str, form: str, rate: str, file: bytes, now_ms: int
) -> Import:
    """Open an import, or go on with the one of the same file that broke off.

    Raises:
        ImportRefused: points of this source came in at another rate.
    """
    for row in await tx.all(
        "SELECT * FROM imports WHERE source = ? AND undone_at IS NULL ORDER BY id", (source,)
    ):
        if row["rate"] != rate:
            raise ImportRefused(
                f"{row['origin']} came in at a rate of {row['rate']} before ({row['batch']}): "
                "use that rate, or undo that import first"
            )
        if row["file"] == file and row["ended_at"] is None:
            return _import(row)
    (row,) = await tx.execute(
        """
        INSERT INTO imports (batch, origin, source, format, rate, file, begun_at)
        SELECT 'import-' || (1 + coalesce(max(id), 0)), ?, ?, ?, ?, ?, ? FROM imports
        RETURNING *
        """,
        (origin, source, form, rate, file, now_ms),
    )
    return _import(row)


async def end(tx: Transaction, one: Import, now_ms: int) -> None:
    """Close an import: all of its lines are in."""
    await tx.execute("UPDATE imports SET ended_at = ? WHERE batch = ?", (now_ms, one.batch))


async def get(reader: Reader, batch: str) -> Import:
    """The import of that name.

    Raises:
        ImportRefused: there is none.
    """
    row = await reader.one("SELECT * FROM imports WHERE batch = ?", (batch,))
    if row is None:
        rows = await reader.all("SELECT batch, origin FROM imports ORDER BY id DESC LIMIT 20")
        known = ", ".join(f"{one['batch']} ({one['origin']})" for one in rows) or "none"
        raise ImportRefused(f"there is no import {batch}; there are: {known}")
    return _import(row)


def _import(row: sqlite3.Row) -> Import:
    return Import(**{part.name: row[part.name] for part in fields(Import)})
