"""What hosts change in the course of the show: weeks, places in the queue, a closing, a mistake.

The buttons below words to the staff lead here too. They are trusted with nothing: who presses is
asked for their role, and what is to be done is looked at anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.calendar import Week
from engine.moments import from_ms, to_ms
from engine.play import course
from engine.play.rounds import Round
from riddles import hand
from riddles.discord.caller import Caller
from riddles.discord.cases import hosts
from riddles.discord.press import Handler, Press
from riddles.discord.replies import Answer, Ask, Say
from riddles.discord.views import course as views
from riddles.hand import Host, Until
from riddles.refusal import Refusal
from riddles.show import Show
from riddles.week.outlook import look_out
from riddles.week.weekly import Weekly


async def skip(
    show: Show, caller: Caller, weekly: Weekly, interaction: int, week: str, *, back: bool
) -> Say:
    """Leave a coming week out, the next unless another is named; or take that back."""
    caller.must_be_animator()
    t, host = caller.texts, Host(caller.person, interaction)
    async with show.database.reading() as reader:
        outlook = await look_out(reader, show.settings)
    now = show.clock.now()
    if back:
        ahead = sorted(
            week for week in outlook.course.skipped if outlook.rhythm.plan(week).closes_at > now
        )
        chosen = _week(week) if week else next(iter(ahead), None)
        if chosen is None or not await hand.unskip(weekly.hand, host, chosen):
            return Say(t("Nobody had left that week out by hand."))
        return Say(t("↩️ Week {week} has its riddle again.", week=chosen))
    chosen = _week(week) if week else outlook.rhythm.next_publication(now, outlook.done).week
    if await hand.skip(weekly.hand, host, chosen):
        said = t("⏭️ Week {week} is left out. What was queued moves on.", week=chosen)
    elif await _is_left_out_by_hand(show, chosen):
        said = t("Week {week} was left out before.", week=chosen)
    else:
        return Say(t("Week {week} is skipped in scheduler.toml.", week=chosen))
    return Say(said, [views.take_back(t, chosen)])


async def _is_left_out_by_hand(show: Show, week: Week) -> bool:
    """Whether a host left that week out, perhaps only now."""
    async with show.database.reading() as reader:
        return week in (await course.read(reader)).skipped


async def swap(
    _: Show, caller: Caller, weekly: Weekly, interaction: int, one: str, other: str
) -> Say:
    """Let two queued riddles change places."""
    caller.must_be_animator()
    first, second = await hand.swap(weekly.hand, Host(caller.person, interaction), one, other)
    said = caller.texts("🔀 {one} and {other} have changed places.", one=first, other=second)
    return Say(said)


async def extend(show: Show, caller: Caller, weekly: Weekly, interaction: int, until: str) -> Say:
    """Move the closing of the open riddle."""
    caller.must_be_animator()
    moment = hand.parse_until(until, show.settings.timezone)
    round_ = await hand.extend(weekly.hand, Host(caller.person, interaction), moment)
    return Say(_extended(caller, round_))


async def correct(
    show: Show,
    caller: Caller,
    weekly: Weekly,
    interaction: int,
    *,
    words: Mapping[str, str],
    until: str,
    void: bool,
) -> Say | Ask:
    """Correct the open riddle; what is not said in every language is asked for in a form."""
    _may_correct(caller, void=void)
    if void and until:
        raise Refusal("give it more time or void it, not both")
    async with show.database.reading() as reader:
        newest = await hand.open_one(reader, show.clock.now())
    moment = None
    if until:
        moment = hand.parse_until(until, show.settings.timezone)(newest)
    if any(not words.get(language) for language in show.settings.languages):
        title, rows = views.correction_form(caller.texts, words, needed=show.settings.languages)
        until_ms = 0 if moment is None else to_ms(moment)
        return Ask(title, f"v1:erratum:{newest.id}:{until_ms}:{int(void)}", rows)
    wish = Wish(newest.id, moment, void)
    return await _correct(caller, weekly, interaction, words, wish)


def _week(text: str) -> Week:
    try:
        return Week.parse(text.strip().upper())
    except ValueError:
        raise Refusal(
            "“{text}” is no week: write it like “2026-W48”", text=text.strip()[:60]
        ) from None


def _extended(caller: Caller, round_: Round) -> str:
    return caller.texts(
        "⏳ Riddle no. {number} now closes {moment}. Its reveal and recap move along.",
        number=round_.id,
        moment=caller.texts.moment(to_ms(round_.closes_at)),
    )


def _may_correct(caller: Caller, *, void: bool) -> None:
    """Hosts may correct a riddle; to void it takes staff."""
    caller.must_be_animator()
    if void:
        caller.must_be_staff()


@dataclass(frozen=True, slots=True)
class Wish:
    """What a correction is to bring about beside its words."""

    round: int
    until: datetime | None
    void: bool


async def _correct(
    caller: Caller, weekly: Weekly, interaction: int, words: Mapping[str, str], wish: Wish
) -> Say:
    if not words:
        raise Refusal("say what was wrong")
    t, host, until = caller.texts, Host(caller.person, interaction), wish.until
    moment: Until | None = None if until is None else lambda _: until
    done = await hand.correct(weekly.hand, host, words, moment, expected=wish.round)
    lines = [
        t(
            "✏️ Riddle no. {number} is corrected: the message and the discussion say so.",
            number=done.round.id,
        ),
        t.n(
            "{count} member who tried without success hears it at their next reply.",
            "{count} members who tried without success hear it at their next reply.",
            done.concerned,
        )
        if done.concerned
        else t("Nobody had tried without success yet."),
    ]
    if until is not None:
        lines.append(_extended(caller, done.round))
    if wish.void:
        booked = await hand.void(weekly.hand, host, done, words)
        lines.append(
            t("🕳️ It is void: it counts for nobody.")
            if booked.correction.state == "booked"
            else t("🕳️ To void it, somebody else of the staff has to agree: they were told.")
        )
    return Say("\n".join(lines))


async def _late(show: Show, caller: Caller, press: Press) -> Answer:
    return await hosts.publish(
        show, caller, press.services.weekly, press.interaction, _week(press.word(0))
    )


async def _leave(show: Show, caller: Caller, press: Press) -> Answer:
    return await skip(
        show, caller, press.services.weekly, press.interaction, press.word(0), back=False
    )


async def _unskip(show: Show, caller: Caller, press: Press) -> Answer:
    return await skip(
        show, caller, press.services.weekly, press.interaction, press.word(0), back=True
    )


async def _extend(_: Show, caller: Caller, press: Press) -> Answer:
    caller.must_be_animator()
    host, until = Host(caller.person, press.interaction), from_ms(press.number(1))
    round_ = await hand.extend(
        press.services.weekly.hand, host, lambda _: until, expected=press.number(0)
    )
    return Say(_extended(caller, round_))


async def _corrected(_: Show, caller: Caller, press: Press) -> Answer:
    until_ms, void = press.number(1), press.word(2) == "1"
    _may_correct(caller, void=void)
    words = {lang: text for lang, text in press.fields.items() if text.strip()}
    wish = Wish(press.number(0), from_ms(until_ms) if until_ms else None, void)
    return await _correct(caller, press.services.weekly, press.interaction, words, wish)


HANDLERS: dict[str, Handler] = {
    "late": _late,
    "leave": _leave,
    "unskip": _unskip,
    "extend": _extend,
    "erratum": _corrected,
}
"""Buttons and forms that lead here."""
