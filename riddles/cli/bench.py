"""`bench`: the figures of the engine and of the bot, measured on this machine."""

from typing import Annotated

import typer

from riddles.cli import app
from riddles.refusal import Refusal


@app.command()
def bench(
    parts: Annotated[
        list[str] | None,
        typer.Argument(
            help=r"answers, boards, verify, redemptions, growth, bot. \[default: all but bot]"
        ),
    ] = None,
    *,
    bot: Annotated[
        bool, typer.Option("--bot", help="The whole bot instead, beside a bare stock one.")
    ] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Small sizes: seconds, and figures of no account.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Measure, on temporary databases in the current folder, and hold the figures to their bounds.

    Takes about ten minutes and five gigabytes; docs/bench.md tells how it is done. Examples:
    [bold]riddles bench[/], [bold]riddles bench answers --json[/], [bold]riddles bench --bot[/]
    """
    from rich.console import Console
    from rich.progress import Progress

    from riddles.bench.figures import as_json as in_json
    from riddles.bench.figures import table
    from riddles.bench.run import ENGINE, PARTS, run
    from riddles.bench.sizes import FULL, QUICK

    asked = parts or (["bot"] if bot else list(ENGINE))
    if unknown := [part for part in asked if part not in PARTS]:
        raise typer.BadParameter(f"{unknown[0]} is none of {', '.join(PARTS)}")
    sizes = QUICK if quick else FULL
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("starting", total=None)

        def on_step(what: str, done: int, of: int) -> None:
            bar.update(task, description=what, completed=done, total=of)

        figures = run(asked, sizes, on_step)
    if as_json:
        typer.echo(in_json(figures, quick=quick, rounds=sizes.rounds))
    else:
        Console().print(table(figures))
    if quick:
        typer.echo("Quick sizes: the bounds are meant for the full ones.", err=True)
    elif missed := [one.what for one in figures if one.met is False]:
        raise Refusal("missed: {missed}", missed="; ".join(missed))
