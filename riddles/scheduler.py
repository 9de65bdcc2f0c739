"""The scheduler: APScheduler wakes the weekly loop at each moment and every half minute.

It holds no state of its own. A wake-up that is late, doubled or lost does no harm: the loop
finds what is due in the database.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta, tzinfo

from apscheduler.schedulers.asyncio import AsyncIOScheduler  # pyright: ignore[reportMissingTypeStubs] # it has none

from riddles.clock import Clock

log = logging.getLogger(__name__)

AT_LEAST_EVERY = timedelta(seconds=30)
CLOCK_LOOK_S = 5.0
"""How often to look whether the system's clock was set."""
SET_BY_S = 0.5
"""How far the system's clock must part from real time for it to have been set."""
MOST_AT_ONCE = 100
"""Wake-ups that may overlap; all but the first only ask for another look."""


class Scheduler:
    """Wakes `tick`; asks `next_moment` when to be punctual."""

    def __init__(
        self,
        clock: Clock,
        tick: Callable[[], Awaitable[None]],
        next_moment: Callable[[], Awaitable[tuple[str, datetime] | None]],
        zone: tzinfo,
        *,
        look_s: float = CLOCK_LOOK_S,
    ) -> None:
        self._tick = tick
        self._next_moment = next_moment
        self._clock = clock
        self._look_s = look_s
        self._scheduler = AsyncIOScheduler(timezone=zone)
        self._awake = False
        self._asleep = asyncio.Event()
        self._asleep.set()
        self._again = False
        """Whether somebody called while the loop was awake: it looks once more then."""
        self._keeping_time: asyncio.Task[None] | None = None
        clock.on_jump(self.wake)

    def start(self) -> None:
        """Wake the loop now, and from now on."""
        self._scheduler.add_job(  # pyright: ignore[reportUnknownMemberType]
            self._wake_up,
            "interval",
            seconds=AT_LEAST_EVERY.total_seconds(),
            id="weekly",
            next_run_time=datetime.now(self._scheduler.timezone),
            misfire_grace_time=None,
            coalesce=True,
            max_instances=MOST_AT_ONCE,
        )
        self._scheduler.start()
        self._keeping_time = asyncio.create_task(self._keep_time())

    def wake(self) -> None:
        """Wake the loop at once: the clock was moved, or a moment changed."""
        self._again = self._awake
        if self._scheduler.running and not self._awake:
            now = datetime.now(self._scheduler.timezone)
            self._scheduler.modify_job("weekly", next_run_time=now)  # pyright: ignore[reportUnknownMemberType]

    async def stop(self) -> None:
        """Wake nothing any more, and return once what is being done is done."""
        if self._keeping_time is not None:
            self._keeping_time.cancel()
        if self._scheduler.running:
            # A shutdown would cancel the loop in the middle of a step.
            self._scheduler.pause()
            await self._asleep.wait()
            self._scheduler.shutdown(wait=False)  # pyright: ignore[reportUnknownMemberType]

    async def _wake_up(self) -> None:
        if self._awake:
            self._again = True
            return
        self._awake = self._again = True
        self._asleep.clear()
        try:
            while self._again:
                self._again = False
                await self._tick()
                moment = await self._next_moment()
                self._be_punctual(moment and moment[1])
        except Exception:
            log.exception("the weekly loop failed; it is tried again within half a minute")
        finally:
            self._awake = False
            self._asleep.set()

    async def _keep_time(self) -> None:
        """Wake the loop when the system's clock was set: every timer was reckoned by the old one.

        A machine that was asleep has its clock set, too.
        """
        loop = asyncio.get_running_loop()
        ahead = time.time() - loop.time()
        while True:
            await asyncio.sleep(self._look_s)
            before, ahead = ahead, time.time() - loop.time()
            if abs(ahead - before) > SET_BY_S:
                log.warning("the system's clock was set by %.1f seconds", ahead - before)
                self.wake()

    def _be_punctual(self, moment: datetime | None) -> None:
        """Wake at `moment` of the show's clock, if that comes before the half minute is over."""
        now = datetime.now(self._scheduler.timezone)
        if moment is None or not self._scheduler.running:
            return
        wall = self._clock.wall(moment)
        if wall < now + AT_LEAST_EVERY:
            self._scheduler.modify_job("weekly", next_run_time=max(wall, now))  # pyright: ignore[reportUnknownMemberType]
