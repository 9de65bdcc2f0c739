"""How a redemption ends: once, by one hand, with every step written down."""

import sqlite3
from datetime import timedelta

import pytest

from engine.books.ledger import HELD, HOUSE, SPENT, Kind, balance, post_all
from engine.errors import EngineError
from engine.moments import to_ms
from engine.people.erasure import erase
from engine.people.members import meet_one
from engine.shop import codes, request_queue
from engine.shop.fulfilment import (
    AlreadySettled,
    ConsentMissing,
    NoRedemption,
    NotByHand,
    SomebodyElses,
    cancel,
    cancel_neglected,
    claim,
    forget,
    give_back,
    given,
    hand_over,
    save_code,
)
from engine.shop.loans import end_roles, is_still_lent, outlives_a_loan
from engine.shop.proof import misfit
from engine.shop.redeeming import Refused
from engine.shop.redemptions import State, get
from engine.shop.refunds import NotFulfilled, OwnerErased, OwnRefund, RefundedBefore, refund
from engine.shop.shortfalls import Why
from engine.storage.database import Database
from tests.audit import assert_books_fit
from tests.builders import MONDAY, a_person, a_transfer, account_of_member
from tests.rewards import (
    DAY_MS,
    SECRET,
    a_code,
    a_reward,
    a_role,
    a_wish,
    ask,
    endow,
    fill,
    had,
)

NOW = to_ms(MONDAY + timedelta(hours=1))


async def staff(database: Database, number: int = 77) -> int:
    """The account of somebody of the staff."""
    async with database.transaction() as tx:
        return await meet_one(tx, a_person(number), NOW)


async def log(database: Database, number: int = 1) -> list[tuple[str, int | None, str | None]]:
    async with database.reading() as reader:
        return [
            (one.step, one.actor, one.note) for one in await request_queue.steps(reader, number)
        ]


async def assert_fits(database: Database, *, held: int = 0, spent: int = 0) -> None:
    async with database.reading() as reader:
        await assert_books_fit(reader)
        assert await misfit(reader) is None
        assert (await balance(reader, HELD), await balance(reader, SPENT)) == (held, spent)


async def test_what_a_person_hands_over_is_spent_and_logged(database: Database) -> None:
    await endow(database, 100)
    await had(database)
    ada = await staff(database)
    async with database.transaction() as tx:
        one = await hand_over(tx, 1, ada, NOW, note="by post, number 4711")

    assert one.state is State.FULFILLED
    assert await log(database) == [
        ("requested", None, None),
        ("fulfilled", ada, "by post, number 4711"),
    ]
    await assert_fits(database, spent=100)


async def test_what_is_canceled_goes_back(database: Database) -> None:
    await endow(database, 100)
    await had(database)
    ada = await staff(database)
    async with database.transaction() as tx:
        one = await cancel(tx, 1, NOW, actor=ada, note="none left")

    assert one.state is State.CANCELED
    async with database.reading() as reader:
        assert await balance(reader, one.account) == 100
    assert (await log(database))[-1] == ("canceled", ada, "none left")
    await assert_fits(database)


@pytest.mark.parametrize("first", ["fulfilled", "canceled"])
@pytest.mark.parametrize("second", ["fulfilled", "canceled"])
async def test_only_an_unfulfilled_one_can_move(
    database: Database, first: str, second: str
) -> None:
    await endow(database, 100)
    await had(database)
    ada = await staff(database)

    async def move(way: str) -> None:
        async with database.transaction() as tx:
            if way == "fulfilled":
                await hand_over(tx, 1, ada, NOW)
            else:
                await cancel(tx, 1, NOW, actor=ada)

    await move(first)
    with pytest.raises(AlreadySettled):
        await move(second)
    await assert_fits(database, spent=100 if first == "fulfilled" else 0)


@pytest.mark.parametrize(
    "rewrite",
    [
        "UPDATE redemptions SET state = 'unfulfilled', settled_at = NULL",
        "UPDATE redemptions SET state = 'canceled'",
        "UPDATE redemptions SET cost = 1",
        "UPDATE redemptions SET terms = '{}'",
        "DELETE FROM redemptions",
        "UPDATE redemption_steps SET actor = NULL",
        "DELETE FROM redemption_steps",
        "INSERT OR REPLACE INTO redemption_steps SELECT * FROM redemption_steps",
        "INSERT OR REPLACE INTO redemptions SELECT * FROM redemptions",
    ],
)
async def test_what_happened_cannot_be_rewritten(database: Database, rewrite: str) -> None:
    await endow(database, 100)
    await had(database)
    ada = await staff(database)
    async with database.transaction() as tx:
        await hand_over(tx, 1, ada, NOW)

    with pytest.raises(
        sqlite3.IntegrityError, match=r"final|keeps its terms|never deleted|only an unfulfilled"
    ):
        async with database.transaction() as tx:
            await tx.execute(rewrite)


