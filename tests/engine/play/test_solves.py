"""Which answers are solves, in which order, and who is ranked by them."""

from typing import Any

import pytest

from engine.moments import to_ms
from engine.people.members import meet_one
from engine.play import insiders
from engine.play.rounds import Round
from engine.play.solves import has_solved, outcome, ranked, recorded_solves, standing_solves
from engine.play.submissions import Attempt, Told
from engine.scoring import Scoring
from engine.storage.database import Database
from tests.builders import (
    MONDAY,
    a_person,
    a_round,
    a_try,
    account_of_member,
    hand_in,
    revealed,
    settled,
)

OPENS = to_ms(MONDAY)
PODIUM = Scoring(podium=(30, 20, 10))


def at(seconds: float, text: str = "quicksort", member: int = 1, **changes: Any) -> Attempt:
    """A try so many seconds after the opening."""
    return a_try(text, member=member, at=OPENS + round(seconds * 1000), **changes)


async def standing(database: Database, round_: Round) -> list[tuple[int | None, int]]:
    """The solves that the stored answers make: number of member, and second."""
    async with database.reading() as reader:
        found = await standing_solves(reader, round_)
    return [((one.member or 0) - a_person(0).id, (one.at - OPENS) // 1000) for one in found]


async def show_the_answer(database: Database, round_: Round, seconds: float) -> None:
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(1), OPENS)
        await insiders.mark(tx, round_.slug, account, OPENS + round(seconds * 1000))


# What stands.


async def test_in_an_instant_round_the_first_right_answer_stands(database: Database) -> None:
    round_ = await a_round(database)
    await hand_in(database, at(10, "bubble sort"), at(30, member=2))
    await hand_in(database, at(40), at(20, member=3))
    await hand_in(database, at(25))

    assert await standing(database, round_) == [(3, 20), (1, 25), (2, 30)]


async def test_in_a_sealed_round_the_last_answer_stands(database: Database) -> None:
    round_ = await a_round(database, verdict="at_reveal")
    await hand_in(database, at(10), at(20, "bubble sort"))
    await hand_in(database, at(20, member=2), at(10, "bubble sort", 2), at(30, "  ", 2))

    assert await standing(database, round_) == [(2, 20)]


@pytest.mark.parametrize("verdict", ["instant", "at_reveal"])
async def test_what_is_recorded_is_what_stands(database: Database, verdict: str) -> None:
    round_ = await a_round(database, verdict=verdict)
    await hand_in(database, at(30), at(20, member=2), at(10, "bubble sort", 3))
    await hand_in(database, at(10), at(40, member=4), at(9, "bubble sort", 2))
    round_ = await settled(database, round_)
    async with database.reading() as reader:
        stand = await standing_solves(reader, round_)
        recorded = await recorded_solves(reader, round_)

    assert [one.submission for one in recorded] == [one.submission for one in stand]


async def test_practice_stands_for_nothing(database: Database) -> None:
    round_ = await revealed(database, await a_round(database))
    await hand_in(database, a_try(at=to_ms(round_.reveals_at) + 1))

    assert await standing(database, round_) == []


async def test_an_erased_text_keeps_its_verdict(database: Database) -> None:
    round_ = await a_round(database)
    await hand_in(database, at(10), at(10, "bubble sort", 2))
    async with database.transaction() as tx:
        await tx.execute("UPDATE submissions SET text = NULL, normal = ''")

    assert await standing(database, round_) == [(1, 10)]


async def test_equal_milliseconds_are_listed_in_the_order_of_their_interactions(
    database: Database,
) -> None:
    round_ = await a_round(database)
    await hand_in(database, *(at(10, member=n, interaction=9_000 - n) for n in range(1, 6)))
    async with database.reading() as reader:
        tally = await outcome(reader, round_.id, first=3)

    assert (tally.tried, tally.solved) == (5, 5)
    assert list(tally.first) == [await account_of_member(database, n) for n in (5, 4, 3)]
    assert await standing(database, round_) == [(n, 10) for n in (5, 4, 3, 2, 1)]


# Who is ranked.


@pytest.mark.parametrize(
    "rules", [{"author_id": a_person(1).id}, {"test_solvers": (3, a_person(1).id)}], ids=str
)
async def test_who_knew_the_riddle_before_solves_without_rank(
    database: Database, rules: dict[str, Any]
) -> None:
    round_ = await a_round(database, scoring=PODIUM, **rules)
    replies = await hand_in(database, at(10), at(20, member=2))
    await settled(database, round_)
    async with database.reading() as reader:
        tally = await outcome(reader, round_.id, first=5)
        paid = await reader.all("SELECT target, points FROM transfers ORDER BY id")

    other = await account_of_member(database, 2)
    assert (replies[0].told, replies[0].earned, replies[0].podium) == (Told.ACCEPT, None, ())
    assert (tally.solved, tally.first) == (2, (other,))
    assert [tuple(row) for row in paid] == [(other, 100), (other, 30)]


@pytest.mark.parametrize(("shown", "is_ranked"), [(9.999, False), (10, True), (10.001, True)])
async def test_who_was_shown_the_answer_is_not_ranked_from_then_on(
    database: Database, shown: float, *, is_ranked: bool
) -> None:
    round_ = await a_round(database)
    await show_the_answer(database, round_, shown)
    (reply,) = await hand_in(database, at(10))

    assert (reply.earned is not None) == is_ranked


async def test_the_earliest_moment_of_being_shown_counts(database: Database) -> None:
    round_ = await a_round(database)
    for moment in (20, 5, 30):
        await show_the_answer(database, round_, moment)
    async with database.reading() as reader:
        since = await insiders.since(reader, round_.slug, [await account_of_member(database)])

    assert list(since.values()) == [OPENS + 5000]


async def test_another_riddles_answer_makes_nobody_an_insider(database: Database) -> None:
    round_ = await a_round(database)
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(), OPENS)
        await insiders.mark(tx, "another", account, OPENS - 1)
    (reply,) = await hand_in(database, at(10))

    assert reply.round == round_.id
    assert reply.earned is not None


