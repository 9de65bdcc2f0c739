"""The verb that makes videos ready: prepare."""

import asyncio
import signal
from collections.abc import Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import urlsplit

import typer

from riddles.cli import Paths, app
from riddles.cli.data import echo_json
from riddles.refusal import Refusal

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from riddles.console import Texts
    from riddles.content import Riddle
    from riddles.content.library import Folder
    from riddles.media import LinkPost, MediaRefusal, Prepared, Progress
    from riddles.media.desk import OnProgress
    from riddles.week.workshop import Workshop

STEPS = ("waiting", "fetching", "checking", "fitting", "watching")
WAYS = ("remux", "quality", "two-pass")
"""What a worker calls the steps of its work, and the ways in which a video was made to fit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What is to be prepared, for which limits, and by which way out to the web."""

    riddles: Sequence["Riddle"]
    limits: Sequence[int]
    shop: "Workshop"
    unready: Sequence[Refusal] = ()
    """Why other riddles have no video to make."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one riddle's video under one limit."""

    riddle: "Riddle"
    limit: int
    made: "Prepared | LinkPost | None"
    refusal: "MediaRefusal | None"
    solution: bool = False
    """Whether it is about the video of the riddle's solution."""

    @property
    def prepared(self) -> "Prepared | None":
        """The video, if one is uploaded."""
        from riddles.media import Prepared

        return self.made if isinstance(self.made, Prepared) else None

    @property
    def source(self) -> str:
        """The video's file, or the site it is linked from."""
        from riddles.content.footage import SOLUTION_VIDEO

        video = self.riddle.file.video
        if self.solution:
            return SOLUTION_VIDEO
        return video.file or urlsplit(video.url or "").hostname or "?"

    @property
    def name(self) -> str:
        """The riddle, and its file where that is not the riddle's own."""
        return f"{self.riddle.slug}, {self.source}" if self.solution else self.riddle.slug

    def verdict(self, t: "Texts") -> str:
        """In words: how it became ready, or why it did not."""
        if self.made is None:
            return self.refusal.said(t) if self.refusal else ""
        if self.prepared is None:
            return t("ready (a link and its poster)")
        ready = t("ready ({way})", way=t.plain(self.prepared.way))
        return "; ".join([ready, *(warning.said(t) for warning in self.prepared.warnings)])


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

    from riddles.console import here

    at: Paths = context.obj
    t = here()
    ask = _ask(at, slugs or [], cookies, tuple(allow_private or ()))
    outcomes = asyncio.run(_stoppable(ask, Console(stderr=True)))
    if as_json:
        echo_json([_facts(o) for o in outcomes], indent=2)
    elif report:
        _table(t, outcomes, Console())
    else:
        for outcome in outcomes:
            line = f"{outcome.name}, {_mib(outcome.limit)}: {outcome.verdict(t)}"
            typer.echo(line, err=outcome.made is None)
    for one in ask.unready:
        typer.echo(one.said(t), err=True)
    if not outcomes and not ask.unready and not as_json:
        typer.echo(t("There is no riddle to prepare."))
    is_all_ready = not ask.unready and all(outcome.made for outcome in outcomes)
    raise typer.Exit(0 if is_all_ready else 1)


def _ask(
    at: Paths, slugs: Sequence[str], cookies: Path | None, allow_private: tuple[str, ...]
) -> Ask:
    from riddles.config import load_settings
    from riddles.content import read_library
    from riddles.problems import Invalid
    from riddles.program import data_folder
    from riddles.week.uploads import Uploads
    from riddles.week.workshop import Workshop

    settings = load_settings(at.config)
    networks = [_network(text) for text in allow_private]
    if cookies is not None and not cookies.is_file():
        raise Refusal("there is no file {path}", path=cookies)
    library = read_library(at.content, settings)
    if library.root_problems:
        raise Invalid(library.root_problems)
    known = {folder.slug: folder for folder in library.folders}
    chosen = [riddle for riddle in library.ready if riddle.slug in slugs or not slugs]
    for slug in set(slugs) - {riddle.slug for riddle in chosen}:
        if slug not in known:
            raise Refusal(
                "there is no riddle folder {slug} in {content}", slug=slug, content=at.content
            )
        raise _unready(known[slug])
    data = data_folder(at.books)
    shop = Workshop.by(settings, data)
    shop = replace(
        shop,
        cookies=cookies or shop.cookies,
        allow_private=(*shop.allow_private, *networks),
    )
    return Ask(
        riddles=chosen,
        limits=Uploads(data).limits_of(settings.server),
        shop=shop,
        unready=[] if slugs else [_unready(folder) for folder in library.broken],
    )


def _network(text: str) -> str:
    """A network as the settings take it.

    Raises:
        Refusal: it is none.
    """
    from engine.errors import Misread
    from riddles.config.quantities import parse_network

    try:
        return str(parse_network(text))
    except Misread as misread:
        raise Refusal.told(misread) from None


