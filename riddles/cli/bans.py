"""The bans' verbs: shared lists in, who stands on them, and lifting."""

import asyncio
import csv
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from riddles.cli import Paths, app
from riddles.refusal import Refusal

if TYPE_CHECKING:
    from engine.people.bans import Ban
    from engine.storage.database import Database

bans = typer.Typer(help="Bans: who may not win anything, and why.", no_args_is_help=True)
app.add_typer(bans, name="bans")

T = TypeVar("T")
MOST_DIGITS = 19
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

    paths: Paths = context.obj
    people = _read(file)
    if not apply:
        typer.echo(f"{len(people)} people would be on the list “{origin}”; say --apply to ban them")
        return

    async def work(database: "Database", now_ms: int) -> int:
        async with database.transaction() as tx:
            return await impose(tx, people, origin=origin, now_ms=now_ms)

    new = asyncio.run(_write(paths.books, work))
    typer.echo(f"{new} banned; {len(people) - new} were on the list “{origin}” already")


@bans.command("list")
def list_bans(context: typer.Context, *, as_json: Shown = False) -> None:
    """Print every ban that stands.

    Works beside a running bot. Example: riddles bans list
    """
    paths: Paths = context.obj
    found = asyncio.run(_standing(paths.books))
    if as_json:
        typer.echo(json.dumps([vars_of(ban) for ban in found], ensure_ascii=False))
        return
    for ban in found:
        typer.echo(f"{ban.member}  {ban.origin}  {ban.reason}")
    typer.echo(f"{len(found)} bans stand")


@bans.command()
def lift(
    context: typer.Context,
    member: Annotated[int | None, typer.Argument(help="The member's Discord id.")] = None,
    origin: Annotated[str | None, typer.Option(help="The list whose bans are lifted.")] = None,
) -> None:
    """Lift the bans of a member, of a list, or a member's on one list. Needs the bot stopped.

    Example: riddles bans lift 123456789012345678
    """
    from engine.people.bans import lift as lift_bans
    from engine.people.erasure import mark
    from riddles.config import read_environment

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
    typer.echo(f"{count} lifted")


def vars_of(ban: "Ban") -> dict[str, object]:
    """A ban as JSON shows it."""
    from dataclasses import asdict

    return asdict(ban)


def _read(file: Path) -> list[tuple[int, str]]:
    """The people on a list.

    Raises:
        Refusal: it cannot be read, or a line is wrong; all of them are named.
    """
    try:
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise Refusal(f"{file} cannot be read: {error}") from None
    if not rows or not {"id", "reason"} <= set(rows[0]):
        raise Refusal(f'{file}:1: the first line must name the columns "id" and "reason"')
    wrong: list[str] = []
    people: dict[int, str] = {}
    for number, row in enumerate(rows, 2):
        digits, reason = (row["id"] or "").strip(), (row["reason"] or "").strip()
        sound = digits.isascii() and digits.isdigit() and 0 < len(digits) <= MOST_DIGITS
        if not sound or not 0 < int(digits) < 1 << 63:
            wrong.append(f'{file}:{number}: "{digits}" is not a Discord id: a number of 17 digits')
        elif not reason:
            wrong.append(f"{file}:{number}: the reason is missing")
        else:
            people[int(digits)] = reason
    if wrong:
        raise Refusal("\n".join(wrong))
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
