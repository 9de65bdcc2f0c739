"""One clock, made at start and passed in: nothing else in the program reads the wall clock.

Moments are aware UTC. The rehearsal's clock runs at normal speed between jumps and only ever
jumps forward. Deadlines of the network use real monotonic time and never this clock.
"""

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """What the program asks of a clock."""

    def now(self) -> datetime:
        """The present moment, aware UTC."""
        ...

    def wall(self, moment: datetime) -> datetime:
        """The wall-clock time at which this clock will show `moment`, as of now."""
        ...

    async def sleep_until(self, moment: datetime) -> None:
        """Return once `now()` is at or past `moment`."""
        ...

    def on_jump(self, wake: Callable[[], None]) -> None:
        """Call `wake` after each jump; a clock that never jumps never calls."""
        ...


class SystemClock:
    """The operating system's time."""

    def now(self) -> datetime:
        """The present moment."""
        return datetime.now(UTC)

    def wall(self, moment: datetime) -> datetime:
        """Wall time is this clock's time."""
        return moment

    async def sleep_until(self, moment: datetime) -> None:
        """Sleep in short stretches, so that a corrected system time is noticed."""
        while (left := (moment - self.now()).total_seconds()) > 0:  # noqa: ASYNC110 - time has no event
            await asyncio.sleep(min(left, 30.0))

    def on_jump(self, wake: Callable[[], None]) -> None:
        """Never jumps."""


class RehearsalClock:
    """A clock that starts anywhere and can be moved forward."""

    def __init__(self, start: datetime) -> None:
        self._ahead = start - datetime.now(UTC)
        self._jumped = asyncio.Event()
        self._wakers: list[Callable[[], None]] = []

    def now(self) -> datetime:
        """The rehearsed moment."""
        return datetime.now(UTC) + self._ahead

    def wall(self, moment: datetime) -> datetime:
        """The wall time at which `moment` comes if nobody jumps."""
        return moment - self._ahead

    def jump(self, moment: datetime) -> None:
        """Move forward to `moment` and wake whoever waits.

        Raises:
            ValueError: `moment` lies in the past; time never runs backwards in a rehearsal.
        """
        step = moment - self.now()
        if step < timedelta(0):
            raise ValueError(f"the rehearsal's clock only moves forward, not to {moment}")
        self._ahead += step
        self._jumped.set()
        self._jumped = asyncio.Event()
        for wake in self._wakers:
            wake()

    def reach(self, moment: datetime) -> None:
        """Move forward to `moment`, unless it has come already."""
        if moment - self.now() > timedelta(milliseconds=1):
            self.jump(moment)

    async def sleep_until(self, moment: datetime) -> None:
        """Sleep until `moment`, or until a jump brings it."""
        while (left := (moment - self.now()).total_seconds()) > 0:
            try:
                await asyncio.wait_for(self._jumped.wait(), timeout=left)
            except TimeoutError:
                continue

    def on_jump(self, wake: Callable[[], None]) -> None:
        """Call `wake` after each jump."""
        self._wakers.append(wake)
