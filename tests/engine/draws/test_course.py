"""A draw goes its course once: nobody enters twice, no point is lost, nothing is drawn again."""

import itertools
from collections.abc import Callable
from typing import Any

import pytest

from engine.books import corrections
from engine.books.audit import audit
from engine.books.corrections import Order
from engine.books.ledger import HELD, SPENT, balance, post, write_note
from engine.draws import course, entries, prizes, record
from engine.draws.entries import EntryRefused
from engine.draws.lottery import seeds, transcript_digest
from engine.draws.published import verify
from engine.draws.record import Draw, DrawRefused
from engine.draws.rules import DrawRules, Lot, Seed
from engine.moments import to_ms
from engine.people.erasure import erase
from engine.people.members import meet_one
from engine.storage.database import Database
from tests.audit import assert_books_fit
from tests.builders import MONDAY, a_person, a_round, a_transfer, a_try, hand_in, settled

NOW = to_ms(MONDAY)
HOUR, DAY = 3_600_000, 86_400_000
FREEZING = NOW + DAY
_interactions = itertools.count(1_000_000)


def the_rules(**changes: Any) -> DrawRules:
    """Two prizes, two alternates, tickets of ten points."""
    usual: dict[str, Any] = {
        "title": {"en": "Christmas"},
        "lots": (Lot(name={"en": "A keyboard"}), Lot(name={"en": "A sticker"})),
        "tickets": {"per": "points", "price": 10, "cap": 5},
        "alternates": 2,
        "seed": Seed(rounds=3, iterations=2),
    }
    return DrawRules(**usual | changes)


async def announced(database: Database, **changes: Any) -> Draw:
    async with database.transaction() as tx:
        return await course.announce(
            tx, "noel", the_rules(**changes), freezes_at=FREEZING, now_ms=NOW
        )


async def a_member(database: Database, number: int, points: int = 100) -> int:
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(number), NOW)
        if points:
            await post(tx, a_transfer(account, points))
    return account


async def put_in(
    database: Database, draw: Draw, account: int, tickets: int = 1, *, interaction: int = 0
) -> entries.Held:
    async with database.transaction() as tx:
        return await entries.enter(
            tx,
            draw.id,
            draw.rules,
            account=account,
            member=account % 1000,
            tickets=tickets,
            interaction=interaction or next(_interactions),
            at_ms=NOW,
        )


async def with_entrants(database: Database, count: int = 6, **changes: Any) -> Draw:
    draw = await announced(database, **changes)
    for number in range(count):
        await put_in(database, draw, await a_member(database, number))
    return draw


async def frozen(database: Database, count: int = 6, **changes: Any) -> Draw:
    draw = await with_entrants(database, count, **changes)
    async with database.transaction() as tx:
        draw, _ = await course.freeze(tx, draw, FREEZING)
    return draw


async def pressed(database: Database, draw: Draw, count: int = 5) -> None:
    async with database.transaction() as tx:
        for number in range(count):
            account = await meet_one(tx, a_person(500 + number), NOW)
            await course.witness(
                tx, draw, account=account, interaction=next(_interactions), at_ms=FREEZING
            )


async def sealed(database: Database, count: int = 6, **changes: Any) -> Draw:
    draw = await frozen(database, count, **changes)
    await pressed(database, draw)
    async with database.transaction() as tx:
        return await course.seal(tx, draw, [77, 78], draw.window_ends or 0)


async def drawn(database: Database, count: int = 6, **changes: Any) -> Draw:
    draw = await sealed(database, count, **changes)
    *_, seed = seeds(draw.transcript or "", rounds=3, iterations=2)
    async with database.transaction() as tx:
        return await course.drawn(tx, draw, seed, FREEZING + HOUR)


async def purse(database: Database, account: int) -> int:
    async with database.reading() as reader:
        return await balance(reader, account)


async def books_fit(database: Database) -> None:
    async with database.reading() as reader:
        await assert_books_fit(reader)


# Entering.