async def test_one_person_sees_to_a_request_until_they_give_it_back(database: Database) -> None:
    await endow(database, 100)
    await had(database)
    ada, grace = await staff(database, 77), await staff(database, 78)
    async with database.transaction() as tx:
        await claim(tx, 1, ada, NOW)
        await claim(tx, 1, ada, NOW)
        for attempt in (claim, give_back, hand_over):
            with pytest.raises(SomebodyElses):
                await attempt(tx, 1, grace, NOW)
        with pytest.raises(SomebodyElses):
            await cancel(tx, 1, NOW, actor=grace)
        await give_back(tx, 1, ada, NOW)
        await claim(tx, 1, grace, NOW)
        await claim(tx, 1, ada, NOW, take_over=True)
        await hand_over(tx, 1, ada, NOW)

    assert [(step, actor) for step, actor, _ in await log(database)] == [
        ("requested", None),
        ("claimed", ada),
        ("returned", ada),
        ("claimed", grace),
        ("claimed", ada),
        ("fulfilled", ada),
    ]


async def test_a_condition_has_to_be_ticked_and_the_tick_is_kept(database: Database) -> None:
    await endow(database, 100)
    await had(database, a_reward(consent={"en": "16 years, or a guardian agreed"}))
    ada = await staff(database)
    async with database.transaction() as tx:
        with pytest.raises(ConsentMissing):
            await hand_over(tx, 1, ada, NOW)
        await hand_over(tx, 1, ada, NOW, consent=True)
    async with database.reading() as reader:
        ticks = [(one.step, one.consent) for one in await request_queue.steps(reader, 1)]

    assert ticks == [("requested", False), ("fulfilled", True)]


async def test_a_code_with_a_condition_is_assigned_when_it_is_ticked(database: Database) -> None:
    await endow(database, 100)
    await fill(database, 1)
    await had(database, a_code(consent={"en": "16 years"}))
    ada = await staff(database)
    async with database.reading() as reader:
        assert not await codes.of_redemptions(reader, [1])
    async with database.transaction() as tx:
        await hand_over(tx, 1, ada, NOW, consent=True, secret=SECRET)
    async with database.reading() as reader:
        assert set(await codes.of_redemptions(reader, [1])) == {1}
    await assert_fits(database, spent=100)


async def test_what_the_program_gives_is_nobodys_to_hand_over(database: Database) -> None:
    await endow(database, 100)
    await had(database, a_role())
    ada = await staff(database)
    async with database.transaction() as tx:
        for attempt in (claim, hand_over):
            with pytest.raises(NotByHand):
                await attempt(tx, 1, ada, NOW)
        with pytest.raises(NoRedemption):
            await claim(tx, 2, ada, NOW)


async def test_a_role_that_discord_confirmed_twice_is_paid_once(database: Database) -> None:
    await endow(database, 100)
    await had(database, a_role())
    async with database.transaction() as tx:
        first = await given(tx, 1, NOW)
        second = await given(tx, 1, NOW)

    assert first is not None
    assert second is None
    await assert_fits(database, spent=100)


async def test_neglected_requests_are_refunded_at_their_deadline(database: Database) -> None:
    await endow(database, 300)
    one = await had(database)
    await had(database, a_reward(id="patient", deadline_ms=30 * DAY_MS))
    assert one.deadline_at is not None
    async with database.transaction() as tx:
        early = await cancel_neglected(tx, one.deadline_at - 1)
        due = await cancel_neglected(tx, one.deadline_at)
        again = await cancel_neglected(tx, one.deadline_at)

    assert [(len(early), [each.id for each in due], again)] == [(0, [1], [])]
    assert (await log(database))[-1] == ("neglected", None, None)
    await assert_fits(database, held=100)


async def test_a_role_that_cannot_be_given_within_a_day_is_paid_back(database: Database) -> None:
    await endow(database, 100)
    one = await had(database, a_role())
    async with database.transaction() as tx:
        early = await cancel_neglected(tx, one.at + DAY_MS - 1)
        (due,) = await cancel_neglected(tx, one.at + DAY_MS)
        late = await given(tx, one.id, one.at + DAY_MS + 1)

    assert (early, due.id, late) == ([], one.id, None)
    await assert_fits(database)