def _unready(folder: "Folder") -> Refusal:
    return Refusal(
        "{slug} is not ready: riddles check {path} says why", slug=folder.slug, path=folder.path
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
                await _one(work, bars) for riddle in ask.riddles for work in _works(ask, riddle)
            ]
        except asyncio.CancelledError:
            raise Refusal("stopped; nothing was left half-done") from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One thing to make."""

    riddle: "Riddle"
    limit: int
    make: "Callable[[OnProgress], Awaitable[Prepared | LinkPost | None]]"
    solution: bool = False


def _works(ask: Ask, riddle: "Riddle") -> Iterator[Work]:
    """The riddle's video under each limit, or its poster, and then the solution's video."""
    from riddles.week.workshop import solution_of

    shop = ask.shop
    if riddle.file.video.mode == "link":
        link = partial(_link, shop, riddle)
        yield Work(riddle=riddle, limit=ask.limits[0], make=link)
    for limit in ask.limits:
        if riddle.file.video.mode == "upload":
            yield Work(riddle=riddle, limit=limit, make=partial(_video, shop, riddle, limit))
    if solution_of(riddle):
        for limit in ask.limits:
            make = partial(_solution, shop, riddle, limit)
            yield Work(riddle=riddle, limit=limit, make=make, solution=True)


async def _video(shop: "Workshop", riddle: "Riddle", limit: int, tell: "OnProgress") -> "Prepared":
    return await shop.video(riddle, limit=limit, on_progress=tell)


async def _link(shop: "Workshop", riddle: "Riddle", tell: "OnProgress") -> "LinkPost":
    return await shop.link(riddle, on_progress=tell)


async def _solution(
    shop: "Workshop", riddle: "Riddle", limit: int, tell: "OnProgress"
) -> "Prepared | None":
    return await shop.solution(riddle, limit=limit, on_progress=tell)


async def _one(work: Work, bars: "Bars") -> Outcome:
    from riddles.console import here
    from riddles.media import MediaRefusal

    t = here()
    what = f"{work.riddle.slug}, {'solution, ' if work.solution else ''}{_mib(work.limit)}"
    bar = bars.add_task(what, total=1, detail="")
    made = refusal = None
    try:
        made = await work.make(lambda progress: _follow(bars, bar, progress))
        bars.update(bar, completed=1, total=1, detail=t("ready"))
    except MediaRefusal as caught:
        refusal = caught
        bars.update(bar, detail=t("not ready"))
    bars.stop_task(bar)
    return Outcome(
        riddle=work.riddle,
        limit=work.limit,
        made=made,
        refusal=refusal,
        solution=work.solution,
    )


def _follow(bars: "Bars", bar: "TaskID", progress: "Progress") -> None:
    """Show one step's progress; a step of unknown length pulses."""
    from riddles.console import here

    known = progress.fraction is not None
    step = here().plain(progress.step)
    bars.update(
        bar,
        total=1 if known else None,
        completed=progress.fraction or 0,
        detail=f"{step} {progress.detail}".strip(),
    )


def _facts(outcome: Outcome) -> dict[str, Any]:
    """One outcome as JSON; null where a video is not ready."""
    from riddles.console import texts

    made, refusal = outcome.prepared, outcome.refusal
    return {
        "slug": outcome.riddle.slug,
        "source": outcome.source,
        "limit": outcome.limit,
        "ready": outcome.made is not None,
        "verdict": outcome.verdict(texts("en")),
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
        "poster": str(outcome.made.poster) if outcome.made else None,
        "link": outcome.riddle.file.video.url if outcome.made and not made else None,
        "warnings": [str(warning) for warning in made.warnings] if made else [],
    }


def _table(t: "Texts", outcomes: Sequence[Outcome], console: "Console") -> None:
    """A line of facts for each video, and its verdict below; readable at 80 columns."""
    from rich.box import SIMPLE_HEAD
    from rich.markup import escape
    from rich.table import Table

    table = Table(
        t("riddle"),
        t("source"),
        t("lasts"),
        t("was"),
        t("limit"),
        t("is"),
        t("picture"),
        box=SIMPLE_HEAD,
        padding=(0, 1, 0, 0),
        pad_edge=False,
    )
    table.add_column(t("taken"), justify="right")
    table.columns[0].overflow = table.columns[1].overflow = "fold"
    for outcome in outcomes:
        table.add_row(*_row(outcome))
    console.print(table)
    for outcome in outcomes:
        sign = "[green]✓[/]" if outcome.made else "[red]✗[/]"
        where = f"{outcome.riddle.slug}, {outcome.source}, {_mib(outcome.limit)}"
        console.print(f"{sign} {escape(where)}: {escape(outcome.verdict(t))}", highlight=False)


def _row(outcome: Outcome) -> list[str]:
    made = outcome.prepared
    head = [outcome.riddle.slug, outcome.source]
    if made is None:
        return [*head, "", "", _mib(outcome.limit)]
    return [
        *head,
        f"{made.duration_s:.1f} s",
        f"{_mib(made.source_size)}\n{made.source_codecs}",
        _mib(outcome.limit),
        f"{_mib(made.size)}\n{made.size / outcome.limit:.0%}",
        f"{made.width}x{made.height}\n{made.fps:.3g} fps",
        f"{made.seconds_taken:.1f} s",
    ]


def _mib(size: int) -> str:
    from riddles.media.limits import spoken_size

    return spoken_size(size).replace(".0 ", " ")
