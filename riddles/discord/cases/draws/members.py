"""What members do with draws: see their odds, enter or leave, be a witness, claim, check."""

from engine.draws import course, entries, prizes
from engine.draws.entries import EntryRefused
from engine.draws.record import Draw
from engine.people.members import account_of, meet_one
from engine.storage.database import Reader
from riddles.discord.caller import Caller
from riddles.discord.cases.draws.chosen import chosen, numbered
from riddles.discord.press import Handler, Press
from riddles.discord.replies import Answer, Say
from riddles.discord.snowflakes import snowflake_ms
from riddles.discord.views.draws import members as views
from riddles.show import Show


async def show_odds(show: Show, caller: Caller, name: str = "") -> Say:
    """A member's tickets, what they are worth, and the way in or out."""
    async with show.database.reading() as reader:
        draw = await chosen(reader, name)
        return await _odds(reader, caller, draw, replace=False)


async def verify(show: Show, caller: Caller, name: str = "") -> Say:
    """What was posted about a draw, and how to check it."""
    async with show.database.reading() as reader:
        draw = await chosen(reader, name)
        account = await account_of(reader, caller.person.id)
        held = await entries.held(reader, draw.id, account)
    return Say(views.overview(caller.texts, draw, held))


async def enter(show: Show, caller: Caller, draw_id: int, tickets: int, interaction: int) -> Say:
    """Take more tickets, or give them all back where `tickets` is negative."""
    async with show.database.transaction() as tx:
        draw = await numbered(tx, draw_id)
        account = await meet_one(tx, caller.person, caller.at_ms)
        try:
            if draw.state != "announced" or caller.at_ms >= draw.freezes_at:
                raise EntryRefused("closed")  # noqa: TRY301 - said like every other refusal
            await entries.enter(
                tx,
                draw.id,
                draw.rules,
                account=account,
                member=caller.person.id,
                tickets=tickets,
                interaction=interaction,
                at_ms=caller.at_ms,
            )
        except EntryRefused as refusal:
            return Say(views.refused(caller.texts, refusal))
        return await _odds(tx, caller, draw, replace=True)


async def witness(show: Show, caller: Caller, draw_id: int, interaction: int) -> Say:
    """Make the caller's press part of the transcript."""
    async with show.database.transaction() as tx:
        draw = await numbered(tx, draw_id)
        account = await meet_one(tx, caller.person, caller.at_ms)
        seen = await course.witness(
            tx, draw, account=account, interaction=interaction, at_ms=snowflake_ms(interaction)
        )
    t = caller.texts
    if seen is None:
        return Say(t("👁️ The window is over: the transcript is fixed."))
    return Say(views.witnessed(t, *seen))


async def claim(show: Show, caller: Caller, draw_id: int) -> Say:
    """A winner says that they are here."""
    t = caller.texts
    async with show.database.transaction() as tx:
        draw = await numbered(tx, draw_id)
        account = await meet_one(tx, caller.person, caller.at_ms)
        winner = await prizes.claim(tx, draw.id, account, caller.at_ms)
    if winner is None:
        return Say(t("This is for who was drawn. Better luck next time!"))
    prize = draw.rules.text(draw.rules.lots[winner.lot].name, t.lang)
    return Say(t("🎉 Noted: **{prize}** is yours. The staff will be in touch.", prize=prize))


async def _odds(reader: Reader, caller: Caller, draw: Draw, *, replace: bool) -> Say:
    account = await account_of(reader, caller.person.id)
    held = await entries.held(reader, draw.id, account)
    worth = await entries.odds(reader, draw.id, draw.rules, account)
    lack: str | None = views.lacks(caller.texts, EntryRefused("unknown"))
    if account is not None:
        found = await entries.lacking(reader, draw.rules.eligibility, [account], caller.at_ms)
        lack = views.lacks(caller.texts, found[account]) if account in found else None
    cap = 1 if draw.rules.tickets.per == "solve" else draw.rules.tickets.cap
    more = max(cap - (held.tickets if held else 0), 0)
    text, rows = views.odds(caller.texts, draw, held, worth, more=more, lack=lack)
    return Say(text, rows, replace=replace)


async def _press_odds(show: Show, caller: Caller, press: Press) -> Answer:
    async with show.database.reading() as reader:
        draw = await numbered(reader, press.number(0))
        return await _odds(reader, caller, draw, replace=False)


async def _press_enter(show: Show, caller: Caller, press: Press) -> Answer:
    tickets = max(press.number(1), 1)
    return await enter(show, caller, press.number(0), tickets, press.interaction)


async def _press_leave(show: Show, caller: Caller, press: Press) -> Answer:
    return await enter(show, caller, press.number(0), -1_000_000, press.interaction)


async def _press_witness(show: Show, caller: Caller, press: Press) -> Answer:
    return await witness(show, caller, press.number(0), press.interaction)


async def _press_claim(show: Show, caller: Caller, press: Press) -> Answer:
    return await claim(show, caller, press.number(0))


HANDLERS: dict[str, Handler] = {
    "draw-odds": _press_odds,
    "draw-enter": _press_enter,
    "draw-leave": _press_leave,
    "draw-witness": _press_witness,
    "draw-claim": _press_claim,
}
"""Buttons that lead here."""
