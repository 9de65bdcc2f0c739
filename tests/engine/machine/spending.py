"""Members spend: rewards are asked for, handed over or refused; draws are entered and drawn."""

import itertools

import pytest

from engine.draws import course, entries, record
from engine.draws.entries import EntryRefused
from engine.draws.lottery import seeds
from engine.draws.record import Draw
from engine.draws.rules import DrawRules, Lot, Seed
from engine.errors import EngineError
from engine.shop import fulfilment
from engine.shop.redeeming import Outcome, decide
from engine.shop.redemptions import Redemption
from engine.storage.transactions import Transaction
from tests.engine.machine.community import MEMBERS, STAFF, Community
from tests.engine.machine.lots import Lottery
from tests.engine.machine.noted import HOUR
from tests.engine.machine.shop import PATIENCE_MS, REWARDS, Request
from tests.engine.machine.steps import Dice, step
from tests.rewards import DAY_MS, a_manner, a_wish
from tests.rewards import SECRET as OF_CODES

WITNESSES = 2
_interactions = itertools.count(1_000_000)


@step(7)
def rewards_are_asked_for(community: Community, dice: Dice) -> None:
    wishes = [
        a_wish(
            dice.choice(REWARDS),
            person=community.person(community.here(dice.choice(MEMBERS)).number),
            at=community.now + dice.randrange(3),
            received_at=community.now + 3,
            deadline_ms=PATIENCE_MS,
        )
        for _ in range(dice.randrange(1, 5))
    ]
    in_order = sorted(wishes, key=lambda one: (one.at, one.request))
    granted: dict[int, Request | None] = {}
    for wish in in_order:
        number = wish.person.id - 10_000
        community.saw(number, in_order[-1].at)
        life = community.people[number]
        granted[wish.request] = community.shop.ask(life, wish.reward, wish.at, wish.received_at)
    sent = dice.sample(wishes, len(wishes)) + dice.sample(wishes, 1)

    async def asking(tx: Transaction) -> list[Outcome]:
        return await decide(tx, sent, a_manner())

    for wish, outcome in zip(sent, community.write(asking), strict=True):
        expected = granted[wish.request]
        assert isinstance(outcome, Redemption) == (expected is not None), (wish, outcome)
        if expected is not None and isinstance(outcome, Redemption):
            assert (outcome.id, str(outcome.state)) == (expected.id, expected.state)
    community.now += 3


@step(6, lambda community: bool(community.shop.requests))
def a_request_is_seen_to(community: Community, dice: Dice) -> None:
    one, staff = dice.choice(community.shop.requests[-6:]), community.here(dice.choice(STAFF))
    hands_over = dice.random() < 0.6
    is_role = one.reward.kind == "role"

    async def seeing(tx: Transaction) -> object:
        if hands_over and is_role:
            return await fulfilment.given(tx, one.id, community.now)
        if hands_over:
            return await fulfilment.hand_over(
                tx, one.id, staff.account, community.now, secret=OF_CODES
            )
        return await fulfilment.cancel(tx, one.id, community.now)

    if one.state != "unfulfilled":
        if hands_over and is_role:
            assert community.write(seeing) is None
            return
        with pytest.raises(EngineError):
            community.write(seeing)
        return
    community.write(seeing)
    (community.shop.fulfil if hands_over else community.shop.cancel)(one)


@step(2)
def neglected_requests_are_returned(community: Community, _: Dice) -> None:
    due = community.shop.neglected(community.now)
    for one in due:
        community.shop.cancel(one)

    async def returning(tx: Transaction) -> list[Redemption]:
        return await fulfilment.cancel_neglected(tx, community.now)

    assert [one.id for one in community.write(returning)] == [one.id for one in due]


# Draws.


def those(community: Community, *states: str) -> list[Lottery]:
    return [one for one in community.lotteries if one.state in states]


@step(5, lambda community: len(those(community, "announced", "frozen", "sealed")) < 2)
def a_draw_is_announced(community: Community, dice: Dice) -> None:
    price, cap, least = dice.choice((5, 5, 20)), dice.choice((1, 4)), dice.choice((0, 0, 60))
    rules = DrawRules.model_validate(
        {
            "title": {"en": "Christmas"},
            "lots": (Lot(name={"en": "A keyboard"}),),
            "tickets": {"per": "points", "price": price, "cap": cap},
            "eligibility": {"least_score": least},
            "alternates": 1,
            "seed": Seed(rounds=1, iterations=1, least_witnesses=WITNESSES, window_minutes=24 * 60),
        }
    )
    number = len(community.lotteries) + 1

    async def announcing(tx: Transaction) -> Draw:
        return await course.announce(
            tx, f"draw-{number}", rules, freezes_at=community.now + HOUR, now_ms=community.now
        )

    draw = community.write(announcing)
    community.lotteries.append(
        Lottery(draw.id, price, cap, least, community.notebook, community.now + HOUR)
    )


