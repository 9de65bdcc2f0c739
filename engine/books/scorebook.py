"""What scores should be, read from the transfers and nothing else.

Most members only ever gain. Their score in a season is then the sum of what they were credited in
it, reached with the last of it, and one short walk along an index tells whether it is kept right.
For whoever lost points, has a debt, or brought points along, those rows are laid over it; only
whose last change was a loss is reckoned from all their rows.
"""

import json
from collections.abc import AsyncGenerator, Collection, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from engine.books.ledger import ALL_TIME, HOUSE, SCORED, SCORED_FOR_ALL_TIME, Kind
from engine.books.reached import NEVER
from engine.storage.database import Reader, Transaction

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
    """The scores of `members` as their transfers tell them."""
    if not members:
        return {}
    seasons = [tuple(row) for row in await reader.all("SELECT id, starts_at, ends_at FROM seasons")]
    tallies = _Tallies(seasons)
    facts = {"members": json.dumps(members)}
    for row in await reader.all(_CREDITS, facts):
        if row["latest"] is not None:
            tallies.credit(row["account"], row["points"], row["since"], row["latest"])
    for row in await reader.all(_RARER, facts):
        tallies.change(row["account"], row["change"], row["counts_at"], row["kind"])
    scores = {
        key: Score(tally.points, tally.gained_at, peaked=False)
        for key, tally in tallies.by_key.items()
    }
    changes = await _changes(reader, seasons, tallies.undecided())
    scores |= {key: _course(those) for key, those in changes.items()}
    return {key: score for key, score in scores.items() if score != NO_SCORE}


@dataclass(slots=True)
class _Tally:
    points: int = 0
    gained_at: int = NEVER
    lost_at: int = NEVER


class _Tallies:
    """Scores as they add up."""

    def __init__(self, seasons: Sequence[tuple[int, int, int]]) -> None:
        self._seasons = seasons
        self.by_key: dict[Key, _Tally] = {}

    def credit(self, member: int, points: int, since: int, latest: int) -> None:
        """Points gained in the piece of time from `since` on, the last of them at `latest`."""
        for season, starts_at, ends_at in self._seasons:
            if starts_at <= since < ends_at:
                tally = self.by_key.setdefault((season, member), _Tally())
                tally.points += points
                tally.gained_at = max(tally.gained_at, latest)

    def change(self, member: int, points: int, at: int, kind: str) -> None:
        """Points of one transfer, gained or lost."""
        for season, starts_at, ends_at in self._seasons:
            if starts_at <= at < ends_at and (season == ALL_TIME or kind in SCORED):
                tally = self.by_key.setdefault((season, member), _Tally())
                tally.points += points
                if points > 0:
                    tally.gained_at = max(tally.gained_at, at)
                else:
                    tally.lost_at = max(tally.lost_at, at)

    def undecided(self) -> set[Key]:
        """Scores whose last change was not a gain.

        Where it was one, the score was reached right then, whatever was lost before.
        """
        return {
            key
            for key, tally in self.by_key.items()
            if tally.lost_at and tally.lost_at >= tally.gained_at
        }


async def _changes(
    reader: Reader, seasons: Sequence[tuple[int, int, int]], keys: Collection[Key]
) -> dict[Key, list[tuple[int, int]]]:
    """All changes of some scores, as (counts_at, points)."""
    found: dict[Key, list[tuple[int, int]]] = {}
    members = {member for _, member in keys}
    for row in await reader.all(_EVERY, {"members": json.dumps(list(members))}):
        at = row["counts_at"]
        for season, starts_at, ends_at in seasons:
            key = season, row["account"]
            counts = season == ALL_TIME or row["kind"] in SCORED
            if counts and key in keys and starts_at <= at < ends_at:
                found.setdefault(key, []).append((at, row["change"]))
    return found


def _course(changes: Collection[tuple[int, int]]) -> Score:
    """A score, walked from its newest change back to where it was reached."""
    since, higher, points = 0, False, sum(change for _, change in changes)
    for moment, those in groupby(sorted(changes, reverse=True), key=itemgetter(0)):
        since += sum(change for _, change in those)
        if since > 0:
            return Score(points, moment, higher)
        higher = higher or (since < 0 and moment > NEVER)
    return Score(points, NEVER, higher)


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


_IS_SCORED = f"(kind = '{Kind.AWARD}' OR kind IN ({_listed(SCORED - {Kind.AWARD})}))"
"""Nearly all are awards: a tenth faster than looking each up among four."""


# Time is cut where seasons start and end.
_PIECES = """
    cuts AS (SELECT starts_at AS at FROM seasons UNION SELECT ends_at FROM seasons),
    pieces AS MATERIALIZED (
        SELECT at AS since, lead(at) OVER (ORDER BY at) AS until, (
            SELECT id FROM seasons WHERE id <> 0 AND starts_at <= at AND ends_at > at) AS season
        FROM cuts)
"""
_CREDITED = f"""
    SELECT accounts.id AS account, since, season, (
        SELECT sum(points) FROM transfers
        WHERE target = accounts.id AND counts_at >= since AND counts_at < until
          AND {_IS_SCORED}
    ) AS points, (
        SELECT counts_at FROM transfers
        WHERE target = accounts.id AND counts_at >= since AND counts_at < until
          AND {_IS_SCORED}
        ORDER BY counts_at DESC LIMIT 1
    ) AS latest
"""  # noqa: S608 - our own words
_CREDITS = f"""
    WITH {_PIECES} {_CREDITED}
    FROM json_each(:members) AS asked CROSS JOIN accounts ON accounts.id = asked.value
    CROSS JOIN pieces WHERE until IS NOT NULL
"""
_TAKEN = f"""
    WITH sides AS MATERIALIZED (
        SELECT value AS side, value AS account FROM json_each(:members)
        UNION ALL SELECT accounts.id, owner FROM json_each(:members) JOIN accounts ON owner = value)
    SELECT account, -points AS change, counts_at, kind
    FROM sides JOIN transfers INDEXED BY transfers_by_source ON source = side
    WHERE kind IN ({_listed(SCORED_FOR_ALL_TIME)})
"""  # noqa: S608 - as above
_RARER = f"""
    {_TAKEN}
    UNION ALL
    SELECT account, points, counts_at, kind FROM sides JOIN transfers ON target = side
    WHERE side <> account AND kind IN ({_listed(SCORED_FOR_ALL_TIME)})
    UNION ALL
    SELECT account, points, counts_at, kind
    FROM sides JOIN transfers INDEXED BY transfers_brought_in ON target = side
    WHERE side = account AND kind IN ({_listed(SCORED_FOR_ALL_TIME - SCORED)})
"""  # noqa: S608 - as above
_EVERY = f"""
    {_TAKEN}
    UNION ALL
    SELECT account, points, counts_at, kind FROM sides JOIN transfers ON target = side
    WHERE kind IN ({_listed(SCORED_FOR_ALL_TIME)})
"""  # noqa: S608 - as above

# `wrong` says whether one of the seasons is kept with other points or another moment than was
# credited in it, `other` whether more than credits counts.
_SUMS = f"""
    WITH {_PIECES},
    credits AS MATERIALIZED (
        {_CREDITED}
        FROM accounts CROSS JOIN pieces
        WHERE accounts.id BETWEEN ? AND ? AND kind = 'member' AND until IS NOT NULL),
    sums AS (
        SELECT credits.account, sum(credits.points) AS credited, max(latest) AS latest,
               max(credits.season IS NOT NULL
                   AND (scores.points IS NOT credits.points OR reached_at IS NOT latest)) AS wrong
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
"""  # noqa: S608 - as above
