"""Simulation: a season replayed under another scoring policy; nothing is written.

Every solve is worth what the other policy makes of it, from the same moments, hints and rows of
solves. What staff gave or took by hand, and what members brought from elsewhere, stays as it is:
only what the policy decides changes.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace

from engine.play import rounds, solves
from engine.play.rounds import Round
from engine.play.solves import Solve, recorded_solves
from engine.scoring import Scoring, entitlements
from engine.seasons import Season
from engine.storage.database import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """Where a member stands in the season, and where they would."""

    account: int
    name: str
    before: int
    after: int
    """Points of the season."""
    rank_before: int | None
    rank_after: int | None
    """None for somebody without points, who is on no board."""

    @property
    def points(self) -> int:
        """What the other policy would give, or take where it is below zero."""
        return self.after - self.before

    @property
    def climbs(self) -> int:
        """Ranks gained, or lost where it is below zero; 0 for who comes or leaves."""
        if self.rank_before is None or self.rank_after is None:
            return 0
        return self.rank_before - self.rank_after


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulation:
    """A season under another policy."""

    season: Season
    rounds: int
    """Rounds that were replayed."""
    unsettled: int
    """Rounds still under way, which stay as they are."""
    members: tuple[Moved, ...]
    """Everybody on either board, as the other policy would list them."""

    @property
    def movers(self) -> list[Moved]:
        """Those whose rank would be another."""
        return [one for one in self.members if one.rank_before != one.rank_after]


async def simulate(reader: Reader, scoring: Scoring, season: Season) -> Simulation:
    """Replay `season` as if its rounds had been opened under `scoring`."""
    changes: Counter[int] = Counter()
    replayed = unsettled = 0
    for number in await _rounds_of(reader, season):
        round_ = await rounds.get(reader, number)
        if round_.is_settled:
            changes.update(await _changes(reader, round_, scoring, season))
            replayed += 1
        else:
            unsettled += 1
    before = await _scores(reader, season)
    after = {
        account: before.get(account, 0) + changes[account]
        for account in before.keys() | changes.keys()
    }
    return Simulation(
        season=season,
        rounds=replayed,
        unsettled=unsettled,
        members=_boards(await _names(reader), before, after),
    )


def ranks(points: Mapping[int, int]) -> dict[int, int]:
    """The rank of everybody with points; equal points share one (1, 1, 3).

    >>> ranks({7: 50, 8: 90, 9: 50, 10: 0, 11: 10})
    {8: 1, 7: 2, 9: 2, 11: 4}
    """
    found: dict[int, int] = {}
    place: dict[int, int] = {}
    listed = sorted(
        (account for account in points if points[account] > 0), key=lambda a: -points[a]
    )
    for line, account in enumerate(listed, 1):
        found[account] = place.setdefault(points[account], line)
    return found


async def _changes(reader: Reader, round_: Round, scoring: Scoring, season: Season) -> Counter[int]:
    """By how much each member's points of a round would differ."""
    everyone = await recorded_solves(reader, round_)
    other = replace(round_, rules=round_.rules.model_copy(update={"scoring": scoring}))
    now, then = await _worth(reader, round_, everyone), await _worth(reader, other, everyone)
    return Counter(
        {
            solve.account: then.get(solve.account, 0) - now.get(solve.account, 0)
            for solve in everyone
            if season.starts_at <= solve.at < season.ends_at
        }
    )


async def _worth(reader: Reader, round_: Round, everyone: list[Solve]) -> dict[int, int]:
    found = await solves.solvers(reader, round_, everyone)
    entitled = entitlements(round_.terms, found)
    return {account: entitlement.total for account, entitlement in entitled.items()}


async def _rounds_of(reader: Reader, season: Season) -> list[int]:
    rows = await reader.all(
        """
        SELECT id FROM rounds WHERE voided_at IS NULL AND EXISTS (
            SELECT 1 FROM solves WHERE round = rounds.id AND at >= ? AND at < ?)
        ORDER BY id
        """,
        (season.starts_at, season.ends_at),
    )
    return [row["id"] for row in rows]


async def _scores(reader: Reader, season: Season) -> dict[int, int]:
    rows = await reader.all("SELECT account, points FROM scores WHERE season = ?", (season.id,))
    return {row["account"]: row["points"] for row in rows}


async def _names(reader: Reader) -> dict[int, str]:
    """Everybody who may be on a board, under the name last seen."""
    rows = await reader.all(
        """
        SELECT members.account, name, max(seen_at) FROM members
        LEFT JOIN sightings USING (account) WHERE NOT hidden GROUP BY members.account
        """
    )
    return {row["account"]: row["name"] or "?" for row in rows}


def _boards(
    names: Mapping[int, str], before: Mapping[int, int], after: Mapping[int, int]
) -> tuple[Moved, ...]:
    shown = {account: points for account, points in after.items() if account in names}
    was = ranks({account: before.get(account, 0) for account in shown})
    becomes = ranks(shown)
    listed = sorted(
        was.keys() | becomes.keys(), key=lambda a: (becomes.get(a, len(names) + 1), names[a], a)
    )
    return tuple(
        Moved(
            account=account,
            name=names[account],
            before=before.get(account, 0),
            after=after[account],
            rank_before=was.get(account),
            rank_after=becomes.get(account),
        )
        for account in listed
    )