async def test_a_loan_that_ended_behind_the_next_one_is_to_be_taken_once_that_is_canceled(
    database: Database,
) -> None:
    await endow(database, 300)
    lent = a_role(lasts_ms=DAY_MS)
    first = await had(database, lent)
    async with database.transaction() as tx:
        await given(tx, first.id, NOW)
    second = await had(database, lent, after=timedelta(hours=20))
    async with database.transaction() as tx:
        before = await outlives_a_loan(tx, second)
        assert await end_roles(tx, NOW + DAY_MS) == []
        await cancel(tx, second.id, NOW + DAY_MS)
        after = await outlives_a_loan(tx, second)
    third = await had(database, a_role(), after=timedelta(days=9))
    async with database.transaction() as tx:
        await cancel(tx, third.id, NOW + 10 * DAY_MS)
        long_ago = await outlives_a_loan(tx, third)

    assert (before, after, long_ago) == (False, True, False)


async def test_no_person_is_asked_to_hurry_with_a_role(database: Database) -> None:
    await endow(database, 100)
    one = await had(database, a_role())
    async with database.reading() as reader:
        assert await request_queue.due_before(reader, one.at + 30 * DAY_MS) == []
        assert await request_queue.next_moment(reader) == one.at + DAY_MS


async def test_what_was_not_right_is_paid_back_once_and_stays_fulfilled(
    database: Database,
) -> None:
    await endow(database, 200)
    await fill(database, 2)
    one = await had(database, a_code(limit_ever=1, stock=1))
    grace = await staff(database)
    async with database.transaction() as tx:
        back = await refund(tx, one.id, grace, NOW, note="It was used before.")
        with pytest.raises(RefundedBefore):
            await refund(tx, one.id, grace, NOW + 1, note="Once more.")
    async with database.reading() as reader:
        row = await reader.one("SELECT * FROM transfers WHERE kind = 'refund'")
        shown = await codes.of_redemptions(reader, [one.id])
        assert await balance(reader, one.account) == 200

    assert (back.state, back.refunded_at) == (State.FULFILLED, NOW)
    assert row is not None
    assert (row["key"], row["source"], row["actor"]) == ("redemption:1:refund", SPENT, grace)
    assert list(shown) == [one.id]
    assert (await log(database))[-1] == ("refunded", grace, "It was used before.")
    await assert_fits(database)


async def test_a_refund_frees_the_members_limit_and_neither_stock_nor_cooldown(
    database: Database,
) -> None:
    await endow(database, 300)
    limited = a_reward(limit_ever=1, limit_per_season=1, stock=2, cooldown_ms=DAY_MS)
    one = await had(database, limited)
    grace = await staff(database)
    async with database.transaction() as tx:
        await hand_over(tx, one.id, grace, NOW)
        await refund(tx, one.id, grace, NOW, note="torn")
    (soon,) = await ask(database, a_wish(limited, after=timedelta(hours=2)))
    await had(database, limited, after=timedelta(days=2))
    (last,) = await ask(database, a_wish(limited, member=1, after=timedelta(days=4)))

    assert isinstance(soon, Refused)
    assert [lack.why for lack in soon.lacks] == [Why.COOLDOWN]
    assert isinstance(last, Refused)
    assert Why.SOLD_OUT in {lack.why for lack in last.lacks}


async def test_a_role_that_is_refunded_is_over_and_can_be_had_again(database: Database) -> None:
    await endow(database, 200)
    one = await had(database, a_role())
    grace = await staff(database)
    async with database.transaction() as tx:
        await given(tx, one.id, NOW)
        back = await refund(tx, one.id, grace, NOW + 5, note="It does nothing.")
        assert not await is_still_lent(tx, one)
        assert await end_roles(tx, NOW + 9 * DAY_MS) == []
    await had(database, a_role(), after=timedelta(hours=3))

    assert (back.ends_at, back.ended_at) == (NOW + 5, NOW + 5)


