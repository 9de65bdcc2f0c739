"""The bans' verbs: shared lists in, who stands on them, and lifting."""

import asyncio
import csv
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from riddles.cli import Paths, app
from riddles.cli.data import echo_json
from riddles.cli.ids import member_id
from riddles.problems import Problem
from riddles.refusal import Refusal, Several
from riddles.sentence import Sentence, because

if TYPE_CHECKING:
    from engine.people.bans import Ban
    from engine.storage.database import Database

bans = typer.Typer(help="Bans: who may not win anything, and why.", no_args_is_help=True)
app.add_typer(bans, name="bans")

T = TypeVar("T")
MOST_DIGITS = 19
ORIGIN_MAX = 60
Shown = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@bans.command("import")
def import_list(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="CSV with the columns id and reason.")],
    origin: Annotated[str, typer.Option(help="Whose list it is: a name that members may read.")],
    *,
    apply: Annotated[
        bool, typer.Option("--apply", help="Ban them; without this nothing is written.")
    ] = False,
) -> None:
    """Ban everybody on a shared list; reading the same list again changes nothing.

    Nothing is deleted, and lifting restores all. --apply needs the bot stopped.
    Example: riddles bans import friends.csv --origin friends --apply
    """
    from engine.people.bans import impose
    from riddles.console import here

    paths: Paths = context.obj
    t = here()
    origin = _named(origin)
    people = _read(file)
    if not apply:
        typer.echo(
            t.n(
                "{count} person would be on the list “{origin}”; say --apply to ban them",
                "{count} people would be on the list “{origin}”; say --apply to ban them",
                len(people),
                origin=origin,
            )
        )
        return

    async def work(database: "Database", now_ms: int) -> int:
        async with database.transaction() as tx:
            return await impose(tx, people, origin=origin, now_ms=now_ms)

    new = asyncio.run(_write(paths.books, work))
    banned = t.n("{count} banned", "{count} banned", new)
    before = t.n(
        "{count} was on the list “{origin}” already",
        "{count} were on the list “{origin}” already",
        len(people) - new,
        origin=origin,
    )
    typer.echo(f"{banned}; {before}")


@bans.command("list")
def list_bans(context: typer.Context, *, as_json: Shown = False) -> None:
    """Print every ban that stands.

    Works beside a running bot. Example: riddles bans list
    """
    paths: Paths = context.obj
    found = asyncio.run(_standing(paths.books))
    if as_json:
        echo_json([vars_of(ban) for ban in found])
        return
    for ban in found:
        typer.echo(f"{ban.member}  {ban.origin}  {ban.reason}")
    from riddles.console import here

    typer.echo(here().n("{count} ban stands", "{count} bans stand", len(found)))


@bans.command()
def lift(
    context: typer.Context,
    member: Annotated[
        int | None,
        typer.Argument(parser=member_id, metavar="MEMBER", help="The member's Discord id."),
    ] = None,
    origin: Annotated[str | None, typer.Option(help="The list whose bans are lifted.")] = None,
) -> None:
    """Lift the bans of a member, of a list, or a member's on one list. Needs the bot stopped.

    Example: riddles bans lift 123456789012345678
    """
    from engine.people.bans import lift as lift_bans
    from engine.people.erasure import mark
    from riddles.config import read_environment
    from riddles.console import here

    paths: Paths = context.obj
    if member is None and origin is None:
        raise typer.BadParameter("name a member, or a list with --origin")
    secret = read_environment().secret
    remains = None if member is None or secret is None else mark(secret, member)

    async def work(database: "Database", now_ms: int) -> int:
        async with database.transaction() as tx:
            return await lift_bans(tx, now_ms, member=member, mark=remains, origin=origin)

    count = asyncio.run(_write(paths.books, work))
    if not count:
        raise Refusal("no such ban stands; riddles bans list shows those that do")
    typer.echo(here().n("{count} lifted", "{count} lifted", count))


def vars_of(ban: "Ban") -> dict[str, object]:
    """A ban as JSON shows it."""
    from dataclasses import asdict

    return asdict(ban)


def _named(origin: str) -> str:
    """The name of a list, as members may read it.

    Raises:
        Refusal: it is empty, or too long to be read.
    """
    name = " ".join(origin.split())
    if not 0 < len(name) <= ORIGIN_MAX:
        raise Refusal(
            "say whose list it is, in {most} characters at most, as members may read it: "
            '--origin "The old server"',
            most=ORIGIN_MAX,
        )
    return name


def _read(file: Path) -> list[tuple[int, str]]:
    """The people on a list.

    Raises:
        Refusal: it cannot be read, or a line is wrong; all of them are named.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except OSError as error:
        raise Refusal("{file} cannot be read: {why}", file=file, why=because(error)) from None
    except (UnicodeDecodeError, csv.Error):
        raise Refusal(
            "{file} is not a table in UTF-8: save it as CSV with that encoding", file=file
        ) from None
    if not rows or not {"id", "reason"} <= set(rows[0]):
        raise Refusal('{file}:1: the first line must name the columns "id" and "reason"', file=file)
    wrong: list[Problem] = []
    people: dict[int, str] = {}
    for number, row in enumerate(rows, 2):
        digits, reason = (row["id"] or "").strip(), (row["reason"] or "").strip()
        sound = digits.isascii() and digits.isdigit() and 0 < len(digits) <= MOST_DIGITS
        if not sound or not 0 < int(digits) < 1 << 63:
            says = Sentence('"{id}" is not a Discord id: a number of 17 to 19 digits', id=digits)
            wrong.append(Problem(file, number, says))
        elif not reason:
            wrong.append(Problem(file, number, Sentence("the reason is missing")))
        else:
            people[int(digits)] = reason
    if wrong:
        raise Several(wrong)
    return list(people.items())


async def _standing(books: Path) -> list["Ban"]:
    from engine.people.bans import standing
    from riddles.books.opening import opened

    async with opened(books) as database, database.reading() as reader:
        return await standing(reader)


async def _write(books: Path, work: Callable[["Database", int], Awaitable[T]]) -> T:
    from engine.moments import to_ms
    from riddles.books.opening import opened
    from riddles.clock import SystemClock
    from riddles.lock import hold

    with hold(books):
        async with opened(books) as database:
            return await work(database, to_ms(SystemClock().now()))
