"""What staff do with draws: freeze, call off, hand prizes over, pass them on."""

from collections.abc import Awaitable, Callable

from engine.draws import prizes, record
from engine.draws.prizes import Winner
from engine.draws.record import Draw, DrawRefused
from engine.people.members import meet_one
from engine.storage.database import Reader
from riddles.discord.caller import Caller
from riddles.discord.cases.draws.chosen import chosen
from riddles.discord.effects.draws import drawn
from riddles.discord.press import Handler, Press
from riddles.discord.replies import Answer, Ask, Later, Say
from riddles.discord.views.draws import staff as views
from riddles.drawing.loop import Drawing
from riddles.refusal import Refusal
from riddles.show import Show


async def freeze(show: Show, caller: Caller, drawing: Drawing, name: str) -> Later:
    """Freeze the list now."""
    return _by_hand(
        show, caller, drawing, name, lambda draw: drawing.freeze_now(draw, caller.person)
    )


async def cancel(show: Show, caller: Caller, drawing: Drawing, name: str, reason: str) -> Later:
    """Call a draw off, for good."""
    return _by_hand(
        show, caller, drawing, name, lambda draw: drawing.cancel_now(draw, caller.person, reason)
    )


async def overview(show: Show, caller: Caller, name: str = "") -> Say:
    """How far a draw has come, who holds which prize, and what is left to do."""
    caller.must_be_staff()
    async with show.database.reading() as reader:
        return await _prize_list(reader, caller, await chosen(reader, name))


async def settle(show: Show, caller: Caller, winner: int) -> Say:
    """The prize is in its winner's hands."""
    caller.must_be_staff()
    async with show.database.transaction() as tx:
        actor = await meet_one(tx, caller.person, caller.at_ms)
        try:
            settled = await prizes.settle(tx, winner, caller.at_ms, actor=actor, note=None)
        except DrawRefused as refused:
            raise in_words(refused, str(winner)) from None
        draw = await record.get(tx, settled.draw)
        return await _prize_list(tx, caller, draw, replace=True)


async def ask_why(show: Show, caller: Caller, winner: int) -> Ask:
    """The form before a prize is taken from who was drawn: who would lose it, and why."""
    caller.must_be_staff()
    async with show.database.reading() as reader:
        holder = await _holder(reader, winner)
        draw = await record.get(reader, holder.draw)
        listed = await drawn(reader, draw, caller.server.guild, hidden_too=True)
    if holder.state != "drawn":
        raise in_words(DrawRefused("moved"), draw.name)
    (one,) = [each for each in listed if each.winner.id == winner]
    title, row = views.why_form(caller.texts, draw, one)
    return Ask(title, f"v1:draw-passed:{winner}", [row])


async def pass_on(show: Show, caller: Caller, drawing: Drawing, winner: int, note: str) -> Say:
    """Hand a prize on to the next alternate, in public; the note is for the books."""
    caller.must_be_staff()
    async with show.database.reading() as reader:
        holder = await _holder(reader, winner)
    try:
        await drawing.pass_over_now(holder, "declined", caller.person, note)
    except DrawRefused as refused:
        raise in_words(refused, str(winner)) from None
    async with show.database.reading() as reader:
        draw = await record.get(reader, holder.draw)
        return await _prize_list(reader, caller, draw, replace=True)


def in_words(refused: DrawRefused, name: str) -> Refusal:
    """Why a step of the draw called `name` cannot be taken."""
    match refused.why:
        case "name":
            return Refusal("there was a draw “{name}” before: choose another name", name=name)
        case "past":
            return Refusal("that moment is past")
        case "moved":
            return Refusal("that prize was handed over or passed on before")
        case _:
            return Refusal("the draw “{name}” is past that point", name=name)


def _by_hand(
    show: Show,
    caller: Caller,
    drawing: Drawing,
    name: str,
    act: Callable[[Draw], Awaitable[object]],
) -> Later:
    """Do it, and say how the draw stands then: who freezes one that lacks entrants extends it."""
    caller.must_be_staff()

    async def work() -> Say:
        draw = await drawing.chosen(name)
        try:
            await act(draw)
        except DrawRefused as refused:
            called = draw.rules.text(draw.rules.title, caller.texts.lang)
            raise in_words(refused, called) from None
        after = await show.database.read(lambda reader: record.get(reader, draw.id))
        return Say(views.standing(caller.texts, after))

    return Later(work)


async def _prize_list(reader: Reader, caller: Caller, draw: Draw, *, replace: bool = False) -> Say:
    winners = await drawn(reader, draw, caller.server.guild, hidden_too=True)
    text, rows = views.prize_list(caller.texts, draw, winners)
    return Say(text, rows, replace=replace)


async def _holder(reader: Reader, winner: int) -> Winner:
    draw = await reader.value("SELECT draw FROM draw_winners WHERE id = ?", (winner,))
    if draw is None:
        raise Refusal("there is no such prize")
    holders = {one.id: one for one in await prizes.winners_of(reader, draw)}
    return holders[winner]


async def _press_done(show: Show, caller: Caller, press: Press) -> Answer:
    return await settle(show, caller, press.number(0))


async def _press_pass(show: Show, caller: Caller, press: Press) -> Answer:
    return await ask_why(show, caller, press.number(0))


async def _hand_in_why(show: Show, caller: Caller, press: Press) -> Answer:
    note = press.fields.get("note", "").strip()
    return await pass_on(show, caller, press.services.drawing, press.number(0), note)


HANDLERS: dict[str, Handler] = {
    "draw-done": _press_done,
    "draw-pass": _press_pass,
    "draw-passed": _hand_in_why,
}
"""Buttons and forms that lead here."""
