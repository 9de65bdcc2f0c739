"""A rescore books what is missing, as often as it is asked; nobody is lowered unless asked."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from engine.books.ledger import HOUSE, SPENT, Kind, balance, post
from engine.books.owing import debt, take_back
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.play import rounds
from engine.play.rounds import Round
from engine.play.settlement import Changes, entitlement_of, preview_rescore, rescore
from engine.play.solves import Solve, recorded_solves
from engine.play.submissions import Attempt, Told
from engine.scoring import Scoring
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
    settled,
)

OPENS = to_ms(MONDAY)
PODIUM = Scoring(podium=(30, 20, 10))
SOLVES = Scoring(policy="solves", minimum=50, curve="linear", decay=10)


def at(seconds: float, text: str = "quicksort", member: int = 1, **changes: Any) -> Attempt:
    """A try so many seconds after the opening."""
    return a_try(text, member=member, at=OPENS + round(seconds * 1000), **changes)


async def a_settled_round(database: Database, solvers: int = 3, **changes: Any) -> Round:
    """A round that members 1, 2, 3 … solved ten seconds apart."""
    round_ = await a_round(database, **changes)
    await hand_in(database, *(at(10 * n, member=n) for n in range(1, solvers + 1)))
    return await settled(database, round_)


async def recorded(tx: Transaction, round_: Round) -> list[Solve]:
    return await recorded_solves(tx, round_)


async def found_right(tx: Transaction, round_: Round, *seconds: tuple[int, float]) -> list[Solve]:
    """The solves as they are, and those of members who answered wrong at these seconds."""
    more: list[Solve] = []
    for member, moment in seconds:
        account = await meet_one(tx, a_person(member), OPENS)
        row = await tx.one(
            "SELECT * FROM submissions WHERE account = ? AND at = ?",
            (account, OPENS + round(moment * 1000)),
        )
        assert row is not None
        more.append(
            Solve(
                account=account,
                member=a_person(member).id,
                submission=row["id"],
                interaction=row["interaction"],
                at=row["at"],
                server=row["server"],
                circle=row["circle"],
            )
        )
    replaced = {solve.account for solve in more}
    return [one for one in await recorded(tx, round_) if one.account not in replaced] + more


async def scores(database: Database) -> dict[int, int]:
    """Every member's score of all time; the books are audited by the way."""
    async with database.reading() as reader:
        await assert_books_fit(reader)
        rows = await reader.all(
            "SELECT members.id, points FROM scores JOIN members USING (account) WHERE season = 0"
        )
    return {row["id"] - a_person(0).id: row["points"] for row in rows}


async def run(
    database: Database,
    round_: Round,
    *also: tuple[int, float],
    without: Sequence[int] = (),
    batch: str = "b",
    **how: Any,
) -> Changes:
    """A rescore that the preview foretold."""
    async with database.transaction() as tx:
        gone = [await meet_one(tx, a_person(member), OPENS) for member in without]
        standing = await found_right(tx, round_, *also)
        standing = [solve for solve in standing if solve.account not in gone]
        how = {"standing": standing if also or gone else None, **how}
        foretold = await preview_rescore(
            tx, round_, lower=how.get("lower", False), standing=how["standing"]
        )
        changes = await rescore(tx, round_, OPENS + 10**9, batch=batch, **how)

        assert changes == foretold
    return changes


# Upwards.


async def test_where_nothing_differs_nothing_is_booked(database: Database) -> None:
    round_ = await a_settled_round(database, scoring=PODIUM)
    before = await scores(database)
    changes = await run(database, round_)

    assert changes.members == ()
    assert await scores(database) == before == {1: 130, 2: 120, 3: 110}


async def test_who_turns_out_to_have_solved_is_paid_as_of_then(database: Database) -> None:
    round_ = await a_round(database, scoring=PODIUM)
    await hand_in(database, at(10), at(5, "shell sort", 2))
    round_ = await settled(database, round_)
    changes = await run(database, round_, (2, 5), reason="shell sort is right too", actor=None)
    async with database.reading() as reader:
        row = await reader.one("SELECT * FROM transfers ORDER BY id DESC")
        reason = await reader.value("SELECT text FROM notes")

    assert [one.fate for one in changes.new_solvers] == ["new"]
    assert await scores(database) == {1: 130, 2: 130}
    assert row is not None
    assert (row["kind"], row["points"], row["counts_at"]) == ("adjustment", 130, OPENS + 5000)
    assert (row["batch"], row["submission"], row["round"]) == ("b", 1, round_.id)
    assert reason == "shell sort is right too"


async def test_the_preview_tells_whose_place_moves(database: Database) -> None:
    round_ = await a_round(database, scoring=PODIUM)
    await hand_in(database, *(at(10 * n, member=n) for n in (1, 2, 3, 4)), at(5, "shell", 5))
    round_ = await settled(database, round_)
    changes = await run(database, round_, (5, 5))
    accounts = {n: await account_of_member(database, n) for n in range(1, 6)}
    moves = {one.account: (one.place_before, one.place) for one in changes.podium_moves}

    assert moves == {
        accounts[1]: (1, 2),
        accounts[2]: (2, 3),
        accounts[3]: (3, 4),
        accounts[5]: (None, 1),
    }
    assert {one.account for one in changes.spared} == {accounts[n] for n in (1, 2, 3)}
    assert await scores(database) == {1: 130, 2: 120, 3: 110, 4: 100, 5: 130}


