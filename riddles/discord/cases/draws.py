"""What members and staff do with draws: enter, witness, claim; create, freeze, settle."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from engine.draws import course, entries, prizes
from engine.draws.course import Draw, DrawRefused
from engine.draws.entries import EntryRefused
from engine.draws.rules import DrawRules, Eligibility, Lot, Tickets
from engine.durations import parse_duration
from engine.moments import to_ms
from engine.people.members import account_of, meet_one
from engine.storage.database import Reader
from riddles.discord.caller import Caller
from riddles.discord.effects.draws import drawn
from riddles.discord.press import Handler, Press
from riddles.discord.replies import Answer, Later, Say
from riddles.discord.snowflakes import snowflake_ms
from riddles.discord.views import draws as views
from riddles.drawing.loop import Drawing
from riddles.drawing.slowhash import calibrated
from riddles.refusal import Refusal
from riddles.show import Show

NAME = re.compile(r"[a-z0-9][a-z0-9-]{1,40}")
MOST_LOTS = 20
LONGEST_LOT = 80
RIDDLES_A_YEAR = 53
SHOWN = 10


async def show_odds(show: Show, caller: Caller, name: str = "") -> Say:
    """A member's tickets, what they are worth, and the way in or out."""
    async with show.database.reading() as reader:
        draw = await _chosen(reader, name)
        return await _odds(reader, caller, draw, replace=False)


async def verify(show: Show, caller: Caller, name: str = "") -> Say:
    """What was posted about a draw, and how to check it."""
    async with show.database.reading() as reader:
        draw = await _chosen(reader, name)
        account = await account_of(reader, caller.person.id)
        held = await entries.held(reader, draw.id, account)
    return Say(views.overview(caller.texts, draw, held))


async def enter(show: Show, caller: Caller, draw_id: int, tickets: int, interaction: int) -> Say:
    """Take more tickets, or give them all back where `tickets` is negative."""
    async with show.database.transaction() as tx:
        draw = await _get(tx, draw_id)
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
        draw = await _get(tx, draw_id)
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
        draw = await _get(tx, draw_id)
        account = await meet_one(tx, caller.person, caller.at_ms)
        winner = await prizes.claim(tx, draw.id, account, caller.at_ms)
    if winner is None:
        return Say(t("This is for who was drawn. Better luck next time!"))
    prize = draw.rules.text(draw.rules.lots[winner.lot].name, t.lang)
    return Say(t("🎉 Noted: **{prize}** is yours. The staff will be in touch.", prize=prize))


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A draw as staff typed it."""

    name: str
    title: str
    lots: str
    until: str
    per: str = "member"
    price: int = 0
    cap: int = 0
    """0: one ticket, or a year's riddles where tickets are per solve."""
    least_score: int = 0
    least_solves: int = 0
    rest_days: int = 0
    witnesses_minutes: int = 0


async def create(show: Show, caller: Caller, drawing: Drawing, wish: Wish) -> Later:
    """Announce a draw; from here on its rules stand."""
    caller.must_be_staff()
    name, freezes_at = _name(wish.name), to_ms(_moment(show, wish.until))

    async def work() -> Say:
        rules = await asyncio.to_thread(_rules, show, wish)
        try:
            await drawing.announce(name, rules, freezes_at, caller.person)
        except DrawRefused as refused:
            raise _in_words(refused, name) from None
        return Say(caller.texts("🎟️ The draw “{name}” is announced.", name=name))

    return Later(work)


async def freeze(_: Show, caller: Caller, drawing: Drawing, name: str) -> Later:
    """Freeze the list now."""
    return _by_hand(caller, drawing, name, lambda draw: drawing.freeze_now(draw, caller.person))


async def cancel(_: Show, caller: Caller, drawing: Drawing, name: str, reason: str) -> Later:
    """Call a draw off, for good."""
    return _by_hand(
        caller, drawing, name, lambda draw: drawing.cancel_now(draw, caller.person, reason)
    )


async def overview(show: Show, caller: Caller, name: str = "") -> Say:
    """How far a draw has come, who holds which prize, and what is left to do."""
    caller.must_be_staff()
    async with show.database.reading() as reader:
        draw = await _chosen(reader, name)
        winners = await drawn(reader, draw, caller.server.guild)
    text, rows = views.prize_list(caller.texts, draw, winners)
    return Say(text, rows)


async def settle(show: Show, caller: Caller, winner: int) -> Say:
    """The prize is in its winner's hands."""
    caller.must_be_staff()
    async with show.database.transaction() as tx:
        actor = await meet_one(tx, caller.person, caller.at_ms)
        try:
            settled = await prizes.settle(tx, winner, caller.at_ms, actor=actor, note=None)
        except DrawRefused as refused:
            raise _in_words(refused, str(winner)) from None
        draw = await course.get(tx, settled.draw)
        text, rows = views.prize_list(
            caller.texts, draw, await drawn(tx, draw, caller.server.guild)
        )
    return Say(text, rows, replace=True)


async def pass_on(show: Show, caller: Caller, drawing: Drawing, winner: int) -> Say:
    """Hand a prize on to the next alternate, in public."""
    caller.must_be_staff()
    async with show.database.reading() as reader:
        found = await reader.one("SELECT draw FROM draw_winners WHERE id = ?", (winner,))
        if found is None:
            raise Refusal("there is no such prize")
        holders = {one.id: one for one in await prizes.winners_of(reader, found["draw"])}
    try:
        await drawing.pass_over_now(holders[winner], "declined", caller.person, "")
    except DrawRefused as refused:
        raise _in_words(refused, str(winner)) from None
    async with show.database.reading() as reader:
        draw = await course.get(reader, found["draw"])
        winners = await drawn(reader, draw, caller.server.guild)
    text, rows = views.prize_list(caller.texts, draw, winners)
    return Say(text, rows, replace=True)


