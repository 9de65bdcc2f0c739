"""A statement adds up: what stands in its lines is what the member has."""

import random
from typing import Any

import pytest

from engine.books.ledger import (
    ELSEWHERE,
    HELD,
    HOUSE,
    SPENT,
    Kind,
    balance,
    open_account,
    post,
    write_note,
)
from engine.books.owing import debt, take_back
from engine.books.statements import Entry, statement
from engine.storage.database import Database, Transaction
from tests.builders import a_round, a_transfer, account_of_member, hand_in_one


async def read(database: Database, account: int, **page: int) -> list[Entry]:
    async with database.reading() as reader:
        return await statement(reader, account, **page)


async def test_a_stranger_has_an_empty_statement(database: Database) -> None:
    assert await read(database, 424242) == []


async def test_nobodys_accounts_have_no_statement(database: Database) -> None:
    async with database.transaction() as tx:
        await post(tx, a_transfer(await open_account(tx)))

    assert await read(database, HOUSE) == []


async def test_a_solve_is_told_with_its_riddle(database: Database) -> None:
    round_ = await a_round(database, slug="07-sorting")
    await hand_in_one(database)
    (entry,) = await read(database, await account_of_member(database))

    assert (entry.kind, entry.points, entry.balance, entry.score) == (Kind.AWARD, 100, 100, 100)
    assert (entry.round, entry.slug, entry.title) == (round_.id, "07-sorting", "What sorts here?")
    assert (entry.origin, entry.reason, entry.corrects) == (None, None, None)


async def test_spending_lowers_the_balance_and_not_the_score(database: Database) -> None:
    async with database.transaction() as tx:
        member = await open_account(tx)
        await post(tx, a_transfer(member, 40))
        await post(tx, a_transfer(HELD, 30, source=member, kind=Kind.HOLD))
        await post(tx, a_transfer(member, 5, kind=Kind.OPENING, source=ELSEWHERE))
    entries = await read(database, member)

    assert [(one.kind, one.points, one.balance, one.score) for one in entries] == [
        (Kind.OPENING, 5, 15, 45),
        (Kind.HOLD, -30, 10, 40),
        (Kind.AWARD, 40, 40, 40),
    ]


async def test_a_debt_is_told_and_so_is_its_repayment(database: Database) -> None:
    async with database.transaction() as tx:
        member = await open_account(tx)
        await post(tx, a_transfer(member, 30))
        await post(tx, a_transfer(SPENT, 20, source=member, kind=Kind.REDEMPTION))
        await take_back(tx, [a_transfer(HOUSE, 30, source=member, kind=Kind.REVERSAL, corrects=1)])
        await post(tx, a_transfer(member, 50))
    entries = await read(database, member)

    assert [
        (one.points, one.balance, one.owed, one.score, one.repays) for one in reversed(entries)
    ] == [
        (30, 30, 0, 30, False),
        (-20, 10, 0, 30, False),
        (-10, 0, 0, 20, False),
        (-20, 0, 20, 0, False),
        (50, 50, 20, 50, False),
        (-20, 30, 0, 50, True),
    ]
    assert entries[2].corrects == entries[3].corrects == 1


async def test_a_reason_and_an_origin_are_told(database: Database) -> None:
    async with database.transaction() as tx:
        member = await open_account(tx)
        note = await write_note(tx, "brought along")
        await tx.execute(
            """
            INSERT INTO imports (batch, origin, source, format, rate, file, begun_at)
            VALUES ('import-1', 'The old server', 'old', 'lines', '1', x'00', 0)
            """
        )
        points = a_transfer(member, source=ELSEWHERE, kind=Kind.OPENING, batch="import-1")
        await post(tx, points)
        await post(tx, a_transfer(member, note=note))
        await post(tx, a_transfer(member, note=await write_note(tx, "secret")))
        await tx.execute("UPDATE notes SET text = NULL WHERE text = 'secret'")
    erased, explained, imported = await read(database, member)

    assert (imported.origin, imported.batch) == ("The old server", "import-1")
    assert (explained.reason, explained.origin) == ("brought along", None)
    assert erased.reason is None


@pytest.mark.parametrize("size", [1, 3, 100])
async def test_pages_of_a_statement_are_the_whole_statement(database: Database, size: int) -> None:
    async with database.transaction() as tx:
        member, other = await open_account(tx), await open_account(tx)
        for n in range(1, 20):
            await post(tx, a_transfer(member if n % 3 else other, n))
    whole = await read(database, member, limit=100)
    pages: list[Entry] = []
    while page := await read(
        database, member, limit=size, **({"before": pages[-1].transfer} if pages else {})
    ):
        pages += page

    assert pages == whole
    assert len(whole) == 13


async def test_a_statement_ends_with_what_the_books_say(database: Database) -> None:
    """Whatever happened: the newest line holds the balance and the score kept beside the rows."""
    dice = random.Random(7)
    async with database.transaction() as tx:
        members = [await open_account(tx) for _ in range(4)]
        for n in range(300):
            await _some_move(tx, dice, dice.choice(members), n)
    for member in members:
        async with database.reading() as reader:
            newest = (await statement(reader, member, limit=1))[0]
            score = await reader.value(
                "SELECT points FROM scores WHERE season = 0 AND account = ?", (member,)
            )

            assert newest.balance == await balance(reader, member)
            assert newest.owed == await debt(reader, member)
            assert newest.score == (score or 0)


async def _some_move(tx: Transaction, dice: random.Random, member: int, n: int) -> None:
    facts: dict[str, Any] = {"key": f"move:{n}", "counts_at": n}
    points = dice.randint(1, 50)
    if dice.random() < 0.2:
        back = a_transfer(HOUSE, points, source=member, kind=Kind.REVERSAL, **facts)
        await take_back(tx, [back])
    elif (have := await balance(tx, member)) and dice.random() < 0.5:
        points = dice.randint(1, have)
        await post(tx, a_transfer(HELD, points, source=member, kind=Kind.HOLD, **facts))
    else:
        source, kind = dice.choice(
            [(HOUSE, Kind.AWARD), (ELSEWHERE, Kind.MERGE), (ELSEWHERE, Kind.REFUND)]
        )
        await post(tx, a_transfer(member, points, source=source, kind=kind, **facts))