async def test_tickets_hold_their_points(database: Database) -> None:
    draw, account = await announced(database), await a_member(database, 1)
    held = await put_in(database, draw, account, 3)

    assert (held.tickets, held.points) == (3, 30)
    assert (await purse(database, account), await purse(database, HELD)) == (70, 30)


async def test_the_same_interaction_twice_is_one_entry(database: Database) -> None:
    draw, account = await announced(database), await a_member(database, 1)
    first = await put_in(database, draw, account, 2, interaction=5)
    again = await put_in(database, draw, account, 2, interaction=5)

    assert first == again
    assert await purse(database, account) == 80


async def test_tickets_can_be_given_back_before_the_freezing(database: Database) -> None:
    draw, account = await announced(database), await a_member(database, 1)
    await put_in(database, draw, account, 3)
    await put_in(database, draw, account, -1)
    left = await put_in(database, draw, account, -9)

    assert left.tickets == 0
    assert await purse(database, account) == 100
    await books_fit(database)


@pytest.mark.parametrize(
    ("changes", "tickets", "why"),
    [
        ({}, 6, "cap"),
        ({"eligibility": {"least_score": 101}}, 1, "score"),
        ({"eligibility": {"least_solves": 1}}, 1, "solves"),
        ({"tickets": {"per": "points", "price": 60, "cap": 5}}, 2, "points"),
    ],
)
async def test_an_entry_against_the_rules_is_refused(
    database: Database, changes: dict[str, Any], tickets: int, why: str
) -> None:
    draw, account = await announced(database, **changes), await a_member(database, 1)
    with pytest.raises(EntryRefused) as refused:
        await put_in(database, draw, account, tickets)

    assert refused.value.why == why
    assert await purse(database, account) == 100


async def test_who_won_lately_rests(database: Database) -> None:
    first = await drawn(database)
    async with database.transaction() as tx:
        winner = (await prizes.winners_of(tx, first.id))[0]
        second = await course.announce(
            tx,
            "again",
            the_rules(eligibility={"winners_rest_days": 30}),
            freezes_at=FREEZING * 2,
            now_ms=NOW,
        )
    with pytest.raises(EntryRefused, match="won"):
        await put_in(database, second, winner.account or 0)


async def test_the_odds_are_the_share_of_the_tickets(database: Database) -> None:
    draw = await with_entrants(database, 3)
    rich = await a_member(database, 9)
    await put_in(database, draw, rich, 5)
    async with database.reading() as reader:
        odds = await entries.odds(reader, draw.id, draw.rules, rich)

    assert (odds.tickets, odds.all_tickets, odds.entrants) == (5, 8, 4)
    assert odds.first == entries.Fraction(5, 8)
    assert odds.any_at_least > odds.first


# Freezing.


async def test_a_frozen_list_takes_nobody_out_and_nobody_in(database: Database) -> None:
    draw = await frozen(database)
    async with database.transaction() as tx:
        with pytest.raises(DrawRefused):
            await course.freeze(tx, draw, FREEZING)

    assert draw.frozen is not None


async def test_who_may_no_longer_take_part_has_the_points_back(database: Database) -> None:
    draw = await with_entrants(database, 3)
    async with database.transaction() as tx:
        account = await tx.value("SELECT account FROM draw_entries LIMIT 1")
        await tx.execute("DELETE FROM members WHERE account = ?", (account,))
        draw, dropped = await course.freeze(tx, draw, FREEZING)

    assert dropped == [account]
    assert await purse(database, account) == 100
    await books_fit(database)


async def test_an_entry_gives_its_points_back_once_and_a_new_one_its_own(
    database: Database,
) -> None:
    draw, account = await announced(database), await a_member(database, 1)
    keys: list[str] = []
    for _ in range(2):
        await put_in(database, draw, account, 3)
        async with database.transaction() as tx:
            for at_ms in (FREEZING, FREEZING + 1):  # Tried again, a moment later.
                await entries.drop(tx, draw.id, [account], why="freeze", at_ms=at_ms)
            keys = [
                row["key"]
                for row in await tx.all("SELECT key FROM transfers WHERE key GLOB '*:freeze:*'")
            ]

    assert len(keys) == 2
    assert not [key for key in keys if str(FREEZING) in key]
    assert await purse(database, account) == 100
    await books_fit(database)