@step(10, lambda community: bool(those(community, "announced")))
def tickets_are_taken(community: Community, dice: Dice) -> None:
    lottery = dice.choice(those(community, "announced"))
    for _ in range(dice.randrange(2, 8)):
        take_tickets(community, dice, lottery)


def take_tickets(community: Community, dice: Dice, lottery: Lottery) -> None:
    life, more = community.here(dice.choice(MEMBERS)), dice.choice((1, 1, 1, 1, 2, 3, -1))
    interaction, twice = next(_interactions), dice.random() < 0.3

    async def entering(tx: Transaction) -> entries.Held:
        draw = await record.get(tx, lottery.id)
        return await entries.enter(
            tx,
            draw.id,
            draw.rules,
            account=life.account,
            member=community.person(life.number).id,
            tickets=more,
            interaction=interaction,
            at_ms=community.now,
        )

    if not lottery.enter(life, more):
        with pytest.raises(EntryRefused):
            community.write(entering)
        return
    for _ in range(2 if twice else 1):
        held = community.write(entering)
        assert held.tickets == lottery.tickets.get(life, 0)


def ripe(community: Community) -> list[Lottery]:
    """Draws with entrants; and every third however few there are."""
    return [one for one in those(community, "announced") if len(one.tickets) > 1 or one.id % 3 == 0]


@step(5, lambda community: bool(ripe(community)))
def a_list_is_frozen(community: Community, dice: Dice) -> None:
    lottery = dice.choice(ripe(community))
    lottery.freeze()

    async def freezing(tx: Transaction) -> Draw:
        draw, _ = await course.freeze(tx, await record.get(tx, lottery.id), community.now)
        return draw

    assert community.write(freezing).state == lottery.state
    lottery.window_ends = community.now + DAY_MS


@step(20, lambda community: bool(those(community, "frozen")))
def witnesses_press(community: Community, dice: Dice) -> None:
    for _ in range(dice.randrange(2, 6)):
        press(community, dice)


def press(community: Community, dice: Dice) -> None:
    lottery, life = dice.choice(those(community, "frozen")), community.here(dice.choice(MEMBERS))
    interaction = next(_interactions)

    async def pressing(tx: Transaction) -> tuple[int, int] | None:
        draw = await record.get(tx, lottery.id)
        return await course.witness(
            tx, draw, account=life.account, interaction=interaction, at_ms=community.now
        )

    pressed = community.write(pressing)
    if community.now < lottery.window_ends:
        lottery.witnesses.add(life)
        assert pressed is not None
        assert pressed[1] == len(lottery.witnesses)
    else:
        assert pressed is None


@step(20, lambda community: bool(those(community, "frozen")))
def a_window_ends(community: Community, dice: Dice) -> None:
    lottery = dice.choice(those(community, "frozen"))
    community.now = max(community.now, lottery.window_ends)

    async def sealing(tx: Transaction) -> Draw:
        return await course.seal(tx, await record.get(tx, lottery.id), [77], community.now)

    if len(lottery.witnesses) >= WITNESSES:
        lottery.state = "sealed"
    else:
        lottery.window_ends = community.now + DAY_MS
    assert community.write(sealing).state == lottery.state


@step(20, lambda community: bool(those(community, "sealed")))
def a_draw_is_drawn(community: Community, dice: Dice) -> None:
    lottery = dice.choice(those(community, "sealed"))
    lottery.draw()

    async def drawing(tx: Transaction) -> Draw:
        draw = await record.get(tx, lottery.id)
        (seed,) = seeds(draw.transcript or "", rounds=1, iterations=1)
        return await course.drawn(tx, draw, seed, community.now)

    published = community.write(drawing).published or {}
    assert len(published["winners"]) == 1
    assert len(published["alternates"]) == 1


@step(1, lambda community: bool(those(community, "announced", "frozen", "sealed")))
def a_draw_is_called_off(community: Community, dice: Dice) -> None:
    lottery = dice.choice(those(community, "announced", "frozen", "sealed"))
    lottery.cancel()

    async def calling(tx: Transaction) -> list[int]:
        draw = await record.get(tx, lottery.id)
        return await course.cancel(tx, draw, community.now, note="Snow.")

    assert sorted(community.write(calling)) == sorted(life.account for life in lottery.tickets)
