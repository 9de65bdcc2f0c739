"""Identity leaves, history stays true: no word of an erased member is left, and every book fits."""

from datetime import timedelta
from typing import Any

import pytest

from engine.books.audit import audit
from engine.books.ledger import ERASED, HELD, balance, post, write_note
from engine.draws import course, entries
from engine.draws.record import Draw
from engine.draws.rules import DrawRules, Lot, Seed
from engine.moments import to_ms
from engine.people import notices
from engine.people.erasure import Erased, erase, let_go, mark
from engine.people.members import account_of, meet
from engine.play import insiders
from engine.play.submissions import Told
from engine.standings import Window, page
from engine.storage.database import Database, Transaction
from tests.audit import assert_books_fit
from tests.builders import (
    MONDAY,
    a_person,
    a_round,
    a_transfer,
    a_try,
    account_of_member,
    closed,
    hand_in,
    revealed,
)

SECRET = bytes(range(32))
NOW = to_ms(MONDAY + timedelta(hours=1))
ADA, BOB = 1, 2


async def forget(database: Database, member: int = ADA) -> Erased | None:
    async with database.transaction() as tx:
        return await erase(tx, a_person(member).id, SECRET, NOW)


async def played(database: Database) -> int:
    """Two members who solved a riddle; the account of the first."""
    await a_round(database)
    await hand_in(database, a_try("Wrong Words Of Mine", member=ADA))
    later = timedelta(minutes=9)
    await hand_in(database, a_try(member=ADA, after=later), a_try(member=BOB, after=later))
    return await account_of_member(database, ADA)


async def value(database: Database, sql: str, *facts: object) -> Any:
    async with database.reading() as reader:
        return await reader.value(sql, facts)


async def test_nothing_ties_the_account_to_a_person_any_more(database: Database) -> None:
    account = await played(database)
    erased = await forget(database)

    assert erased == Erased(account, points=100, redemptions=0, draws=0)
    async with database.reading() as reader:
        assert await account_of(reader, a_person(ADA).id) is None
    assert await value(database, "SELECT count(*) FROM sightings WHERE account = ?", account) == 0


async def test_the_books_fit_afterwards_and_the_points_are_out(database: Database) -> None:
    account = await played(database)
    await forget(database)

    async with database.reading() as reader:
        await assert_books_fit(reader)
        assert (await audit(reader)).trouble is None
        assert await balance(reader, account) == 0
        assert await balance(reader, ERASED) == 100


async def test_somebody_never_seen_cannot_be_erased(database: Database) -> None:
    assert await forget(database, 77) is None


async def test_others_keep_their_points_and_the_board_forgets_the_name(database: Database) -> None:
    await played(database)
    await forget(database)
    async with database.reading() as reader:
        lines = await page(reader, Window(season=0), server=None)

    assert [(line.name, line.points) for line in lines] == [("Member 2", 100)]


async def test_words_are_blanked_and_verdicts_stay(database: Database) -> None:
    account = await played(database)
    await forget(database)
    async with database.reading() as reader:
        rows = await reader.all(
            "SELECT text, normal, outcome FROM submissions WHERE account = ? ORDER BY id",
            (account,),
        )

    assert [tuple(row) for row in rows] == [(None, "", "reject"), (None, "", "accept")]


async def test_no_word_is_left_in_the_files(database: Database) -> None:
    await played(database)
    async with database.transaction() as tx:
        account = await account_of(tx, a_person(ADA).id) or 0
        note = await write_note(tx, "A Note About Ada")
        await post(tx, a_transfer(account, 5, note=note))
        kept: dict[str, Any] = {"sentence": "A Word For Ada", "facts": {}}
        await notices.owe(tx, [notices.Notice(key="n", account=account, words=kept)], NOW)
    await forget(database)
    await database.scrub()
    files = [database.path, database.path.with_name(database.path.name + "-wal")]
    left = b"".join(file.read_bytes() for file in files if file.exists())

    for words in (b"Wrong Words", b"wrong words", b"Member 1", b"A Note", b"A Word"):
        assert words not in left


async def test_what_is_noted_about_others_stays(database: Database) -> None:
    await played(database)
    async with database.transaction() as tx:
        bob = await account_of(tx, a_person(BOB).id) or 0
        await post(tx, a_transfer(bob, 5, note=await write_note(tx, "About Bob")))
    await forget(database)

    assert await value(database, "SELECT text FROM notes") == "About Bob"