async def test_a_draw_that_was_sealed_before_windows_had_an_end_is_published_as_it_was(
    database: Database,
) -> None:
    draw = await sealed(database)
    async with database.transaction() as tx:
        facts = await record.transcript_of(tx, draw)
        old = transcript_digest(facts["frozen"], facts["messages"], facts["presses"])
        await tx.execute("UPDATE draws SET transcript = ?", (old,))
        *_, seed = seeds(old, rounds=3, iterations=2)
        after = await course.drawn(tx, draw, seed, FREEZING + HOUR)

    assert facts["window_ends"] == draw.window_ends
    assert after.published is not None
    assert verify(after.published).version == 1


async def test_a_draw_without_enough_entrants_is_extended_and_then_called_off(
    database: Database,
) -> None:
    draw = await with_entrants(database, 1)
    states: list[str] = []
    for _ in range(course.MOST_EXTENSIONS + 1):
        async with database.transaction() as tx:
            draw, _ = await course.freeze(tx, draw, draw.freezes_at)
        states.append(draw.state)

    assert states == ["announced"] * course.MOST_EXTENSIONS + ["cancelled"]
    assert await purse(database, HELD) == 0
    await books_fit(database)


async def test_solves_make_tickets_where_that_is_the_rule(database: Database) -> None:
    draw = await with_entrants(database, 3, tickets={"per": "solve", "cap": 2})
    async with database.transaction() as tx:
        draw, dropped = await course.freeze(tx, draw, FREEZING)

    assert len(dropped) == 3
    assert draw.state == "announced"


# Witnesses.


async def test_a_members_first_press_is_theirs(database: Database) -> None:
    draw = await frozen(database)
    account = await a_member(database, 50)
    async with database.transaction() as tx:
        first = await course.witness(tx, draw, account=account, interaction=1, at_ms=FREEZING)
        again = await course.witness(tx, draw, account=account, interaction=2, at_ms=FREEZING)

    assert first == again == (1, 1)


async def test_a_press_after_the_window_counts_for_nothing(database: Database) -> None:
    draw = await frozen(database)
    account = await a_member(database, 50)
    async with database.transaction() as tx:
        late = await course.witness(
            tx, draw, account=account, interaction=1, at_ms=draw.window_ends or 0
        )

    assert late is None


@pytest.mark.parametrize(("witnesses", "messages"), [(4, [77]), (5, [])])
async def test_the_window_is_extended_while_something_is_missing(
    database: Database, witnesses: int, messages: list[int]
) -> None:
    draw = await frozen(database)
    await pressed(database, draw, witnesses)
    async with database.transaction() as tx:
        later = await course.seal(tx, draw, messages, draw.window_ends or 0)

    assert later.state == "frozen"
    assert (later.window_ends or 0) > (draw.window_ends or 0)


async def test_nothing_is_sealed_before_the_window_is_over(database: Database) -> None:
    draw = await frozen(database)
    await pressed(database, draw)
    async with database.transaction() as tx:
        with pytest.raises(DrawRefused, match="window"):
            await course.seal(tx, draw, [77], (draw.window_ends or 0) - 1)


# Drawing.


async def test_what_is_published_is_accepted(database: Database) -> None:
    draw = await drawn(database)

    assert verify(draw.published or {}).draw == "noel"
    assert draw.published is not None
    assert draw.published["frozen"] == draw.frozen


async def test_the_draw_spends_what_was_held(database: Database) -> None:
    await drawn(database)

    assert await purse(database, HELD) == 0
    assert await purse(database, SPENT) == 60
    await books_fit(database)


