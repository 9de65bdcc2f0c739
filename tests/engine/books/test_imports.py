"""Points from elsewhere come in once, count for all time only, and can be taken back whole."""

import hashlib
import random
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from engine.books import imports
from engine.books.imports import Import, Line, State
from engine.books.ledger import HELD, HOUSE, Kind, balance, post
from engine.books.owing import debt, take_back
from engine.books.statements import statement
from engine.errors import ImportRefused
from engine.moments import to_ms
from engine.people.members import account_of
from engine.seasons import ensure
from engine.storage.database import Database, Reader
from tests.audit import assert_books_fit
from tests.builders import MONDAY, PARIS, a_person, a_round, a_transfer, hand_in_one

NOW = to_ms(MONDAY)
MEMBER = a_person().id


def a_line(points: int = 40, *, member: int = 1, **changes: Any) -> Line:
    usual: dict[str, Any] = {"member": a_person(member).id, "key": "total", "points": points}
    return Line(**usual | changes)


async def begun(database: Database, *, file: bytes = b"file", **changes: Any) -> Import:
    usual: dict[str, Any] = {"origin": "MEE6", "source": "mee6", "form": "mee6", "rate": "1"}
    async with database.transaction() as tx:
        return await imports.begin(tx, file=file, now_ms=NOW, **usual | changes)


async def brought(database: Database, *lines: Line, **changes: Any) -> tuple[Import, list[State]]:
    """A whole import of `lines`, and what became of each."""
    into = await begun(database, **changes)
    async with database.transaction() as tx:
        states = await imports.book(tx, into, lines, NOW)
        await imports.end(tx, into, NOW)
    return into, states


async def undone(database: Database, one: Import, *, limit: int = 10_000) -> None:
    before: int | None = None
    while True:
        async with database.transaction() as tx:
            before = await imports.undo(tx, one, NOW, before=before, limit=limit)
        if before is None:
            return


async def have(database: Database, member: int = 1) -> tuple[int, int, int]:
    """Balance, debt and score of all time."""
    async with database.reading() as reader:
        account = await account_of(reader, a_person(member).id)
        assert account is not None
        score = await score_of(reader, account, 0)
        return await balance(reader, account), await debt(reader, account), score


async def score_of(reader: Reader, account: int, season: int) -> int:
    sql = "SELECT points FROM scores WHERE season = ? AND account = ?"
    return await reader.value(sql, (season, account)) or 0


async def spend(database: Database, points: int, member: int = 1) -> None:
    async with database.transaction() as tx:
        account = await account_of(tx, a_person(member).id)
        assert account is not None
        await post(tx, a_transfer(HELD, points, source=account, kind=Kind.HOLD))


async def fits(database: Database) -> None:
    async with database.reading() as reader:
        await assert_books_fit(reader)


async def test_points_wait_for_a_member_who_was_never_seen(database: Database) -> None:
    _, states = await brought(database, a_line(40))

    assert states == [State.NEW]
    assert await have(database) == (40, 0, 40)
    await fits(database)


async def test_points_come_in_once_however_often_they_are_brought(database: Database) -> None:
    await brought(database, a_line(40), a_line(50, member=2))
    _, states = await brought(
        database, a_line(50, member=2), a_line(60, member=3), a_line(40), file=b"a later file"
    )

    assert states == [State.PRESENT, State.NEW, State.PRESENT]
    assert [await have(database, member) for member in (1, 2, 3)] == [
        (40, 0, 40),
        (50, 0, 50),
        (60, 0, 60),
    ]


async def test_a_row_that_changed_at_its_source_is_named_and_not_booked(
    database: Database,
) -> None:
    await brought(database, a_line(40))
    async with database.reading() as reader:
        seen = await imports.assess(reader, "mee6", [a_line(41)])
    _, states = await brought(database, a_line(41), file=b"a later file")

    assert seen == states == [State.DIFFERENT]
    assert await have(database) == (40, 0, 40)


@pytest.mark.parametrize(("second", "state"), [(40, State.PRESENT), (41, State.DIFFERENT)])
async def test_a_row_that_stands_twice_in_a_batch_comes_in_once(
    database: Database, second: int, state: State
) -> None:
    _, states = await brought(database, a_line(40), a_line(second))

    assert states == [State.NEW, state]
    assert await have(database) == (40, 0, 40)


async def test_rows_differ_by_source_member_and_key(database: Database) -> None:
    await brought(database, a_line(1), a_line(2, key="other"), a_line(4, member=2))
    await brought(database, a_line(8), source="another", file=b"another")

    assert await have(database) == (11, 0, 11)


async def test_looking_writes_nothing(database: Database) -> None:
    await brought(database, a_line(40))
    async with database.reading() as reader:
        before = await reader.value("SELECT total_changes()")
        states = await imports.assess(reader, "mee6", [a_line(5, member=2), a_line(40)])

        assert states == [State.NEW, State.PRESENT]
        assert await account_of(reader, a_person(2).id) is None
        assert await reader.value("SELECT total_changes()") == before


