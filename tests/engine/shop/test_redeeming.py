"""Points become rewards once, for who may have them, as long as there are any."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest

from engine import seasons
from engine.books.ledger import HELD, SPENT, balance
from engine.moments import to_ms
from engine.people import bans
from engine.posts import Owed
from engine.shop.fulfilment import cancel, given
from engine.shop.offers import Asker, offers
from engine.shop.proof import misfit
from engine.shop.redeeming import Manner, Outcome, RedemptionDesk, Refused
from engine.shop.redemptions import Redemption, State, of_member
from engine.shop.rewards import Requirement, Requirements, Restock, Reward
from engine.shop.shortfalls import Why
from engine.storage.database import Database
from tests.audit import assert_books_fit
from tests.builders import (
    MONDAY,
    PARIS,
    WEEK,
    a_round,
    account_of_member,
    closed,
    hand_in_one,
)
from tests.rewards import (
    DAY_MS,
    a_code,
    a_manner,
    a_reward,
    a_role,
    a_wish,
    ask,
    endow,
    fill,
    had,
)


def why(outcome: Outcome) -> list[Why]:
    """Everything that was against it."""
    assert isinstance(outcome, Refused), outcome
    return [lack.why for lack in outcome.lacks]


async def points(database: Database, member: int = 1) -> int:
    account = await account_of_member(database, member)
    async with database.reading() as reader:
        return await balance(reader, account)


async def assert_all_fits(database: Database) -> None:
    async with database.reading() as reader:
        await assert_books_fit(reader)
        assert await misfit(reader) is None
        waiting = await reader.value(
            "SELECT coalesce(sum(cost), 0) FROM redemptions WHERE state = 'unfulfilled'"
        )
        assert await balance(reader, HELD) == waiting


async def test_points_wait_until_a_person_has_handed_it_over(database: Database) -> None:
    await endow(database, 250)
    one = await had(database)

    assert (one.id, one.state, one.cost) == (1, State.UNFULFILLED, 100)
    assert one.deadline_at == one.at + 14 * DAY_MS
    assert await points(database) == 150
    await assert_all_fits(database)


async def test_a_code_is_spent_and_assigned_at_once(database: Database) -> None:
    await endow(database, 250)
    await fill(database, 1)
    one = await had(database, a_code())

    assert one.state is State.FULFILLED
    async with database.reading() as reader:
        assert await balance(reader, SPENT) == 100
        assert await reader.value("SELECT redemption FROM codes") == one.id
    await assert_all_fits(database)


async def test_the_same_request_twice_is_one_and_hears_the_same(database: Database) -> None:
    await endow(database, 250)
    wish = a_wish()
    together = await ask(database, wish, wish)
    again = await ask(database, wish)

    assert together[0] == together[1] == again[0]
    assert await points(database) == 150


async def test_a_refused_request_stays_refused_when_it_is_delivered_again(
    database: Database,
) -> None:
    await endow(database, 99)
    wish = a_wish()
    (refused,) = await ask(database, wish)
    await endow(database, 100)
    (again,) = await ask(database, wish)

    assert why(refused) == [Why.POINTS]
    assert again == refused
    assert await points(database) == 199


async def test_two_members_may_have_the_same_request_number(database: Database) -> None:
    await endow(database, 100, 1, 2)
    first, second = await ask(database, a_wish(request=7), a_wish(request=7, member=2))

    assert isinstance(first, Redemption)
    assert isinstance(second, Redemption)
    assert first.account != second.account


async def test_discords_milliseconds_decide_who_gets_the_last_one(database: Database) -> None:
    await endow(database, 100, 1, 2)
    last = a_reward(stock=1)
    late, early = await ask(
        database,
        a_wish(last, member=1, after=timedelta(seconds=2)),
        a_wish(last, member=2, after=timedelta(seconds=1)),
    )

    assert why(late) == [Why.SOLD_OUT]
    assert isinstance(early, Redemption)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"paused": True}, Why.PAUSED),
        ({"opens_at": to_ms(MONDAY) + DAY_MS}, Why.EARLY),
        ({"ends_at": to_ms(MONDAY)}, Why.EXPIRED),
        ({"kind": "entry", "draw": "winter"}, Why.DRAW),
        ({"cost": 251}, Why.POINTS),
        ({"kind": "code"}, Why.SOLD_OUT),
        (
            {"requires": Requirements(every=(Requirement(what="role", value=9),))},
            Why.EVERY,
        ),
        (
            {"requires": Requirements(at_least_one=(Requirement(what="solved", value=1),))},
            Why.AT_LEAST_ONE,
        ),
        (
            {"requires": Requirements(none=(Requirement(what="score", value=250),))},
            Why.NONE,
        ),
    ],
)
async def test_every_condition_refuses(
    database: Database, changes: dict[str, Any], reason: Why
) -> None:
    await endow(database, 250)
    (outcome,) = await ask(database, a_wish(a_reward(**changes)))

    assert why(outcome) == [reason]
    assert await points(database) == 250


async def test_who_agreed_to_another_price_is_refused(database: Database) -> None:
    await endow(database, 250)
    (cheaper,) = await ask(database, a_wish(price=90))

    assert why(cheaper) == [Why.PRICE]


async def test_who_is_banned_is_refused_until_the_ban_is_lifted(database: Database) -> None:
    await endow(database, 250)
    async with database.transaction() as tx:
        await bans.impose(tx, [(a_wish().person.id, "spam")], origin="here", now_ms=0)
    (banned,) = await ask(database, a_wish())
    async with database.transaction() as tx:
        await bans.lift(tx, 1)
    (lifted,) = await ask(database, a_wish())

    assert why(banned) == [Why.BANNED]
    assert not isinstance(lifted, Refused)


async def test_everything_that_is_lacking_is_named_with_its_figures(database: Database) -> None:
    await endow(database, 40)
    reward = a_reward(
        requires=Requirements(every=(Requirement(what="solved", value=3),)), paused=True
    )
    (outcome,) = await ask(database, a_wish(reward))

    assert isinstance(outcome, Refused)
    assert [(one.why, one.have, one.need) for one in outcome.lacks] == [
        (Why.PAUSED, 0, 0),
        (Why.EVERY, 0, 0),
        (Why.POINTS, 40, 100),
    ]
    assert [(one.what, one.have, one.need) for one in outcome.lacks[1].asked] == [("solved", 0, 3)]


async def test_limits_count_what_was_not_canceled_and_cooldowns_count_all(
    database: Database,
) -> None:
    await endow(database, 1000)
    limited = a_reward(limit_ever=1, cooldown_ms=DAY_MS)
    first = await had(database, limited)
    second = (await ask(database, a_wish(limited, after=timedelta(hours=1))))[0]
    async with database.transaction() as tx:
        await cancel(tx, first.id, first.at)
    third = (await ask(database, a_wish(limited, after=timedelta(hours=2))))[0]
    fourth = await had(database, limited, after=timedelta(days=2))

    assert why(second) == [Why.LIMIT_EVER, Why.COOLDOWN]
    assert why(third) == [Why.COOLDOWN]
    assert fourth.id == 2


async def test_a_seasons_limit_begins_anew_with_the_season(database: Database) -> None:
    async with database.transaction() as tx:
        await seasons.ensure(tx, MONDAY, PARIS, 3)
        await seasons.ensure(tx, MONDAY + timedelta(days=60), PARIS, 3)
    await endow(database, 1000)
    limited = a_reward(limit_per_season=1)
    await had(database, limited)
    # In one commit: the second belongs to the old season, the third to the new one.
    second, third = await ask(
        database,
        a_wish(limited, after=timedelta(days=1)),
        a_wish(limited, after=timedelta(days=45)),
    )

    assert why(second) == [Why.LIMIT_SEASON]
    assert isinstance(third, Redemption)


async def test_a_weekly_stock_is_full_again_on_monday_at_midnight(database: Database) -> None:
    await endow(database, 1000)
    weekly = a_reward(stock=1, restock=Restock(every="week"))
    await had(database, weekly)
    sold_out, monday = await ask(
        database,
        a_wish(weekly, after=timedelta(days=6, hours=5, minutes=59)),
        a_wish(weekly, after=timedelta(days=6, hours=6)),
    )

    assert isinstance(sold_out, Refused)
    assert sold_out.lacks[0].at == to_ms(MONDAY + timedelta(days=6, hours=6))
    assert isinstance(monday, Redemption)


async def test_a_stock_of_days_is_counted_from_the_first_day(database: Database) -> None:
    await endow(database, 1000)
    often = a_reward(stock=1, restock=Restock(every="days", days=10), opens_at=to_ms(MONDAY))
    await had(database, often)
    early, late = await ask(
        database,
        a_wish(often, after=timedelta(days=9, hours=5)),
        a_wish(often, after=timedelta(days=9, hours=7)),
    )

    assert why(early) == [Why.SOLD_OUT]
    assert isinstance(late, Redemption)


async def test_a_canceled_one_is_back_on_the_shelf(database: Database) -> None:
    await endow(database, 1000)
    last = a_reward(stock=1)
    one = await had(database, last)
    async with database.transaction() as tx:
        await cancel(tx, one.id, one.at)

    assert isinstance((await ask(database, a_wish(last)))[0], Redemption)


async def test_a_code_is_set_aside_for_who_waits_for_a_person(database: Database) -> None:
    await endow(database, 100, 1, 2)
    await fill(database, 1)
    adult = a_code(consent={"en": "16 years"})
    waits, second = await ask(database, a_wish(adult), a_wish(adult, member=2))

    assert isinstance(waits, Redemption)
    assert waits.state is State.UNFULFILLED
    assert why(second) == [Why.SOLD_OUT]


async def test_codes_of_another_secret_are_not_sold(database: Database) -> None:
    await endow(database, 100)
    await fill(database, 1)
    (outcome,) = await ask(database, a_wish(a_code()), secret=b"another")

    assert why(outcome) == [Why.SOLD_OUT]


async def test_a_role_one_has_cannot_be_had_again_but_a_lent_one_lasts_longer(
    database: Database,
) -> None:
    await endow(database, 1000)
    await had(database, a_role())
    (again,) = await ask(database, a_wish(a_role(), after=timedelta(hours=1)))
    (by_hand,) = await ask(database, a_wish(a_role(id="other", role=9), roles=frozenset({9})))
    lent = a_role(id="lent", role=7, lasts_ms=DAY_MS)
    await had(database, lent)
    longer = await had(database, lent, after=timedelta(hours=1), roles=frozenset({7}))

    assert why(again) == [Why.OWNED]
    assert why(by_hand) == [Why.OWNED]
    assert longer.state is State.UNFULFILLED


async def test_score_streak_and_solves_are_asked_for(database: Database) -> None:
    week = WEEK
    for solved in (True, False, True, True):
        round_ = await a_round(database, week=week)
        if solved:
            after = round_.opens_at - MONDAY + timedelta(minutes=1)
            await hand_in_one(database, after=after)
        await closed(database, round_)
        week = week.next()
    await a_round(database, week=week)  # Open and not solved: breaks no streak.

    def asks(what: str, value: int) -> Reward:
        need = Requirement.model_validate({"what": what, "value": value})
        return a_reward(id=f"{what}-{value}", requires=Requirements(every=(need,)), cost=1)

    late = timedelta(days=28, hours=1)
    wanted = [
        *[asks("streak", value) for value in (2, 3)],
        *[asks("solved", value) for value in (3, 4)],
        *[asks("score", value) for value in (300, 301)],
    ]
    outcomes = await ask(database, *(a_wish(one, after=late) for one in wanted))

    assert [isinstance(one, Redemption) for one in outcomes] == [True, False] * 3


async def test_the_offers_are_what_the_desk_would_say(database: Database) -> None:
    await endow(database, 150)
    account = await account_of_member(database)
    rewards = [a_reward(stock=3), a_reward(id="dear", cost=200), a_code(), a_role()]
    async with database.reading() as reader:
        have, seen = await offers(reader, rewards, Asker(account), to_ms(MONDAY), a_manner())
        nobody, _ = await offers(reader, rewards, Asker(None), to_ms(MONDAY), a_manner())

    assert (have, nobody) == (150, 0)
    assert [one.left for one in seen] == [3, None, 0, None]
    assert [[lack.why for lack in one.lacks] for one in seen] == [
        [],
        [Why.POINTS],
        [Why.SOLD_OUT],
        [],
    ]


async def test_what_discord_is_owed_is_written_with_the_request(database: Database) -> None:
    await endow(database, 100)

    def owed(one: Redemption) -> list[Owed]:
        return [Owed(key=f"word:{one.id}", kind="staff", lane="1:staff", server=1)]

    wish = a_wish()
    await ask(database, wish, owed=owed)
    await ask(database, wish, owed=owed)
    async with database.reading() as reader:
        keys = [row["key"] for row in await reader.all("SELECT key FROM posts")]

    assert keys == ["word:1"]


async def test_the_price_and_the_conditions_of_then_are_kept(database: Database) -> None:
    await endow(database, 100)
    await had(database, a_reward(consent={"fr": "16 ans"}))
    account = await account_of_member(database)
    async with database.reading() as reader:
        (kept,) = await of_member(reader, account)

    assert kept.terms == a_reward(consent={"fr": "16 ans"})


async def test_ten_thousand_requests_for_a_hundred_items_by_a_thousand_members(
    database: Database,
) -> None:
    """Everybody has points for one and a bit, and asks ten times at once, each time twice."""
    members = range(1, 1001)
    await endow(database, 199, *members)
    await fill(database, 25)
    rewards = [
        a_reward(id="limited", stock=25, limit_ever=1),
        a_reward(id="cooled", stock=25, cooldown_ms=DAY_MS),
        a_role(stock=25),
        a_code(),
    ]
    wishes = [
        a_wish(rewards[(member + n) % 4], member=member, after=timedelta(milliseconds=n))
        for n in range(10)
        for member in members
    ]
    desk = RedemptionDesk(database, Manner(PARIS, secret=b"the name"))
    outcomes = await asyncio.gather(*(desk.redeem(wish) for wish in wishes))
    granted = [one for one in outcomes if isinstance(one, Redemption)]

    assert Counter(one.reward for one in granted) == {one.id: 25 for one in rewards}
    assert max(Counter(one.account for one in granted).values()) == 1
    async with database.reading() as reader:
        assert await reader.value("SELECT min(balance) FROM accounts WHERE kind = 'member'") >= 0
        codes = await reader.value("SELECT count(DISTINCT redemption) FROM codes")
    assert codes == 25
    await assert_all_fits(database)


async def test_a_request_that_fails_costs_its_neighbours_nothing(database: Database) -> None:
    await endow(database, 100, 1, 2)

    def owed(one: Redemption) -> list[Owed]:
        if one.reward == "broken":
            raise ValueError("a bug")
        return []

    desk = RedemptionDesk(database, Manner(PARIS, owed=owed))
    broken, sound = await asyncio.gather(
        desk.redeem(a_wish(a_reward(id="broken"))),
        desk.redeem(a_wish(member=2)),
        return_exceptions=True,
    )

    assert isinstance(broken, ValueError)
    assert isinstance(sound, Redemption)
    assert await points(database, 1) == 100


# One role by several rewards.


def a_loan(**changes: Any) -> Reward:
    """The golden role for three days."""
    return a_role(**{"id": "lent", "lasts_ms": 3 * DAY_MS} | changes)


@pytest.mark.parametrize("second", [a_role(id="again"), a_loan()], ids=["for good", "a loan"])
async def test_a_role_that_one_reward_gave_for_good_is_not_sold_by_another(
    database: Database, second: Reward
) -> None:
    """Wherever it is asked for: the books know."""
    await endow(database, 500)
    first = await had(database, a_role())
    (on_its_way,) = await ask(database, a_wish(second))
    async with database.transaction() as tx:
        await given(tx, first.id, to_ms(MONDAY))
    (there,) = await ask(database, a_wish(second))

    assert isinstance(on_its_way, Refused)
    assert isinstance(there, Refused)
    assert [lack.why for lack in (*on_its_way.lacks, *there.lacks)] == [Why.OWNED, Why.OWNED]


async def test_two_rewards_of_one_role_are_not_both_had_in_one_commit(database: Database) -> None:
    await endow(database, 500)
    first, second = await ask(database, a_wish(a_role()), a_wish(a_role(id="again")))

    assert isinstance(first, Redemption)
    assert isinstance(second, Refused)


@pytest.mark.parametrize(
    "second", [a_role(id="again"), a_loan(id="longer", lasts_ms=9)], ids=["for good", "a loan"]
)
async def test_a_role_that_is_lent_can_be_had_for_longer_by_another_reward(
    database: Database, second: Reward
) -> None:
    await endow(database, 500)
    first = await had(database, a_loan())
    async with database.transaction() as tx:
        await given(tx, first.id, to_ms(MONDAY))
    (outcome,) = await ask(database, a_wish(second, roles=frozenset({second.role or 0})))

    assert isinstance(outcome, Redemption)


async def test_a_role_that_the_member_has_from_elsewhere_is_not_sold(database: Database) -> None:
    await endow(database, 500)
    (outcome,) = await ask(database, a_wish(a_loan(), roles=frozenset({555})))

    assert isinstance(outcome, Refused)


async def test_of_two_requests_in_the_wrong_order_none_waits_where_there_is_no_cooldown(
    database: Database,
) -> None:
    await endow(database, 500)
    await had(database, after=timedelta(minutes=2))
    earlier = await had(database, after=timedelta(minutes=1))

    assert earlier.state is State.UNFULFILLED
