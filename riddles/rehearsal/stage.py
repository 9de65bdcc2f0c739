"""The stage: the stand-in for Discord, the real program on it, and the clock that moves both."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from riddles.clock import RehearsalClock, SystemClock
from riddles.config import Settings
from riddles.content.catalogue import Catalogue, read_catalogue
from riddles.discord.bot import REQUEST_S
from riddles.program import Program, running
from riddles.rehearsal.cast import Cast, assemble
from riddles.rehearsal.discord import RoleSpec, StandIn

SECRET = b"nothing is secret in a rehearsal"
"""What secret codes are sealed with on the stage: 32 bytes, like the real one."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A rehearsal under way."""

    clock: RehearsalClock
    standin: StandIn
    cast: Cast
    program: Program

    async def move_to(self, moment: datetime) -> None:
        """Move the clock, and return once everything due by then is on the stand-in."""
        self.clock.reach(moment)
        await self.settle()

    async def settle(self) -> None:
        """Return once everything that is due is done and posted."""
        await self.program.parts.tick()
        while await self.program.weekly.caught_up():
            await self.program.parts.tick()
        await self.program.courier.idle()


def opening_time(settings: Settings) -> datetime:
    """When a rehearsal begins: just before the next publication."""
    return settings.rhythm.next_publication(SystemClock().now()).publishes_at - timedelta(seconds=2)


@dataclass(frozen=True, slots=True)
class House:
    """A Discord to play on; it outlives the programs that come and go."""

    clock: RehearsalClock
    standin: StandIn
    cast: Cast


@asynccontextmanager
async def a_house(settings: Settings, start: datetime) -> AsyncGenerator[House, None]:
    """Start a stand-in for the configured servers, and take it down after the block."""
    clock = RehearsalClock(start)
    cast = assemble(settings, clock)
    standin = StandIn(clock, cast.guilds)
    await standin.start()
    try:
        yield House(clock, standin, cast)
    finally:
        await standin.close()


@asynccontextmanager
async def perform(
    house: House,
    settings: Settings,
    *,
    content: Path,
    database: Path,
    request_s: float = REQUEST_S,
) -> AsyncGenerator[Stage, None]:
    """Run the program in a house, and stop it after the block; its requests have `request_s`."""
    _make_roles(house, read_catalogue(content, settings))
    async with running(
        settings,
        clock=house.clock,
        content=content,
        database=database,
        kind="rehearsal",
        token=house.standin.token,
        api_url=house.standin.api_url,
        secret=SECRET,
        request_s=request_s,
    ) as program:
        await house.standin.online()
        yield Stage(house.clock, house.standin, house.cast, program)


def _make_roles(house: House, catalogue: Catalogue) -> None:
    """Have the roles that the shop gives."""
    for reward in catalogue.rewards.values():
        guild = house.standin.world.guilds.get(reward.server or 0)
        if guild is not None and reward.role is not None:
            role = RoleSpec(id=reward.role, name=reward.named(guild.spec.locale))
            guild.roles.setdefault(reward.role, role)


@asynccontextmanager
async def set_up(
    settings: Settings, *, content: Path, database: Path, start: datetime
) -> AsyncGenerator[Stage, None]:
    """A house and the program in it."""
    async with (
        a_house(settings, start) as house,
        perform(house, settings, content=content, database=database) as stage,
    ):
        yield stage
