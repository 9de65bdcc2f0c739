"""Statements: one member's transfers, newest first, each with what the member had after it.

Every figure is added up from the rows themselves, so a statement explains a balance and a score
instead of repeating them.
"""

import sqlite3
from dataclasses import dataclass

from engine.books.ledger import SCORED_FOR_ALL_TIME, Kind
from engine.storage.database import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One transfer as the member sees it. Moments are milliseconds UTC."""

    transfer: int
    """The row's number in the ledger."""
    kind: Kind
    points: int
    """What the member gained, or lost where it is below zero."""
    balance: int
    """What the member could spend after it."""
    owed: int
    """What the member owed after it: a reversal took more than was there."""
    score: int
    """The score of all time after it."""
    repays: bool
    """The points went from the balance to the member's own debt."""
    counts_at: int
    booked_at: int
    round: int | None
    slug: str | None
    title: str | None
    """The round's riddle."""
    origin: str | None
    """Where points from elsewhere came from."""
    reason: str | None
    """The words given for it; None where there were none, or they were erased."""
    corrects: int | None
    """The transfer that this one corrects."""
    batch: str | None
    key: str


_SCORED = ", ".join(f"'{kind}'" for kind in sorted(SCORED_FOR_ALL_TIME))
_STATEMENT = f"""
    WITH own AS (
        SELECT id, 'member' AS kind FROM accounts WHERE id = :account AND kind = 'member'
        UNION ALL
        SELECT id, 'owed' FROM accounts WHERE owner = :account),
    sides AS (
        SELECT transfers.id AS transfer, transfers.kind, own.kind AS side, points
        FROM own JOIN transfers ON target = own.id
        UNION ALL
        SELECT transfers.id, transfers.kind, own.kind, -points
        FROM own JOIN transfers ON source = own.id),
    moves AS (
        SELECT transfer, kind, count(*) = 2 AS repays,
               sum(iif(side = 'member', points, 0)) AS moved,
               sum(iif(side = 'owed', points, 0)) AS debt
        FROM sides GROUP BY transfer),
    running AS (
        SELECT transfer, repays, iif(repays, moved, moved + debt) AS gained,
               sum(moved) OVER so_far AS balance, -sum(debt) OVER so_far AS owed,
               sum(iif(kind IN ({_SCORED}), moved + debt, 0)) OVER so_far AS score
        FROM moves WINDOW so_far AS (ORDER BY transfer))
    SELECT running.*, transfers.*, rounds.slug, json_extract(rounds.rules, '$.title') AS title,
           imports.origin, notes.text AS reason
    FROM running JOIN transfers ON transfers.id = running.transfer
    LEFT JOIN rounds ON rounds.id = transfers.round
    LEFT JOIN imports ON imports.batch = transfers.batch
    LEFT JOIN notes ON notes.digest = transfers.note
    WHERE :before IS NULL OR running.transfer < :before
    ORDER BY running.transfer DESC LIMIT :limit
"""  # noqa: S608 - our own kinds


async def statement(
    reader: Reader, account: int, *, limit: int = 10, before: int | None = None
) -> list[Entry]:
    """A member's latest transfers, or the latest before the transfer numbered `before`."""
    facts = {"account": account, "limit": limit, "before": before}
    return [_entry(row) for row in await reader.all(_STATEMENT, facts)]


def _entry(row: sqlite3.Row) -> Entry:
    return Entry(
        transfer=row["transfer"],
        kind=Kind(row["kind"]),
        points=int(row["gained"]),
        balance=int(row["balance"]),
        owed=int(row["owed"]),
        score=int(row["score"]),
        repays=bool(row["repays"]),
        counts_at=row["counts_at"],
        booked_at=row["booked_at"],
        round=row["round"],
        slug=row["slug"],
        title=row["title"],
        origin=row["origin"],
        reason=row["reason"],
        corrects=row["corrects"],
        batch=row["batch"],
        key=row["key"],
    )
