"""The program: everything wired together once, started in order, stopped in order."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import aiohttp

from engine.errors import DatabaseUnusable
from engine.play.submissions import AnswerDesk
from engine.standings import Boards
from engine.storage.database import Kind, open_database
from riddles import collector
from riddles.checkup import Finding, Patient
from riddles.checkup.community import read, roles_given
from riddles.clock import Clock
from riddles.config import Settings
from riddles.discord.bot import REQUEST_S, RiddleBot
from riddles.discord.checkup import on_discord
from riddles.discord.courier import Courier
from riddles.discord.effects import Effects
from riddles.discord.lifeline import Lifeline
from riddles.discord.lines import Lines
from riddles.discord.their_clock import time_at
from riddles.drawing.loop import Drawing
from riddles.lock import hold
from riddles.media.ytdlp_age import UPDATE, yt_dlp_age
from riddles.refusal import Refusal
from riddles.scheduler import Scheduler
from riddles.shop.counter import Shop
from riddles.shop.milestones import Milestones
from riddles.shop.rewarding import Rewarding
from riddles.show import Show
from riddles.signals import Signals
from riddles.timekeeping import Timekeeper
from riddles.together import Together
from riddles.week.weekly import Weekly

log = logging.getLogger(__name__)

GRACE_S = 8.0
"""What a shutdown grants to replies and posts in hand; with the rest it takes ten seconds."""
FAREWELL_S = 1.5


@dataclass(frozen=True, slots=True)
class Program:
    """A running show."""

    show: Show
    bot: RiddleBot
    weekly: Weekly
    parts: Timekeeper
    """Everything that has moments of its own, the weekly loop among it."""
    courier: Courier
    scheduler: Scheduler
    held: asyncio.Task[None]
    """Holds the connection to Discord; ends only if Discord will not have us any more."""


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
    secret: bytes | None = None,
    request_s: float = REQUEST_S,
) -> AsyncGenerator[Program, None]:
    """Start everything, and stop it after the block: replies first, then posts, then the books.

    A request to Discord may take `request_s` seconds.

    Raises:
        Refusal: something is missing or refused; one sentence says what.
    """
    with hold(database, absent="make room"):
        try:
            async with (
                open_database(database, kind=kind, now=clock.now()) as books,
                Boards(books) as boards,
            ):
                show = Show(
                    settings=settings,
                    clock=clock,
                    database=books,
                    desk=AnswerDesk(books),
                    boards=boards,
                    shop=Shop(content, settings, books, secret),
                    secret=secret,
                    content=content,
                    data=data_folder(database),
                )
                async with _connected(show, token, api_url, request_s) as program:
                    yield program
        except DatabaseUnusable as error:
            raise Refusal.told(error) from error


@asynccontextmanager
async def _connected(
    show: Show, token: str, api_url: str, request_s: float
) -> AsyncGenerator[Program, None]:
    try:
        bot = RiddleBot(token, api_url, request_s=request_s)
    except ValueError:
        raise Refusal("DISCORD_TOKEN is not a Discord bot token: copy it again, whole") from None
    lines = Lines(bot.open_line)
    courier = Courier(show, Effects(show, lines))

    def wake_loop() -> None:
        scheduler.wake()

    weekly = Weekly(show, courier.wake, wake_loop, lambda: bot.is_connected)
    drawing = Drawing(show, courier.wake)
    together = Together(
        [weekly, drawing, Rewarding(show, courier.wake), Milestones(show, courier.wake)]
    )

    async def their_clock() -> datetime | None:
        try:
            return await time_at(api_url)
        except (aiohttp.ClientError, OSError, TimeoutError):
            return None

    parts = Timekeeper(show, together, their_clock, courier.wake)
    scheduler = Scheduler(show.clock, parts.tick, parts.next_moment, show.settings.timezone)
    await bot.open(show, weekly, drawing)
    sending = asyncio.create_task(courier.run())
    holding = asyncio.create_task(Lifeline(bot, show.clock, weekly.discord_is_back).hold())
    try:
        scheduler.start()
        yield Program(show, bot, weekly, parts, courier, scheduler, holding)
    finally:
        grace = Grace(GRACE_S)
        await grace.grant("videos", weekly.preparations.stop())
        await grace.grant("what was due", scheduler.stop())
        await grace.grant("what was due", weekly.rest())
        await grace.grant("draws", drawing.stop())
        await grace.grant("the roll call", bot.roll_call.stop())
        replies = grace.grant("replies", bot.counter.drained(GRACE_S))
        await asyncio.gather(replies, courier.stop(grace.left))
        await grace.grant("answers", show.desk.idle())
        await grace.grant("requests", show.shop.desk.idle())
        for task in (sending, holding):
            task.cancel()
        await asyncio.gather(sending, holding, return_exceptions=True)
        await lines.close()
        if bot.is_alive:
            await Grace(FAREWELL_S).grant("the farewell to Discord", bot.close())


class Grace:
    """What a shutdown grants to everything in hand, all together."""

    def __init__(self, seconds: float) -> None:
        self._ends = asyncio.get_running_loop().time() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left; never none at all."""
        return max(0.1, self._ends - asyncio.get_running_loop().time())

    async def grant(self, what: str, work: Coroutine[Any, Any, object]) -> None:
        """Wait for `work`, at most as long as is left."""
        try:
            await asyncio.wait_for(work, self.left)
        except TimeoutError:
            log.warning("%s: not finished in time", what)


def data_folder(database: Path) -> Path:
    """Where finished videos wait, beside the database, whatever name leads to it."""
    there = database.resolve()
    return there.with_name(f"{there.stem}-data")


async def run_live(
    settings: Settings,
    *,
    clock: Clock,
    content: Path,
    database: Path,
    token: str,
    api_url: str,
    secret: bytes | None,
) -> None:
    """The bot on Discord, until it is told to stop; told so while it starts, it does not start.

    Raises:
        Refusal: it could not start, or Discord closed the connection for good.
    """
    _tell_age_of_yt_dlp(clock)
    with Signals() as signals:
        try:
            async with running(
                settings,
                clock=clock,
                content=content,
                database=database,
                kind="live",
                token=token,
                api_url=api_url,
                secret=secret,
            ) as program:
                signals.started()
                await _until(program, signals)
        except asyncio.CancelledError:
            if not signals.stop.is_set():
                raise
            log.info("stopped before it had started")


async def ask_discord(patient: Patient, token: str, api_url: str) -> list[Finding]:
    """What Discord has to say in a checkup; never raises."""
    settings, _ = read(patient.config)
    roles = roles_given(patient.content, settings) if settings else {}
    return await on_discord(settings, roles, token, api_url)


def _tell_age_of_yt_dlp(clock: Clock) -> None:
    """Say which yt-dlp fetches linked videos: sites change, and it ages in weeks."""
    age = yt_dlp_age(clock.now().date())
    if age is None:
        log.warning("yt-dlp is missing, and linked videos cannot be fetched: %s", UPDATE)
    else:
        log.log(logging.WARNING if age.old else logging.INFO, "%s", age)


async def until_stopped(program: Program) -> None:
    """Run until a signal or Discord ends it. A second signal ends it at once.

    Raises:
        Refusal: Discord closed the connection for good.
    """
    with Signals() as signals:
        signals.started()
        await _until(program, signals)


async def _until(program: Program, signals: Signals) -> None:
    stopped = asyncio.create_task(signals.stop.wait())
    try:
        with collector.settled():
            await asyncio.wait([stopped, program.held], return_when=asyncio.FIRST_COMPLETED)
    finally:
        stopped.cancel()
    if program.held.done():
        program.held.result()
