"""`run` and `rehearse`: the show on Discord, and the same show on a stage of its own."""

import asyncio
import signal
import sys
import tempfile
from pathlib import Path
from types import FrameType
from typing import Annotated

import typer

from riddles.cli import Paths, app
from riddles.refusal import Refusal


@app.command()
def run(
    context: typer.Context,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log more.")] = False,
) -> None:
    """Run the bot, until it is told to stop (Ctrl-C or SIGTERM).

    Needs DISCORD_TOKEN in the environment. Example: [bold]riddles run[/]
    """
    signal.signal(signal.SIGTERM, _leave)

    from riddles import logs
    from riddles.clock import SystemClock
    from riddles.config import load_settings, read_environment

    paths: Paths = context.obj
    logs.set_up(verbose=verbose)
    environment = read_environment()
    token = environment.require_token()
    settings = load_settings(paths.config)

    from riddles.program import run_live

    asyncio.run(
        run_live(
            settings,
            clock=SystemClock(),
            content=paths.content,
            database=paths.books,
            token=token,
            api_url=environment.api_url,
            secret=environment.secret,
        )
    )


def _leave(_number: int, _frame: FrameType | None) -> None:
    """Until the program listens for itself, a stop is simply the end: nothing has begun."""
    sys.exit(0)


@app.command()
def rehearse(  # noqa: PLR0917 - each is an option
    context: typer.Context,
    headless: Annotated[
        bool, typer.Option("--headless", help="Play the queue without a page, then stop.")
    ] = False,
    weeks: Annotated[
        int | None,
        typer.Option(min=1, help=r"With --headless: so many weeks. \[default: the queue]"),
    ] = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port of the page; 0: any.")] = 0,
    browser: Annotated[bool, typer.Option(help="Open the page in the browser.")] = True,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Log more.")] = False,
) -> None:
    """Play the show against a Discord of its own: no token, no network, a clock that moves.

    Examples: [bold]riddles rehearse[/], [bold]riddles rehearse --headless --weeks 2[/]
    """
    from riddles import logs
    from riddles.config import load_settings

    paths: Paths = context.obj
    if weeks is not None and not headless:
        raise typer.BadParameter("--weeks goes with --headless")
    logs.set_up(verbose=verbose, quiet=headless and not verbose)
    settings = load_settings(paths.config)
    with tempfile.TemporaryDirectory(prefix="riddles-rehearsal-") as folder:
        database = paths.database or Path(folder) / "rehearsal.db"
        if headless:
            from riddles.rehearsal.season import play

            failures = asyncio.run(
                play(settings, content=paths.content, database=database, weeks=weeks)
            )
            if failures:
                raise Refusal("\n".join(failures))
        else:
            from riddles.rehearsal.open_stage import open_stage

            asyncio.run(
                open_stage(
                    settings, content=paths.content, database=database, port=port, browser=browser
                )
            )
