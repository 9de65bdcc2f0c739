"""The verb that makes videos ready: prepare."""

import asyncio
import json
import signal
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from riddles.cli import Paths, app
from riddles.refusal import Refusal

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from riddles.content import Riddle
    from riddles.media import MediaRefusal, Prepared, Progress


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is to be prepared, for which limits, and by which way out to the web."""

    riddles: Sequence["Riddle"]
    limits: Sequence[int]
    data: Path
    cookies: Path | None
    allow_private: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one riddle's video under one limit."""

    riddle: "Riddle"
    limit: int
    prepared: "Prepared | None"
    refusal: "MediaRefusal | None"

    @property
    def source(self) -> str:
        """The video's file, or the site it is linked from."""
        video = self.riddle.file.video
        return video.file or urlsplit(video.url or "").hostname or "?"

    @property
    def verdict(self) -> str:
        """In words: how it became ready, or why it did not."""
        if self.prepared is None:
            return str(self.refusal)
        return "; ".join([f"ready ({self.prepared.way})", *self.prepared.warnings])


@app.command()
def prepare(
    context: typer.Context,
    slugs: Annotated[
        list[str] | None, typer.Argument(metavar="[SLUG]…", help="Riddles; else all ready ones.")
    ] = None,
    *,
    report: Annotated[
        bool, typer.Option("--report", help="Show what each video was and became.")
    ] = False,
    cookies: Annotated[
        Path | None,
        typer.Option(help="A cookies.txt for sites that ask visitors to sign in."),
    ] = None,
    allow_private: Annotated[
        list[str] | None,
        typer.Option(metavar="NETWORK", help="A private network that links may lead to."),
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Fetch videos and make them fit each server's upload limit, now instead of later.

    What is ready already is not made again. Stopping it leaves nothing half-done.

    Example: riddles prepare 07-blinking-light --report
    """
    from rich.console import Console

    at: Paths = context.obj
    ask = _ask(at, slugs or [], cookies, tuple(allow_private or ()))
    outcomes = asyncio.run(_stoppable(ask, Console(stderr=True)))
    if as_json:
        typer.echo(json.dumps([_facts(o) for o in outcomes], ensure_ascii=False, indent=2))
    elif report:
        _table(outcomes, Console())
    else:
        for outcome in outcomes:
            line = f"{outcome.riddle.slug}, {_mib(outcome.limit)}: {outcome.verdict}"
            typer.echo(line, err=outcome.prepared is None)
    raise typer.Exit(0 if all(outcome.prepared for outcome in outcomes) else 1)


def _ask(
    at: Paths, slugs: Sequence[str], cookies: Path | None, allow_private: tuple[str, ...]
) -> Ask:
    from riddles.config import load_settings
    from riddles.content import read_library
    from riddles.media import SAFE_LIMIT, variants
    from riddles.program import data_folder

    settings = load_settings(at.config)
    library = read_library(at.content, settings)
    known = {folder.slug: folder for folder in library.folders}
    chosen = [riddle for riddle in library.ready if riddle.slug in slugs or not slugs]
    for slug in set(slugs) - {riddle.slug for riddle in chosen}:
        if slug not in known:
            raise Refusal(f"there is no riddle folder {slug} in {at.content}")
        raise Refusal(f"{slug} is not ready: riddles check {known[slug].path} says why")
    asked = {limit for server in settings.server for limit in variants(server.upload_limit)}
    return Ask(
        riddles=chosen,
        limits=sorted(asked or {SAFE_LIMIT}, reverse=True),
        data=data_folder(at.books),
        cookies=cookies,
        allow_private=allow_private,
    )


async def _stoppable(ask: Ask, console: "Console") -> list[Outcome]:
    """Do it all; SIGTERM stops it as cleanly as Ctrl-C."""
    from rich import progress

    task = asyncio.current_task()
    assert task  # noqa: S101 - asyncio.run made one
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, task.cancel)
    columns = (
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.TaskProgressColumn(),
        progress.TimeElapsedColumn(),
        progress.TextColumn("{task.fields[detail]}"),
    )
    with progress.Progress(*columns, console=console, disable=not console.is_terminal) as bars:
        try:
            return [
                await _one(ask, riddle, limit, bars)
                for riddle in ask.riddles
                for limit in ask.limits
            ]
        except asyncio.CancelledError:
            raise Refusal("stopped; nothing was left half-done") from None


async def _one(ask: Ask, riddle: "Riddle", limit: int, bars: "Bars") -> Outcome:
    from engine.judging import entries_of
    from riddles.media import MediaRefusal, Source, prepare

    video = riddle.file.video
    bar = bars.add_task(f"{riddle.slug}, {_mib(limit)}", total=1, detail="")
    prepared = refusal = None
    try:
        prepared = await prepare(
            Source(folder=riddle.folder, file=video.file, url=video.url),
            limit=limit,
            data=ask.data,
            secrets=entries_of(riddle.file.answer),
            captions_burn=video.captions_to_burn,
            on_progress=lambda progress: _follow(bars, bar, progress),
            allow_private=ask.allow_private,
            cookies=ask.cookies,
        )
        bars.update(bar, completed=1, total=1, detail="ready")
    except MediaRefusal as caught:
        refusal = caught
        bars.update(bar, detail="not ready")
    bars.stop_task(bar)
    return Outcome(riddle=riddle, limit=limit, prepared=prepared, refusal=refusal)


def _follow(bars: "Bars", bar: "TaskID", progress: "Progress") -> None:
    """Show one step's progress; a step of unknown length pulses."""
    known = progress.fraction is not None
    bars.update(
        bar,
        total=1 if known else None,
        completed=progress.fraction or 0,
        detail=f"{progress.step} {progress.detail}".strip(),
    )


def _facts(outcome: Outcome) -> dict[str, Any]:
    """One outcome as JSON; null where a video is not ready."""
    made, refusal = outcome.prepared, outcome.refusal
    return {
        "slug": outcome.riddle.slug,
        "source": outcome.source,
        "limit": outcome.limit,
        "ready": made is not None,
        "verdict": outcome.verdict,
        "kind": refusal.kind if refusal else None,
        "duration_s": made and made.duration_s,
        "codecs": made and made.source_codecs,
        "size_before": made and made.source_size,
        "size": made and made.size,
        "width": made and made.width,
        "height": made and made.height,
        "fps": made and made.fps,
        "loudness_lufs": made and made.loudness_lufs,
        "seconds_taken": made and made.seconds_taken,
        "video": str(made.video) if made else None,
        "poster": str(made.poster) if made else None,
    }


def _table(outcomes: Sequence[Outcome], console: "Console") -> None:
    from rich.table import Table

    table = Table("riddle", "source", "lasts", "codecs", "before", "limit", "after", "picture")
    table.add_column("taken", justify="right")
    table.add_column("verdict", overflow="fold", ratio=1)
    for outcome in outcomes:
        made = outcome.prepared
        facts = [""] * 6
        if made:
            after = f"{_mib(made.size)} ({made.size / outcome.limit:.0%})"
            facts = [
                *(f"{made.duration_s:.1f} s", made.source_codecs, _mib(made.source_size)),
                *(after, f"{made.width}x{made.height}", f"{made.seconds_taken:.1f} s"),
            ]
        lasts, codecs, before, after, picture, taken = facts
        table.add_row(
            *(outcome.riddle.slug, outcome.source, lasts, codecs, before, _mib(outcome.limit)),
            *(after, picture, taken, outcome.verdict),
        )
    console.print(table)


def _mib(size: int) -> str:
    from riddles.media.limits import spoken_size

    return spoken_size(size).replace(".0 ", " ")
