"""Warnings: what staff are told without asking, in which words, and what they can do about it."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from engine.calendar import Plan, Week
from engine.moments import to_ms
from engine.play.rounds import Round
from engine.posts import Owed
from riddles.content import Folder, Library, Riddle
from riddles.hand import latest_closing
from riddles.problems import errors
from riddles.sentence import Sentence
from riddles.show import Show
from riddles.telling import to_staff
from riddles.week.outlook import Outlook

AWAY_TOO_LONG = timedelta(hours=2)
BEFORE_CLOSING = timedelta(days=1)
STEP = timedelta(minutes=5)
"""To what a proposed extension is rounded up."""
MOST_NAMED = 6
"""Missed weeks that are named one by one."""


def offer_more_time(
    show: Show, round_: Round, outlook: Outlook, away: datetime, now: datetime
) -> list[Owed]:
    """Offer to move the closing by what members have lost of its last day."""
    lost = min(now, round_.closes_at) - max(away, round_.closes_at - BEFORE_CLOSING)
    if lost <= AWAY_TOO_LONG or now >= round_.closes_at:
        return []
    wanted = round_.closes_at + STEP * -(-lost // STEP)
    until = min(wanted, latest_closing(round_, outlook, now))
    key = f"away:{round_.id}:{to_ms(away)}"
    facts = {
        "number": round_.id,
        "from_at": to_ms(away),
        "to_at": to_ms(now),
        "closes_at": to_ms(round_.closes_at),
    }
    if until <= round_.closes_at:
        sentence = Sentence(
            "nobody could answer from {from_at} to {to_at}. Riddle no. {number} closes "
            "{closes_at}, and the next one leaves no room to extend it",
            **facts,
        )
        return to_staff(show.settings, key, sentence)
    sentence = Sentence(
        "nobody could answer from {from_at} to {to_at}. Riddle no. {number} closes {closes_at}: "
        "extend it until {until_at}?",
        **facts,
        until_at=to_ms(until),
    )
    buttons = [{"id": f"v1:extend:{round_.id}:{to_ms(until)}", "label": "Extend"}]
    return to_staff(show.settings, key, sentence, buttons=buttons)


def tell_of_the_past(
    show: Show, weeks: Sequence[Week], outlook: Outlook, library: Library
) -> list[Owed]:
    """Weeks that are over: nothing can be done about them but to know it."""
    if not weeks:
        return []
    named = ", ".join(map(str, weeks)) if len(weeks) <= MOST_NAMED else f"{weeks[0]} … {weeks[-1]}"
    back = [
        riddle.slug
        for riddle in library.ready
        if riddle.file.week in weeks and riddle.slug not in outlook.used
    ]
    sentence = Sentence(
        "no riddle went out in {weeks}; what was queued is still there", weeks=named
    )
    if back:
        sentence = Sentence(
            "no riddle went out in {weeks}. Kept for then, and now back in the queue: {slugs}",
            weeks=named,
            slugs=", ".join(back),
        )
    return to_staff(show.settings, f"missed:{weeks[-1]}", sentence)


def let_staff_decide(show: Show, week: Week, outlook: Outlook, library: Library) -> list[Owed]:
    """The week that is still running: publish its riddle after all, or leave it."""
    now, plan = show.clock.now(), outlook.rhythm.plan(week)
    riddle = outlook.pick(week, library)
    if riddle is None or plan.closes_at <= now:
        return tell_of_the_past(show, [week], outlook, library)
    sentence = Sentence(
        "no riddle went out {publishes_at}, and it is too late to catch up without asking. "
        "Publish {slug} now, to be answered until {closes_at}?",
        publishes_at=to_ms(plan.publishes_at),
        slug=riddle.slug,
        closes_at=to_ms(plan.closes_at),
    )
    buttons = [
        {"id": f"v1:late:{week}", "label": "Publish now"},
        {"id": f"v1:leave:{week}", "label": "Leave it"},
    ]
    return to_staff(show.settings, f"missed:{week}", sentence, buttons=buttons)


def not_ready_any_more(
    show: Show, key: str, folder: Folder, plan: Plan, instead: Riddle | None
) -> list[Owed]:
    """A riddle that cannot go out as it is, why, and what goes out next as things are."""
    problem = errors(folder.problems)[0]
    sentence = Sentence(
        "{slug} cannot go out as it is ({place}): {why}. Next out, {publishes_at}: {other}",
        slug=folder.slug,
        place=f"{problem.path.name}:{problem.line}",
        why=problem.message,
        publishes_at=to_ms(plan.publishes_at),
        other=instead.slug if instead else Sentence("nothing"),
    )
    return to_staff(show.settings, key, sentence)


def how_long(weeks: int, until: Week | None) -> Sentence:
    """How long the queue lasts."""
    match weeks:
        case 0:
            return Sentence("the queue is empty: nothing is ready for the next week")
        case 1:
            return Sentence("the queue lasts one more week, until {week}", week=str(until))
        case _:
            return Sentence("the queue lasts two more weeks, until {week}", week=str(until))
