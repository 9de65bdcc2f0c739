"""Within a rank the earliest to reach the score comes first, whatever was taken back and given."""

import itertools
import random
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.books.audit import audit, rebuild
from engine.books.ledger import HOUSE, Kind, Transfer, post, post_all
from engine.books.reached import NEVER, reached
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.seasons import ensure
from engine.standings import Window, page
from engine.storage.database import Database
from tests.audit import assert_books_fit
from tests.builders import MONDAY, PARIS, a_person, a_transfer

NOW = to_ms(MONDAY)
NEW_YEAR = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
"""Midnight in Paris: a season ends."""
CHANGES = st.lists(st.tuples(st.integers(1, 9), st.integers(-20, 20).filter(bool)), max_size=8)


@pytest.mark.parametrize(
    ("changes", "moment"),
    [
        ([], NEVER),
        ([(1, 100)], 1),
        ([(1, 100), (5, 10)], 5),
        ([(5, 10), (1, 100)], 5),
        ([(1, 100), (5, 10), (5, -10)], 1),
        ([(1, 100), (5, 10), (9, -10)], 1),
        ([(1, 100), (3, -50), (5, 50)], 5),
        ([(1, 100), (5, 10), (7, 10), (9, -15)], 5),
        ([(1, 10), (2, -10)], NEVER),
        ([(1, -10)], NEVER),
    ],
)
def test_a_score_was_reached_when_it_was_last_lower(
    changes: list[tuple[int, int]], moment: int
) -> None:
    assert reached(changes) == moment


@given(CHANGES, st.randoms(use_true_random=False))
def test_the_order_of_booking_plays_no_part(
    changes: list[tuple[int, int]], order: random.Random
) -> None:
    shuffled = order.sample(changes, len(changes))

    assert reached(shuffled) == reached(changes)


@given(CHANGES, st.integers(1, 9), st.integers(1, 20))
def test_what_is_reversed_at_its_own_moment_leaves_no_trace(
    changes: list[tuple[int, int]], moment: int, points: int
) -> None:
    assert reached([*changes, (moment, points), (moment, -points)]) == reached(changes)


def change(account: int, points: int, at: int) -> Transfer:
    """Points gained, or lost where there are fewer than none."""
    if points > 0:
        return a_transfer(account, points, counts_at=NOW + at, kind=Kind.ADJUSTMENT)
    return a_transfer(HOUSE, -points, source=account, counts_at=NOW + at, kind=Kind.ADJUSTMENT)


async def order_of(database: Database) -> list[str]:
    async with database.reading() as reader:
        return [line.name for line in await page(reader, Window(season=0), server=None)]


async def test_a_mistake_that_is_taken_back_costs_nobody_their_place(database: Database) -> None:
    async with database.transaction() as tx:
        first, second = [await meet_one(tx, a_person(n), NOW) for n in (1, 2)]
        await post(tx, change(first, 100, 1))
        await post(tx, change(second, 100, 2))
        await post(tx, change(first, 10, 5))
        await post(tx, change(first, -10, 5))

    assert await order_of(database) == ["Member 1", "Member 2"]


async def test_points_lost_and_earned_again_are_reached_again(database: Database) -> None:
    async with database.transaction() as tx:
        first, second = [await meet_one(tx, a_person(n), NOW) for n in (1, 2)]
        await post(tx, change(first, 100, 1))
        await post(tx, change(second, 100, 2))
        await post(tx, change(first, -50, 3))
        await post(tx, change(first, 50, 4))

    assert await order_of(database) == ["Member 2", "Member 1"]


@pytest.mark.parametrize("seed", range(25))
async def test_any_history_keeps_the_moments_that_a_replay_finds(
    database: Database, seed: int
) -> None:
    """Gains and losses, booked in any order around the end of a season; the next opens late."""
    dice = random.Random(seed)
    async with database.transaction() as tx:
        accounts = [await meet_one(tx, a_person(n), NOW) for n in (1, 2)]
        for account in accounts:
            await post(tx, a_transfer(account, 1000, kind=Kind.RELEASE))
        await ensure(tx, MONDAY, PARIS, 3)
    for step in range(12):
        changes = [
            change(
                dice.choice(accounts),
                dice.choice([-30, -10, 10, 20]),
                to_ms(NEW_YEAR) - NOW + dice.randrange(-4, 4),
            )
            for _ in range(dice.randrange(1, 4))
        ]
        async with database.transaction() as tx:
            if step == seed % 12:
                await ensure(tx, NEW_YEAR, PARIS, 3)
            await post_all(tx, changes)
            await assert_books_fit(tx)
    async with database.transaction() as tx:
        found = await audit(tx)
        before = await tx.all("SELECT * FROM scores ORDER BY season, account")
        peaks = await tx.all("SELECT * FROM peaked ORDER BY account, season")
        await rebuild(tx, found)

        assert found.trouble is None
        assert [*map(tuple, before)] == [
            tuple(row) for row in await tx.all("SELECT * FROM scores ORDER BY season, account")
        ]
        assert [*map(tuple, peaks)] == [
            tuple(row) for row in await tx.all("SELECT * FROM peaked ORDER BY account, season")
        ]


async def test_an_audit_notices_a_peak_that_was_forgotten(database: Database) -> None:
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(), NOW)
        for points, at in ((100, 1), (10, 5), (-10, 9)):
            await post(tx, change(account, points, at))
        (peak,) = await tx.all("SELECT account, season FROM peaked")
        assert tuple(peak) == (account, 0)
        await tx.execute("DELETE FROM peaked")

        trouble = (await audit(tx)).trouble
        assert trouble is not None
        assert "--rebuild restores it" in trouble


def test_the_first_moment_since_which_it_was_never_lower_is_found_by_trying_all() -> None:
    for changes in itertools.product([(1, 5), (1, -5), (2, 5), (2, -5), (3, 10)], repeat=3):
        final = sum(points for _, points in changes)
        moments = [0, *sorted({at for at, _ in changes})]
        level = {m: sum(points for at, points in changes if at <= m) for m in moments}
        never_lower = [m for m in moments if all(level[n] >= final for n in moments if n >= m)]

        assert reached(changes) == min(never_lower)
