"""What scores should be, read from the transfers and nothing else.

Most members only ever gain. Their score in a season is then the sum of what they were credited in
it, reached with the last of it, and one short walk along an index tells whether it is kept right.
Whoever lost points, has a debt, or brought points along is reckoned from all their rows.
"""

import json
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass

from engine.database import Reader, Transaction
from engine.ledger import COUNTING, HOUSE, SCORED, SCORED_FOR_ALL_TIME
from engine.reached import NEVER, reckoned

CHUNK = 2_000
"""Members at a time: others wait no longer than that takes."""

Key = tuple[int, int]
"""A season and a member's account."""


@dataclass(frozen=True, slots=True)
class Score:
    """A member's score in one season."""

    points: int
    reached_at: int
    peaked: bool
    """It has been higher since it was reached."""


NO_SCORE = Score(0, NEVER, peaked=False)
"""As good as no row: nothing was earned, or all of it was lost."""


async def wrong_score(reader: Reader) -> Key | None:
    """A score that is not kept as the transfers tell it; None if all are."""
    reckon_all = await _seasons_overlap(reader)
    async with aclosing(_members(reader)) as chunks:
        async for members in chunks:
            doubtful = members if reckon_all else await _doubtful(reader, members)
            kept, true = await _kept(reader, doubtful), await _true(reader, doubtful)
            for key in kept.keys() | true.keys():
                if kept.get(key, NO_SCORE) != true.get(key, NO_SCORE):
                    return key
    stray = await reader.one(
        "SELECT season, account FROM scores "
        "WHERE account NOT IN (SELECT id FROM accounts WHERE kind = 'member') LIMIT 1"
    )
    return None if stray is None else (stray["season"], stray["account"])


async def write_scores(tx: Transaction) -> None:
    """Write every score anew."""
    await tx.execute("DELETE FROM peaked")
    await tx.execute("DELETE FROM scores")
    async with aclosing(_members(tx)) as chunks:
        async for members in chunks:
            true = await _true(tx, members)
            await tx.many(
                "INSERT INTO scores (season, account, points, reached_at) VALUES (?, ?, ?, ?)",
                [(*key, one.points, one.reached_at) for key, one in true.items()],
            )
            await tx.many(
                "INSERT INTO peaked (season, account) VALUES (?, ?)",
                [key for key, one in true.items() if one.peaked],
            )
    await tx.execute("INSERT INTO board_changes (account) VALUES (NULL)")


async def _members(reader: Reader) -> AsyncGenerator[list[int], None]:
    """The accounts of all members, some at a time, in order."""
    last = -(2**63)
    while rows := await reader.all(
        "SELECT id FROM accounts WHERE id > ? AND kind = 'member' ORDER BY id LIMIT ?",
        (last, CHUNK),
    ):
        yield [row["id"] for row in rows]
        last = rows[-1]["id"]


async def _seasons_overlap(reader: Reader) -> bool:
    """Whether a moment may count in two seasons, so that time cannot be cut into theirs."""
    return bool(
        await reader.value(
            """
            SELECT EXISTS (
                SELECT 1 FROM seasons JOIN seasons AS other ON other.id > seasons.id
                WHERE seasons.id <> 0
                  AND other.starts_at < seasons.ends_at AND other.ends_at > seasons.starts_at)
            """
        )
    )


async def _kept(reader: Reader, members: Sequence[int]) -> dict[Key, Score]:
    """The scores of `members` as the ledger keeps them."""
    rows = await reader.all(
        """
        SELECT season, account, points, reached_at, EXISTS (
            SELECT 1 FROM peaked
            WHERE peaked.account = scores.account AND peaked.season = scores.season
        ) AS peaked
        FROM seasons CROSS JOIN scores ON season = seasons.id
        WHERE account IN (SELECT value FROM json_each(?))
        """,
        (json.dumps(members),),
    )
    return {
        (row["season"], row["account"]): Score(
            row["points"], row["reached_at"], bool(row["peaked"])
        )
        for row in rows
    }


async def _true(reader: Reader, members: Sequence[int]) -> dict[Key, Score]:
    """The scores of `members` as all their transfers tell them."""
    return {
        (one.season, one.account): Score(one.points, one.reached_at, one.peaked)
        for one in await reckoned(reader, members, COUNTING)
    }


async def _doubtful(reader: Reader, members: Sequence[int]) -> list[int]:
    """Those of `members` whose scores are not plainly the sums of their credits."""
    rows = await reader.all(_SUMS, (members[0], members[-1]))
    return [
        row["account"]
        for row in rows
        if row["other"]
        or row["wrong"]
        or (row["credited"] or 0, row["latest"] or NEVER)
        != (row["points"] or 0, row["reached_at"] or NEVER)
    ]


def _listed(kinds: Collection[str]) -> str:
    return ", ".join(f"'{kind}'" for kind in sorted(kinds))


# Time is cut where seasons start and end. `wrong` says whether one of the seasons is kept with
# other points or another moment than was credited in it, `other` whether more than credits counts.
_SUMS = f"""
    WITH cuts AS (SELECT starts_at AS at FROM seasons UNION SELECT ends_at FROM seasons),
    pieces AS MATERIALIZED (
        SELECT at AS since, lead(at) OVER (ORDER BY at) AS until, (
            SELECT id FROM seasons WHERE id <> 0 AND starts_at <= at AND ends_at > at) AS season
        FROM cuts),
    credits AS MATERIALIZED (
        SELECT accounts.id AS account, season, (
            SELECT sum(points) FROM transfers
            WHERE target = accounts.id AND counts_at >= since AND counts_at < until
              AND kind IN ({_listed(SCORED)})
        ) AS credited, (
            SELECT counts_at FROM transfers
            WHERE target = accounts.id AND counts_at >= since AND counts_at < until
              AND kind IN ({_listed(SCORED)})
            ORDER BY counts_at DESC LIMIT 1
        ) AS latest
        FROM accounts CROSS JOIN pieces
        WHERE accounts.id BETWEEN ? AND ? AND kind = 'member' AND until IS NOT NULL),
    sums AS (
        SELECT credits.account, sum(credited) AS credited, max(latest) AS latest,
               max(credits.season IS NOT NULL
                   AND (points IS NOT credited OR reached_at IS NOT latest)) AS wrong
        FROM credits LEFT JOIN scores
            ON scores.season = credits.season AND scores.account = credits.account
        GROUP BY credits.account)
    SELECT sums.*, points, reached_at, (
           EXISTS (SELECT 1 FROM accounts WHERE owner = sums.account)
        OR EXISTS (SELECT 1 FROM peaked WHERE account = sums.account)
        OR EXISTS (SELECT 1 FROM transfers INDEXED BY transfers_taken
                   WHERE source = sums.account AND source <> {HOUSE}
                     AND kind IN ({_listed(SCORED)}))
        OR EXISTS (SELECT 1 FROM transfers INDEXED BY transfers_brought_in
                   WHERE target = sums.account
                     AND kind IN ({_listed(SCORED_FOR_ALL_TIME - SCORED)}))) AS other
    FROM sums LEFT JOIN scores ON scores.season = 0 AND scores.account = sums.account
"""  # noqa: S608 - our own words
