"""Taking an import back: each row the other way round; whoever spent the points owes them."""

from dataclasses import dataclass

from engine.books.imports.batches import Import
from engine.books.imports.booking import move
from engine.books.ledger import ELSEWHERE, Kind, Transfer
from engine.storage.database import Reader, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What taking an import back would do."""

    rows: int
    members: int
    points: int
    """What members would lose together."""
    owing: int
    """Members who spent some of it, and would owe the rest."""


async def outlook(reader: Reader, one: Import) -> Outlook:
    """What `undo` would do now."""
    (row,) = await reader.all(
        f"""
        WITH due AS ({_DUE}), sums AS (
            SELECT member, count(*) AS rows, sum(points) AS points FROM due GROUP BY member)
        SELECT count(*) AS members, total(rows) AS rows, total(sums.points) AS points,
               total(sums.points > balance) AS owing
        FROM sums JOIN accounts ON accounts.id = member
        """,  # noqa: S608 - the query below
        {"batch": one.batch, "before": None, "limit": -1},
    )
    return Outlook(
        rows=int(row["rows"]),
        members=row["members"],
        points=int(row["points"]),
        owing=int(row["owing"]),
    )


async def undo(
    tx: Transaction, one: Import, now_ms: int, *, before: int | None = None, limit: int = 10_000
) -> int | None:
    """Take back the latest `limit` rows of an import that are numbered below `before`.

    Returns where to go on; None once nothing is left. Whoever spent the points owes them.
    """
    rows = await tx.all(_DUE, {"batch": one.batch, "before": before, "limit": limit})
    if not rows:
        await tx.execute(
            "UPDATE imports SET undone_at = coalesce(undone_at, ?) WHERE batch = ?",
            (now_ms, one.batch),
        )
        return None
    await move(
        tx,
        [
            Transfer(
                key=f"undo:{row['id']}",
                kind=Kind(row["kind"]),
                source=row["member"] if row["points"] > 0 else ELSEWHERE,
                target=ELSEWHERE if row["points"] > 0 else row["member"],
                points=abs(row["points"]),
                booked_at=now_ms,
                counts_at=row["counts_at"],
                corrects=row["id"],
                batch=one.batch,
            )
            for row in rows
        ],
    )
    return rows[-1]["id"]


_DUE = f"""
    SELECT id, kind, counts_at, member, iif(gained, 1, -1) * (points - corrected) AS points
    FROM (
        SELECT transfers.id, transfers.kind, counts_at, points, source = {ELSEWHERE} AS gained,
               ifnull(accounts.owner, accounts.id) AS member,
               (SELECT ifnull(sum(points), 0) FROM transfers AS later
                WHERE later.corrects = transfers.id) AS corrected
        FROM transfers
        JOIN accounts ON accounts.id = iif(source = {ELSEWHERE}, target, source)
        WHERE batch = :batch AND corrects IS NULL AND (:before IS NULL OR transfers.id < :before))
    WHERE points > corrected AND member IN (SELECT account FROM members)
    ORDER BY id DESC LIMIT :limit
"""  # noqa: S608 - a number of ours
"""Rows of a batch that were not taken back yet, with what is left of each. An erased member's
points are gone with the member."""
