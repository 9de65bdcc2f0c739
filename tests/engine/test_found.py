"""What the histories at random found once, each told in the fewest steps that show it."""

from datetime import timedelta

import pytest

from engine.books import approvals
from engine.books.ledger import ERASED, balance, post
from engine.books.proposals import Proposal
from engine.draws import course, entries
from engine.draws.rules import DrawRules
from engine.errors import CorrectionRefused
from engine.moments import to_ms
from engine.people.erasure import erase
from engine.people.members import meet, meet_one
from engine.play import rejudging
from engine.scoring import Scoring, Streak
from engine.storage.database import Database
from tests.audit import assert_books_fit
from tests.builders import (
    MONDAY,
    WEEK,
    a_person,
    a_round,
    a_transfer,
    account_of_member,
    closed,
    hand_in_one,
    settled,
)

NOW = to_ms(MONDAY) + 8 * 24 * 3_600_000


@pytest.mark.parametrize("wrote", [1, 2, 3])
async def test_riddles_one_wrote_do_not_shorten_a_row_that_has_reached_its_cap(
    database: Database, wrote: int
) -> None:
    """A row pays no more after its third riddle; what lies between them may be any length."""
    streak = Streak(bonus=10, cap=20, forgiven=0)
    author = a_person(1).id
    earned: list[int | None] = []
    week = WEEK
    for n, own in enumerate([*[False] * 2, *[True] * wrote, False]):
        round_ = await a_round(
            database,
            week=week,
            author_id=author if own else None,
            scoring=Scoring(streak=streak),
        )
        reply = await hand_in_one(database, after=timedelta(weeks=n, minutes=1))
        earned.append(None if reply.earned is None else reply.earned.streak)
        await closed(database, round_)
        week = week.next()

    assert earned == [0, 10, *[None] * wrote, 20]


async def test_what_went_with_the_transfer_it_corrects_is_not_taken_back_again(
    database: Database,
) -> None:
    """Between two rulings, each of which pays more, what was paid by then is reversed."""
    round_ = await a_round(database, scoring=Scoring(policy="time", minimum=10))
    await hand_in_one(database, "shell sort")
    await hand_in_one(database, "heap sort", after=timedelta(days=2))
    await hand_in_one(database, after=timedelta(days=4))
    round_ = await settled(database, round_)

    async def accept(entry: str) -> int:
        async with database.transaction() as tx:
            await rejudging.accept(tx, round_, entry, now_ms=NOW, reason="It is right.")
            return await tx.value("SELECT max(id) FROM transfers")

    async def reverse(number: int) -> None:
        async with database.transaction() as tx:
            staff = await meet_one(tx, a_person(80), NOW)
            proposal = Proposal(
                key=f"test:{number}", what="reverse", reason="Why.", actor=staff, transfer=number
            )
            await approvals.propose(tx, proposal, approve_above=999, patience_ms=1, now_ms=NOW)

    second = await accept("heap sort")
    await reverse(1)
    rows = await database.look("SELECT corrects FROM transfers WHERE kind = 'reversal'")
    assert [row["corrects"] for row in rows] == [1, second]
    with pytest.raises(CorrectionRefused, match="done"):
        await reverse(second)
    third = await accept("shell sort")
    with pytest.raises(CorrectionRefused, match="done"):
        await reverse(second)
    await reverse(third)

    async with database.reading() as reader:
        assert await balance(reader, await account_of_member(database)) == 0
        await assert_books_fit(reader)


async def test_tickets_of_the_erased_are_not_returned_to_an_account_that_is_nobodys(
    database: Database,
) -> None:
    """Their entry was frozen, so it stays; then the draw is called off."""
    rules = DrawRules.model_validate(
        {
            "title": {"en": "Christmas"},
            "lots": [{"name": {"en": "A keyboard"}}],
            "tickets": {"per": "points", "price": 10, "cap": 3},
            "seed": {"rounds": 1, "iterations": 1},
        }
    )
    async with database.transaction() as tx:
        draw = await course.announce(tx, "noel", rules, freezes_at=NOW + 1, now_ms=NOW)
        accounts = await meet(tx, [a_person(1), a_person(2)], NOW)
        for n, (member, account) in enumerate(accounts.items()):
            await post(tx, a_transfer(account, 100))
            await entries.enter(
                tx,
                draw.id,
                rules,
                account=account,
                member=member,
                tickets=2,
                interaction=n,
                at_ms=NOW,
            )
        draw, _ = await course.freeze(tx, draw, NOW + 1)
        await erase(tx, a_person(1).id, b"secret", NOW + 2)
        await course.cancel(tx, draw, NOW + 3, note="Snow.")

    async with database.reading() as reader:
        gone, there = [await balance(reader, account) for account in accounts.values()]
        assert (gone, there) == (0, 100)
        assert await balance(reader, ERASED) == 100
        await assert_books_fit(reader)