async def test_no_key_in_the_ledger_tells_a_discord_id(database: Database) -> None:
    await brought(database, a_line(key=f"welcome-{MEMBER}"), a_line(key=f"<@{MEMBER}>"))
    async with database.reading() as reader:
        rows = await reader.all("SELECT * FROM transfers")

        assert len(rows) == 2
        assert not [value for row in rows for value in row if str(MEMBER) in str(value)]
        for guess in (MEMBER, f"welcome-{MEMBER}", f"<@{MEMBER}>"):
            tried = hashlib.sha256(str(guess).encode()).hexdigest()
            assert not [row for row in rows if tried[:8] in row["key"]]


async def test_a_row_may_hold_its_members_own_id_in_its_key(database: Database) -> None:
    """Blanking the id must not make one row of two members' rows."""
    lines = [a_line(member=n, key=f"welcome {a_person(n).id}") for n in (1, 2)]
    _, first = await brought(database, *lines)
    _, again = await brought(database, *lines)

    assert (first, again) == ([State.NEW] * 2, [State.PRESENT] * 2)


# What they count for.


async def test_points_from_elsewhere_count_for_all_time_and_for_no_season(
    database: Database,
) -> None:
    await a_round(database)
    await hand_in_one(database)
    async with database.transaction() as tx:
        await ensure(tx, MONDAY, PARIS, 3)
    merged = a_line(7, key="row 1", kind=Kind.MERGE, counts_at=NOW)
    into, _ = await brought(database, a_line(40), merged)
    async with database.reading() as reader:
        account = await account_of(reader, MEMBER)
        assert account is not None
        after_import = await score_of(reader, account, 0), await score_of(reader, account, 1)
    await undone(database, into)
    async with database.reading() as reader:
        after_undo = await score_of(reader, account, 0), await score_of(reader, account, 1)

    assert after_import == (147, 100)
    assert after_undo == (100, 100)
    await fits(database)


async def test_what_lowers_only_the_balance_leaves_the_score(database: Database) -> None:
    lines = [a_line(40, key="1"), a_line(-15, key="2", kind=Kind.REDEMPTION)]
    into, _ = await brought(database, *lines)
    before_undo = await have(database)
    await undone(database, into)

    assert before_undo == (25, 0, 40)
    assert await have(database) == (0, 0, 0)


async def test_a_loss_beyond_what_is_there_is_owed(database: Database) -> None:
    await brought(database, a_line(40, key="1", kind=Kind.MERGE))
    await spend(database, 30)
    await brought(database, a_line(-25, key="2", kind=Kind.MERGE), file=b"later")
    owing = await have(database)
    _, again = await brought(database, a_line(-25, key="2", kind=Kind.MERGE), file=b"again")
    await brought(database, a_line(20, key="3", kind=Kind.MERGE), file=b"last")

    assert owing == (0, 15, 15)
    assert again == [State.PRESENT]
    assert await have(database) == (5, 0, 35)
    await fits(database)


# Taking it back.


async def test_an_import_is_taken_back_whole_and_nothing_else_is(database: Database) -> None:
    await brought(database, a_line(5), source="tatsu", origin="Tatsu")
    into, _ = await brought(database, a_line(40), a_line(50, member=2))
    async with database.reading() as reader:
        outlook = await imports.outlook(reader, into)
    await undone(database, into, limit=1)

    assert (outlook.rows, outlook.members, outlook.points, outlook.owing) == (2, 2, 90, 0)
    assert (await have(database), await have(database, 2)) == ((5, 0, 5), (0, 0, 0))
    await fits(database)


async def test_taking_back_twice_takes_back_once(database: Database) -> None:
    into, _ = await brought(database, a_line(40))
    await undone(database, into)
    await undone(database, into)
    async with database.reading() as reader:
        assert (await imports.outlook(reader, into)).rows == 0

    assert await have(database) == (0, 0, 0)


async def test_whoever_spent_the_points_owes_them(database: Database) -> None:
    into, _ = await brought(database, a_line(40))
    await spend(database, 30)
    async with database.reading() as reader:
        outlook = await imports.outlook(reader, into)
    await undone(database, into)

    assert outlook.owing == 1
    assert await have(database) == (0, 30, 0)
    await fits(database)


async def test_a_loss_that_is_taken_back_by_half_still_stands(database: Database) -> None:
    """What was owed lies in a row of its own, and an undoing may break off between the two."""
    await brought(database, a_line(10, key="1"))
    loss = a_line(-25, key="2")
    into, _ = await brought(database, loss, file=b"later", source="other")
    async with database.transaction() as tx:
        before = await imports.undo(tx, into, NOW, limit=1)
    async with database.reading() as reader:
        halfway = await imports.assess(reader, "other", [loss])
    async with database.transaction() as tx:
        await imports.undo(tx, into, NOW, before=before, limit=1)
    async with database.reading() as reader:
        in_the_end = await imports.assess(reader, "other", [loss])

    assert (halfway, in_the_end) == ([State.PRESENT], [State.NEW])
    assert await have(database) == (10, 0, 10)


