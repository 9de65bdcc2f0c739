"""Standby: the riddle whose moment has come is made ready aside, and nothing waits for its video.

Whoever asks gets it if it is ready. If its video is still to be made, the making begins, or goes
on, and the loop is woken as soon as it is over. What is chosen is chosen anew each time: a host
may have changed the queue meanwhile, or its author the folder.
"""

import asyncio
import logging
from collections.abc import Callable

from engine.calendar import Plan
from riddles.content import Riddle
from riddles.week.outlook import Outlook
from riddles.week.preparing import Finished, Preparations

log = logging.getLogger(__name__)

A_MOMENT_S = 0.5
"""Real seconds that a finished video may take to be found; a turn holds up nobody for longer."""


class Standby:
    """The next riddle to go out, from the moment at which it is due."""

    def __init__(self, preparations: Preparations, wake: Callable[[], None]) -> None:
        self._preparations = preparations
        self._wake = wake
        self._riddle: Riddle | None = None
        self._making: asyncio.Task[Finished | None] | None = None
        self._told: asyncio.Task[Finished | None] | None = None
        self._failed: set[str] = set()
        """What the riddle that is being made steps in for."""

    @property
    def is_making(self) -> bool:
        """Whether a riddle that is due waits for its video."""
        return self._making is not None and not self._making.done()

    async def ready(self, plan: Plan, outlook: Outlook) -> Finished | None:
        """The week's riddle, or what steps in for it when its video cannot be used.

        None while its video is made, and where there is none. What failed before the moment of
        publication gets one more chance at it.
        """
        library = await self._preparations.library()
        passed_over = self._preparations.failed_since(plan.publishes_at)
        if self._making is not None:
            # What failed may be tried anew by now: not while the one that steps in is made.
            passed_over |= self._failed
        while riddle := outlook.pick(plan.week, library, passed_over):
            making = await self._make(riddle, f"unready:{plan.week}")
            if not making.done():
                self._failed = set(passed_over)
                return None
            self._making = None
            if finished := making.result():
                return finished
            if self._preparations.stopping:
                return None
            passed_over.add(riddle.slug)
        return None

    def forget(self) -> None:
        """Nothing is due: what was made for a publication is found again when it is needed."""
        if not self.is_making:
            self._making = None

    async def made(self) -> bool:
        """Return once the video that is made for a riddle that is due is there, or cannot be.

        Whether that is news: nobody was told so of this very making before.
        """
        making = self._making
        if making is None or (making.done() and making is self._told):
            return False
        self._told = making
        await asyncio.wait({making})
        return True

    async def _make(self, riddle: Riddle, occasion: str) -> asyncio.Task[Finished | None]:
        """The making of that riddle, which may be over within a moment."""
        if self._making is not None and self._riddle == riddle:
            return self._making
        self._riddle = riddle
        attempt = self._preparations.attempt(riddle, occasion, is_one_of_many=True)
        self._making = making = asyncio.create_task(attempt)
        await asyncio.wait({making}, timeout=A_MOMENT_S)
        if not making.done():
            log.info("%s is due, and its video is still to be made", riddle.slug)
            making.add_done_callback(lambda _: self._wake())
        return making
