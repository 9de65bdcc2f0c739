"""What a reversal takes beyond what is there becomes a debt, and the next credits repay it."""

import random
from typing import Any

import pytest

from engine.books.audit import audit
from engine.books.ledger import (
    ELSEWHERE,
    HELD,
    HOUSE,
    SPENT,
    Kind,
    Posted,
    Transfer,
    balance,
    open_account,
    post,
    post_all,
)
from engine.books.owing import debt, owed_account, take_back
from engine.errors import KeyReused
from engine.storage.database import Database
from tests.audit import assert_books_fit
from tests.builders import a_transfer


def reversal(member: int, points: int, **changes: Any) -> Transfer:
    """Points taken back from a member."""
    usual: dict[str, Any] = {"source": member, "kind": Kind.REVERSAL}
    return a_transfer(HOUSE, points, **usual | changes)


async def a_member(database: Database, points: int = 40, spent: int = 0) -> int:
    """A member who earned points and spent some of them."""
    async with database.transaction() as tx:
        member = await open_account(tx)
        if points:
            await post(tx, a_transfer(member, points))
        if spent:
            await post(tx, a_transfer(SPENT, spent, source=member, kind=Kind.REDEMPTION))
    return member


async def standing(database: Database, member: int) -> tuple[int, int, int]:
    """What a member has, owes, and scored; the books are audited by the way."""
    async with database.reading() as reader:
        await assert_books_fit(reader)
        score = await reader.value(
            "SELECT points FROM scores WHERE season = 0 AND account = ?", (member,)
        )
        return await balance(reader, member), await debt(reader, member), score or 0


async def take(database: Database, *wanted: Transfer) -> list[list[Posted]]:
    async with database.transaction() as tx:
        return await take_back(tx, wanted)


async def give(database: Database, member: int, points: int, **changes: Any) -> None:
    async with database.transaction() as tx:
        await post(tx, a_transfer(member, points, **changes))


async def test_what_is_there_is_taken_in_one_row(database: Database) -> None:
    member = await a_member(database)
    (rows,) = await take(database, reversal(member, 40))

    assert len(rows) == 1
    assert await standing(database, member) == (0, 0, 0)


async def test_what_is_not_there_is_owed_and_the_score_falls_by_the_whole(
    database: Database,
) -> None:
    member = await a_member(database, 40, spent=30)
    (rows,) = await take(database, reversal(member, 40, key="r"))
    async with database.reading() as reader:
        made = await reader.all("SELECT key, points, kind FROM transfers WHERE key LIKE 'r%'")

    assert len(rows) == 2
    assert [tuple(row) for row in made] == [("r", 10, "reversal"), ("r:owed", 30, "reversal")]
    assert await standing(database, member) == (0, 30, 0)


async def test_where_nothing_is_there_everything_is_owed(database: Database) -> None:
    member = await a_member(database, 40, spent=40)
    (rows,) = await take(database, reversal(member, 40))

    assert len(rows) == 1
    assert await standing(database, member) == (0, 40, 0)


async def test_taken_back_twice_it_is_taken_once(database: Database) -> None:
    member = await a_member(database, 40, spent=30)
    wanted = reversal(member, 40)
    first = await take(database, wanted)
    await give(database, member, 100)
    again = await take(database, wanted)

    assert [row.id for rows in again for row in rows] == [row.id for rows in first for row in rows]
    assert not any(row.new for rows in again for row in rows)
    assert await standing(database, member) == (70, 0, 100)


async def test_a_key_that_took_something_else_is_refused(database: Database) -> None:
    member = await a_member(database)
    await take(database, reversal(member, 30, key="r"))

    with pytest.raises(KeyReused):
        await take(database, reversal(member, 31, key="r"))


async def test_one_batch_does_not_take_the_same_points_twice(database: Database) -> None:
    member = await a_member(database)
    await take(database, reversal(member, 30), reversal(member, 30))

    assert await standing(database, member) == (0, 20, -20)


@pytest.mark.parametrize(
    ("credit", "left"),
    [(10, (0, 20, 10)), (30, (0, 0, 30)), (50, (20, 0, 50))],
    ids=["less", "exactly", "more"],
)
async def test_later_credits_repay_a_debt_first(
    database: Database, credit: int, left: tuple[int, int, int]
) -> None:
    member = await a_member(database, 40, spent=30)
    await take(database, reversal(member, 40))
    await give(database, member, credit)

    assert await standing(database, member) == left


