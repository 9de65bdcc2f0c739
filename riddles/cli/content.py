"""The verbs for who prepares riddles: check, new, queue, schema."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from riddles.cli import Paths, app
from riddles.cli.data import echo_json
from riddles.problems import errors

if TYPE_CHECKING:
    from engine.play.course import Course
    from riddles.config import Settings
    from riddles.console import Texts
    from riddles.content import Library
    from riddles.content.check import Report
    from riddles.content.queue import Forecast, QueueLine
    from riddles.content.variants import AnswerReport

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@app.command()
def check(
    context: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH]…", help="Riddle folders or scheduler.toml; else all."),
    ] = None,
    *,
    answers: Annotated[
        bool, typer.Option("--answers", help="Show how answers are judged; they are printed.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Find everything that is wrong with the settings and the riddles, all at once.

    Each problem is one line on stderr, `path:line: message`. Warnings do not make it fail.

    Example: riddles check content/01-first-steps
    """
    from riddles.clock import SystemClock
    from riddles.content.check import check, targets_of

    at: Paths = context.obj
    targets = targets_of(paths or (), config=at.config, content=at.content)
    report = check(
        targets,
        config=at.config,
        content=at.content,
        now=SystemClock().now(),
        published=_published(at),
    )
    judged = _judged(report) if answers else {}
    if as_json:
        shown = _report(report)
        if answers:
            shown["answers"] = {slug: about.to_json() for slug, about in judged.items()}
        echo_json(shown, indent=2)
    else:
        _show_answers(judged.values())
        _show_problems(report)
    raise typer.Exit(1 if report.errors else 0)


@app.command()
def new(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="Name of the riddle's folder; it is public.")],
) -> None:
    """Begin a riddle: a draft folder that explains what goes where.

    The folder's name starts with "_" until you rename it, so that nothing half written goes out.

    Example: riddles new 07-blinking-light
    """
    from riddles.console import here
    from riddles.content.scaffold import scaffold

    at: Paths = context.obj
    t = here()
    folder = scaffold(at.content, slug, t.lang)
    file = folder / "riddle.toml"
    typer.echo(
        t("{folder} is a draft: write {file} and add the video, then run", folder=folder, file=file)
    )
    typer.echo(f"  riddles check {folder}")
    typer.echo(f"  mv {folder} {at.content / slug}")


@app.command()
def queue(
    context: typer.Context,
    weeks: Annotated[int, typer.Option(min=1, max=104, help="How many weeks to show.")] = 8,
    *,
    as_json: AsJson = False,
) -> None:
    """Show what goes out when: the coming weeks, how long the queue lasts, what is not ready.

    Works without a database; with one, riddles that have gone out are left out, and what hosts
    skipped or swapped on Discord is as they left it.

    Example: riddles queue --weeks 12
    """
    from riddles.books.opening import course_by_hand, weeks_done
    from riddles.clock import SystemClock
    from riddles.config import load_settings
    from riddles.content import hold_back_renamed, read_library
    from riddles.week.outlook import Outlook

    at: Paths = context.obj
    settings = load_settings(at.config)
    published = _published(at)
    library = hold_back_renamed(read_library(at.content, settings), published)
    by_hand, done = course_by_hand(at.books), weeks_done(at.books)
    outlook = Outlook.of(settings, by_hand, done, published.keys())
    plan = outlook.forecast(SystemClock().now(), library, weeks)
    if as_json:
        echo_json(_queue(plan, library), indent=2)
    else:
        _show_queue(settings, plan, library, by_hand)


class Schema(StrEnum):
    """The files that have a schema."""

    RIDDLE = "riddle"
    SCHEDULER = "scheduler"
    REWARDS = "rewards"


@app.command()
def schema(
    which: Annotated[Schema, typer.Argument(help="riddle.toml, scheduler.toml, rewards.toml.")],
) -> None:
    """Print the JSON Schema of one of the files, so that editors complete it.

    Example: riddles schema riddle > riddle.schema.json
    """
    from riddles.config import Settings
    from riddles.content import RiddleFile
    from riddles.content.rewards import CatalogueFile
    from riddles.toml import json_schema

    models = {
        Schema.RIDDLE: RiddleFile,
        Schema.SCHEDULER: Settings,
        Schema.REWARDS: CatalogueFile,
    }
    echo_json(json_schema(models[which]), indent=2)


def _published(at: Paths) -> Mapping[str, str | None]:
    """The riddles that have gone out, as far as there is a database to know them."""
    from riddles.books.opening import rules_by_slug

    return rules_by_slug(at.books)


def _judged(report: "Report") -> "dict[str, AnswerReport]":
    """How the answers of each riddle that was checked are judged; for its author's eyes only."""
    from riddles.content.variants import report as judged

    language = report.settings.language if report.settings else "fr"
    languages = sorted(report.settings.languages) if report.settings else ()
    return {
        folder.slug: judged(
            folder.slug, folder.riddle.file.answer, lang=language, languages=languages
        )
        for folder in report.folders
        if folder.riddle is not None
    }


