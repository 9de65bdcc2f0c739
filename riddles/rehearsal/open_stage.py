"""The open stage: a page in the browser from which one plays, hosts, and moves the clock."""

import asyncio
import contextlib
import sys
import webbrowser
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.panel import Panel

from riddles.config import Settings
from riddles.program import until_stopped
from riddles.refusal import Refusal
from riddles.rehearsal.page import Page
from riddles.rehearsal.stage import Stage, opening_time, set_up
from riddles.sentence import because

REFRESH_S = 2.0
HASH_TIME = timedelta(seconds=5)
"""How long a draw's slow hash takes here, where nobody has an interest in its outcome."""


class Prompter:
    """Knows what comes next, so that the page can ask at any time."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._next: tuple[str, datetime] | None = None

    def next_moment(self) -> tuple[str, datetime] | None:
        """What comes next, as of a moment ago."""
        return self._next

    async def jump(self, moment: datetime) -> None:
        """Move the clock, and wait until everybody can see what that brought."""
        await self._stage.move_to(moment)
        await self.look()

    async def look(self) -> None:
        """Ask the weekly loop."""
        self._next = await self._stage.program.parts.next_moment()

    async def keep_looking(self) -> None:
        """Ask again and again."""
        while True:
            await self.look()
            await asyncio.sleep(REFRESH_S)


async def open_stage(
    settings: Settings, *, content: Path, database: Path, port: int, browser: bool
) -> None:
    """Play until Ctrl-C.

    Raises:
        Refusal: the stage cannot be set up.
    """
    start = opening_time(settings)
    draws = settings.draws.model_copy(update={"hash_time": HASH_TIME})
    settings = settings.model_copy(update={"draws": draws})
    async with set_up(settings, content=content, database=database, start=start) as stage:
        prompter = Prompter(stage)
        await prompter.look()
        page = Page(
            stage.standin,
            stage.clock,
            prompter.next_moment,
            prompter.jump,
            timezone=str(settings.timezone),
        )
        try:
            await page.start(port)
        except OSError as error:
            raise Refusal(
                "port {port} cannot be used ({why}): name another",
                port=str(port),
                why=because(error),
            ) from None
        looking = asyncio.create_task(prompter.keep_looking())
        try:
            _invite(page.url)
            if browser and sys.stdout.isatty():
                webbrowser.open(page.url)
            await until_stopped(stage.program)
        finally:
            looking.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await looking
            await page.close()


def _invite(url: str) -> None:
    Console().print(
        Panel(
            f"The show is on: [bold link={url}]{url}[/]\n\n"
            "Answer as a member, host the show, move the clock to the next moment.\n"
            "Nothing leaves this machine. Stop with Ctrl-C.",
            title="Rehearsal",
            expand=False,
        )
    )
