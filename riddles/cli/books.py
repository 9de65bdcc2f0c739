"""The verbs that read the books out: export, and one member's statement."""

import asyncio
import sys
from collections.abc import Callable, Sequence
from contextlib import aclosing
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from riddles.cli import Paths
from riddles.cli.data import echo_json
from riddles.cli.ids import member_id
from riddles.cli.ledger import ledger
from riddles.cli.progress import progress
from riddles.refusal import Refusal

if TYPE_CHECKING:
    from rich.table import Table

    from engine.books.statements import Entry

EVERYTHING = 2**62


class Form(StrEnum):
    """How the ledger is written out."""

    CSV = "csv"
    JSONL = "jsonl"


@ledger.command()
def export(
    context: typer.Context,
    form: Annotated[
        Form, typer.Option("--format", help="csv for tables, jsonl for programs and merging.")
    ] = Form.CSV,
    out: Annotated[Path | None, typer.Option(help="A file; else the terminal.")] = None,
    *,
    with_members: Annotated[
        bool, typer.Option("--with-members", help="Add Discord ids and reasons: not to publish.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
) -> None:
    """Write out every transfer, with the digest that proves it. Works beside a running bot.

    It tells accounts and no Discord ids, and may be published. What jsonl holds --with-members,
    another instance can import.

    Example: riddles ledger export --format jsonl --out ledger.jsonl
    """
    paths: Paths = context.obj

    def written_to(write: Callable[[bytes], Any], *, quiet: bool) -> int:
        return asyncio.run(_export(paths.books, write, form, members=with_members, quiet=quiet))

    if out is None:
        written_to(sys.stdout.buffer.write, quiet=True)
        sys.stdout.buffer.flush()
        return
    from riddles.books.drafts import draft_of, must_be_free, settle

    must_be_free(out, force=force)
    with draft_of(out) as draft:
        with draft.open("wb") as file:
            rows = written_to(file.write, quiet=False)
        settle(draft, out)
    from riddles.console import here

    typer.echo(
        here().n("{count} transfer is in {out}.", "{count} transfers are in {out}.", rows, out=out),
        err=True,
    )


async def _export(
    books: Path, write: Callable[[bytes], Any], form: Form, *, members: bool, quiet: bool
) -> int:
    from riddles.books.exporting import written
    from riddles.books.opening import opened

    rows = 0
    async with opened(books) as database, database.reading() as reader:
        total = await reader.value("SELECT max(id) FROM transfers")
        with progress("Writing", total or 0, quiet=quiet) as on_row:
            async with aclosing(written(reader, form.value, members=members)) as pieces:
                async for count, piece in pieces:
                    write(piece)
                    rows += count
                    on_row(rows)
    return rows


@ledger.command()
def statement(
    context: typer.Context,
    member: Annotated[
        int,
        typer.Argument(
            parser=member_id, metavar="MEMBER", help="A Discord id, or the number of an account."
        ),
    ],
    limit: Annotated[
        int | None, typer.Option(min=1, help=r"The latest so many. \[default: all]")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """One member's history: what moved, when, why, and what they had after it. Times are UTC.

    Works beside a running bot. Example: riddles ledger statement 214748364800000001
    """
    paths: Paths = context.obj
    entries = asyncio.run(_statement(paths.books, member, min(limit or EVERYTHING, EVERYTHING)))
    if as_json:
        echo_json([_entry_facts(entry) for entry in entries])
        return
    from rich.console import Console

    Console(highlight=False).print(_statement_table(entries))


async def _statement(books: Path, member: int, limit: int) -> list["Entry"]:
    from engine.books.statements import statement as read
    from riddles.books.opening import opened

    async with opened(books) as database, database.reading() as reader:
        account = await reader.value(
            """
            SELECT account FROM members WHERE id = ?1
            UNION ALL SELECT id FROM accounts WHERE id = ?1 AND kind = 'member'
            """,
            (member,),
        )
        if account is None:
            raise Refusal(
                "nobody in these books has the Discord id or the account {member}; copy the "
                "id from Discord (right-click on the member, Copy User ID)",
                member=str(member),
            )
        return list(reversed(await read(reader, account, limit=limit)))


def _statement_table(entries: Sequence["Entry"]) -> "Table":
    from rich.markup import escape
    from rich.table import Column, Table

    from riddles.cli.shown import shown

    table = Table("No.", Column("When (UTC)", no_wrap=True), "Kind", "Why")
    owing = any(entry.owed for entry in entries)
    for column in ("Points", "Balance", *(["Owed"] if owing else []), "Score"):
        table.add_column(column, justify="right")
    for entry in entries:
        after = [entry.balance, *([entry.owed] if owing else []), entry.score]
        table.add_row(
            str(entry.transfer),
            _moment(entry.counts_at),
            entry.kind,
            escape(shown(_why(entry))),
            f"{entry.points:+,}",
            *(f"{points:,}" for points in after),
        )
    return table


def _why(entry: "Entry") -> str:
    riddle = entry.title and f"{entry.title} ({entry.slug})"
    parts = [
        "repays a debt" if entry.repays else None,
        riddle or entry.slug,
        entry.origin and f"from {entry.origin}",
        f"corrects no. {entry.corrects}" if entry.corrects else None,
        entry.reason,
    ]
    return "; ".join(part for part in parts if part)


def _entry_facts(entry: "Entry") -> dict[str, Any]:
    moments = {name: _moment(getattr(entry, name)) for name in ("counts_at", "booked_at")}
    return asdict(entry) | moments


def _moment(at_ms: int) -> str:
    from engine.moments import from_ms

    return from_ms(at_ms).strftime("%Y-%m-%d %H:%M:%S")
