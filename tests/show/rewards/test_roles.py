"""Roles that are paid for: given in order, on time or not at all, whatever else waits."""

import pytest

from engine import posts
from engine.moments import to_ms
from engine.people.members import Person, meet_one
from engine.shop.redemptions import get
from riddles.rehearsal.discord import faults
from riddles.shop.promises import role_post
from riddles.shop.rewarding import role_given
from riddles.week.owing import role_change
from tests.show.rewards.conftest import GOLD, GUILD, LENT, STAFF, Counter

REFUSED = faults.status(403, 50013, "Missing Permissions")


async def test_a_purchase_does_not_wait_behind_a_change_that_discord_refuses(
    counter: Counter,
) -> None:
    show = counter.stage.program.show
    await counter.endow(100, "ada")
    grace = counter.member("grace")
    counter.stage.standin.faults.add("DELETE", "/roles/", REFUSED, times=99)
    async with show.database.transaction() as tx:
        account = await meet_one(tx, Person(id=grace.id, server=GUILD, name="grace"), 1)
        take = role_change("lost", server=GUILD, account=account, role=GOLD, give=False)
        await posts.owe(tx, [take], to_ms(show.clock.now()))
    await counter.stage.settle()
    await counter.has("ada", "gold")

    assert GOLD in counter.roles("ada")


async def test_a_role_that_cannot_be_given_within_a_day_is_paid_back(counter: Counter) -> None:
    await counter.endow(100, "grace")
    counter.stage.standin.faults.add("PUT", "/roles/", faults.status(503), times=9_999)
    await counter.has("grace", "gold")
    waiting = await counter.says("grace", "rewards mine")
    await counter.passes(hours=23)
    before = await counter.balance("grace")
    await counter.passes(hours=2)
    told = await counter.says("grace", "points balance")
    counter.stage.standin.faults.clear()
    await counter.passes(hours=2)
    words = [m.text for m in counter.stage.standin.messages(STAFF) if "en un jour" in m.text]

    assert "on its way; your points come back" in waiting.text
    assert (before, await counter.balance("grace")) == (0, 100)
    assert told.text.startswith(
        "🔔 The role for “Golden role” could not be given. You have your 100 points back."
    )
    assert GOLD not in counter.roles("grace")
    assert words == [
        (
            "🛠️ Le rôle de «\u202fRôle doré\u202f» n’a pas pu être donné en un jour (n° 1)\u00a0: "
            "100 points rendus au membre."
        )
    ]


async def test_a_role_that_arrived_unseen_and_was_paid_back_is_taken(counter: Counter) -> None:
    await counter.endow(100, "ada")
    counter.stage.standin.faults.add("PUT", "/roles/", faults.drop_reply(), times=9_999)
    await counter.has("ada", "gold")
    arrived = GOLD in counter.roles("ada")
    await counter.passes(hours=25)
    counter.stage.standin.faults.clear()
    await counter.passes(hours=2)

    assert arrived
    assert await counter.balance("ada") == 100
    assert GOLD not in counter.roles("ada")


async def test_a_role_nobody_tried_to_give_before_it_was_paid_back_is_not_taken(
    counter: Counter,
) -> None:
    """The member may have it from the staff."""
    await counter.endow(100, "ada")
    show = counter.stage.program.show
    counter.stage.standin.faults.add("PUT", "/roles/", faults.status(503), times=9_999)
    await counter.has("ada", "gold")
    await counter.passes(hours=25)
    async with show.database.transaction() as tx:
        now = to_ms(show.clock.now())
        await role_given(tx, 1, now + 1, now + 1)
        unasked = await posts.known(tx, "role_take:redemption:1")
        await role_given(tx, 1, now - 3 * 86_400_000, now + 1)
        asked = await posts.known(tx, "role_take:redemption:1")

    assert (unasked, asked) == (False, True)


async def test_a_members_changes_of_a_role_are_in_order_and_wait_for_nobody_elses(
    counter: Counter,
) -> None:
    await counter.endow(100, "ada", "grace")
    await counter.has("ada", "lent")
    await counter.has("grace", "lent")
    async with counter.stage.program.show.database.reading() as reader:
        ada, grace = [await get(reader, number) for number in (1, 2)]
    assert ada is not None
    assert grace is not None

    assert role_post(ada).lane == role_post(ada, give=False).lane
    assert role_post(ada).lane != role_post(grace).lane


@pytest.mark.parametrize(
    ("ended", "held"), [(True, False), (False, True)], ids=["over by then", "still lent"]
)
async def test_a_give_that_lands_after_its_refund_leaves_what_another_loan_lends(
    counter: Counter,
    ended: bool,  # noqa: FBT001 - a parameter
    held: bool,  # noqa: FBT001 - likewise
) -> None:
    """The first loan runs out, or does not, while the second is on its way."""
    await counter.endow(100, "ada")
    await counter.has("ada", "lent")
    await counter.passes(days=2 if ended else 1, hours=12 if ended else 0)
    counter.stage.standin.faults.add("PUT", "/roles/", faults.drop_reply(), times=9_999)
    await counter.has("ada", "lent")
    await counter.passes(hours=25)
    balance = await counter.balance("ada")
    counter.stage.standin.faults.clear()
    await counter.passes(minutes=10)

    assert balance == 70
    assert (LENT in counter.roles("ada")) is held
    if held:
        await counter.passes(days=1)
        assert LENT not in counter.roles("ada")


async def test_a_loan_that_ran_out_while_the_next_was_on_its_way_in_vain_is_over(
    counter: Counter,
) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "lent")
    await counter.passes(days=2, hours=12)
    counter.stage.standin.faults.add("PUT", "/roles/", faults.status(503), times=9_999)
    await counter.has("ada", "lent")
    await counter.passes(hours=13)
    between = LENT in counter.roles("ada")
    await counter.passes(hours=12)
    counter.stage.standin.faults.clear()
    await counter.passes(hours=1)

    assert between
    assert await counter.balance("ada") == 70
    assert LENT not in counter.roles("ada")


async def test_a_request_that_staff_cancel_leaves_no_role_that_a_loan_left_in_place_for_it(
    counter: Counter,
) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "lent")
    await counter.passes(days=2, hours=12)
    counter.stage.standin.faults.add("PUT", "/roles/", faults.status(503), times=9_999)
    await counter.has("ada", "lent")
    await counter.passes(hours=13)
    between = LENT in counter.roles("ada")
    await counter.says("margaret", "fulfil cancel", requests="2", why="too many")
    await counter.stage.settle()
    await counter.passes(minutes=10)

    assert between
    assert await counter.balance("ada") == 70
    assert LENT not in counter.roles("ada")


async def test_staff_hear_once_a_day_of_a_role_that_cannot_be_taken(counter: Counter) -> None:
    await counter.endow(100, "ada", "grace", "linus")
    for name in ("ada", "grace", "linus"):
        await counter.has(name, "lent")
    counter.stage.standin.faults.add("DELETE", "/roles/", REFUSED, times=99)
    await counter.passes(days=3, minutes=1)
    told = [m.text for m in counter.stage.standin.messages(STAFF) if "Un rôle à retirer" in m.text]

    assert len(told) == 1
