"""What a host can do: see the queue, preview a riddle, and move a round on by hand."""

from engine import rounds
from engine.calendar import Step
from engine.moments import to_ms
from riddles.content.queue import forecast
from riddles.discord.caller import Caller
from riddles.discord.markdown import when
from riddles.discord.replies import Later, Say
from riddles.discord.views import hosts as views
from riddles.show import Show
from riddles.weekly import Weekly

WEEKS = 8


async def queue(show: Show, caller: Caller, weekly: Weekly) -> Say:
    """What goes out in the coming weeks, how long the queue lasts, and what is not ready."""
    caller.must_be_animator()
    async with show.database.reading() as reader:
        used = await rounds.slugs_used(reader)
        weeks = await rounds.weeks_done(reader)
    library = await weekly.preparations.library()
    plan = forecast(show.settings.rhythm, show.clock.now(), library, used, WEEKS, done=weeks)
    return Say(views.queue(caller.texts, plan, library))


async def preview(_: Show, caller: Caller, weekly: Weekly, slug: str) -> Later:
    """A riddle as members will see it, with its hints and solution below for the host."""
    caller.must_be_animator()

    async def work() -> Say:
        riddle = await weekly.chosen(slug)
        finished = await weekly.preparations.finish(riddle)
        video = finished.videos[caller.server.upload_limit].video
        return Say(components=[views.preview(caller.texts, finished.rules, video)])

    return Later(work)


async def publish(_: Show, caller: Caller, weekly: Weekly) -> Later:
    """Publish the next riddle now."""
    caller.must_be_animator()

    async def work() -> Say:
        round_ = await weekly.publish_now(caller.person)
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

    return Later(work)


async def close(_: Show, caller: Caller, weekly: Weekly) -> Later:
    """Close the open round now."""
    caller.must_be_animator()

    async def work() -> Say:
        round_ = await weekly.take_now(Step.CLOSE, caller.person)
        return Say(caller.texts("🔒 Riddle no. {number} is closed.", number=round_.id))

    return Later(work)


async def reveal(_: Show, caller: Caller, weekly: Weekly) -> Later:
    """Reveal the closed round's solution now."""
    caller.must_be_animator()

    async def work() -> Say:
        round_ = await weekly.take_now(Step.REVEAL, caller.person)
        return Say(caller.texts("🎬 The solution of riddle no. {number} is out.", number=round_.id))

    return Later(work)
