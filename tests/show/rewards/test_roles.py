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

    assert "on its way; if it is not there by" in waiting.text
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
        await role_given(tx, 1, now + 1, tried=False)
        unasked = await posts.known(tx, "role_take:redemption:1")
        await role_given(tx, 1, now + 1)
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
    lose(counter, "ada", LENT)
    counter.stage.standin.faults.add("GET", "/members/", faults.status(503), times=9_999, after=1)
    counter.stage.standin.faults.add("PUT", "/roles/", faults.drop_reply(), times=9_999)
    await counter.has("ada", "lent")
    arrived = LENT in counter.roles("ada")
    await counter.passes(hours=25)
    balance = await counter.balance("ada")
    counter.stage.standin.faults.clear()
    await counter.passes(minutes=10)

    assert arrived
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
    in_the_dark(counter)
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
    in_the_dark(counter)
    await counter.has("ada", "lent")
    await counter.passes(hours=13)
    between = LENT in counter.roles("ada")
    await counter.says("margaret", "fulfil cancel", requests="2", why="too many")
    await counter.stage.settle()
    await counter.passes(minutes=10)

    assert between
    assert await counter.balance("ada") == 70
    assert LENT not in counter.roles("ada")


async def test_a_role_that_arrived_unseen_before_everything_was_refused_goes(
    counter: Counter,
) -> None:
    await counter.endow(100, "ada")
    counter.stage.standin.faults.add("PUT", "/roles/", faults.drop_reply(), times=99)
    await counter.has("ada", "gold")
    arrived = GOLD in counter.roles("ada")
    counter.stage.standin.faults.clear()
    missing = faults.status(403, 50001, "Missing Access")
    for method, path in (("GET", "/members/"), ("PUT", "/roles/")):
        counter.stage.standin.faults.add(method, path, missing, times=99)
    await counter.passes(minutes=10)

    assert arrived
    assert await counter.balance("ada") == 100
    assert GOLD not in counter.roles("ada")


async def test_a_role_that_arrived_unseen_goes_even_where_the_clock_was_set_back(
    counter: Counter,
) -> None:
    """What was tried first is known from the attempts, not from the moments."""
    await counter.endow(100, "ada")
    counter.stage.standin.faults.add("PUT", "/roles/", faults.drop_reply(), times=9_999)
    await counter.has("ada", "gold")
    arrived = GOLD in counter.roles("ada")
    async with counter.stage.program.show.database.transaction() as tx:
        await tx.execute("UPDATE posts SET first_at = first_at + 7200000 WHERE kind LIKE '%role'")
    await counter.says("margaret", "fulfil cancel", requests="1", why="changed their mind")
    counter.stage.standin.faults.clear()
    await counter.passes(minutes=10)

    assert arrived
    assert await counter.balance("ada") == 100
    assert GOLD not in counter.roles("ada")


async def test_a_loan_that_is_refused_after_the_one_before_it_ran_out_leaves_no_role(
    counter: Counter,
) -> None:
    """The bot sees nothing of the server for a while: the role has to go once it is back."""
    await counter.endow(100, "ada")
    await counter.has("ada", "lent")
    await counter.passes(days=2, hours=12)
    in_the_dark(counter)
    await counter.has("ada", "lent")
    await counter.passes(hours=13)
    between = LENT in counter.roles("ada")
    counter.stage.standin.faults.clear()
    missing = faults.status(403, 50001, "Missing Access")
    for method, path in (("GET", "/members/"), ("PUT", "/roles/")):
        counter.stage.standin.faults.add(method, path, missing, times=99)
    await counter.passes(minutes=20)

    assert between
    assert await counter.balance("ada") == 70
    assert LENT not in counter.roles("ada")