def _show_answers(judged: "Iterable[AnswerReport]") -> None:
    from rich.console import Console

    from riddles.console import here

    console = Console(highlight=False)
    for about in judged:
        for part in about.told(here()):
            console.print(part)
        console.print()


def _report(report: "Report") -> dict[str, Any]:
    return {
        "errors": len(report.errors),
        "warnings": len(report.warnings),
        "problems": [
            {
                "path": str(problem.path),
                "line": problem.line,
                "severity": problem.severity,
                "message": str(problem.message),
            }
            for problem in report.problems
        ],
    }


def _show_problems(report: "Report") -> None:
    """Every problem on stderr, and the sum of it all on stdout."""
    from riddles.console import here

    t = here()
    for problem in report.errors:
        typer.echo(problem.said(t), err=True)
    for problem in report.warnings:
        said = t("warning: {message}", message=problem.message.said(t))
        typer.echo(f"{problem.path}:{problem.line}: {said}", err=True)
    typer.echo(_counts(t, report))


def _counts(t: "Texts", report: "Report") -> str:
    drafts = sum(folder.draft for folder in report.folders)
    riddles = len(report.folders) - drafts
    checked = [
        *([t("the settings")] if report.settings_checked else []),
        *([t.n("{count} riddle", "{count} riddles", riddles)] if report.folders else []),
        *([t.n("{count} draft", "{count} drafts", drafts)] if drafts else []),
        *([t.n("{count} reward", "{count} rewards", report.rewards)] if report.rewards else []),
    ]
    wrong = t.n("{count} error", "{count} errors", len(report.errors))
    warnings = t.n("{count} warning", "{count} warnings", len(report.warnings))
    if not checked:
        return t("Checked nothing: {errors}, {warnings}.", errors=wrong, warnings=warnings)
    return t(
        "Checked {these}: {errors}, {warnings}.",
        these=", ".join(checked),
        errors=wrong,
        warnings=warnings,
    )


def _queue(plan: "Forecast", library: "Library") -> dict[str, Any]:
    return {
        "weeks": [
            {
                "week": str(line.week),
                "publishes_at": line.publishes_at.isoformat(),
                "skipped": line.skipped,
                "slug": line.slug,
                "title": line.riddle.file.title if line.riddle else None,
                "pinned": bool(line.riddle and line.riddle.file.week == line.week),
                "reserve": bool(line.riddle and line.riddle.file.reserve),
            }
            for line in plan.lines
        ],
        "covered_until": str(plan.covered_until) if plan.covered_until else None,
        "reserve": [riddle.slug for riddle in plan.reserve],
        "drafts": [folder.slug for folder in library.drafts],
        "not_ready": [
            {"slug": folder.slug, "reasons": [str(one) for one in errors(folder.problems)]}
            for folder in library.broken
        ],
    }


def _show_queue(
    settings: "Settings", plan: "Forecast", library: "Library", by_hand: "Course"
) -> None:
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from riddles.console import here

    t = here()
    headings = (t("Week"), t("Goes out"), t("Riddle"), t("Title"), "")
    table = Table(*headings, box=None, pad_edge=False)
    for line in plan.lines:
        moment = line.publishes_at.astimezone(settings.timezone)
        title = line.riddle.file.title if line.riddle else ""
        table.add_row(
            str(line.week),
            t.day(moment),
            _what(t, line),
            escape(title),
            _mark(t, line, by_hand),
        )
    console = Console(highlight=False)
    console.print(table)
    console.print(f"\n{_cover(t, plan)}")
    if plan.reserve:
        slugs = ", ".join(riddle.slug for riddle in plan.reserve)
        console.print(t("In reserve: {slugs}.", slugs=slugs))
    if library.drafts:
        slugs = ", ".join(escape(folder.slug) for folder in library.drafts)
        console.print(t("Drafts: {slugs}.", slugs=slugs))
    for folder in library.broken:
        console.print(f"[red]{t('Not ready:')}[/red] {escape(folder.slug)}")
        for problem in errors(folder.problems):
            console.print(f"  {escape(problem.said(t))}", soft_wrap=True)


def _what(t: "Texts", line: "QueueLine") -> str:
    if line.skipped:
        return f"[dim]{t('no show')}[/dim]"
    return line.slug or f"[yellow]{t('nothing is ready')}[/yellow]"


def _mark(t: "Texts", line: "QueueLine", by_hand: "Course") -> str:
    if line.riddle is None:
        return t("skipped by hand") if line.week in by_hand.skipped else ""
    if line.riddle.file.week == line.week:
        return t("pinned")
    if line.slug in by_hand.places:
        return t("swapped by hand")
    return t("reserve") if line.riddle.file.reserve else ""


def _cover(t: "Texts", plan: "Forecast") -> str:
    if plan.covered_until is None:
        return f"[yellow]{t('Nothing is ready for the next week.')}[/yellow]"
    return t("Covered until {week}.", week=plan.covered_until)
