"""What a host can do: see the queue, preview a riddle, and move a round on by hand."""

from collections.abc import Callable

from engine.calendar import Step, Week
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.play import course, insiders, outcomes
from riddles import hand
from riddles.discord.caller import Caller
from riddles.discord.markdown import when
from riddles.discord.press import Handler, Press
from riddles.discord.replies import Answer, Later, Say
from riddles.discord.views import hosts as views
from riddles.hand import Host
from riddles.show import Show
from riddles.week.outlook import look_out
from riddles.week.weekly import Weekly

WEEKS = 8
LINES_OF_THE_LOG = 5
PATIENCE_S = 13 * 60.0
"""An answer may be changed for a quarter of an hour."""


async def queue(show: Show, caller: Caller, weekly: Weekly) -> Say:
    """What goes out in the coming weeks, what is not ready, and what was done by hand."""
    caller.must_be_animator()
    async with show.database.reading() as reader:
        outlook = await look_out(reader, show.settings)
        log = await course.log(reader, LINES_OF_THE_LOG)
    library = await weekly.preparations.library()
    plan = outlook.forecast(show.clock.now(), library, WEEKS)
    return Say(views.queue(caller.texts, plan, library, outlook.course, log))


async def preview(show: Show, caller: Caller, weekly: Weekly, slug: str) -> Later:
    """A riddle as members will see it, with its hints and solution below for the host.

    Whoever has seen the solution is not ranked on the riddle.
    """
    caller.must_be_animator()

    async def work() -> Say:
        riddle = await weekly.preparations.chosen(slug)
        finished = await weekly.preparations.finish_within(riddle, PATIENCE_S)
        if finished is None:
            return Say(
                caller.texts(
                    "⏳ The video takes long. It goes on by itself: call `/animate preview` again."
                )
            )
        video = finished.upload_to(caller.server.guild)
        async with show.database.transaction() as tx:
            account = await meet_one(tx, caller.person, caller.at_ms)
            await insiders.mark(tx, riddle.slug, account, caller.at_ms)
        words = [warning.said(caller.texts) for warning in finished.warnings]
        return Say(components=[views.preview(caller.texts, finished.rules, video, words)])

    return Later(work, _status(caller, weekly))


async def publish(
    _: Show, caller: Caller, weekly: Weekly, interaction: int, week: Week | None = None
) -> Later:
    """Publish the next riddle now; or that of `week`, which went without its own."""
    caller.must_be_animator()

    async def work() -> Say:
        host = Host(caller.person, interaction)
        round_ = await hand.publish(weekly.hand, host, week)
        t = caller.texts
        closes = when(to_ms(round_.closes_at), "F")
        return Say(
            t(
                "📣 Riddle no. {number} of week {week} is out. It closes {moment}.",
                number=round_.id,
                week=round_.week,
                moment=closes,
            )
        )

    return Later(work, _status(caller, weekly))


def _status(caller: Caller, weekly: Weekly) -> Callable[[], str | None]:
    """How far the videos are, in the caller's language."""

    def status() -> str | None:
        progress = weekly.preparations.progress
        return progress and views.preparing(caller.texts, progress)

    return status


async def ask_to_close(show: Show, caller: Caller) -> Say:
    """What closing the open round means, and the button that does it."""
    caller.must_be_animator()
    async with show.database.reading() as reader:
        round_ = await hand.waiting_for(reader, Step.CLOSE)
        outcome = await outcomes.of_round(reader, round_, server=None, misses=False)
    text, buttons = views.closing(caller.texts, round_, outcome)
    return Say(text, buttons)


async def close(_: Show, caller: Caller, press: Press) -> Answer:
    """Close that round now, unless it is closed by now."""
    caller.must_be_animator()
    weekly, number = press.services.weekly, press.number(0)

    async def work() -> Say:
        host = Host(caller.person, press.interaction)
        round_ = await hand.take(weekly.hand, host, Step.CLOSE, expected=number)
        return Say(caller.texts("🔒 Riddle no. {number} is closed.", number=round_.id))

    return Later(work)


async def reveal(_: Show, caller: Caller, weekly: Weekly, interaction: int) -> Later:
    """Reveal the closed round's solution now."""
    caller.must_be_animator()

    async def work() -> Say:
        round_ = await hand.take(weekly.hand, Host(caller.person, interaction), Step.REVEAL)
        return Say(caller.texts("🎬 The solution of riddle no. {number} is out.", number=round_.id))

    return Later(work)


HANDLERS: dict[str, Handler] = {"close": close}
"""Buttons that lead here."""
