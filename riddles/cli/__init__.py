"""Every verb of the command `riddles`; one module per family of verbs.

Exit 0: done. Exit 1: refused, or problems found, said in words on stderr. Exit 2: wrong usage.
Verbs import what they need inside their function, so that `riddles --help` answers at once.
"""

import sys
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Annotated

import typer

from riddles.refusal import Refusal

app = typer.Typer(
    name="riddles",
    help="A weekly riddle show for Discord: videos, answers, points.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)


@dataclass(frozen=True, slots=True)
class Paths:
    """Where this instance lives: its settings, its riddles, its books."""

    config: Path
    content: Path
    database: Path | None
    """None when neither an option nor the environment names one."""

    @property
    def books(self) -> Path:
        """The database of a live instance: the one that was named, or `riddles.db`."""
        return self.database or Path("riddles.db")


@app.callback()
def options(
    context: typer.Context,
    config: Annotated[
        Path, typer.Option(envvar="RIDDLES_CONFIG", help="Settings of the community.")
    ] = Path("scheduler.toml"),
    content: Annotated[
        Path, typer.Option(envvar="RIDDLES_CONTENT", help="Folder of riddle folders.")
    ] = Path("content"),
    database: Annotated[
        Path | None,
        typer.Option(envvar="RIDDLES_DATABASE", help=r"The ledger's file. \[default: riddles.db]"),
    ] = None,
) -> None:
    """Options that stand before the verb."""
    context.obj = Paths(config, content, database)


def main() -> None:
    """Run the command line; what a person could cause ends in one sentence, not a traceback."""
    from riddles.console.plain import spare_old_terminals

    spare_old_terminals()
    import_module("riddles.cli.verbs")  # Each family puts its verbs on `app`.

    try:
        app()
    except Refusal as refusal:
        from riddles.console import here

        typer.echo(f"riddles: {refusal.said(here())}", err=True)
        sys.exit(1)
    except BrokenPipeError:
        sys.exit(1)