async def test_an_answer_from_before_one_was_shown_takes_the_rank_back(
    database: Database,
) -> None:
    round_ = await a_round(database)
    await show_the_answer(database, round_, 15)
    (later,) = await hand_in(database, at(20))
    (earlier,) = await hand_in(database, at(10))

    assert later.earned is None
    assert earlier.earned is not None


async def test_an_unranked_solve_takes_nothing_from_the_others_value(database: Database) -> None:
    scoring = Scoring(policy="solves", minimum=10, curve="linear", decay=20)
    round_ = await a_round(database, scoring=scoring, author_id=a_person(3).id)
    await hand_in(database, *(at(10 * n, member=n) for n in (1, 2, 3)))
    await settled(database, round_)
    async with database.reading() as reader:
        rows = await reader.all("SELECT sum(points) AS p FROM transfers GROUP BY target")

    assert [row["p"] for row in rows] == [80, 80]


async def test_an_erased_member_is_ranked_on_nothing_new(database: Database) -> None:
    round_ = await a_round(database, verdict="at_reveal")
    await hand_in(database, at(10))
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM members")
    async with database.reading() as reader:
        (solve,) = await ranked(reader, round_, await standing_solves(reader, round_))

    assert not solve.ranked


async def test_whether_somebody_solved_is_known(database: Database) -> None:
    round_ = await a_round(database)
    await hand_in(database, at(10), at(10, "bubble sort", 2))
    solver, other = [await account_of_member(database, n) for n in (1, 2)]
    async with database.reading() as reader:
        found = [await has_solved(reader, round_.id, one) for one in (solver, other, None)]

    assert found == [True, False, False]
