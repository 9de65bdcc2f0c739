"""What a member can do in the shop: look, choose, spend, and see what they have had.

Between choosing and spending stands a confirmation. Its id is the request's own, so that one
confirmation is one redemption, however often its button is pressed or delivered.
"""

import logging

import hikari

from engine import posts
from engine.draws import prizes
from engine.moments import to_ms
from engine.people.members import account_of, meet_one
from engine.shop import codes
from engine.shop.codes import SealedCode
from engine.shop.fulfilment import save_code
from engine.shop.offers import Asker, Offer, offers
from engine.shop.redeeming import Refused, Wish
from engine.shop.redemptions import of_member, of_request
from engine.shop.rewards import Reward
from riddles.discord.caller import Caller
from riddles.discord.press import Handler, Press
from riddles.discord.replies import Answer, Say
from riddles.discord.views import belongings
from riddles.discord.views import rewards as views
from riddles.refusal import Refusal
from riddles.sentence import Sentence
from riddles.show import Show
from riddles.telling import to_staff

log = logging.getLogger(__name__)

PAGE = 5
MOST_CHOICES = 25


async def show_shop(show: Show, caller: Caller, page: int = 1, *, replace: bool = False) -> Say:
    """A page of the shop."""
    rewards = list((await show.shop.catalogue()).rewards.values())
    if not rewards:
        show.shop.refuse_in_doubt()
        return Say(views.empty(caller.texts))
    pages = -(-len(rewards) // PAGE)
    page = min(max(page, 1), pages)
    have, found = await _offers(show, caller, rewards)
    found.sort(key=views.sold_out)  # What is sold out stands last; else the catalogue's order.
    seen = found[(page - 1) * PAGE : page * PAGE]
    pictures = [_picture(show, offer.reward) for offer in seen]
    box = views.shelf(caller.texts, seen, pictures, have=have, page=page, pages=pages)
    return Say(components=[box], replace=replace)


async def choose(show: Show, caller: Caller, reward_id: str, request: int) -> Say:
    """What a reward costs and what happens then; or everything that stands against it."""
    reward = (await show.shop.catalogue()).rewards.get(reward_id)
    if reward is None:
        show.shop.refuse_in_doubt()
        return Say(views.unknown(caller.texts))
    have, (offer,) = await _offers(show, caller, [reward])
    if offer.lacks:
        return Say(views.refused(caller.texts, reward, offer.lacks))
    text, rows = views.confirmation(
        caller.texts,
        reward,
        have=have,
        request=request,
        deadline_ms=_deadline_ms(show),
    )
    return Say(text, rows)


async def redeem(
    show: Show, caller: Caller, reward_id: str, price: int, request: int, *, promise: str = ""
) -> Say:
    """Spend the points; the same confirmation twice is one redemption, and the same answer."""
    reward = (await show.shop.catalogue()).rewards.get(reward_id)
    if reward is None:
        return await _taken_out(show, caller, request)
    outcome = await show.shop.desk.redeem(
        Wish(
            request=request,
            person=caller.person,
            reward=reward,
            at=caller.at_ms,
            received_at=to_ms(show.clock.now()),
            roles=caller.roles,
            price=price,
            promise=promise or None,
            deadline_ms=_deadline_ms(show),
        )
    )
    if isinstance(outcome, Refused):
        return Say(views.refused(caller.texts, reward, outcome.lacks), replace=True)
    text, rows = views.granted(caller.texts, outcome)
    return Say(text, rows, replace=True)


async def _taken_out(show: Show, caller: Caller, request: int) -> Say:
    """The catalogue has it no more; whoever had confirmed before that has it all the same."""
    async with show.database.reading() as reader:
        account = await account_of(reader, caller.person.id)
        one = None if account is None else await of_request(reader, request, account)
    if one is None:
        show.shop.refuse_in_doubt()
        return Say(views.unknown(caller.texts), replace=True)
    text, rows = views.granted(caller.texts, one)
    return Say(text, rows, replace=True)


async def show_mine(show: Show, caller: Caller, page: int = 1, *, replace: bool = False) -> Say:
    """What the caller has had, with the codes that they have not saved yet."""
    page = max(page, 1)
    async with show.database.reading() as reader:
        account = await account_of(reader, caller.person.id)
        won = [] if account is None else await prizes.waiting_for(reader, account)
        found = (
            []
            if account is None
            else await of_member(reader, account, limit=PAGE + 1, skip=(page - 1) * PAGE)
        )
        seen = found[:PAGE]
        sealed = await codes.of_redemptions(reader, [one.id for one in seen])
    opened = {number: _opened(show, code) for number, code in sealed.items()}
    if None in opened.values():
        await _tell_of_sealed_codes(show)
    more = len(found) > PAGE
    text, rows = belongings.mine(caller.texts, seen, opened, won=won, page=page, more=more)
    return Say(text, rows, replace=replace)


async def save(show: Show, caller: Caller, number: int) -> Say:
    """The caller has written a code down: it is never shown again."""
    async with show.database.transaction() as tx:
        account = await meet_one(tx, caller.person, caller.at_ms)
        await save_code(tx, number, account, to_ms(show.clock.now()))
    return await show_mine(show, caller, replace=True)


async def matching(show: Show, caller: Caller, typed: str) -> list[tuple[str, str]]:
    """Rewards whose name or id holds what was typed, those that can be had first."""
    rewards = [
        reward
        for reward in (await show.shop.catalogue()).rewards.values()
        if typed.casefold() in f"{reward.named(caller.texts.lang)} {reward.id}".casefold()
    ]
    if not rewards:
        return []
    _, seen = await _offers(show, caller, rewards)
    ordered = sorted(seen, key=lambda one: (not views.can_be_chosen(one), bool(one.lacks)))
    t = caller.texts
    return [
        (views.label(t, one.reward, gone=views.sold_out(one)), one.reward.id)
        for one in ordered[:MOST_CHOICES]
    ]


async def _offers(show: Show, caller: Caller, rewards: list[Reward]) -> tuple[int, list[Offer]]:
    async with show.database.reading() as reader:
        account = await account_of(reader, caller.person.id)
        asker = Asker(account, caller.roles)
        return await offers(reader, rewards, asker, caller.at_ms, show.shop.manner)


def _deadline_ms(show: Show) -> int:
    return int(show.settings.rewards.deadline.total_seconds() * 1000)


def _picture(show: Show, reward: Reward) -> hikari.Resourceish | None:
    if reward.picture is None or reward.picture.startswith("https://"):
        return reward.picture
    path = show.shop.content / reward.picture
    return hikari.File(path) if path.is_file() else None


def _opened(show: Show, sealed: SealedCode) -> str | None:
    try:
        return None if show.shop.vault is None else show.shop.vault.open(sealed)
    except Refusal as refusal:
        log.error("code of %s: %s", sealed.reward, refusal)  # noqa: TRY400 - one sentence says it
        return None


async def _tell_of_sealed_codes(show: Show) -> None:
    word = Sentence(
        "A member's code cannot be opened: RIDDLES_SECRET is missing, or another one than when "
        "the codes were loaded."
    )
    now = show.clock.now()
    async with show.database.transaction() as tx:
        await posts.owe(tx, to_staff(show.settings, f"sealed:{now:%G-%V}", word), to_ms(now))


async def _press_shop(show: Show, caller: Caller, press: Press) -> Answer:
    return await show_shop(show, caller, press.number(0), replace=True)


async def _press_want(show: Show, caller: Caller, press: Press) -> Answer:
    return await choose(show, caller, next(iter(press.values), ""), press.interaction)


async def _press_redeem(show: Show, caller: Caller, press: Press) -> Answer:
    reward, price, request = press.word(0), press.number(1), press.number(2)
    return await redeem(show, caller, reward, price, request, promise=press.word(3))


async def _press_keep(_: Show, caller: Caller, __: Press) -> Answer:
    return Say(views.kept(caller.texts), replace=True)


async def _press_mine(show: Show, caller: Caller, press: Press) -> Answer:
    return await show_mine(show, caller, press.number(0), replace=True)


async def _press_saved(show: Show, caller: Caller, press: Press) -> Answer:
    return await save(show, caller, press.number(0))


HANDLERS: dict[str, Handler] = {
    "shop": _press_shop,
    "want": _press_want,
    "redeem": _press_redeem,
    "keep": _press_keep,
    "mine": _press_mine,
    "saved": _press_saved,
}
"""Buttons and menus that lead here."""