async def test_what_staff_took_back_already_is_not_taken_twice(database: Database) -> None:
    into, _ = await brought(database, a_line(40))
    async with database.transaction() as tx:
        account = await account_of(tx, MEMBER)
        assert account is not None
        await take_back(tx, [a_transfer(HOUSE, 15, source=account, kind=Kind.OPENING, corrects=1)])
    await undone(database, into)

    assert await have(database) == (0, 0, 0)


async def test_points_that_were_taken_back_may_come_in_again(database: Database) -> None:
    """At another rate, for instance; and once more after that."""
    for points, rate in ((40, "1"), (4, "1/10"), (40, "1")):
        into, states = await brought(database, a_line(points), rate=rate)
        async with database.reading() as reader:
            again = await imports.assess(reader, "mee6", [a_line(points)])

        assert (states, again) == ([State.NEW], [State.PRESENT])
        assert await have(database) == (points, 0, points)
        await undone(database, into)
    assert await have(database) == (0, 0, 0)
    await fits(database)


async def test_a_statement_says_where_points_came_from_and_what_was_taken_back(
    database: Database,
) -> None:
    into, _ = await brought(database, a_line(40, reason="level 12"))
    await undone(database, into)
    async with database.reading() as reader:
        account = await account_of(reader, MEMBER)
        assert account is not None
        back, came = await statement(reader, account)

    assert (came.origin, came.reason, came.points) == ("MEE6", "level 12", 40)
    assert (back.origin, back.points, back.corrects) == ("MEE6", -40, came.transfer)


# Batches.


async def test_an_import_that_broke_off_goes_on_in_its_batch(database: Database) -> None:
    first = await begun(database)
    async with database.transaction() as tx:
        await imports.book(tx, first, [a_line(40)], NOW)
    second, states = await brought(database, a_line(40), a_line(50, member=2))
    third = await begun(database)

    assert states == [State.PRESENT, State.NEW]
    assert (first.batch, second.batch, third.batch) == ("import-1", "import-1", "import-2")


async def test_another_rate_for_the_same_source_is_refused(database: Database) -> None:
    await brought(database, a_line(40))

    with pytest.raises(ImportRefused, match=r"MEE6 came in at a rate of 1 before \(import-1\)"):
        await begun(database, rate="1/10")


async def test_an_unknown_batch_is_refused_with_the_known_ones(database: Database) -> None:
    await brought(database, a_line(40))
    async with database.reading() as reader:
        with pytest.raises(ImportRefused, match=r"no import x; there are: import-1 \(MEE6\)"):
            await imports.get(reader, "x")


async def test_random_imports_and_their_undoing_add_up(database: Database) -> None:
    """Whatever is brought, spent and taken back: the books fit, and totals are those of a model."""
    dice = random.Random(11)
    standing: dict[str, list[Line]] = {}
    spent = 0
    for n in range(30):
        lines = [
            a_line(dice.choice([-30, 10, 20, 50]), member=dice.randint(1, 3), key=f"{n} {k}")
            for k in range(dice.randint(1, 6))
        ]
        into, _ = await brought(database, *lines, file=str(n).encode())
        standing[into.batch] = lines
        there, _, _ = await have(database, lines[0].member - a_person(0).id)
        if there and dice.random() < 0.5:
            await spend(database, there // 2 + 1, lines[0].member - a_person(0).id)
            spent += there // 2 + 1
        if dice.random() < 0.4:
            batch = dice.choice(list(standing))
            async with database.reading() as reader:
                one = await imports.get(reader, batch)
            await undone(database, one, limit=dice.randint(1, 4))
            del standing[batch]
    await fits(database)
    worth = 0
    for member in (1, 2, 3):
        there, owed, score = await have(database, member)
        lines = [one for some in standing.values() for one in some]
        assert score == sum(one.points for one in lines if one.member == a_person(member).id)
        worth += there - owed
    assert worth == sum(one.points for some in standing.values() for one in some) - spent


async def test_moments_of_rows_decide_who_was_there_first(database: Database) -> None:
    hour = timedelta(hours=1)
    early = a_line(10, kind=Kind.MERGE, counts_at=to_ms(MONDAY - hour))
    await brought(database, replace(early, member=a_person(2).id), a_line(10))
    async with database.reading() as reader:
        reached = {
            row["id"]: row["reached_at"]
            for row in await reader.all(
                "SELECT id, reached_at FROM scores JOIN members USING (account) WHERE season = 0"
            )
        }

    assert reached == {MEMBER: NOW, a_person(2).id: to_ms(MONDAY - hour)}