async def test_a_crash_in_the_slow_hash_goes_on_and_changes_nothing(database: Database) -> None:
    draw = await sealed(database)
    whole = list(seeds(draw.transcript or "", rounds=3, iterations=2))
    async with database.transaction() as tx:
        await course.hashed(tx, draw, rounds_done=1, reached=whole[0])
        await course.hashed(tx, draw, rounds_done=1, reached=b"something else")
        draw = await record.get(tx, draw.id)
    rest = list(seeds("", rounds=3 - draw.rounds_done, iterations=2, after=draw.reached or b""))

    assert rest[-1] == whole[-1]


async def test_nothing_is_drawn_twice(database: Database) -> None:
    draw = await drawn(database)
    async with database.transaction() as tx:
        with pytest.raises(DrawRefused):
            await course.drawn(tx, draw, bytes(32), FREEZING + DAY)


@pytest.mark.parametrize("come", [announced, frozen, sealed])
async def test_a_draw_called_off_gives_the_points_back(
    database: Database, come: Callable[..., Any]
) -> None:
    draw = await come(database)
    async with database.transaction() as tx:
        await course.cancel(tx, draw, FREEZING + HOUR, note="the prize broke")
        with pytest.raises(DrawRefused):
            await course.cancel(
                tx, await record.get(tx, draw.id), FREEZING + HOUR, note="once more"
            )

    assert await purse(database, HELD) == 0
    assert await purse(database, SPENT) == 0
    await books_fit(database)


async def test_a_draw_that_was_drawn_cannot_be_called_off(database: Database) -> None:
    draw = await drawn(database)
    async with database.transaction() as tx:
        with pytest.raises(DrawRefused):
            await course.cancel(tx, draw, FREEZING + DAY, note="no")


# Prizes.


async def test_a_prize_goes_to_the_next_alternate_and_then_to_nobody(database: Database) -> None:
    draw = await drawn(database, 4)
    assert draw.published is not None
    async with database.transaction() as tx:
        winner = (await prizes.winners_of(tx, draw.id))[0]
        heirs: list[str | None] = []
        while (heir := await prizes.pass_over(tx, winner.id, "gone", FREEZING)) is not None:
            heirs.append(heir.reference)
            winner = heir

    assert heirs == draw.published["alternates"]


async def test_a_prize_is_passed_on_once(database: Database) -> None:
    draw = await drawn(database)
    async with database.transaction() as tx:
        winner = (await prizes.winners_of(tx, draw.id))[0]
        await prizes.pass_over(tx, winner.id, "silent", FREEZING)
        with pytest.raises(DrawRefused):
            await prizes.pass_over(tx, winner.id, "silent", FREEZING)
        with pytest.raises(DrawRefused):
            await prizes.settle(tx, winner.id, FREEZING, actor=None, note=None)


async def test_a_draw_is_settled_with_its_last_prize(database: Database) -> None:
    draw = await drawn(database)
    states: list[str] = []
    async with database.transaction() as tx:
        for winner in await prizes.winners_of(tx, draw.id):
            await prizes.settle(tx, winner.id, FREEZING, actor=None, note="posted")
            states.append((await record.get(tx, draw.id)).state)

    assert states == ["drawn", "settled"]


async def test_who_stays_silent_is_named_and_who_claims_is_not(database: Database) -> None:
    draw = await drawn(database)
    late = FREEZING + HOUR + draw.rules.claim_days * DAY
    async with database.transaction() as tx:
        first, second = await prizes.winners_of(tx, draw.id)
        await prizes.claim(tx, draw.id, first.account or 0, FREEZING + 2 * HOUR)

        assert await prizes.silent(tx, draw, late - 1) == []
        assert [winner.id for winner in await prizes.silent(tx, draw, late)] == [second.id]


