"""The draws' verb: draw again what was drawn, from the file that was published."""

import json
import re
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from engine.moments import from_ms
from riddles.cli import app
from riddles.cli.data import echo_json
from riddles.refusal import Refusal
from riddles.sentence import because

if TYPE_CHECKING:
    from engine.draws.published import Published

LINK = re.compile(r"(?:https://[^ ]+/channels/[0-9@me]+/[0-9]+/)?([0-9]{15,19})")

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
    posted: Annotated[
        str | None,
        typer.Option(help="Link or id of the message that posted the transcript, from Discord."),
    ] = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Draw again, offline, and compare; takes as many minutes as the draw's own hash took.

    Example: riddles draw verify noel-2026.json --frozen 3f1c… --posted 1312…
    """
    from rich.console import Console
    from rich.progress import Progress

    from engine.draws.published import DrawRejected
    from engine.draws.published import verify as draw_again

    facts, message = _read(file), _message(posted)
    started = time.monotonic()
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task("Hashing", total=None)

        def on_round(done: int, of: int) -> None:
            bar.update(task, completed=done, total=of)

        try:
            published = draw_again(facts, on_round)
        except DrawRejected as rejected:
            raise Refusal("{file}: {rejected}", file=file, rejected=rejected) from None
    if frozen is not None and frozen.strip().lower() != published.frozen:
        says = "{file}: the digest of the freezing is {found}, not the one you gave"
        raise Refusal(says, file=file, found=published.frozen)
    if transcript is not None and transcript.strip().lower() != published.transcript:
        says = "{file}: the digest of the transcript is {found}, not the one you gave"
        raise Refusal(says, file=file, found=published.transcript)
    took_s = time.monotonic() - started
    late_ms = None if message is None else _late_ms(file, published, message)
    if as_json:
        facts = published.model_dump(mode="json", exclude_unset=True)
        echo_json(facts | {"hash_s": round(took_s, 3), "posted_late_ms": late_ms})
        return
    typer.echo(f"This is the draw “{published.draw}” as it was drawn.")
    typer.echo(f"frozen      {published.frozen}")
    typer.echo(f"transcript  {published.transcript}")
    typer.echo(f"entries     {len(published.entries)}, witnesses {len(published.presses)}")
    for line in _moments(published, late_ms, took_s):
        typer.echo(line)
    for number, reference in enumerate(published.winners, 1):
        typer.echo(f"winner {number:<4} {reference}")
    for number, reference in enumerate(published.alternates, 1):
        typer.echo(f"alternate {number:<1} {reference}")


def _moments(published: "Published", late_ms: int | None, took_s: float) -> list[str]:
    """When the window ended, and how that compares with the hash."""
    if published.window_ends is None:
        return ["window      its end is not in a file of version 1: look at the posts themselves"]
    last = -max(published.late_ms(press) or 0 for press in published.presses)
    ends = _utc(published.window_ends)
    lines = [f"window      until {ends}; the last press came {_seconds(last)} before that"]
    if late_ms is None:
        lines.append("posted      give the transcript's message as --posted, to learn when it was")
    else:
        lines.append(f"posted      the transcript, {_seconds(late_ms)} after the window's end")
    lines.append(
        f"hash        {_seconds(round(took_s * 1000))} here; the transcript has to be out long "
        "before anybody's hash could be done"
    )
    return lines


def _late_ms(file: Path, published: "Published", message: int) -> int | None:
    late_ms = published.late_ms(message)
    if late_ms is not None and late_ms < 0:
        raise Refusal(
            "{file}: the message {message} was posted {early} before the window's end, "
            "so it cannot be the transcript's: copy the link of the message that holds "
            "the transcript",
            file=file,
            message=str(message),
            early=_seconds(-late_ms),
        )
    return late_ms


def _message(posted: str | None) -> int | None:
    """The id in a link to a message, or the id itself."""
    if posted is None:
        return None
    found = LINK.fullmatch(posted.strip())
    if found is None:
        raise Refusal(
            "--posted {posted}: that is neither a message's link nor its id; in Discord, "
            "choose “Copy Message Link” on the message with the transcript",
            posted=posted,
        )
    return int(found[1])


def _utc(ms: int) -> str:
    return f"{from_ms(ms):%Y-%m-%d %H:%M:%S} UTC"


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.1f} s"


def _read(file: Path) -> dict[str, object]:
    try:
        facts = json.loads(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise Refusal("{file} cannot be read: {why}", file=file, why=because(error)) from None
    except (ValueError, RecursionError):
        raise Refusal("{file} is not JSON: give the file as it was published", file=file) from None
    if not isinstance(facts, dict):
        raise Refusal("{file} is not the file of a draw", file=file)
    return facts  # pyright: ignore[reportUnknownVariableType] # JSON's keys are strings
