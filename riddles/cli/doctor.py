"""The verb that looks whether all is well: doctor."""

import asyncio
import os
from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from riddles.cli import Paths, app
from riddles.cli.data import echo_json
from riddles.cli.shown import shown

if TYPE_CHECKING:
    from riddles.checkup import Finding, Patient
    from riddles.console import Texts

GRADES = ("good", "warning", "bad")
COLOURS = dict(
    zip(GRADES, (typer.colors.GREEN, typer.colors.YELLOW, typer.colors.RED), strict=True)
)


@app.command()
def doctor(
    context: typer.Context,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Look whether all is well: each line is good, a warning or bad, and says what to do.

    Changes nothing; the bot may be running. With DISCORD_TOKEN set, Discord is asked as well:
    the token, the servers, what the bot may do in them. Exit 1 if a line is bad.

    Example: riddles doctor
    """
    from riddles.checkup import Patient, examine
    from riddles.clock import SystemClock

    at: Paths = context.obj
    patient = Patient(at.config, at.content, at.books, os.environ)
    found = [*examine(patient, SystemClock().now()), *_on_discord(patient)]
    tally = Counter(one.grade for one in found)
    if as_json:
        counted = {grade: tally[grade] for grade in GRADES}
        lines = [one.facts for one in found]
        echo_json(counted | {"lines": lines}, indent=2)
    else:
        _show(found)
        typer.echo(_sum(tally))
    raise typer.Exit(1 if tally["bad"] else 0)


def _sum(tally: "Counter[str]") -> str:
    from riddles.console import here

    t = here()
    return ", ".join(
        (
            t.n("{count} good", "{count} good", tally["good"]),
            t.n("{count} warning", "{count} warnings", tally["warning"]),
            t.n("{count} bad", "{count} bad", tally["bad"]),
        )
    )


def _on_discord(patient: "Patient") -> "list[Finding]":
    """What Discord says, where there is a token to ask with."""
    from riddles.config import read_environment
    from riddles.refusal import Refusal

    names = ("DISCORD_TOKEN", "DISCORD_API_URL")
    try:
        environment = read_environment({name: patient.variables.get(name, "") for name in names})
    except Refusal:
        return []  # The lines about the environment say so.
    if environment.token is None:
        return []
    from riddles.program import ask_discord

    return asyncio.run(ask_discord(patient, environment.token, environment.api_url))


def _show(found: "Sequence[Finding]") -> None:
    from riddles.console import here
    from riddles.sentence import words_in

    t = here()
    grades = {grade: t.plain(grade) for grade in GRADES}
    subjects = [_subject(t, one) for one in found]
    wide, width = max(map(len, grades.values())), max(map(len, subjects))
    for one, subject in zip(found, subjects, strict=True):
        grade = f"{grades[one.grade]:{wide}}"
        styled = typer.style(grade, fg=COLOURS[one.grade], bold=one.grade != "good")
        typer.echo(f"{styled}  {subject:{width}}  {shown(words_in(t, one.says))}")
        if one.remedy is not None:
            typer.echo(f"{'':{wide}}  {'':{width}}  → {shown(words_in(t, one.remedy))}")


def _subject(t: "Texts", finding: "Finding") -> str:
    """What a line is about; what has a name of its own keeps it."""
    from riddles.sentence import Sentence

    subject = finding.subject
    return subject.said(t) if isinstance(subject, Sentence) else t.plain(subject)