async def test_an_earlier_answer_found_right_takes_the_place_of_the_later(
    database: Database,
) -> None:
    round_ = await a_round(database, scoring=PODIUM)
    await hand_in(database, at(10, member=2), at(5, "shell sort"), at(60))
    round_ = await settled(database, round_)
    changes = await run(database, round_, (1, 5))
    account = await account_of_member(database, 1)
    async with database.reading() as reader:
        kept = await entitlement_of(reader, round_.id, account)
        row = await reader.one("SELECT * FROM transfers WHERE kind = 'adjustment'")

    assert [one.fate for one in changes.members if one.account == account] == ["moved"]
    assert kept is not None
    assert (kept.place, kept.total) == (1, 130)
    assert row is not None
    assert (row["points"], row["corrects"]) == (10, 2)


async def test_while_a_round_is_open_what_is_sure_is_paid(database: Database) -> None:
    round_ = await a_round(database, scoring=SOLVES)
    await hand_in(database, at(5, "shell sort"))
    await run(database, round_, (1, 5))
    before = await scores(database)
    await settled(database, round_)

    assert before == {1: 50}
    assert await scores(database) == {1: 100}


async def test_a_sealed_round_that_is_not_settled_tells_nothing_by_a_rescore(
    database: Database,
) -> None:
    round_ = await a_round(database, verdict="at_reveal")
    await hand_in(database, at(5, "shell sort"))

    assert (await run(database, round_, (1, 5))).members == ()
    assert await scores(database) == {}


async def test_a_reply_to_an_answer_that_made_room_stays_the_same(database: Database) -> None:
    round_ = await a_round(database)
    await hand_in(database, at(5, "shell sort"))
    late = at(60)
    first = await hand_in(database, late)
    await run(database, round_, (1, 5))

    assert first[0].earned is not None
    assert await hand_in(database, late) == first


# Downwards, only where it is asked for.


async def test_a_solve_that_is_none_is_taken_back_only_on_request(database: Database) -> None:
    round_ = await a_settled_round(database, scoring=PODIUM)
    kept = await run(database, round_, without=[1], batch="kind")
    spared = await scores(database)
    changes = await run(database, round_, without=[1], batch="hard", lower=True)
    async with database.reading() as reader:
        rows = await reader.all("SELECT * FROM transfers WHERE kind = 'reversal' ORDER BY id")
        solved = len(await recorded_solves(reader, round_))

    assert kept.members == ()
    assert spared == {1: 130, 2: 120, 3: 110}
    assert [one.fate for one in changes.no_solvers] == ["ceased"]
    assert solved == 2
    # Those behind move up, and get what their new place is worth.
    assert await scores(database) == {1: 0, 2: 130, 3: 120}
    # Each reversal names what it reverses: the podium first, then the award.
    assert [(row["points"], row["corrects"]) for row in rows] == [(30, 4), (100, 1)]


async def test_what_a_member_has_spent_becomes_a_debt(database: Database) -> None:
    round_ = await a_settled_round(database, 1)
    account = await account_of_member(database, 1)
    async with database.transaction() as tx:
        await post(tx, a_transfer(SPENT, 80, source=account, kind=Kind.REDEMPTION))
    await run(database, round_, without=[1], lower=True)
    async with database.reading() as reader:
        owes, has = await debt(reader, account), await balance(reader, account)

    assert (owes, has) == (80, 0)
    assert await scores(database) == {1: 0}


@pytest.mark.parametrize("lower", [False, True])
async def test_what_staff_reversed_is_neither_repaid_nor_taken_twice(
    database: Database, *, lower: bool
) -> None:
    round_ = await a_settled_round(database, 2, scoring=PODIUM)
    account = await account_of_member(database, 1)
    async with database.transaction() as tx:
        reversal = a_transfer(
            HOUSE, 100, source=account, kind=Kind.REVERSAL, corrects=1, round=round_.id
        )
        await take_back(tx, [reversal])
    await run(database, round_, lower=lower)
    unchanged = await scores(database)
    await run(database, round_, without=[1], lower=lower, batch="again")

    assert unchanged == {1: 30, 2: 120}
    assert await scores(database) == ({1: 0, 2: 130} if lower else unchanged)


async def test_who_has_less_left_than_is_due_has_nothing_taken(database: Database) -> None:
    round_ = await a_round(database, scoring=PODIUM)
    await hand_in(database, at(10), at(5, "shell sort", 2))
    round_ = await settled(database, round_)
    account = await account_of_member(database, 1)
    async with database.transaction() as tx:
        # Staff took the award back, and the first place goes to somebody else.
        await take_back(
            tx, [a_transfer(HOUSE, 100, source=account, kind=Kind.REVERSAL, corrects=1)]
        )
    await run(database, round_, (2, 5), lower=True)

    assert await scores(database) == {1: 30, 2: 130}


