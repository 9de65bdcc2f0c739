"""A notice is owed once, told once, and stands until it was told."""

import pytest

from engine.books.ledger import post
from engine.errors import InsufficientPoints
from engine.moments import to_ms
from engine.people import notices
from engine.people.members import meet_one
from engine.people.notices import Notice, Waiting
from engine.storage.database import Database
from tests.builders import MONDAY, a_person, a_transfer

NOW = to_ms(MONDAY)


async def owe(database: Database, *keys: str, member: int = 1) -> None:
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(member), NOW)
        found = [Notice(key=key, account=account, words={"sentence": key}) for key in keys]
        await notices.owe(tx, found, NOW)


async def waiting(database: Database, member: int = 1) -> list[Waiting]:
    async with database.reading() as reader:
        return await notices.waiting(reader, a_person(member).id)


async def test_notices_wait_oldest_first_for_their_member_alone(database: Database) -> None:
    await owe(database, "first", "second")
    await owe(database, "other", member=2)

    assert [one.words["sentence"] for one in await waiting(database)] == ["first", "second"]
    assert [one.words["sentence"] for one in await waiting(database, 2)] == ["other"]
    assert await waiting(database, 3) == []


async def test_what_was_owed_before_is_not_owed_again(database: Database) -> None:
    await owe(database, "first")
    await owe(database, "first", "second")

    assert len(await waiting(database)) == 2


async def test_what_arrived_is_not_told_again_and_stays_in_the_books(database: Database) -> None:
    await owe(database, "first", "second")
    (first, _) = await waiting(database)
    async with database.transaction() as tx:
        await notices.told(tx, [first.id], NOW + 1)
    async with database.transaction() as tx:
        await notices.told(tx, [first.id], NOW + 2)
    await owe(database, "first")
    async with database.reading() as reader:
        told_at = await reader.value("SELECT told_at FROM notices WHERE key = 'first'")

    assert [one.words["sentence"] for one in await waiting(database)] == ["second"]
    assert told_at == NOW + 1


async def test_a_notice_goes_with_the_transaction_that_causes_it(database: Database) -> None:
    async def owe_and_fail() -> None:
        async with database.transaction() as tx:
            account = await meet_one(tx, a_person(), NOW)
            await notices.owe(tx, [Notice(key="x", account=account, words={})], NOW)
            await post(tx, a_transfer(1, source=account))

    with pytest.raises(InsufficientPoints):
        await owe_and_fail()
    assert await waiting(database) == []
