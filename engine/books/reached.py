"""When a score was reached: the moment that orders members of one rank.

A score is the sum of its changes, each at the moment it counts for. It was reached at the first
moment since which it has never been lower than it is now. So a gain moves that moment on; points
that come and go again leave it where it was; points that were lost and earned again were reached
when they were earned again; an award that is reversed at its own moment leaves no trace. In what
order the changes were booked plays no part: a replay finds the same moments.
"""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from itertools import groupby

from engine.storage.database import Reader, Transaction

NEVER = 0
"""The moment of a score that was never reached: nothing was earned, or all of it lost."""

REACHED = "max(iif(since > 0, counts_at, 0))"
"""In SQL: the last moment that made the score as high as it is.

`since` is the sum of the changes of that moment and of all after it.
"""


def reached(changes: Iterable[tuple[int, int]]) -> int:
    """The moment at which changes, as (counts_at, points), reached their sum.

    >>> reached([(1, 100), (5, 10), (9, -10)])
    1
    >>> reached([(1, 100), (5, -50), (9, 50)])
    9
    """
    since = 0
    for moment, those in groupby(sorted(changes, reverse=True), key=lambda change: change[0]):
        since += sum(points for _, points in those)
        if since > 0:
            return moment
    return NEVER


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A score as its transfers tell it."""

    season: int
    account: int
    points: int
    reached_at: int
    peaked: bool
    """It has been higher since: its next gain cannot be reckoned from `reached_at` alone."""


@dataclass(frozen=True, slots=True)
class Counting:
    """Which kinds of transfer make a score."""

    season: Collection[str]
    all_time: Collection[str]


async def reckon(tx: Transaction, accounts: Collection[int], counting: Counting) -> None:
    """Write anew when members reached their scores; the points are right already."""
    if not accounts:
        return
    found = await reckoned(tx, accounts, counting)
    await tx.many(
        "UPDATE scores SET reached_at = ? WHERE season = ? AND account = ?",
        [(one.reached_at, one.season, one.account) for one in found],
    )
    await tx.many("DELETE FROM peaked WHERE account = ?", [(account,) for account in accounts])
    await tx.many(
        "INSERT INTO peaked (account, season) VALUES (?, ?)",
        [(one.account, one.season) for one in found if one.peaked],
    )


async def peaked(reader: Reader, accounts: Collection[int]) -> set[int]:
    """Those of `accounts` with a score that has been higher since it was reached."""
    rows = await reader.all(
        "SELECT DISTINCT account FROM peaked WHERE account IN (SELECT value FROM json_each(?))",
        (json.dumps(list(accounts)),),
    )
    return {row["account"] for row in rows}


async def reckoned(reader: Reader, accounts: Collection[int], counting: Counting) -> list[Reckoned]:
    """The scores of some members, read from all their transfers."""
    rows = await reader.all(
        f"""
        WITH asked AS (SELECT value AS id FROM json_each(:accounts)),
        sides AS (
            SELECT id AS side, id AS account FROM asked
            UNION ALL
            SELECT accounts.id, owner FROM asked JOIN accounts ON owner = asked.id),
        moves AS (
            SELECT account, kind, counts_at, points FROM sides JOIN transfers ON target = side
            UNION ALL
            SELECT account, kind, counts_at, -points FROM sides JOIN transfers ON source = side),
        changes AS (
            SELECT seasons.id AS season, account, counts_at, points,
                   sum(points) OVER (
                       PARTITION BY seasons.id, account ORDER BY counts_at DESC) AS since
            FROM moves JOIN seasons ON counts_at >= starts_at AND counts_at < ends_at
            WHERE kind IN (SELECT value FROM json_each(
                iif(seasons.id = 0, :all_time, :season))))
        SELECT season, account, sum(points) AS points, {REACHED} AS reached_at,
               max(iif(since < 0, counts_at, 0)) > {REACHED} AS peaked
        FROM changes GROUP BY season, account
        """,  # noqa: S608 - our own words
        {
            "accounts": json.dumps(list(accounts)),
            "season": json.dumps(sorted(counting.season)),
            "all_time": json.dumps(sorted(counting.all_time)),
        },
    )
    return [
        Reckoned(
            row["season"], row["account"], row["points"], row["reached_at"], bool(row["peaked"])
        )
        for row in rows
    ]