@pytest.mark.parametrize(
    ("which", "refusal"),
    [
        ("open", NotFulfilled),
        ("canceled", NotFulfilled),
        ("own", OwnRefund),
        ("erased", OwnerErased),
        ("missing", NoRedemption),
    ],
)
async def test_nothing_else_is_refunded(
    database: Database, which: str, refusal: type[EngineError]
) -> None:
    await endow(database, 100)
    one = await had(database)
    actor = one.account if which == "own" else await staff(database)
    async with database.transaction() as tx:
        if which == "canceled":
            await cancel(tx, one.id, NOW)
        elif which in ("own", "erased"):
            await hand_over(tx, one.id, actor, NOW)
        if which == "erased":
            await erase(tx, a_person(1).id, SECRET, NOW)
    with pytest.raises(refusal):
        async with database.transaction() as tx:
            await refund(tx, 9 if which == "missing" else one.id, actor, NOW, note="Oh.")


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE redemptions SET refunded_at = 5 WHERE id = 2",
        "UPDATE redemptions SET refunded_at = refunded_at + 1 WHERE id = 1",
        "UPDATE transfers SET points = 99 WHERE kind = 'refund'",
        "UPDATE transfers SET target = 1 WHERE kind = 'refund'",
        "UPDATE transfers SET kind = 'bonus' WHERE kind = 'refund'",
        "UPDATE transfers SET actor = NULL WHERE kind = 'refund'",
        "UPDATE transfers SET key = 'redemption:2:refund' WHERE kind = 'refund'",
        "UPDATE transfers SET key = 'refund:1' WHERE kind = 'refund'",
        "DELETE FROM redemption_steps WHERE step = 'refunded'",
    ],
)
async def test_the_audit_finds_a_forged_refund(database: Database, forgery: str) -> None:
    await endow(database, 200)
    grace = await staff(database)
    for _ in range(2):
        one = await had(database)
        async with database.transaction() as tx:
            await hand_over(tx, one.id, grace, NOW)
    async with database.transaction() as tx:
        await refund(tx, 1, grace, NOW, note="torn")
    await assert_fits(database, spent=100)
    async with database.transaction() as tx:
        for name in (
            "redemptions_are_refunded_once",
            "transfers_are_not_edited",
            "redemption_steps_are_not_deleted",
        ):
            await tx.execute(f"DROP TRIGGER {name}")
        await tx.execute(forgery)
    async with database.reading() as reader:
        found = await misfit(reader)

    assert found is not None
    assert "refund" in found


async def test_a_refund_of_nothing_is_found(database: Database) -> None:
    await endow(database, 200)
    one = await had(database)
    grace = await staff(database)
    async with database.transaction() as tx:
        await hand_over(tx, one.id, grace, NOW)
        stray = a_transfer(one.account, 50, source=SPENT, kind=Kind.REFUND, key="a gift")
        await post_all(tx, [stray])
    async with database.reading() as reader:
        assert await misfit(reader) == "transfer 4 (a gift) refunds no redemption"


async def test_who_is_forgotten_gets_back_what_waits_and_leaves_no_words(
    database: Database,
) -> None:
    await endow(database, 400)
    await fill(database, 1)
    ada = await staff(database)
    for reward in (a_reward(), a_role(), a_code(), a_reward()):
        await had(database, reward)
    account = await account_of_member(database)
    async with database.transaction() as tx:
        await hand_over(tx, 4, ada, NOW, note="lives in Lyon")
        gone = await forget(tx, account, NOW)
    async with database.reading() as reader:
        assert await balance(reader, account) == 200
        assert not await codes.of_redemptions(reader, [3])

    assert [one.id for one in gone] == [1, 2]
    assert (await log(database, 4))[-1] == ("fulfilled", ada, None)
    await assert_fits(database, spent=200)


async def test_a_role_is_lent_from_when_it_was_given_and_longer_each_time(
    database: Database,
) -> None:
    await endow(database, 300)
    lent, longer = a_role(lasts_ms=DAY_MS), a_role(id="month", lasts_ms=30 * DAY_MS)
    await had(database, lent)
    await had(database, longer)
    async with database.transaction() as tx:
        first = await given(tx, 1, NOW)
        second = await given(tx, 2, NOW + 10)
        assert first is not None
        assert second is not None
        assert (first.ends_at, second.ends_at) == (NOW + DAY_MS, NOW + 31 * DAY_MS)
        assert await end_roles(tx, NOW + DAY_MS - 1) == []
        assert await end_roles(tx, NOW + DAY_MS) == []  # The longer one still lends it.
        last = await end_roles(tx, NOW + 31 * DAY_MS)
        again = await end_roles(tx, NOW + 31 * DAY_MS)

    assert [one.id for one in last] == [2]
    assert again == []


async def test_a_role_on_its_way_is_not_taken_back(database: Database) -> None:
    await endow(database, 300)
    lent = a_role(lasts_ms=DAY_MS)
    await had(database, lent)
    async with database.transaction() as tx:
        await given(tx, 1, NOW)
    await had(database, lent, after=timedelta(hours=3))
    async with database.transaction() as tx:
        assert await end_roles(tx, NOW + 2 * DAY_MS) == []
        second = await given(tx, 2, NOW + 2 * DAY_MS)

    assert second is not None
    assert second.ends_at == NOW + 3 * DAY_MS


