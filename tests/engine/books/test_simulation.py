"""A season replayed under another policy comes out as if it had been played under it."""

import random
from collections.abc import AsyncGenerator
from datetime import timedelta
from pathlib import Path

import pytest

from engine import seasons
from engine.books.ledger import ELSEWHERE, Kind, post
from engine.books.simulation import Moved, Simulation, ranks, simulate
from engine.calendar import Week
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.play.hints import take as take_hint
from engine.play.rounds import Round, void
from engine.scoring import Scoring, Streak
from engine.seasons import Season
from engine.storage.database import Database, open_database
from tests.builders import (
    MONDAY,
    PARIS,
    WEEK,
    a_person,
    a_round,
    a_transfer,
    a_try,
    account_of_member,
    hand_in,
    revealed,
)

FIXED = Scoring()
POLICIES = [
    FIXED,
    Scoring(policy="time", minimum=20, grace=3600),
    Scoring(policy="solves", minimum=30, curve="linear", decay=15),
    Scoring(podium=(30, 20, 10), podium_grace=60),
    Scoring(streak=Streak(bonus=10, cap=25, forgiven=0)),
    Scoring(
        policy="solves",
        minimum=50,
        curve="parabolic",
        decay=4,
        podium=(30, 20),
        streak=Streak(bonus=7, cap=20),
    ),
]
MEMBERS, ROUNDS = 5, 4


@pytest.fixture
async def other(folder: Path) -> AsyncGenerator[Database, None]:
    """A second set of books."""
    async with open_database(folder / "other.db", kind="live", now=MONDAY) as books:
        yield books


def week(n: int) -> Week:
    return Week(WEEK.year, WEEK.number + n)


async def play(database: Database, scoring: Scoring, seed: int = 3, count: int = ROUNDS) -> None:
    """The same rounds, hints and tries, whatever the policy."""
    dice = random.Random(seed)
    async with database.transaction() as tx:
        await seasons.ensure(tx, MONDAY, PARIS, 12)
    for n in range(count):
        await play_one(database, scoring, dice, n)


async def play_one(
    database: Database, scoring: Scoring, dice: random.Random, n: int, *, finish: bool = True
) -> Round:
    round_ = await a_round(database, week=week(n), scoring=scoring, author_id=a_person(5).id)
    opens = to_ms(round_.opens_at)
    for member in range(1, MEMBERS + 1):
        at = opens + dice.randrange(int(timedelta(days=5).total_seconds())) * 1000
        async with database.transaction() as tx:
            account = await meet_one(tx, a_person(member), opens)
            if dice.random() < 0.4:
                await take_hint(tx, round_, account, 1, opens + 1)
        if dice.random() < 0.8:
            await hand_in(database, a_try(member=member, at=at))
    return await revealed(database, round_) if finish else round_


async def the_season(database: Database) -> Season:
    async with database.reading() as reader:
        return await seasons.get(reader, 1)


async def replayed(database: Database, scoring: Scoring) -> Simulation:
    season = await the_season(database)
    async with database.reading() as reader:
        return await simulate(reader, scoring, season)


async def scores(database: Database) -> dict[str, int]:
    """Points of the season, by name."""
    async with database.reading() as reader:
        rows = await reader.all(
            """
            SELECT name, points FROM scores JOIN sightings USING (account)
            WHERE season = 1 AND points > 0
            """
        )
        return {row["name"]: row["points"] for row in rows}


def after(found: Simulation) -> dict[str, int]:
    return {one.name: one.after for one in found.members if one.after}


@pytest.mark.parametrize("there", POLICIES, ids=range(len(POLICIES)))
@pytest.mark.parametrize("here", [FIXED, POLICIES[-1]], ids=["from fixed", "from everything"])
async def test_a_replayed_season_is_the_season_as_it_would_have_been(
    database: Database, other: Database, here: Scoring, there: Scoring
) -> None:
    await play(database, here)
    await play(other, there)
    found = await replayed(database, there)

    assert after(found) == await scores(other)
    assert {one.name: one.before for one in found.members if one.before} == await scores(database)
    assert (found.rounds, found.unsettled) == (ROUNDS, 0)


