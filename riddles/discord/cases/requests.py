"""The forms and buttons about requests: the note that goes with a hand-over, and new codes.

They outlive restarts and are trusted with nothing; where a condition has to be checked first, it
is shown before the form opens.
"""

from engine.moments import to_ms
from engine.shop.fulfilment import AlreadySettled
from engine.shop.redemptions import State, get
from engine.shop.rewards import Reward
from riddles.discord.caller import Caller
from riddles.discord.cases import fulfilment
from riddles.discord.cases.fulfilment import no_request, refusal_of
from riddles.discord.press import Handler, Press
from riddles.discord.replies import Answer, Ask, Say
from riddles.discord.views import fulfilment as views
from riddles.refusal import Refusal
from riddles.shop.loading import load_codes
from riddles.show import Show

MOST_CHOICES = 25


async def ask_for_note(
    show: Show, caller: Caller, number: int, *, done: bool, ticked: bool = False
) -> Say | Ask:
    """The form for the evidence, or for the reason; before it, the condition where there is one."""
    caller.must_be_staff()
    async with show.database.reading() as reader:
        one = await get(reader, number)
    if one is None:
        raise no_request(number)
    if one.state is not State.UNFULFILLED:
        raise refusal_of(number, AlreadySettled(one))
    if done and one.terms.consent is not None and not ticked:
        return Say(*views.condition(caller.texts, one))
    title, row = views.note_form(caller.texts, number, done=done)
    verb = f"handed:{number}:{int(ticked)}" if done else f"declined:{number}"
    return Ask(title, f"v1:request:{verb}", [row])


async def ask_for_codes(show: Show, caller: Caller, reward_id: str) -> Ask:
    """The form into which new codes are written."""
    caller.must_be_staff()
    reward = await _code_reward(show, reward_id)
    title, row = views.codes_form(caller.texts, reward.named(caller.texts.lang))
    return Ask(title, f"v1:request:codes:{reward.id}", [row])


async def load(show: Show, caller: Caller, reward_id: str, text: str) -> Say:
    """Put new codes into a pool; none of them is ever shown again, but to its owner."""
    caller.must_be_staff()
    reward = await _code_reward(show, reward_id)
    if show.shop.vault is None:
        raise Refusal("RIDDLES_SECRET is not set: without it no code can be kept")
    now = to_ms(show.clock.now())
    loaded = await load_codes(show.database, show.shop.vault, reward.id, text, now)
    return Say(views.loaded(caller.texts, reward, loaded.loaded, loaded.free))


async def _code_reward(show: Show, reward_id: str) -> Reward:
    reward = (await show.shop.catalogue()).rewards.get(reward_id)
    if reward is None or reward.kind != "code":
        raise Refusal("there is no reward “{reward}” that consists of codes", reward=reward_id)
    return reward


async def pools_matching(show: Show, caller: Caller, typed: str) -> list[tuple[str, str]]:
    """Rewards that consist of codes, and match what was typed."""
    lang = caller.texts.lang
    return [
        (reward.named(lang), reward.id)
        for reward in (await show.shop.catalogue()).rewards.values()
        if reward.kind == "code"
        and typed.casefold() in f"{reward.named(lang)} {reward.id}".casefold()
    ][:MOST_CHOICES]


async def _look(show: Show, caller: Caller, press: Press) -> Answer:
    chosen = next(iter(press.values), "")
    return await fulfilment.show_one(show, caller, int(chosen) if chosen.isdigit() else 0)


async def _handed(show: Show, caller: Caller, press: Press) -> Answer:
    note, ticked = press.fields.get("note", ""), press.number(2) == 1
    return await fulfilment.hand_over(show, caller, press.number(1), note=note, consent=ticked)


async def _declined(show: Show, caller: Caller, press: Press) -> Answer:
    why = press.fields.get("note", "")
    return await fulfilment.cancel(show, caller, press.number(1), why=why)


async def _codes(show: Show, caller: Caller, press: Press) -> Answer:
    return await load(show, caller, press.word(1), press.fields.get("codes", ""))


ABOUT: dict[str, Handler] = {
    "look": _look,
    "page": lambda show, caller, press: fulfilment.show_queue(
        show, caller, press.number(1), replace=True
    ),
    "take": lambda show, caller, press: fulfilment.take_on(show, caller, press.number(1)),
    "over": lambda show, caller, press: fulfilment.take_on(
        show, caller, press.number(1), take_over=True
    ),
    "back": lambda show, caller, press: fulfilment.give_back(show, caller, press.number(1)),
    "done": lambda show, caller, press: ask_for_note(show, caller, press.number(1), done=True),
    "tick": lambda show, caller, press: ask_for_note(
        show, caller, press.number(1), done=True, ticked=True
    ),
    "cancel": lambda show, caller, press: ask_for_note(show, caller, press.number(1), done=False),
    "handed": _handed,
    "declined": _declined,
    "codes": _codes,
}
"""What the second word of such an id asks for."""


async def _pressed(show: Show, caller: Caller, press: Press) -> Answer:
    return await ABOUT.get(press.word(0), _look)(show, caller, press)


HANDLERS: dict[str, Handler] = {"request": _pressed}
"""Buttons, menus and forms that lead here."""