async def test_who_keeps_more_than_is_due_keeps_what_explains_it(database: Database) -> None:
    round_ = await a_round(database, scoring=PODIUM)
    await hand_in(database, at(10), at(5, "shell sort", 2))
    round_ = await settled(database, round_)
    account = await account_of_member(database, 1)
    explained: list[tuple[int | None, int]] = []
    for lower in (False, True):
        await run(database, round_, (2, 5), lower=lower, batch=f"lower-{lower}")
        async with database.reading() as reader:
            kept = await entitlement_of(reader, round_.id, account)
        assert kept is not None
        explained.append((kept.place, kept.total))

    assert explained == [(1, 130), (2, 120)]


async def test_who_arrived_late_has_the_place_that_was_given(database: Database) -> None:
    round_ = await a_settled_round(database, 1, scoring=PODIUM)
    await hand_in(database, at(20, member=2))
    changes = await run(database, round_)

    assert changes.members == ()


@pytest.mark.parametrize(
    ("lower", "fate", "points"), [(False, None, 130), (True, "moved", 120)], ids=str
)
async def test_a_later_answer_takes_the_place_of_an_earlier_only_on_request(
    database: Database, *, lower: bool, fate: str | None, points: int
) -> None:
    round_ = await a_round(database, scoring=PODIUM)
    await hand_in(database, at(20, member=2), at(30, "shell sort"))
    await hand_in(database, at(10))
    round_ = await settled(database, round_)
    # As if the answer of the tenth second were right no more, and that of the thirtieth were.
    changes = await run(database, round_, (1, 30), lower=lower)
    account = await account_of_member(database, 1)
    fates = {one.account: one.fate for one in changes.members}

    assert fates.get(account) == fate
    assert (await scores(database))[1] == points


async def test_a_manual_adjustment_stays_what_it_is(database: Database) -> None:
    round_ = await a_settled_round(database, 1)
    account = await account_of_member(database, 1)
    async with database.transaction() as tx:
        await post(tx, a_transfer(account, 7, kind=Kind.ADJUSTMENT, round=round_.id))
    await run(database, round_, lower=True)

    assert await scores(database) == {1: 107}


async def test_voiding_takes_back_everything_the_round_paid(database: Database) -> None:
    round_ = await a_settled_round(database, scoring=PODIUM)
    async with database.transaction() as tx:
        round_ = await rounds.void(tx, round_.id, round_.closes_at)
    kind = await run(database, round_, batch="kind")
    before = await scores(database)
    await run(database, round_, lower=True)

    assert sum(one.spared for one in kind.spared) == 360
    assert before == {1: 130, 2: 120, 3: 110}
    assert await scores(database) == {1: 0, 2: 0, 3: 0}


async def test_who_solves_again_after_a_solve_was_taken_back_is_paid_again(
    database: Database,
) -> None:
    round_ = await a_round(database)
    await hand_in(database, at(10), at(10, member=2))
    await run(database, round_, without=[1], lower=True)
    before = await scores(database)
    (reply,) = await hand_in(database, at(20))

    assert before == {1: 0, 2: 100}
    assert reply.told is Told.ACCEPT
    assert await scores(database) == {1: 100, 2: 100}


# Again, and for whom.


async def test_a_rescore_asked_for_twice_is_made_once(database: Database) -> None:
    round_ = await a_round(database, scoring=PODIUM)
    await hand_in(database, at(10), at(5, "shell sort", 2))
    round_ = await settled(database, round_)
    await run(database, round_, (2, 5))
    before = await scores(database)
    again = await run(database, round_, (2, 5))

    assert [one.points for one in again.members] == [0]
    assert await scores(database) == before


async def test_two_rounds_may_be_rescored_in_one_batch(database: Database) -> None:
    one = await a_round(database)
    await hand_in(database, at(5, "shell sort"))
    one = await closed(database, one)
    two = await a_round(database, week=one.week.next())
    later = (to_ms(two.opens_at) - OPENS) / 1000 + 5
    await hand_in(database, at(later, "shell sort"))
    await run(database, one, (1, 5), batch="both")
    await run(database, two, (1, later), batch="both")

    assert await scores(database) == {1: 200}


async def test_an_erased_member_keeps_the_place_and_is_paid_nothing(database: Database) -> None:
    round_ = await a_round(database, scoring=PODIUM)
    await hand_in(database, at(10), at(20, member=2))
    account = await account_of_member(database, 1)
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM members WHERE account = ?", (account,))
    await settled(database, round_)
    async with database.reading() as reader:
        erased = await balance(reader, account)

    assert erased == 100
    assert await scores(database) == {2: 120}


async def test_the_solve_as_recorded_reads_back(database: Database) -> None:
    round_ = await a_settled_round(database, 2, scoring=PODIUM)
    async with database.transaction() as tx:
        first, second = await recorded(tx, round_)

    assert first.settled is not None
    assert first.settled.place == 1
    assert replace(second, settled=None) == Solve(
        account=await account_of_member(database, 2),
        member=a_person(2).id,
        submission=2,
        interaction=second.interaction,
        at=OPENS + 20_000,
        server=a_person().server,
        circle=None,
    )
