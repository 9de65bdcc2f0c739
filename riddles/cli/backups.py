"""The verbs that copy the books and put a copy back: backup, restore."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riddles.cli import Paths, app
from riddles.cli.data import echo_json
from riddles.cli.progress import parts

if TYPE_CHECKING:
    from riddles.books.backups import Copy
    from riddles.sentence import Sentence


@app.command()
def backup(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="Where the copy goes.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace the file.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Copy the books as they are at this moment, and check the copy. The bot may be running.

    Example: riddles backup riddles-2026-11-23.db
    """
    from riddles.books.backups import back_up

    paths: Paths = context.obj
    with parts(quiet=as_json) as on_part:
        copy = back_up(paths.books, file, overwrite=force, on_part=on_part)
    _tell(copy, _copied(copy), as_json=as_json)


@app.command()
def restore(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="A backup.")],
    *,
    force: Annotated[
        bool, typer.Option("--force", help="Put it in the place of books that are there.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Put a backup in the place of the books, once it is checked; the old ones are kept aside.

    The bot must be stopped. Example: riddles restore riddles-2026-11-23.db --force
    """
    from riddles.books.backups import must_be_a_file
    from riddles.books.backups import restore as put_back
    from riddles.clock import SystemClock
    from riddles.lock import hold

    paths: Paths = context.obj
    must_be_a_file(file)
    with hold(paths.books, absent="allow"), parts(quiet=as_json) as on_part:
        now = SystemClock().now()
        copy = put_back(file, paths.books, overwrite=force, now=now, on_part=on_part)
    _tell(copy, _restored(copy, file), as_json=as_json)


def _copied(copy: "Copy") -> "Sentence":
    from riddles.sentence import Counted

    return Counted(
        "{path} is a checked copy: {count} transfer.",
        "{path} is a checked copy: {count} transfers.",
        copy.transfers,
        path=str(copy.path),
    )


def _restored(copy: "Copy", file: Path) -> "Sentence":
    from riddles.sentence import Counted

    return Counted(
        "{path} was restored from {file}: {count} transfer.",
        "{path} was restored from {file}: {count} transfers.",
        copy.transfers,
        path=str(copy.path),
        file=str(file),
    )


def _tell(copy: "Copy", done: "Sentence", *, as_json: bool) -> None:
    if as_json:
        facts = {
            "path": str(copy.path),
            "kind": copy.kind,
            "schema": copy.schema,
            "transfers": copy.transfers,
            "digest": copy.digest,
            "aside": None if copy.aside is None else str(copy.aside),
        }
        echo_json(facts)
        return
    from riddles.console import here

    t = here()
    typer.echo(done.said(t))
    if copy.digest is not None:
        typer.echo(t("Newest digest: {digest}", digest=copy.digest))
    else:
        typer.echo(
            t(
                "It is from an older version (schema {schema}), so the file was checked and the "
                "books were not replayed.",
                schema=copy.schema,
            )
        )
    if copy.aside is not None:
        typer.echo(t("The books that were there are now {path}.", path=copy.aside))
