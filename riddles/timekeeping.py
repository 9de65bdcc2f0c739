"""Timekeeping: the show goes by this machine's clock, as long as that agrees with Discord's.

A clock that is hours ahead closes a riddle early and reveals it, and nothing of it can be taken
back. So at the start, and whenever time has leapt, Discord's clock is asked before anything is
done. Where it cannot be asked the show goes on: nobody would hear of what it does meanwhile.
"""

import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from time import monotonic

from engine import posts
from engine.moments import to_ms
from riddles.sentence import Sentence
from riddles.show import Show
from riddles.telling import to_staff
from riddles.together import Part

log = logging.getLogger(__name__)

LEAP = timedelta(minutes=1)
"""By how much a clock has to run otherwise than time itself for it to be noticed."""
DRIFT_MAX = timedelta(minutes=5)
"""How far from Discord's a clock may be."""
MINUTE = timedelta(minutes=1)

TheirClock = Callable[[], Awaitable[datetime | None]]
"""What time it is by Discord's clock; None where it cannot be asked."""


class Timekeeper:
    """The parts of the show, which rest while the clock cannot be right."""

    def __init__(
        self, show: Show, parts: Part, theirs: TheirClock, wake_courier: Callable[[], None]
    ) -> None:
        self._show = show
        self._parts = parts
        self._theirs = theirs
        self._wake_courier = wake_courier
        self._trusted: tuple[datetime, float] | None = None
        """A moment at which the clock was right, and the monotonic time of then."""
        self._rests = False

    async def tick(self) -> None:
        """Do whatever is due and not done, if it can be due."""
        drift, rested = await self._drift(), self._rests
        self._rests = drift is not None
        if drift is not None:
            log.error("this machine's clock is %s from Discord's: the show waits", drift)
            await self._tell_staff(drift)
            return
        if rested:
            # What was put off by the wrong clock would wait until that moment comes.
            async with self._show.database.transaction() as tx:
                await posts.hurry(tx, to_ms(self._show.clock.now()))
            self._wake_courier()
        await self._parts.tick()

    async def next_moment(self) -> tuple[str, datetime] | None:
        """The next thing that will be due, and when; nothing is while the show rests."""
        return None if self._rests else await self._parts.next_moment()

    async def _drift(self) -> timedelta | None:
        """How far the clock is ahead of Discord's, where that is too far; None: it can be right."""
        now, real = self._show.clock.now(), monotonic()
        if self._trusted is not None:
            moment, since = self._trusted
            if abs(now - moment - timedelta(seconds=real - since)) < LEAP:
                self._trusted = now, real
                return None
        theirs = await self._theirs()
        if theirs is None:
            return None
        now, real = self._show.clock.now(), monotonic()
        if abs(now - theirs) > DRIFT_MAX:
            return now - theirs
        self._trusted = now, real
        return None

    async def _tell_staff(self, drift: timedelta) -> None:
        now = self._show.clock.now()
        sentence = Sentence(
            "this machine's clock is {minutes} minutes ahead of Discord's: nothing goes out, and "
            "nothing closes, until it is right"
            if drift > timedelta()
            else "this machine's clock is {minutes} minutes behind Discord's: nothing goes out, "
            "and nothing closes, until it is right",
            minutes=round(abs(drift) / MINUTE),
        )
        owed = to_staff(self._show.settings, f"drift:{now:%Y-%m-%d}", sentence)
        async with self._show.database.transaction() as tx:
            await posts.owe(tx, owed, to_ms(now))
        self._wake_courier()