@pytest.mark.parametrize("by_staff", [True, False], ids=["by staff", "at its deadline"])
async def test_a_loan_that_is_canceled_before_it_was_tried_leaves_no_role_either(
    counter: Counter,
    by_staff: bool,  # noqa: FBT001 - a parameter
) -> None:
    """No attempt will notice it: whoever cancels has to."""
    await counter.endow(100, "ada")
    await counter.has("ada", "lent")
    await counter.passes(days=2, hours=12)
    async with counter.stage.program.show.database.transaction() as tx:
        await tx.execute(
            """
            CREATE TRIGGER not_yet AFTER INSERT ON posts WHEN NEW.kind = 'reward_role'
            BEGIN UPDATE posts SET next_at = next_at + 30 * 3600000 WHERE id = NEW.id; END
            """
        )
    await counter.has("ada", "lent")
    await counter.passes(hours=13)
    between = LENT in counter.roles("ada")
    if by_staff:
        await counter.says("margaret", "fulfil cancel", requests="2", why="too many")
    else:
        await counter.passes(hours=12)
    await counter.passes(hours=20)

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


# A loan that lasts longer: the role is there already.


def puts(counter: Counter) -> int:
    """How often Discord was asked to give a role."""
    asked = counter.stage.standin.requests
    return sum(request.method == "PUT" and "/roles/" in request.path for request in asked)


async def test_a_loan_that_lasts_longer_needs_nothing_of_discord(counter: Counter) -> None:
    """Without Manage Roles it is as true as with it, because the role is there."""
    await counter.endow(100, "ada")
    await counter.has("ada", "lent")
    before = puts(counter)
    counter.stage.standin.faults.add("PUT", "/roles/", REFUSED, times=99)
    await counter.has("ada", "lent")
    mine = await counter.says("ada", "rewards mine")
    await counter.passes(days=5, hours=23)
    kept = LENT in counter.roles("ada")
    await counter.passes(hours=2)

    assert puts(counter) == before
    assert mine.text.count("yours until") + mine.text.count("à toi jusqu’au") == 2
    assert kept
    assert LENT not in counter.roles("ada")
    assert await counter.balance("ada") == 40


async def test_a_loan_that_lasts_longer_brings_back_a_role_that_was_lost(counter: Counter) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "lent")
    lose(counter, "ada", LENT)
    await counter.has("ada", "lent")

    assert LENT in counter.roles("ada")
    assert await counter.balance("ada") == 40


async def test_a_loan_that_cannot_last_longer_ends_as_a_first_gift_does(counter: Counter) -> None:
    """The role was lost, and Discord does not let it be given again."""
    await counter.endow(100, "ada")
    await counter.has("ada", "lent")
    lose(counter, "ada", LENT)
    counter.stage.standin.faults.add("PUT", "/roles/", REFUSED, times=99)
    await counter.has("ada", "lent")
    told = await counter.says("ada", "points balance")
    words = [m.text for m in counter.stage.standin.messages(STAFF) if "boutique" in m.text]
    async with counter.stage.program.show.database.reading() as reader:
        first, second = [await get(reader, number) for number in (1, 2)]

    assert await counter.balance("ada") == 70
    assert told.text.startswith("🔔 Le rôle de «\u202fRôle prêté\u202f» n’a pas pu")
    assert len(words) == 1
    assert first is not None
    assert second is not None
    assert first.ends_at == (first.settled_at or 0) + 3 * 86_400_000
    assert second.state == "canceled"


async def test_a_loan_of_somebody_who_left_does_not_last_longer(counter: Counter) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "lent")
    asked = await counter.says("ada", "rewards redeem", reward="lent")
    (button,) = [each for each in asked.buttons if each.startswith("v1:redeem:")]
    unknown = faults.status(404, 10007, "Unknown Member")
    for method, path in (("GET", "/members/"), ("PUT", "/roles/")):
        counter.stage.standin.faults.add(method, path, unknown, times=99)
    await counter.presses("ada", asked, button)

    assert await counter.balance("ada") == 70


def in_the_dark(counter: Counter) -> None:
    """Discord does not say who has which role, and gives none."""
    for method, path in (("GET", "/members/"), ("PUT", "/roles/")):
        counter.stage.standin.faults.add(method, path, faults.status(503), times=9_999)


def lose(counter: Counter, name: str, role: int) -> None:
    """Somebody takes a role from a member by hand."""
    guild = counter.stage.standin.world.guilds[GUILD]
    guild.members[counter.member(name).id].roles.discard(role)
