"""A ban closes every way to win, deletes nothing, and lifting it restores everything."""

from datetime import timedelta

from engine.books.ledger import balance
from engine.draws.entries import lacking
from engine.draws.rules import Eligibility
from engine.moments import to_ms
from engine.people import bans
from engine.people.erasure import erase, mark
from engine.play.submissions import Reply, Told
from engine.standings import Line, Window, page
from engine.storage.database import Database
from tests.audit import assert_books_fit
from tests.builders import (
    MONDAY,
    WEEK,
    a_person,
    a_round,
    a_try,
    account_of_member,
    hand_in,
    hand_in_one,
    revealed,
)

NOW = to_ms(MONDAY)
SECRET = bytes(range(32))
ADA, BOB = 1, 2


async def ban(database: Database, member: int = ADA, *, origin: str = bans.HERE) -> int:
    async with database.transaction() as tx:
        people = [(a_person(member).id, "spam")]
        return await bans.impose(tx, people, origin=origin, now_ms=NOW)


async def lift(database: Database, **which: int | str) -> int:
    async with database.transaction() as tx:
        return await bans.lift(tx, NOW + 1, **which)  # type: ignore[arg-type] # member or origin


async def board(database: Database) -> list[Line]:
    async with database.reading() as reader:
        return await page(reader, Window(season=0), server=None)


async def later(database: Database, minutes: int = 30) -> Reply:
    return await hand_in_one(database, member=ADA, after=timedelta(minutes=minutes))


async def test_who_is_banned_plays_and_is_not_ranked(database: Database) -> None:
    await a_round(database)
    await ban(database)
    reply = await later(database)

    assert (reply.told, reply.earned) == (Told.ACCEPT, None)


async def test_a_ban_holds_on_the_next_riddle_too(database: Database) -> None:
    await hand_in_one(database)  # No riddle yet, but now Ada is known.
    await ban(database)
    await a_round(database)

    assert (await later(database)).earned is None


async def test_somebody_banned_before_they_were_seen_is_banned(database: Database) -> None:
    await ban(database)
    await a_round(database)

    assert (await later(database)).earned is None


async def test_nothing_that_was_earned_is_taken_and_boards_show_it_again(
    database: Database,
) -> None:
    await a_round(database)
    await hand_in(database, a_try(member=ADA), a_try(member=BOB))
    before = await board(database)
    await ban(database)
    meanwhile = await board(database)
    await lift(database, member=a_person(ADA).id)

    assert [line.name for line in meanwhile] == ["Member 2"]
    assert await board(database) == before
    async with database.reading() as reader:
        assert await balance(reader, await account_of_member(database, ADA)) == 100
        await assert_books_fit(reader)


async def test_a_lifted_ban_opens_what_is_still_open(database: Database) -> None:
    await a_round(database)
    await ban(database)
    await hand_in_one(database, "bogosort", member=ADA)
    await lift(database, member=a_person(ADA).id)
    reply = await later(database)

    assert reply.earned is not None


async def test_what_was_solved_while_banned_stays_unranked(database: Database) -> None:
    round_ = await a_round(database)
    await ban(database)
    await later(database)
    await lift(database, member=a_person(ADA).id)
    await revealed(database, round_)

    assert await board(database) == []


async def test_two_lists_ban_until_both_have_lifted(database: Database) -> None:
    await a_round(database)
    await ban(database)
    await ban(database, origin="friends")
    lifted = await lift(database, origin="friends")

    assert lifted == 1
    assert (await later(database)).earned is None


async def test_a_list_read_twice_bans_once(database: Database) -> None:
    assert [await ban(database), await ban(database)] == [1, 0]


async def test_who_is_banned_enters_no_draw(database: Database) -> None:
    await a_round(database)
    await hand_in_one(database, member=ADA)
    account = await account_of_member(database, ADA)
    await ban(database)
    async with database.reading() as reader:
        refusal = (await lacking(reader, Eligibility(), [account], NOW))[account]
        assert refusal.why == "banned"
        assert await bans.banned_among(reader, [account]) == {account}


async def test_an_erased_member_comes_back_banned(database: Database) -> None:
    await a_round(database)
    await ban(database)
    await hand_in_one(database, "bogosort", member=ADA)
    async with database.transaction() as tx:
        await erase(tx, a_person(ADA).id, SECRET, NOW)
        left = await tx.value("SELECT count(*) FROM bans WHERE member IS NOT NULL")
    person = a_person(ADA, mark=mark(SECRET, a_person(ADA).id))
    await hand_in(database, a_try("shell sort", person=person, after=timedelta(minutes=40)))
    async with database.reading() as reader:
        again = await bans.banned_among(reader, [await account_of_member(database, ADA)])

    assert left == 0
    assert len(again) == 1


async def test_a_ban_outlives_an_erasure_on_the_next_riddle_too(database: Database) -> None:
    first = await a_round(database)
    await ban(database)
    await hand_in_one(database, "bogosort", member=ADA)
    async with database.transaction() as tx:
        await erase(tx, a_person(ADA).id, SECRET, NOW)
    await revealed(database, first)
    await a_round(database, week=WEEK.next())
    person = a_person(ADA, mark=mark(SECRET, a_person(ADA).id))
    (reply,) = await hand_in(database, a_try(person=person, after=timedelta(days=7, minutes=9)))

    assert reply.earned is None


async def test_the_same_list_read_after_an_erasure_breaks_nothing(database: Database) -> None:
    await a_round(database)
    await ban(database)
    await hand_in_one(database, "bogosort", member=ADA)
    async with database.transaction() as tx:
        await erase(tx, a_person(ADA).id, SECRET, NOW)
    await ban(database)
    person = a_person(ADA, mark=mark(SECRET, a_person(ADA).id))
    (reply,) = await hand_in(database, a_try(person=person, after=timedelta(minutes=40)))

    assert (reply.told, reply.earned) == (Told.ACCEPT, None)


async def test_an_erased_members_ban_is_lifted_by_their_mark(database: Database) -> None:
    await a_round(database)
    await ban(database)
    await hand_in_one(database, "bogosort", member=ADA)
    async with database.transaction() as tx:
        await erase(tx, a_person(ADA).id, SECRET, NOW)
        remains = mark(SECRET, a_person(ADA).id)
        lifted = await bans.lift(tx, NOW, member=a_person(ADA).id, mark=remains)

    assert lifted == 1