async def names(show: Show, *, open_only: bool) -> list[str]:
    """The draws one may name, the newest first."""
    async with show.database.reading() as reader:
        rows = await reader.all(
            "SELECT name FROM draws WHERE ? OR state NOT IN ('settled', 'cancelled') "
            "ORDER BY id DESC LIMIT 25",
            (not open_only,),
        )
    return [row["name"] for row in rows]


def _by_hand(
    caller: Caller, drawing: Drawing, name: str, act: Callable[[Draw], Awaitable[object]]
) -> Later:
    caller.must_be_staff()

    async def work() -> Say:
        draw = await drawing.chosen(name)
        try:
            await act(draw)
        except DrawRefused as refused:
            raise _in_words(refused, draw.name) from None
        return Say(caller.texts("✅ Done."))

    return Later(work)


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


def _rules(show: Show, wish: Wish) -> DrawRules:
    """What was typed, as rules that stand.

    Raises:
        Refusal: something in it makes no sense.
    """
    settings = show.settings.draws
    seed = calibrated(settings.hash_time.total_seconds())
    window = wish.witnesses_minutes or int(settings.witnesses.total_seconds() // 60)
    try:
        return DrawRules(
            title=_worded(wish.title),
            lots=_lots(wish.lots),
            tickets=Tickets.model_validate(
                {
                    "per": wish.per,
                    "price": wish.price or None,
                    "cap": wish.cap or (RIDDLES_A_YEAR if wish.per == "solve" else 1),
                }
            ),
            eligibility=Eligibility(
                least_score=wish.least_score,
                least_solves=wish.least_solves,
                winners_rest_days=wish.rest_days,
            ),
            seed=seed.model_copy(update={"window_minutes": window}),
        )
    except ValueError:
        raise Refusal(
            "a ticket per points needs a price, and no other ticket has one; check the numbers"
        ) from None


def _lots(text: str) -> tuple[Lot, ...]:
    """Read `Clavier / Keyboard; 3 x Autocollant / Sticker`.

    Raises:
        Refusal: not of that form.
    """
    found: list[Lot] = []
    for part in text.split(";"):
        match = re.fullmatch(r"\s*(?:(\d{1,3})\s*[x×]\s*)?(\S.*?)\s*", part)
        sound = match is not None and match[1] != "0" and len(match[2]) <= LONGEST_LOT
        if match is None or not sound or len(found) == MOST_LOTS:
            raise Refusal(
                "write the prizes like “Clavier / Keyboard; 3 x Autocollant / Sticker”, "
                "the first to be drawn first"
            )
        found.append(Lot(name=_worded(match[2]), count=int(match[1] or 1)))
    return tuple(found)


def _worded(text: str) -> dict[str, str]:
    """Words in French and English, parted by a stroke; or the same words in both."""
    french, _, english = text.partition(" / ")
    return {"fr": french.strip(), "en": (english or french).strip()}


def _moment(show: Show, text: str) -> datetime:
    """Read `3d` from now, or `2026-12-20 18:00` in the community's zone.

    Raises:
        Refusal: neither.
    """
    try:
        return show.clock.now() + parse_duration(text.strip())
    except ValueError:
        pass
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=show.settings.timezone)
    except ValueError:
        raise Refusal("write the moment like “3d” or “2026-12-20 18:00”") from None


def _name(text: str) -> str:
    if not NAME.fullmatch(text):
        raise Refusal("a draw's name has small letters, digits and hyphens, like “noel-2026”")
    return text


def _in_words(refused: DrawRefused, name: str) -> Refusal:
    match refused.why:
        case "name":
            return Refusal("there was a draw “{name}” before: choose another name", name=name)
        case "past":
            return Refusal("that moment is past")
        case "moved":
            return Refusal("that prize was handed over or passed on before")
        case _:
            return Refusal("the draw “{name}” is past that point", name=name)


async def _get(reader: Reader, draw: int) -> Draw:
    try:
        return await course.get(reader, draw)
    except LookupError:
        raise Refusal("there is no such draw") from None


async def _chosen(reader: Reader, name: str) -> Draw:
    """The draw of that name, or the newest."""
    if name:
        draw = await course.named(reader, name)
    else:
        newest = await reader.value("SELECT max(id) FROM draws")
        draw = None if newest is None else await course.get(reader, newest)
    if draw is None:
        raise Refusal("there is no such draw") if name else Refusal("no draw was announced yet")
    return draw


async def _press_odds(show: Show, caller: Caller, press: Press) -> Answer:
    async with show.database.reading() as reader:
        draw = await _get(reader, press.number(0))
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


async def _press_done(show: Show, caller: Caller, press: Press) -> Answer:
    return await settle(show, caller, press.number(0))


async def _press_pass(show: Show, caller: Caller, press: Press) -> Answer:
    return await pass_on(show, caller, press.services.drawing, press.number(0))


HANDLERS: dict[str, Handler] = {
    "draw-odds": _press_odds,
    "draw-enter": _press_enter,
    "draw-leave": _press_leave,
    "draw-witness": _press_witness,
    "draw-claim": _press_claim,
    "draw-done": _press_done,
    "draw-pass": _press_pass,
}
"""Buttons that lead here."""
