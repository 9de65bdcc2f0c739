"""The verbs for secret codes: put them into a reward's pool, count what is left."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from riddles.cli import Paths, app
from riddles.cli.data import echo_json
from riddles.refusal import Refusal
from riddles.sentence import because

if TYPE_CHECKING:
    from engine.shop.codes import Pool
    from riddles.content.catalogue import Catalogue
    from riddles.shop.loading import Loaded

codes = typer.Typer(help="Secret codes of rewards: load them, count them.", no_args_is_help=True)
app.add_typer(codes, name="codes")

BYTES_MAX = 16 * 1024 * 1024


@codes.command()
def load(
    context: typer.Context,
    reward: Annotated[str, typer.Argument(help="The reward's id in content/rewards.toml.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="One code per line.")],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Put the codes of a file into a reward's pool, encrypted with RIDDLES_SECRET.

    All of them or none. They are never printed; delete the file afterwards. While the bot runs,
    staff load codes with /fulfil codes instead.

    Example: riddles codes load e-book ~/codes.txt
    """
    from riddles.config import read_environment

    paths: Paths = context.obj
    secret = read_environment().require_secret()
    _must_be_there(_catalogue(paths), reward)
    loaded = asyncio.run(_load(paths.books, reward, file, secret))
    if as_json:
        echo_json({"reward": reward, "loaded": loaded.loaded, "free": loaded.free})
    else:
        from riddles.console import here

        t = here()
        done = t.n(
            "{count} code loaded for {reward}",
            "{count} codes loaded for {reward}",
            loaded.loaded,
            reward=reward,
        )
        typer.echo(
            t.n(
                "{done}; {count} is free now.",
                "{done}; {count} are free now.",
                loaded.free,
                done=done,
            )
        )


@codes.command()
def count(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Show how many codes of each reward are free, given, and saved by their owners.

    Works beside a running bot. With RIDDLES_SECRET set, codes that this secret cannot open are
    told apart. Example: riddles codes count
    """
    from rich.console import Console
    from rich.table import Table

    from riddles.config import read_environment

    paths: Paths = context.obj
    pools = asyncio.run(_count(paths.books, read_environment().secret))
    if as_json:
        rows = [
            {
                "reward": pool.reward,
                "free": pool.free,
                "assigned": pool.assigned,
                "saved": pool.saved,
                "other_secret": pool.other_secret,
            }
            for pool in pools
        ]
        echo_json(rows)
        return
    from riddles.console import here

    t = here()
    if not pools:
        typer.echo(t("There are no codes."))
        return
    headings = (
        t("Reward"),
        t("Free"),
        t("Given"),
        t("Saved by their owners"),
        t("Of another secret"),
    )
    table = Table(*headings, box=None)
    for pool in pools:
        figures = (pool.free, pool.assigned, pool.saved, pool.other_secret)
        table.add_row(pool.reward, *map(str, figures))
    Console(highlight=False).print(table)


def _catalogue(paths: Paths) -> "Catalogue":
    from riddles.config import load_settings
    from riddles.content.catalogue import read_catalogue

    return read_catalogue(paths.content, load_settings(paths.config))


def _must_be_there(catalogue: "Catalogue", reward: str) -> None:
    known = [one.id for one in catalogue.rewards.values() if one.kind == "code"]
    if reward not in known:
        raise Refusal(
            '"{reward}" is no reward of kind code; there are: {known}'
            if known
            else '"{reward}" is no reward of kind code; rewards.toml has none',
            reward=reward,
            known=", ".join(known),
        )


def _read(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            data = opened.read(BYTES_MAX + 1)
    except OSError as error:
        raise Refusal("{file} cannot be read: {why}", file=file, why=because(error)) from None
    if len(data) > BYTES_MAX:
        raise Refusal("{file} is larger than 16 MiB: is it the right one?", file=file)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Refusal(
            "{file} is not text in UTF-8: save it again with that encoding", file=file
        ) from None


async def _load(books: Path, reward: str, file: Path, secret: bytes) -> "Loaded":
    from engine.errors import DatabaseUnusable
    from engine.moments import to_ms
    from engine.storage.database import open_database
    from riddles.clock import SystemClock
    from riddles.lock import hold
    from riddles.shop.loading import load_codes
    from riddles.shop.vault import Vault

    text, now = _read(file), SystemClock().now()
    with hold(books, absent="allow"):
        try:
            async with open_database(books, kind="live", now=now) as database:
                try:
                    return await load_codes(database, Vault(secret), reward, text, to_ms(now))
                except Refusal as refused:
                    raise Refusal("{file}: {why}", file=file, why=refused.kept) from None
        except DatabaseUnusable as error:
            raise Refusal.told(error) from error


async def _count(books: Path, secret: bytes | None) -> "list[Pool]":
    from dataclasses import replace

    from engine.errors import DatabaseUnusable
    from engine.shop.codes import pools
    from engine.storage.database import open_existing
    from riddles.shop.vault import Vault

    try:
        async with open_existing(books) as database, database.reading() as reader:
            found = await pools(reader, None if secret is None else Vault(secret).name)
    except DatabaseUnusable as error:
        raise Refusal.told(error) from error
    if secret is None:
        return [replace(pool, free=pool.other_secret, other_secret=0) for pool in found]
    return found