@pytest.mark.parametrize("move", [prizes.settle, prizes.pass_over])
@pytest.mark.parametrize("written_to_the_step_too", [False, True])
async def test_what_is_noted_of_a_winner_leaves_with_them(
    database: Database,
    move: Callable[..., Any],
    written_to_the_step_too: bool,  # noqa: FBT001 - a parameter
) -> None:
    draw = await drawn(database)
    async with database.transaction() as tx:
        winner = (await prizes.winners_of(tx, draw.id))[0]
        reason = () if move is prizes.settle else ("declined",)
        await move(tx, winner.id, *reason, FREEZING, actor=None, note="12 rue des Lilas")
        if written_to_the_step_too:  # As earlier versions did.
            await tx.execute(
                "UPDATE draw_steps SET note = '12 rue des Lilas' WHERE step GLOB ?",
                (f"* {winner.id}*",),
            )
        before = await tx.value(_NOTED)
        member = await tx.value("SELECT id FROM members WHERE account = ?", (winner.account,))
        await erase(tx, member, bytes(32), FREEZING + HOUR)

        assert before == 1 + written_to_the_step_too
        assert await tx.value(_NOTED) == 0


_NOTED = """
    SELECT (SELECT count(*) FROM draw_steps WHERE note LIKE '%Lilas')
         + (SELECT count(*) FROM draw_winners WHERE note LIKE '%Lilas')
"""


async def test_a_winner_who_was_erased_is_nameless(database: Database) -> None:
    draw = await drawn(database)
    async with database.transaction() as tx:
        winner = (await prizes.winners_of(tx, draw.id))[0]
        await tx.execute("DELETE FROM members WHERE account = ?", (winner.account,))

        assert [each.id for each in await prizes.nameless(tx, draw.id)] == [winner.id]


async def test_a_draw_called_off_while_its_hash_runs_is_not_drawn(database: Database) -> None:
    draw = await sealed(database)
    async with database.transaction() as tx:
        await course.cancel(tx, draw, FREEZING + HOUR, note="the prize broke")
        with pytest.raises(DrawRefused):
            await course.drawn(tx, draw, bytes(32), FREEZING + DAY)

        assert (await record.get(tx, draw.id)).state == "cancelled"


async def test_who_read_a_draw_earlier_cannot_freeze_it_again(database: Database) -> None:
    draw = await with_entrants(database)
    async with database.transaction() as tx:
        frozen_once, _ = await course.freeze(tx, draw, FREEZING)
        with pytest.raises(DrawRefused):
            await course.freeze(tx, draw, FREEZING + 1)

        assert await record.get(tx, draw.id) == frozen_once


async def test_points_held_for_no_ticket_are_found(database: Database) -> None:
    await with_entrants(database, 3)
    async with database.transaction() as tx:
        before = (await audit(tx)).trouble
        await tx.execute("UPDATE draw_entries SET held = 0")
        after = (await audit(tx)).trouble

    assert before is None
    assert after == "30 points are held for the draw noel, and its tickets hold 0"


async def test_a_refused_entry_leaves_no_trace(database: Database) -> None:
    draw, account = await announced(database), await a_member(database, 1, points=5)
    async with database.transaction() as tx:
        with pytest.raises(EntryRefused) as refused:
            await entries.enter(
                tx,
                draw.id,
                draw.rules,
                account=account,
                member=1,
                tickets=1,
                interaction=77,
                at_ms=NOW,
            )

    assert refused.value.facts == {"have": 5, "need": 10}
    async with database.reading() as reader:
        assert await reader.value("SELECT count(*) FROM draw_requests") == 0


@pytest.mark.parametrize("needed", [0, 1])
async def test_a_void_riddle_gives_no_ticket_and_nobody_the_right_to_take_part(
    database: Database, needed: int
) -> None:
    riddle = await a_round(database)
    await hand_in(database, a_try(member=1))
    await settled(database, riddle)
    draw = await announced(
        database, tickets={"per": "solve", "cap": 5}, eligibility={"least_solves": needed}
    )
    account = await a_member(database, 1, points=0)
    await put_in(database, draw, account)
    async with database.transaction() as tx:
        note = await write_note(tx, "x")
        order = Order(batch="void", actor=account, reason="x", note=note, now_ms=FREEZING - 1)
        await corrections.void(tx, riddle.id, order)

        lacking = await entries.lacking(tx, draw.rules.eligibility, [account], FREEZING)
        _, dropped = await course.freeze(tx, draw, FREEZING)

    assert [one.facts for one in lacking.values()] == [{"have": 0, "need": 1}] * needed
    assert dropped == [account]
