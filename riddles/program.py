"""The program: everything wired together once, started in order, stopped in order."""

import asyncio
import logging
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from engine.database import Kind, open_database
from engine.errors import DatabaseUnusable
from engine.submissions import AnswerDesk
from riddles.clock import Clock
from riddles.config import Settings
from riddles.discord.bot import RiddleBot
from riddles.discord.courier import Courier
from riddles.discord.effects import Effects
from riddles.lock import hold
from riddles.refusal import Refusal
from riddles.scheduler import Scheduler
from riddles.show import Show
from riddles.weekly import Weekly

log = logging.getLogger(__name__)

DRAIN_S = 8.0
SAME_SIGNAL_S = 1.0
"""A signal may arrive twice, from the terminal's group and from whoever started us."""
"""What a shutdown grants to replies and posts in hand."""


@dataclass(frozen=True, slots=True)
class Program:
    """A running show."""

    show: Show
    bot: RiddleBot
    weekly: Weekly
    courier: Courier
    scheduler: Scheduler


@asynccontextmanager
async def running(
    settings: Settings,
    *,
    clock: Clock,
    content: Path,
    database: Path,
    kind: Kind,
    token: str,
    api_url: str,
) -> AsyncGenerator[Program, None]:
    """Start everything, and stop it after the block: replies first, then posts, then the books.

    Raises:
        Refusal: something is missing or refused; one sentence says what.
    """
    with hold(database):
        try:
            async with open_database(database, kind=kind, now=clock.now()) as books:
                show = Show(
                    settings=settings,
                    clock=clock,
                    database=books,
                    desk=AnswerDesk(books),
                    content=content,
                    data=data_folder(database),
                )
                async with _connected(show, token, api_url) as program:
                    yield program
        except DatabaseUnusable as error:
            raise Refusal(str(error)) from error


@asynccontextmanager
async def _connected(show: Show, token: str, api_url: str) -> AsyncGenerator[Program, None]:
    try:
        bot = RiddleBot(token, api_url)
    except ValueError:
        raise Refusal("DISCORD_TOKEN is not a Discord bot token: copy it again, whole") from None
    courier = Courier(show, Effects(show, bot.rest))
    weekly = Weekly(show, courier.wake)
    scheduler = Scheduler(show.clock, weekly.tick, weekly.next_moment, show.settings.timezone)
    await bot.open(show, weekly)
    sending = asyncio.create_task(courier.run())
    try:
        scheduler.start()
        yield Program(show, bot, weekly, courier, scheduler)
    finally:
        await weekly.preparations.stop()
        await scheduler.stop()
        await weekly.rest()
        if not await bot.counter.drained(DRAIN_S):
            log.warning("some replies were not finished in time")
        await show.desk.idle()
        await courier.stop(DRAIN_S)
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)
        if bot.is_alive:
            await bot.close()


def data_folder(database: Path) -> Path:
    """Where finished videos wait, beside the database."""
    return database.with_name(f"{database.stem}-data")


async def run_live(
    settings: Settings, *, clock: Clock, content: Path, database: Path, token: str, api_url: str
) -> None:
    """The bot on Discord, until it is told to stop.

    Raises:
        Refusal: it could not start, or Discord closed the connection for good.
    """
    async with running(
        settings,
        clock=clock,
        content=content,
        database=database,
        kind="live",
        token=token,
        api_url=api_url,
    ) as program:
        await until_stopped(program)


async def until_stopped(program: Program) -> None:
    """Run until a signal or Discord ends it. A second signal ends it at once.

    Raises:
        Refusal: Discord closed the connection for good.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    first_asked = 0.0

    def asked() -> None:
        nonlocal first_asked
        if not stop.is_set():
            log.info("stopping: finishing what is in hand")
            first_asked = loop.time()
            stop.set()
        elif loop.time() - first_asked > SAME_SIGNAL_S:
            # What is acknowledged is on disk, and what is owed is in the books: nothing is lost.
            os._exit(1)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, asked)
    stopped, joined = asyncio.create_task(stop.wait()), asyncio.create_task(program.bot.join())
    try:
        await asyncio.wait([stopped, joined], return_when=asyncio.FIRST_COMPLETED)
        if joined.done() and (error := joined.exception()):
            raise Refusal(f"Discord closed the connection: {error}") from error
    finally:
        stopped.cancel()
        joined.cancel()
        await asyncio.gather(stopped, joined, return_exceptions=True)
