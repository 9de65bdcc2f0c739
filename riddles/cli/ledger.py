"""The ledger's verbs; here: prove the books."""

import asyncio
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riddles.cli import Paths, app
from riddles.cli.data import echo_json
from riddles.refusal import Refusal

if TYPE_CHECKING:
    from engine.books.audit import Audit

ledger = typer.Typer(
    help="The books: prove them, read them out, bring points in.", no_args_is_help=True
)
app.add_typer(ledger, name="ledger")

DIGEST_DIGITS = 64


@ledger.command()
def verify(
    context: typer.Context,
    contains: Annotated[
        str | None, typer.Option(help="A digest from a recap: is it one of this ledger's?")
    ] = None,
    *,
    rebuild: Annotated[
        bool, typer.Option("--rebuild", help="Write balances and scores anew from the rows.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Replay every transfer and compare what is cached with it; name the first that does not fit.

    Works beside a running bot, except with --rebuild. Example: riddles ledger verify
    """
    paths: Paths = context.obj
    wanted = None if contains is None else _digest(contains)
    found = asyncio.run(_audit(paths.books, wanted, rebuild=rebuild, quiet=as_json))
    if as_json:
        facts = {"transfers": found.rows, "digest": found.digest.hex(), "trouble": found.trouble}
        echo_json(facts | ({} if wanted is None else {"contains": found.contains}))
    if found.trouble is not None:
        raise Refusal(found.trouble)
    if wanted is not None and not found.contains:
        raise Refusal("no transfer of this ledger has the digest {contains}", contains=contains)
    if not as_json:
        from riddles.console import here

        typer.echo(
            here().n(
                "{count} transfer, and everything fits. Newest digest:",
                "{count} transfers, and everything fits. Newest digest:",
                found.rows,
            )
        )
        typer.echo(found.digest.hex())


def _digest(text: str) -> bytes:
    try:
        if len(text) != DIGEST_DIGITS:
            raise ValueError  # noqa: TRY301 - one sentence for both
        return bytes.fromhex(text)
    except ValueError:
        raise typer.BadParameter(f"a digest has {DIGEST_DIGITS} hexadecimal digits") from None


async def _audit(books: Path, wanted: bytes | None, *, rebuild: bool, quiet: bool) -> "Audit":
    from rich.console import Console
    from rich.progress import Progress

    from engine.books.audit import audit, replay
    from engine.books.audit import rebuild as write_anew
    from engine.errors import DatabaseUnusable
    from engine.storage.database import open_existing
    from riddles.lock import hold

    with ExitStack() as stack:
        if rebuild:
            stack.enter_context(hold(books))
        console = Console(stderr=True)
        bar = Progress(console=console, transient=True, disable=quiet or not console.is_terminal)
        stack.enter_context(bar)
        try:
            async with open_existing(books) as database:
                async with database.reading() as reader:
                    total = await reader.value("SELECT max(id) FROM transfers")
                    task = bar.add_task("Replaying", total=total or 0)

                    def on_row(number: int) -> None:
                        bar.update(task, completed=number)

                    found = await audit(reader, wanted=wanted, on_row=on_row)
                if rebuild:
                    async with database.transaction() as tx:
                        true = await replay(tx)
                        if true.trouble is None:
                            await write_anew(tx, true)
                    async with database.reading() as reader:
                        found = await audit(reader, wanted=wanted)
                return found
        except DatabaseUnusable as error:
            raise Refusal.told(error) from error
