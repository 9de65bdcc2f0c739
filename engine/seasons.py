"""Seasons: blocks of calendar months in the community's zone. Opening one moves no points."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from engine.database import Reader, Transaction
from engine.ledger import ALL_TIME, SCORED
from engine.moments import to_ms


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


async def ensure(tx: Transaction, at: datetime, zone: ZoneInfo, months: int) -> None:
    """Open the season that holds `at`, if none does; it starts where an earlier one ends."""
    at_ms = to_ms(at)
    if await current(tx, at_ms) != ALL_TIME:
        return
    label, start, end = window(at, zone, months)
    newest = await tx.value(
        "SELECT max(ends_at) FROM seasons WHERE id <> 0 AND ends_at <= ?", (at_ms,)
    )
    await tx.execute(
        "INSERT INTO seasons (label, starts_at, ends_at) VALUES (?, ?, ?)",
        (label, max(to_ms(start), newest or 0), to_ms(end)),
    )
    await _count_what_came_first(tx, await current(tx, at_ms))


async def _count_what_came_first(tx: Transaction, season: int) -> None:
    """Count points that were earned in a season before anybody was awake to open it."""
    kinds = ", ".join(f"'{kind}'" for kind in sorted(SCORED))
    await tx.execute(
        f"""
        WITH sides AS (
            SELECT source AS account, target AS other, -points AS points, counts_at
            FROM transfers WHERE kind IN ({kinds})
            UNION ALL
            SELECT target, source, points, counts_at
            FROM transfers WHERE kind IN ({kinds})),
        owners AS (
            SELECT id, coalesce(owner, id) AS member FROM accounts WHERE kind IN ('member', 'owed'))
        INSERT INTO scores
        SELECT seasons.id, owners.member, sum(sides.points), max(sides.counts_at)
        FROM seasons
        JOIN sides ON sides.counts_at >= seasons.starts_at AND sides.counts_at < seasons.ends_at
        JOIN owners ON owners.id = sides.account
        LEFT JOIN owners AS others ON others.id = sides.other
        WHERE seasons.id = ? AND others.member IS NOT owners.member
        GROUP BY owners.member
        """,  # noqa: S608 - our own kinds
        (season,),
    )


async def current(reader: Reader, at_ms: int) -> int:
    """The season that holds a moment; all time where none does."""
    season = await reader.value(
        "SELECT id FROM seasons WHERE id <> 0 AND starts_at <= ? AND ? < ends_at", (at_ms, at_ms)
    )
    return ALL_TIME if season is None else season
