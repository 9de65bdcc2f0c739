"""The draws' verb: draw again what was drawn, from the file that was published."""

import json
from pathlib import Path
from typing import Annotated

import typer

from riddles.cli import app
from riddles.refusal import Refusal

draw = typer.Typer(help="Prize draws: check one that was held.", no_args_is_help=True)
app.add_typer(draw, name="draw")


@draw.callback()
def family() -> None:
    """Prize draws: check one that was held."""


@draw.command()
def verify(
    file: Annotated[Path, typer.Argument(help="The published file of the draw.")],
    frozen: Annotated[
        str | None, typer.Option(help="The digest that was posted at the freezing.")
    ] = None,
    transcript: Annotated[
        str | None, typer.Option(help="The digest that was posted when the window closed.")
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Draw again, offline, and compare; takes as many minutes as the draw's own hash took.

    Example: riddles draw verify noel-2026.json --frozen 3f1c…
    """
    from rich.console import Console
    from rich.progress import Progress

    from engine.draws.published import DrawRejected
    from engine.draws.published import verify as draw_again

    facts = _read(file)
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Hashing", total=None)

        def on_round(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        try:
            published = draw_again(facts, on_round)
        except DrawRejected as rejected:
            raise Refusal(f"{file}: {rejected}") from None
    for what, given, found in (
        ("freezing", frozen, published.frozen),
        ("transcript", transcript, published.transcript),
    ):
        if given is not None and given.strip().lower() != found:
            raise Refusal(f"{file}: the digest of the {what} is {found}, not the one you gave")
    if as_json:
        typer.echo(published.model_dump_json())
        return
    typer.echo(f"This is the draw “{published.draw}” as it was drawn.")
    typer.echo(f"frozen      {published.frozen}")
    typer.echo(f"transcript  {published.transcript}")
    typer.echo(f"entries     {len(published.entries)}, witnesses {len(published.presses)}")
    for number, reference in enumerate(published.winners, 1):
        typer.echo(f"winner {number:<4} {reference}")
    for number, reference in enumerate(published.alternates, 1):
        typer.echo(f"alternate {number:<1} {reference}")


def _read(file: Path) -> dict[str, object]:
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refusal(f"{file} cannot be read: {error.strerror}") from None
    except ValueError as error:
        raise Refusal(f"{file} is not JSON: {error}") from None
    if not isinstance(facts, dict):
        raise Refusal(f"{file} is not the file of a draw")
    return facts  # pyright: ignore[reportUnknownVariableType] # JSON's keys are strings
