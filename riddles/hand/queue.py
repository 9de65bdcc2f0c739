"""The queue by hand: weeks are left out, and riddles change places."""

from datetime import datetime

from engine import posts
from engine.calendar import Step, Week
from engine.moments import to_ms
from engine.play import course, rounds
from riddles.content import Riddle
from riddles.hand.deciding import answered
from riddles.hand.means import Hand, Host, refuse_out_of_reach
from riddles.refusal import Refusal
from riddles.week.outlook import Outlook, look_out
from riddles.week.owing import announced_event, event_called_off

WEEKS_TO_SWAP = 52
"""How far ahead a riddle may be named by its week."""


async def skip(hand: Hand, host: Host, week: Week) -> bool:
    """Leave a week out that has not had its riddle; False if it is left out already.

    Raises:
        Refusal: the week is over, or has had its round.
    """
    async with hand.turns, hand.show.database.transaction() as tx:
        now, outlook = hand.now(), await look_out(tx, hand.show.settings)
        if week in outlook.done:
            raise Refusal("{what} has its riddle already", what=str(week))
        refuse_out_of_reach(week, outlook, now)
        if outlook.rhythm.skips(week):
            return False
        actor = await hand.actor(tx, host)
        skipped = await course.skip(tx, week, key=host.key, now=now, actor=actor)
        called_off = event_called_off(hand.show.settings, week, host.key)
        await posts.owe(tx, called_off, to_ms(now))
        await answered(tx, f"missed:{week}", "Leave it", actor=actor, now_ms=to_ms(now))
    hand.wake()
    return skipped


async def unskip(hand: Hand, host: Host, week: Week) -> bool:
    """Take a skip back; False if hosts had not left that week out.

    Raises:
        Refusal: the week is over, or the open riddle was extended into it.
    """
    library = await hand.preparations.library()
    async with hand.turns, hand.show.database.transaction() as tx:
        now, newest = hand.now(), await rounds.newest(tx)
        outlook = await look_out(tx, hand.show.settings)
        refuse_out_of_reach(week, outlook, now)
        publishes_at = outlook.rhythm.plan(week).publishes_at
        if newest is not None and newest.is_open and newest.recaps_at >= publishes_at > now:
            raise Refusal(
                "riddle no. {number} was extended into {week}", number=newest.id, week=str(week)
            )
        actor = await hand.actor(tx, host)
        taken_back = await course.unskip(tx, week, key=host.key, now=now, actor=actor)
        if taken_back:
            outlook, settings = await look_out(tx, hand.show.settings), hand.show.settings
            plan = outlook.opens_next(now)
            # What the recap announces is announced by it, and what it has announced was called off.
            is_next = plan.week == week and plan.publishes_at > now
            is_told = newest is not None and newest.has(Step.RECAP)
            if is_next and is_told and outlook.pick(week, library):
                again = announced_event(settings, plan, because=host.key)
                await posts.owe(tx, again, to_ms(now))
    hand.wake()
    return taken_back


async def swap(hand: Hand, host: Host, one: str, other: str) -> tuple[str, str]:
    """Let two queued riddles change places, each named by its folder or its week.

    Returns the names of their folders.

    Raises:
        Refusal: one of them is not in the queue or is pinned to its week, or both are the same.
    """
    library = await hand.preparations.library()
    async with hand.turns, hand.show.database.transaction() as tx:
        now, outlook = hand.now(), await look_out(tx, hand.show.settings)
        coming = outlook.forecast(now, library, WEEKS_TO_SWAP).lines
        named = {each.slug: each for each in library.ready if each.slug not in outlook.used}
        named |= {str(line.week): line.riddle for line in coming if line.riddle}
        first, second = (
            _swappable(name, named.get(name) or named.get(name.upper()), outlook, now)
            for name in (one.strip(), other.strip())
        )
        if first == second:
            raise Refusal("{slug} cannot change places with itself", slug=first)
        actor = await hand.actor(tx, host)
        await course.swap(tx, first, second, key=host.key, now=now, actor=actor)
    hand.wake()
    return first, second


def _swappable(name: str, riddle: Riddle | None, outlook: Outlook, now: datetime) -> str:
    if riddle is None:
        raise Refusal("{slug} is not in the queue", slug=name)
    pinned = riddle.file.week
    if pinned is not None and outlook.rhythm.plan(pinned).publishes_at > now:
        raise Refusal(
            "{slug} is pinned to {week}: change `week` in its riddle.toml instead",
            slug=riddle.slug,
            week=str(pinned),
        )
    return riddle.slug
