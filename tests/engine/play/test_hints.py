"""A hint is free from its moment, costs before it, and is taken once however often one asks."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from engine.calendar import Step
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.play.hints import HintState, state, take
from engine.play.rounds import Round, take_step
from engine.play.rules import Wording
from engine.storage.database import Database
from tests.builders import MONDAY, a_person, a_round, closed, revealed

OPENS = to_ms(MONDAY)
WEDNESDAY, FRIDAY = to_ms(MONDAY + timedelta(days=2)), to_ms(MONDAY + timedelta(days=4))


async def read(database: Database, round_: Round, at_ms: int, member: int = 1) -> HintState:
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(member), at_ms)
        return await state(tx, round_, account, at_ms)


async def ask(database: Database, round_: Round, n: int, at_ms: int, member: int = 1) -> HintState:
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(member), at_ms)
        return await take(tx, round_, account, n, at_ms)


async def test_at_first_no_hint_is_open(database: Database) -> None:
    round_ = await a_round(database)

    assert await read(database, round_, OPENS) == HintState((), (), 1, 10, WEDNESDAY)


@pytest.mark.parametrize(
    ("at_ms", "opened", "following", "free_at"),
    [
        (WEDNESDAY - 1, (), 1, WEDNESDAY),
        (WEDNESDAY, (1,), 2, FRIDAY),
        (FRIDAY - 1, (1,), 2, FRIDAY),
        (FRIDAY, (1, 2), 3, None),
    ],
)
async def test_a_hint_is_free_from_its_very_millisecond(
    database: Database,
    at_ms: int,
    opened: tuple[int, ...],
    following: int,
    free_at: int | None,
) -> None:
    round_ = await a_round(database)

    assert await read(database, round_, at_ms) == HintState(opened, (), following, 10, free_at)


async def test_a_hint_is_free_even_if_its_post_never_went_out(database: Database) -> None:
    round_ = await a_round(database)

    assert not round_.has(Step.HINT, 1)
    assert (await read(database, round_, WEDNESDAY)).open == (1,)


async def test_a_hint_told_early_by_hand_is_not_free_before_its_moment(
    database: Database,
) -> None:
    """The round's frozen plan decides, whatever was posted when."""
    round_ = await a_round(database)
    async with database.transaction() as tx:
        round_ = await take_step(tx, round_.id, Step.HINT, n=1, due_at=MONDAY, now=MONDAY)

    assert (await read(database, round_, OPENS)).open == ()


async def test_further_hints_are_free_from_the_reveal(database: Database) -> None:
    round_ = await closed(database, await a_round(database))
    after = to_ms(round_.reveals_at)
    before = await read(database, round_, after - 1)
    told = await revealed(database, round_)

    assert before.open == (1, 2)
    assert await read(database, told, after) == HintState((1, 2, 3), (), None, 10, None)


async def test_a_hint_taken_early_can_be_read_by_who_took_it(database: Database) -> None:
    round_ = await a_round(database)
    after = await ask(database, round_, 1, OPENS + 1)

    assert after == HintState((1,), (1,), 2, 10, FRIDAY)
    assert (await read(database, round_, OPENS + 1, member=2)).open == ()


async def test_a_hint_asked_for_twice_is_taken_once(database: Database) -> None:
    round_ = await a_round(database)
    first = await ask(database, round_, 1, OPENS + 1)
    again = await ask(database, round_, 1, OPENS + 2)
    async with database.reading() as reader:
        rows = await reader.all("SELECT n, at FROM hints_taken")

    assert again == first
    assert [tuple(row) for row in rows] == [(1, OPENS + 1)]


@pytest.mark.parametrize("n", [-1, 0, 2, 3, 4])
async def test_only_the_next_hint_can_be_taken(database: Database, n: int) -> None:
    round_ = await a_round(database)

    assert (await ask(database, round_, n, OPENS + 1)).taken == ()


async def test_a_hint_that_has_become_free_meanwhile_is_not_paid_for(
    database: Database,
) -> None:
    round_ = await a_round(database)
    after = await ask(database, round_, 1, WEDNESDAY)

    assert after.taken == ()
    assert after.open == (1,)


async def test_a_stranger_reads_what_is_free(database: Database) -> None:
    round_ = await a_round(database)
    async with database.reading() as reader:
        assert (await state(reader, round_, None, WEDNESDAY)).open == (1,)


async def test_a_riddle_without_hints_offers_none(database: Database) -> None:
    words = {"fr": Wording(prompt="?", solution="!")}
    round_ = await a_round(database, text=words)

    assert await read(database, round_, FRIDAY) == HintState((), (), None, 10, None)
    assert (await ask(database, round_, 1, OPENS)).taken == ()


async def test_more_moments_than_hints_are_no_harm(database: Database) -> None:
    words = {"fr": Wording(prompt="?", hints=("one",), solution="!")}
    round_ = await a_round(database, text=words)

    assert (await read(database, round_, FRIDAY)).open == (1,)


@pytest.mark.parametrize(
    ("value", "cost", "price"),
    [(100, "0.1", 10), (99, "0.1", 9), (9, "0.1", 0), (100, "0", 0), (7, "1", 7), (10, "0.29", 2)],
)
async def test_the_price_is_a_share_of_the_value_rounded_down(
    database: Database, value: int, cost: str, price: int
) -> None:
    round_ = await a_round(database, value=value, hint_cost=cost)

    assert (await read(database, round_, OPENS)).price == price


async def test_the_moments_are_the_rounds_own(database: Database) -> None:
    round_ = await a_round(database)
    moved = replace(round_, hints_at=(datetime.fromtimestamp(0, MONDAY.tzinfo),))

    assert (await read(database, moved, OPENS)).open == (1,)
