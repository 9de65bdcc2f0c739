"""Seasons: blocks of calendar months in the community's zone. Opening one moves no points."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from zoneinfo import ZoneInfo

from engine.books.ledger import ALL_TIME, COUNTING, SCORED
from engine.books.reached import reckon
from engine.moments import from_ms, to_ms
from engine.storage.database import Reader, Transaction


@dataclass(frozen=True, slots=True)
class Season:
    """A season. Moments are milliseconds UTC; the end is not part of it."""

    id: int
    label: str
    starts_at: int
    ends_at: int


def window(at: datetime, zone: ZoneInfo, months: int) -> tuple[str, datetime, datetime]:
    """Label, start and end (UTC, end excluded) of the season that holds `at`.

    >>> window(datetime(2026, 11, 21, tzinfo=UTC), ZoneInfo("UTC"), 3)[0]
    '2026-4'
    """
    local = at.astimezone(zone)
    block = (local.month - 1) // months
    start = datetime(local.year, block * months + 1, 1, tzinfo=zone)
    last = (block + 1) * months
    end = datetime(local.year + last // 12, last % 12 + 1, 1, tzinfo=zone)
    return f"{local.year}-{block + 1}", start.astimezone(UTC), end.astimezone(UTC)


def month_of(at_ms: int, zone: ZoneInfo) -> tuple[int, int]:
    """Start and end (excluded) of the local month that holds a moment, in milliseconds."""
    _, start, end = window(from_ms(at_ms), zone, 1)
    return to_ms(start), to_ms(end)


async def ensure(tx: Transaction, at: datetime, zone: ZoneInfo, months: int) -> None:
    """Open the season that holds `at`, if none does; it starts where an earlier one ends.

    Where the zone or the length of seasons was changed, an earlier one may end within the window.
    What it leaves of it is a season of its own, unless it is the smaller part: that belongs to
    the season that follows.
    """
    at_ms = to_ms(at)
    if await current(tx, at_ms) != ALL_TIME:
        return
    label, start, end = window(at, zone, months)
    newest = await tx.value(
        "SELECT max(ends_at) FROM seasons WHERE id <> 0 AND ends_at <= ?", (at_ms,)
    )
    earlier = start if newest is None else from_ms(newest)
    if end - earlier < earlier - start:
        label, _, end = window(end, zone, months)
    await tx.execute(
        "INSERT INTO seasons (label, starts_at, ends_at) VALUES (?, ?, ?)",
        (await _free(tx, label), to_ms(max(start, earlier)), to_ms(end)),
    )
    await _count_what_came_first(tx, await current(tx, at_ms))


async def _free(reader: Reader, label: str) -> str:
    """The label, told apart from an earlier season's."""
    rows = await reader.all("SELECT label FROM seasons")
    taken = {row["label"] for row in rows}
    return next(
        name for n in count(1) if (name := label if n == 1 else f"{label}-{n}") not in taken
    )


async def _count_what_came_first(tx: Transaction, season: int) -> None:
    """Count points that were earned in a season before anybody was awake to open it."""
    rows = await tx.all(
        """
        WITH spans AS (SELECT starts_at, ends_at FROM seasons WHERE id = :season),
        sides AS (
            SELECT source AS account, target AS other, -points AS points, counts_at
            FROM transfers JOIN spans ON counts_at >= starts_at AND counts_at < ends_at
            WHERE kind IN (SELECT value FROM json_each(:kinds))
            UNION ALL
            SELECT target, source, points, counts_at
            FROM transfers JOIN spans ON counts_at >= starts_at AND counts_at < ends_at
            WHERE kind IN (SELECT value FROM json_each(:kinds)))
        SELECT coalesce(mine.owner, mine.id) AS account, sum(points) AS points,
               max(counts_at) AS reached_at, min(points) < 0 AS lowered
        FROM sides
        CROSS JOIN accounts AS mine
            ON mine.id = sides.account AND mine.kind IN ('member', 'owed')
        LEFT JOIN accounts AS theirs
            ON theirs.id = sides.other AND theirs.kind IN ('member', 'owed')
        WHERE coalesce(theirs.owner, theirs.id) IS NOT coalesce(mine.owner, mine.id)
        GROUP BY 1
        """,
        {"season": season, "kinds": json.dumps(sorted(SCORED))},
    )
    await tx.many(
        "INSERT INTO scores (season, account, points, reached_at) VALUES (?, ?, ?, ?)",
        [(season, row["account"], row["points"], row["reached_at"]) for row in rows],
    )
    await reckon(tx, [row["account"] for row in rows if row["lowered"]], COUNTING)


async def current(reader: Reader, at_ms: int) -> int:
    """The season that holds a moment; all time where none does."""
    season = await reader.value(
        "SELECT id FROM seasons WHERE id <> 0 AND starts_at <= ? AND ? < ends_at", (at_ms, at_ms)
    )
    return ALL_TIME if season is None else season


async def last_played(reader: Reader, at_ms: int) -> Season | None:
    """The newest season that is over and had a riddle."""
    season = await reader.value(
        """
        SELECT id FROM seasons WHERE id <> 0 AND ends_at <= ? AND EXISTS (
            SELECT 1 FROM rounds WHERE opens_at >= starts_at AND opens_at < ends_at)
        ORDER BY ends_at DESC LIMIT 1
        """,
        (at_ms,),
    )
    return None if season is None else await get(reader, season)


async def get(reader: Reader, season: int) -> Season:
    """The season of that number.

    Raises:
        LookupError: there is none.
    """
    row = await reader.one("SELECT * FROM seasons WHERE id = ?", (season,))
    if row is None:
        raise LookupError(f"there is no season {season}")
    return Season(row["id"], row["label"], row["starts_at"], row["ends_at"])