async def test_the_policy_a_season_was_played_under_moves_nobody(database: Database) -> None:
    await play(database, POLICIES[-1])
    found = await replayed(database, POLICIES[-1])

    assert found.members
    assert found.movers == []
    assert not any(one.points for one in found.members)


async def test_nothing_is_written(database: Database) -> None:
    await play(database, FIXED, count=2)
    async with database.reading() as reader:
        before = [tuple(row) for row in await reader.all("SELECT * FROM transfers")]
    await replayed(database, POLICIES[-1])
    async with database.reading() as reader:
        assert [tuple(row) for row in await reader.all("SELECT * FROM transfers")] == before


async def test_what_the_policy_does_not_decide_stays(database: Database) -> None:
    """An adjustment stays in the season, points from elsewhere stay out of it."""
    await play(database, FIXED)
    account = await account_of_member(database, 1)
    bare = await replayed(database, POLICIES[1])
    async with database.transaction() as tx:
        await post(tx, a_transfer(account, 500, kind=Kind.ADJUSTMENT))
        await post(tx, a_transfer(account, 900, kind=Kind.OPENING, source=ELSEWHERE))
    found = await replayed(database, POLICIES[1])

    assert after(found)["Member 1"] == after(bare).get("Member 1", 0) + 500
    assert found.members[0].name == "Member 1"


async def test_a_round_under_way_is_left_as_it_is(database: Database) -> None:
    await play(database, FIXED, count=1)
    await play_one(database, FIXED, random.Random(9), 1, finish=False)
    found = await replayed(database, POLICIES[1])

    assert (found.rounds, found.unsettled) == (1, 1)


async def test_a_voided_round_counts_under_no_policy(database: Database) -> None:
    await play(database, FIXED, count=2)
    async with database.transaction() as tx:
        await void(tx, 2, MONDAY + timedelta(days=30))
    found = await replayed(database, POLICIES[1])

    assert found.rounds == 1


async def test_only_solves_of_the_season_are_replayed(database: Database) -> None:
    await play(database, FIXED, count=2)
    opens = to_ms(MONDAY)
    first = Season(1, "first", opens, opens + int(timedelta(days=7).total_seconds() * 1000))
    async with database.reading() as reader:
        found = await simulate(reader, POLICIES[1], first)

    assert found.rounds == 1


async def test_a_season_that_ends_within_a_round_has_only_its_solves(database: Database) -> None:
    await play(database, FIXED, count=1)
    async with database.reading() as reader:
        moments = [row["at"] for row in await reader.all("SELECT at FROM solves ORDER BY at")]
        half = Season(0, "half", 0, moments[1])
        found = await simulate(reader, Scoring(podium=(30, 30, 30, 30)), half)

    assert [one.points for one in found.members if one.points] == [30]


async def test_hidden_members_are_on_neither_board(database: Database) -> None:
    await play(database, FIXED)
    names = {one.name for one in (await replayed(database, POLICIES[1])).members}
    async with database.transaction() as tx:
        await tx.execute("UPDATE members SET hidden = 1 WHERE id = ?", (a_person(2).id,))
    found = await replayed(database, POLICIES[1])

    assert names - {one.name for one in found.members} == {"Member 2"}
    assert min(one.rank_after or 9 for one in found.members) == 1


def test_equal_points_share_a_rank() -> None:
    assert ranks({1: 5, 2: 9, 3: 5, 4: 1, 5: 0, 6: -3}) == {2: 1, 1: 2, 3: 2, 4: 4}
    assert ranks({}) == {}


def test_who_comes_or_leaves_climbs_no_ranks() -> None:
    comes = Moved(account=1, name="A", before=0, after=9, rank_before=None, rank_after=2)
    climbs = Moved(account=1, name="A", before=5, after=9, rank_before=4, rank_after=2)

    assert (comes.climbs, climbs.climbs, climbs.points) == (0, 2, 4)