async def test_posts_about_the_member_are_blanked_and_a_name_alone_is_nobody(
    database: Database,
) -> None:
    await played(database)
    async with database.transaction() as tx:
        await tx.many(
            "INSERT INTO posts (key, kind, lane, server, facts, state, owed_at, next_at) "
            "VALUES (?, 'staff', 'x', 1, ?, 'pending', 0, 0)",
            [
                ("a", f'{{"facts": {{"who": "<@{a_person(ADA).id}>"}}}}'),
                ("b", '{"facts": {"who": "Member 1"}}'),
            ],
        )
    await forget(database)
    async with database.reading() as reader:
        rows = await reader.all("SELECT key, state, facts = '{}' AS blank FROM posts ORDER BY key")

    assert [tuple(row) for row in rows] == [
        ("a", "failed", 1),
        ("b", "pending", 0),
    ]


async def returned(tx: Transaction) -> int:
    """The account that the erased member gets when they come back."""
    member = a_person(ADA).id
    person = a_person(ADA, mark=mark(SECRET, member))
    return (await meet(tx, [person], NOW))[member]


async def test_who_comes_back_is_somebody_new_and_unranked_on_the_open_riddle(
    database: Database,
) -> None:
    old = await played(database)
    await forget(database)
    member = a_person(ADA, mark=mark(SECRET, a_person(ADA).id))
    late = timedelta(hours=2)
    (reply,) = await hand_in(database, a_try(member=ADA, after=late, person=member))

    assert reply.told is Told.ACCEPT
    assert reply.earned is None
    assert await account_of_member(database, ADA) != old


async def test_marks_go_with_the_reveal(database: Database) -> None:
    round_ = await a_round(database)
    await hand_in(database, a_try(member=ADA))
    await forget(database)
    before = await value(database, "SELECT count(*) FROM forgotten")
    await revealed(database, await closed(database, round_))
    async with database.transaction() as tx:
        await let_go(tx)
        account = await returned(tx)

    assert before == 1
    assert await value(database, "SELECT count(*) FROM forgotten") == 0
    async with database.reading() as reader:
        assert await insiders.since(reader, round_.slug, [account]) == {}


async def a_draw(database: Database) -> Draw:
    rules = DrawRules(
        title={"en": "X"},
        lots=(Lot(name={"en": "Y"}),),
        tickets={"per": "points", "price": 10, "cap": 5},  # pyright: ignore[reportArgumentType] # pydantic reads it
        least_entrants=1,
        seed=Seed(rounds=1, iterations=1),
    )
    async with database.transaction() as tx:
        draw = await course.announce(tx, "x", rules, freezes_at=NOW + 1000, now_ms=NOW - 1000)
        for number in (ADA, BOB):
            account = await account_of(tx, a_person(number).id) or 0
            await entries.enter(
                tx,
                draw.id,
                rules,
                account=account,
                member=a_person(number).id,
                tickets=2,
                interaction=900 + number,
                at_ms=NOW,
            )
    return draw


async def test_a_draw_that_is_not_frozen_is_left_with_the_points_back(database: Database) -> None:
    await played(database)
    draw = await a_draw(database)
    erased = await forget(database)

    assert erased is not None
    assert (erased.points, erased.draws) == (100, 1)
    assert await value(database, "SELECT count(*) FROM draw_entries WHERE draw = ?", draw.id) == 1
    async with database.reading() as reader:
        assert await balance(reader, HELD) == 20
        await assert_books_fit(reader)


async def test_a_frozen_entry_stays_and_is_nobodys(database: Database) -> None:
    account = await played(database)
    draw = await a_draw(database)
    async with database.transaction() as tx:
        await course.freeze(tx, draw, NOW + 1000)
    await forget(database)

    assert await value(database, "SELECT count(*) FROM draw_entries") == 2
    assert await value(database, "SELECT salt FROM draw_entries WHERE account = ?", account) is None


@pytest.mark.parametrize("again", [1, 2])
async def test_erased_twice_is_erased_once(database: Database, again: int) -> None:
    await played(database)
    for _ in range(again):
        await forget(database)

    assert await value(database, "SELECT count(*) FROM transfers WHERE kind = 'erasure'") == 1