async def test_a_saved_code_is_gone_for_good_and_stays_its_owners(database: Database) -> None:
    await endow(database, 200, 1, 2)
    await fill(database, 2)
    one = await had(database, a_code())
    two = await had(database, a_code(), member=2)
    async with database.transaction() as tx:
        assert not await save_code(tx, one.id, two.account, NOW)
        assert await save_code(tx, one.id, one.account, NOW)
        assert not await save_code(tx, one.id, one.account, NOW)
    async with database.reading() as reader:
        left = await codes.of_redemptions(reader, [one.id, two.id])
        kept = [row[0] for row in await reader.all("SELECT sealed FROM codes ORDER BY redemption")]

    assert set(left) == {two.id}
    assert kept[0] is None
    assert (await log(database))[-1] == ("saved", one.account, None)
    await assert_fits(database, spent=200)


@pytest.mark.parametrize(
    "rewrite",
    [
        "UPDATE codes SET redemption = 2",
        "UPDATE codes SET redemption = NULL",
        "UPDATE codes SET reward = 'another'",
        "DELETE FROM codes",
        "INSERT OR REPLACE INTO codes SELECT * FROM codes",
    ],
)
async def test_a_code_never_changes_hands(database: Database, rewrite: str) -> None:
    await endow(database, 200)
    await fill(database, 1)
    await had(database, a_code())
    await had(database)

    with pytest.raises(
        sqlite3.IntegrityError, match=r"one owner, for ever|never deleted|loaded once"
    ):
        async with database.transaction() as tx:
            await tx.execute(rewrite)


async def test_no_kind_of_transfer_gives_points_from_member_to_member(database: Database) -> None:
    await endow(database, 100, 1, 2)
    ada, grace = await account_of_member(database, 1), await account_of_member(database, 2)
    for kind in Kind:
        with pytest.raises(sqlite3.IntegrityError, match="never given by one member to another"):
            async with database.transaction() as tx:
                await post_all(tx, [a_transfer(grace, 10, source=ada, kind=kind)])

    async with database.reading() as reader:
        assert await balance(reader, ada) == await balance(reader, grace) == 100


async def test_the_audit_finds_points_that_are_not_where_the_state_says(
    database: Database,
) -> None:
    await endow(database, 300)
    await had(database)
    async with database.transaction() as tx:
        await post_all(
            tx, [a_transfer(HOUSE, 50, source=HELD, kind=Kind.REVERSAL, key="redemption:9:x")]
        )
    async with database.reading() as reader:
        stray = await misfit(reader)
    await had(database)
    async with database.transaction() as tx:
        await tx.execute("DROP TRIGGER redemptions_move_once")
        await tx.execute("UPDATE redemptions SET state = 'fulfilled', settled_at = 1 WHERE id = 1")
    async with database.reading() as reader:
        moved = await misfit(reader)

    assert stray == "transfer 3 (redemption:9:x) belongs to no redemption"
    assert moved == "redemption 1 is fulfilled, and its points are not where they would be"


async def test_the_next_moment_is_the_next_deadline_or_end(database: Database) -> None:
    await endow(database, 300)
    async with database.reading() as reader:
        assert await request_queue.next_moment(reader) is None
    one = await had(database)
    await had(database, a_role(lasts_ms=DAY_MS))
    async with database.transaction() as tx:
        await given(tx, 2, NOW)
        ends = await request_queue.next_moment(tx)
        await end_roles(tx, NOW + DAY_MS)
        deadline = await request_queue.next_moment(tx)
        await cancel(tx, 1, NOW)

    assert (ends, deadline) == (NOW + DAY_MS, one.deadline_at)
    async with database.reading() as reader:
        assert await request_queue.next_moment(reader) is None


async def test_the_queue_shows_what_waits_for_a_person_oldest_first(database: Database) -> None:
    await endow(database, 900)
    await fill(database, 2)
    for reward in (a_reward(), a_role(), a_code(), a_code(id="key", consent={"en": "16"})):
        await had(database, reward)
    async with database.reading() as reader:
        waiting = await request_queue.waiting(reader)
        count = await request_queue.how_many(reader)

    assert [one.id for one in waiting] == [1, 4]
    assert count == 2


def test_every_refusal_is_an_engine_error() -> None:
    for refusal in (AlreadySettled, ConsentMissing, NoRedemption, NotByHand, SomebodyElses):
        assert issubclass(refusal, EngineError)


async def test_a_redemption_that_is_not_there_is_none(database: Database) -> None:
    async with database.reading() as reader:
        assert await get(reader, 1) is None
