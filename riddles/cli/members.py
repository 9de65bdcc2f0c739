"""The members' verbs: what is kept about one, and forgetting them."""

import asyncio
from pathlib import Path
from typing import Annotated, Any

import typer

from riddles.cli import Paths, app
from riddles.cli.data import echo_json
from riddles.cli.ids import Member
from riddles.refusal import Refusal

members = typer.Typer(help="Members: what is kept about one.", no_args_is_help=True)
app.add_typer(members, name="members")


@members.command()
def export(context: typer.Context, member: Member) -> None:
    """Print everything that is kept about a member, as JSON.

    Works beside a running bot. Example: riddles members export 123456789012345678
    """
    paths: Paths = context.obj
    data = asyncio.run(_collect(paths.books, member))
    echo_json(data, indent=1)


@members.command()
def erase(
    context: typer.Context,
    member: Member,
    *,
    yes: Annotated[bool, typer.Option("--yes", help="Do it; it cannot be undone.")] = False,
) -> None:
    """Forget a member, for good: names, answers, and every word about them.

    Needs RIDDLES_SECRET, and the bot stopped; members do it themselves with /mydata.
    Example: riddles members erase 123456789012345678 --yes
    """
    from riddles.config import read_environment

    paths: Paths = context.obj
    secret = read_environment().require_secret()
    if not yes:
        raise Refusal("this cannot be undone: say --yes")
    account, points = asyncio.run(_erase(paths.books, member, secret))
    from riddles.console import here

    typer.echo(
        here().n(
            "account {account} is nobody's now; {count} point went with it",
            "account {account} is nobody's now; {count} points went with it",
            points,
            account=account,
        )
    )


async def _collect(books: Path, member: int) -> dict[str, Any]:
    from engine.people.members import account_of
    from engine.people.personal import collect
    from riddles.books.opening import opened

    async with opened(books) as database, database.reading() as reader:
        account = await account_of(reader, member)
        if account is None:
            raise Refusal("nobody with the Discord id {member} is known here", member=str(member))
        return await collect(reader, account)


async def _erase(books: Path, member: int, secret: bytes) -> tuple[int, int]:
    from engine.moments import to_ms
    from riddles.books.opening import opened
    from riddles.clock import SystemClock
    from riddles.lock import hold
    from riddles.shop.leaving import forget

    with hold(books):
        async with opened(books) as database:
            async with database.transaction() as tx:
                gone = await forget(tx, member, secret, to_ms(SystemClock().now()))
            await database.scrub()
    if gone is None:
        raise Refusal("nobody with the Discord id {member} is known here", member=str(member))
    return gone.account, gone.points
