"""Nobody is reminded who did not ask, nor told by a reminder what they may not know yet."""

from datetime import timedelta

import pytest

from engine.moments import to_ms
from engine.people import presence, reminders
from engine.people.members import meet_one
from engine.people.reminders import Wish
from engine.play.rounds import Round
from engine.storage.database import Database
from tests.builders import MONDAY, SERVER, a_person, a_round, account_of_member, hand_in_one

BOTH = Wish(SERVER, opening=True, closing=True)
NOTHING = Wish(SERVER, opening=False, closing=False)


async def ask(database: Database, member: int, wish: Wish, interaction: int = 1) -> int:
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(member), to_ms(MONDAY))
        await reminders.change(tx, account, interaction, lambda _: wish)
    return account


async def wanted(database: Database, round_: Round, *, opening: bool = False) -> list[int]:
    async with database.reading() as reader:
        return await reminders.wanted(reader, round_, SERVER, opening=opening)


async def test_those_are_reminded_who_asked_for_it(database: Database) -> None:
    round_ = await a_round(database)
    both = await ask(database, 1, BOTH)
    closing = await ask(database, 2, Wish(SERVER, opening=False, closing=True))
    opening = await ask(database, 3, Wish(SERVER, opening=True, closing=False))
    await ask(database, 4, NOTHING)
    await ask(database, 5, Wish(SERVER + 1, opening=True, closing=True))

    assert set(await wanted(database, round_)) == {both, closing}
    assert set(await wanted(database, round_, opening=True)) == {both, opening}


async def test_whoever_has_solved_is_left_alone_before_the_closing(database: Database) -> None:
    round_ = await a_round(database)
    await ask(database, 1, BOTH)
    tried = await ask(database, 2, BOTH)
    await hand_in_one(database, "quicksort", member=1)
    await hand_in_one(database, "bogosort", member=2)

    assert await wanted(database, round_) == [tried]


@pytest.mark.parametrize("text", ["quicksort", "bogosort", "a sort"])
async def test_in_a_sealed_round_a_reminder_tells_nobody_whether_they_were_right(
    database: Database, text: str
) -> None:
    round_ = await a_round(database, verdict="at_reveal")
    await ask(database, 1, BOTH)
    silent = await ask(database, 2, BOTH)
    await hand_in_one(database, text, member=1)

    assert await wanted(database, round_) == [silent]


async def test_whoever_left_the_server_is_not_mentioned(database: Database) -> None:
    round_ = await a_round(database)
    account = await ask(database, 1, BOTH)
    async with database.transaction() as tx:
        await presence.mark_gone(tx, SERVER, account, to_ms(MONDAY + timedelta(days=1)))

    assert await wanted(database, round_) == []


async def test_asked_again_just_before_it_is_sent_who_wants_it_still(database: Database) -> None:
    round_ = await a_round(database)
    accounts = [await ask(database, number, BOTH) for number in (1, 2, 3)]
    await ask(database, 2, NOTHING, interaction=2)
    await hand_in_one(database, member=3)
    async with database.reading() as reader:
        left = await reminders.still_wanted(reader, round_, accounts, opening=False)

    assert left == [a_person(1).id]


async def test_an_interaction_delivered_twice_changes_a_wish_once(database: Database) -> None:
    def turned(before: Wish) -> Wish:
        return NOTHING if before.anything else BOTH

    account = await ask(database, 1, NOTHING, interaction=1)
    async with database.transaction() as tx:
        first = await reminders.change(tx, account, 2, turned)
        again = await reminders.change(tx, account, 2, turned)
        late = await reminders.change(tx, account, 1, turned)

    assert first == again == late == BOTH


async def test_a_member_is_reminded_in_the_server_where_they_asked_last(
    database: Database,
) -> None:
    round_ = await a_round(database)
    await ask(database, 1, Wish(SERVER + 1, opening=True, closing=True), interaction=1)
    account = await ask(database, 1, BOTH, interaction=2)

    assert account == await account_of_member(database)
    assert await wanted(database, round_) == [account]
