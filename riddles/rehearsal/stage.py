"""The stage: the stand-in for Discord, the real program on it, and the clock that moves both."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from riddles.clock import RehearsalClock, SystemClock
from riddles.config import Settings
from riddles.program import Program, running
from riddles.rehearsal.cast import Cast, assemble
from riddles.rehearsal.discord import StandIn


@dataclass(frozen=True, slots=True)
class Stage:
    """A rehearsal under way."""

    clock: RehearsalClock
    standin: StandIn
    cast: Cast
    program: Program

    async def move_to(self, moment: datetime) -> None:
        """Move the clock, and return once everything due by then is on the stand-in."""
        self.clock.jump(max(moment, self.clock.now()))
        await self.settle()

    async def settle(self) -> None:
        """Return once everything that is due is done and posted."""
        await self.program.weekly.tick()
        await self.program.courier.idle()


def opening_time(settings: Settings, library_weeks: int = 0) -> datetime:
    """When a rehearsal begins: just before the next publication."""
    del library_weeks
    return settings.rhythm.next_publication(SystemClock().now()).publishes_at - timedelta(seconds=2)


@asynccontextmanager
async def set_up(
    settings: Settings, *, content: Path, database: Path, start: datetime
) -> AsyncGenerator[Stage, None]:
    """Start the stand-in and the program, and take both down after the block."""
    clock = RehearsalClock(start)
    cast = assemble(settings, clock)
    standin = StandIn(clock, cast.guilds)
    await standin.start()
    try:
        async with running(
            settings,
            clock=clock,
            content=content,
            database=database,
            kind="rehearsal",
            token=standin.token,
            api_url=standin.api_url,
        ) as program:
            await standin.online()
            yield Stage(clock, standin, cast, program)
    finally:
        await standin.close()
