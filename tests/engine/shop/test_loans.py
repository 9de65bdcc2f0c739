"""Loans of one role wait for each other, and each keeps its own length."""

import pytest

from engine.moments import to_ms
from engine.people.members import meet_one
from engine.shop import loans, refunds
from engine.shop.fulfilment import cancel, given
from engine.shop.proof import misfit
from engine.shop.redemptions import get
from engine.storage.database import Database
from tests.builders import MONDAY, a_person
from tests.rewards import DAY_MS, a_role, endow, had

NOW = to_ms(MONDAY)
LENT = a_role(id="lent", cost=5, lasts_ms=3 * DAY_MS)
WEEK = a_role(id="week", cost=5, lasts_ms=7 * DAY_MS)


@pytest.fixture
async def lent(database: Database) -> Database:
    """Three days, then a week, then three days; all given on Monday."""
    await endow(database, 100)
    for reward in (LENT, WEEK, LENT):
        one = await had(database, reward)
        async with database.transaction() as tx:
            await given(tx, one.id, NOW)
    return database


async def refund(database: Database, number: int, at_ms: int) -> None:
    async with database.transaction() as tx:
        staff = await meet_one(tx, a_person(99), NOW)
        await refunds.refund(tx, number, staff, at_ms, note="torn")


async def days(database: Database) -> list[float]:
    """On which day each loan ends."""
    async with database.reading() as reader:
        found = [await get(reader, number) for number in (1, 2, 3)]
        assert await misfit(reader) is None
    return [(one.ends_at - NOW) / DAY_MS for one in found if one is not None and one.ends_at]


@pytest.mark.parametrize(
    ("number", "after", "ends"),
    [
        (1, 1, [1, 8, 11]),
        (2, 1, [3, 1, 6]),
        (3, 1, [3, 10, 1]),
        (2, 5, [3, 5, 8]),
        (1, 5, [5, 10, 13]),
    ],
    ids=[
        "the first, under way",
        "one to come",
        "the last",
        "the second, under way",
        "the first, whose end nobody has noticed",
    ],
)
async def test_a_refund_takes_the_days_of_its_own_loan_and_no_others(
    lent: Database, number: int, after: int, ends: list[int]
) -> None:
    await refund(lent, number, NOW + after * DAY_MS)

    assert await days(lent) == ends


async def test_refunded_one_after_the_other_nothing_is_left(lent: Database) -> None:
    for number in (2, 1, 3):
        await refund(lent, number, NOW + DAY_MS)
    async with lent.transaction() as tx:
        to_take = await loans.end_roles(tx, NOW + 90 * DAY_MS)

    assert await days(lent) == [1, 1, 1]
    assert to_take == []


async def test_a_loan_of_another_role_is_no_matter_of_this_one(lent: Database) -> None:
    other = await had(lent, a_role(id="other", role=7, cost=5, lasts_ms=3 * DAY_MS))
    async with lent.transaction() as tx:
        await given(tx, other.id, NOW)
    await refund(lent, 1, NOW + DAY_MS)
    async with lent.reading() as reader:
        found = await get(reader, other.id)

    assert found is not None
    assert found.ends_at == NOW + 3 * DAY_MS


async def test_loans_that_run_at_the_same_time_are_no_proof_of_anything(lent: Database) -> None:
    async with lent.transaction() as tx:
        await tx.execute("UPDATE redemptions SET ends_at = ends_at - 1000 WHERE id = 2")
    async with lent.reading() as reader:
        found = await misfit(reader)

    assert found == "redemption 2 lends a role while redemption 1 still does"


@pytest.mark.parametrize("skew_ms", [-60_000, 0, 60_000])
async def test_a_role_left_in_place_is_known_from_the_order_of_things_not_from_the_clocks(
    database: Database, skew_ms: int
) -> None:
    """Discord's clock stamps the request, ours the end; they need not agree."""
    await endow(database, 100)
    first = await had(database, LENT)
    async with database.transaction() as tx:
        await given(tx, first.id, NOW - 3 * DAY_MS)
    second = await had(database, LENT, at=NOW + skew_ms)
    async with database.transaction() as tx:
        to_take = await loans.end_roles(tx, NOW)
        canceled = await cancel(tx, second.id, NOW)
        left = await loans.outlives_a_loan(tx, canceled)

    assert to_take == []
    assert left


async def test_a_role_that_was_taken_before_the_next_was_asked_for_is_not_left_in_place(
    database: Database,
) -> None:
    """Whoever has it then, has it from somebody else; a late refund changes nothing about that."""
    await endow(database, 100)
    first = await had(database, LENT)
    async with database.transaction() as tx:
        await given(tx, first.id, NOW - 3 * DAY_MS)
        await loans.end_roles(tx, NOW)
    second = await had(database, LENT, at=NOW - 60_000)
    await refund(database, first.id, NOW)
    async with database.transaction() as tx:
        canceled = await cancel(tx, second.id, NOW)
        left = await loans.outlives_a_loan(tx, canceled)

    assert not left