async def test_a_repayment_is_a_row_of_its_own_named_after_its_credit(database: Database) -> None:
    member = await a_member(database, 40, spent=40)
    await take(database, reversal(member, 40))
    async with database.transaction() as tx:
        credit = await post(tx, a_transfer(member, 50))
        row = await tx.one("SELECT * FROM transfers ORDER BY id DESC LIMIT 1")

    assert row is not None
    assert (row["key"], row["kind"], row["points"]) == (f"repay:{credit.id}", "reversal", 40)


async def test_a_credit_asked_for_twice_repays_once(database: Database) -> None:
    member = await a_member(database, 40, spent=40)
    await take(database, reversal(member, 40))
    for _ in range(2):
        await give(database, member, 25, key="again")

    assert await standing(database, member) == (0, 15, 25)


async def test_several_credits_of_one_batch_repay_one_debt_once(database: Database) -> None:
    member = await a_member(database, 40, spent=40)
    await take(database, reversal(member, 40))
    async with database.transaction() as tx:
        results = await post_all(tx, [a_transfer(member, 25) for _ in range(3)])

    assert [isinstance(result, Posted) for result in results] == [True] * 3
    assert await standing(database, member) == (35, 0, 75)


async def test_what_a_repayment_takes_cannot_be_spent_in_the_same_batch(
    database: Database,
) -> None:
    member = await a_member(database, 40, spent=40)
    await take(database, reversal(member, 40))
    async with database.transaction() as tx:
        credit, hold = await post_all(
            tx, [a_transfer(member, 50), a_transfer(HELD, 11, source=member, kind=Kind.HOLD)]
        )

    assert isinstance(credit, Posted)
    assert not isinstance(hold, Posted)
    assert await standing(database, member) == (10, 0, 50)


async def test_points_that_come_back_from_a_refund_repay_too(database: Database) -> None:
    member = await a_member(database)
    async with database.transaction() as tx:
        await post(tx, a_transfer(HELD, 40, source=member, kind=Kind.HOLD))
    await take(database, reversal(member, 40))
    async with database.transaction() as tx:
        await post(tx, a_transfer(member, 40, source=HELD, kind=Kind.RELEASE))

    assert await standing(database, member) == (0, 0, 0)


async def test_one_members_debt_is_nobody_elses(database: Database) -> None:
    debtor, other = await a_member(database, 40, spent=40), await a_member(database)
    await take(database, reversal(debtor, 40))
    await give(database, other, 60)

    assert await standing(database, debtor) == (0, 40, 0)
    assert await standing(database, other) == (100, 0, 100)


async def test_a_member_has_one_account_of_debts(database: Database) -> None:
    member = await a_member(database)
    async with database.transaction() as tx:
        assert await owed_account(tx, member) == await owed_account(tx, member)
        assert await debt(tx, member) == 0


@pytest.mark.parametrize("seed", range(6))
async def test_over_any_history_nobody_has_points_and_owes_some(
    database: Database, seed: int
) -> None:
    """Beside a notebook: what each member earned, spent and had taken, and nothing else."""
    dice = random.Random(seed)
    members = [await a_member(database, 0) for _ in range(3)]
    worth, scored = dict.fromkeys(members, 0), dict.fromkeys(members, 0)
    for _ in range(40):
        member, points = dice.choice(members), dice.randrange(1, 60)
        match dice.randrange(4):
            case 0:
                await take(database, reversal(member, points))
                worth[member] -= points
                scored[member] -= points
            case 1:
                spend = a_transfer(SPENT, points, source=member, kind=Kind.REDEMPTION)
                async with database.transaction() as tx:
                    (result,) = await post_all(tx, [spend])
                assert isinstance(result, Posted) == (worth[member] >= points)
                worth[member] -= points if isinstance(result, Posted) else 0
            case _:
                kind = dice.choice([Kind.AWARD, Kind.OPENING, Kind.REFUND])
                source = ELSEWHERE if kind is Kind.OPENING else HOUSE
                await give(database, member, points, kind=kind, source=source)
                worth[member] += points
                scored[member] += 0 if kind is Kind.REFUND else points

    for member in members:
        has, owes, score = await standing(database, member)
        assert (has, owes) == (max(worth[member], 0), max(-worth[member], 0))
        assert score == scored[member]
    async with database.reading() as reader:
        assert (await audit(reader)).trouble is None
