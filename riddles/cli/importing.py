"""The verb that brings points from elsewhere: look first, then --apply, and --undo."""

import asyncio
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riddles.cli import Paths
from riddles.cli.data import echo_json
from riddles.cli.ledger import ledger
from riddles.cli.progress import progress

if TYPE_CHECKING:
    from engine.books.imports import Import
    from riddles.importing.asking import Ask
    from riddles.importing.converting import Report, Source
    from riddles.importing.telling import Table
    from riddles.importing.text import Inspected

PROBLEMS_SHOWN = 20


@ledger.command("import")
def import_(  # noqa: PLR0917 - each is an option
    context: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="What another bot or instance gave.")
    ] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Book it; else only look.")] = False,
    rate: Annotated[
        str, typer.Option(metavar="RATE", help="Our points for one of theirs: 2, 0.1 or 1/3.")
    ] = "1",
    form: Annotated[
        str, typer.Option("--format", metavar="FORMAT", help="A format's name; auto finds out.")
    ] = "auto",
    origin: Annotated[
        str | None, typer.Option(metavar="NAME", help="Where points come from, as members read it.")
    ] = None,
    columns: Annotated[
        str, typer.Option(metavar="PAIRS", help='Names of columns: "member=User ID,points=XP".')
    ] = "",
    members: Annotated[
        Path | None, typer.Option(metavar="CSV", help="For CTFd: columns user and member.")
    ] = None,
    skip_problems: Annotated[
        bool, typer.Option("--skip-problems", help="Leave lines with problems out.")
    ] = False,
    undo: Annotated[
        str | None, typer.Option(metavar="BATCH", help="Take an import back, whole.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Bring in points from another bot, a CTF platform, a table or another instance's ledger.

    Without --apply it only says what would happen. Each row comes in once, however often its file
    is brought; --undo takes an import back. docs/importing.md has the formats.

    Example: riddles ledger import board.json --rate 0.1
    """
    from riddles.importing.asking import Ask
    from riddles.importing.text import inspect

    paths: Paths = context.obj
    with ExitStack() as stack:
        if apply:
            from riddles.lock import hold

            stack.enter_context(hold(paths.books))
        if file is not None and undo is None:
            size = file.stat().st_size if file.is_file() else None
            with progress("Looking through", size, quiet=as_json) as on_bytes:
                found = inspect(file, on_bytes)
            ask = Ask(form=form, rate=rate, origin=origin, columns=columns, members=members)
            asyncio.run(_bring(paths.books, found, ask, Choice(apply, skip_problems, as_json)))
        elif file is not None:
            raise typer.BadParameter("name a file to bring in or an import to --undo, not both")
        elif undo is not None:
            asyncio.run(_undo(paths.books, undo, Choice(apply, skip_problems, as_json)))
        else:
            raise typer.BadParameter("name a file to bring in, or an import to --undo")


@dataclass(frozen=True, slots=True)
class Choice:
    """How it is to be done."""

    apply: bool
    skip_problems: bool
    as_json: bool


async def _bring(books: Path, file: "Inspected", ask: "Ask", choice: Choice) -> None:
    from riddles.books.opening import opened
    from riddles.importing.asking import source_of
    from riddles.importing.bringing import bring, examine

    async with opened(books) as database:
        async with database.reading() as reader:
            source = await source_of(reader, file, ask)
            with progress("Reading", None, quiet=choice.as_json) as on_row:
                report = await examine(reader, source, on_row)
        into = None
        ready = choice.skip_problems or not report.troubles_count
        if choice.apply and ready and report.new:
            with progress("Booking", report.rows, quiet=choice.as_json) as on_row:
                into = await bring(database, source, _now(), on_row)
    _tell(source, report, into, choice)


def _tell(source: "Source", report: "Report", into: "Import | None", choice: Choice) -> None:
    from riddles.cli.shown import shown
    from riddles.importing.telling import facts, table

    if choice.as_json:
        echo_json(facts(source, report, into))
    else:
        for one in report.troubles[:PROBLEMS_SHOWN]:
            typer.echo(f"{source.file.path}:{one.place}: {shown(one.message)}", err=True)
        if (more := report.troubles_count - PROBLEMS_SHOWN) > 0:
            typer.echo(f"… and {more:,} more; --json has them", err=True)
        _print(table(source, report))
        typer.echo(_outcome(report, into, choice))
    if report.troubles_count and not choice.skip_problems:
        raise typer.Exit(1)


def _outcome(report: "Report", into: "Import | None", choice: Choice) -> str:
    if into is not None:
        return f"Booked as {into.batch}. To take it back: riddles ledger import --undo {into.batch}"
    if report.troubles_count and not choice.skip_problems:
        return "Nothing was booked. Mend these lines, or leave them out with --skip-problems."
    if not report.new:
        return "There is nothing new to book."
    return "Nothing was booked: this was a look. Book it with --apply."


async def _undo(books: Path, batch: str, choice: Choice) -> None:
    from engine.books import imports
    from riddles.books.opening import opened
    from riddles.importing.bringing import take_back
    from riddles.importing.telling import outlook_facts, outlook_table

    async with opened(books) as database:
        async with database.reading() as reader:
            one = await imports.get(reader, batch)
            outlook = await imports.outlook(reader, one)
        if choice.apply:
            with progress("Taking back", outlook.rows, quiet=choice.as_json) as on_row:
                await take_back(database, one, _now(), on_row)
    if choice.as_json:
        echo_json(outlook_facts(one, outlook, applied=choice.apply))
        return
    _print(outlook_table(one, outlook))
    if not outlook.rows:
        typer.echo("Nothing of it is left to take back.")
        return
    typer.echo("Taken back." if choice.apply else "This was a look. Take it back with --apply.")


def _print(lines: "Table") -> None:
    from rich.console import Console
    from rich.table import Table as Grid

    grid = Grid.grid(padding=(0, 2))
    for what, words in lines:
        grid.add_row(what, words)
    Console(highlight=False, markup=False).print(grid)


def _now() -> int:
    from engine.moments import to_ms
    from riddles.clock import SystemClock

    return to_ms(SystemClock().now())
