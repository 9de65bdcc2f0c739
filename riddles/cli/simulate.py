"""The verb that tries a rule before anybody adopts it: simulate."""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from riddles.cli import Paths, app
from riddles.cli.data import echo_json
from riddles.refusal import Refusal

if TYPE_CHECKING:
    from engine.books.simulation import Moved, Simulation
    from engine.scoring import Scoring
    from engine.seasons import Season
    from engine.storage.database import Reader
    from riddles.console import Texts

SHOWN = 30


@app.command()
def simulate(
    context: typer.Context,
    scoring: Annotated[
        Path, typer.Option(metavar="FILE", help=r"A TOML file with the other \[scoring] table.")
    ],
    season: Annotated[
        str | None, typer.Option(metavar="LABEL", help=r"A season, or all. \[default: the newest]")
    ] = None,
    plot: Annotated[
        Path | None, typer.Option(metavar="FILE.svg", help="Draw who would move.")
    ] = None,
    *,
    force: Annotated[bool, typer.Option("--force", help="Replace the drawing.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Replay a season under another scoring policy, and show who would move. Nothing is booked.

    Works beside a running bot. Example: riddles simulate --scoring podium.toml --plot moves.svg
    """
    paths: Paths = context.obj
    policy = _read(scoring)
    if plot is not None and plot.suffix.lower() != ".svg":
        raise Refusal(
            "{plot} cannot be drawn: a chart is an SVG file, so let its name end in .svg", plot=plot
        )
    found = asyncio.run(_simulate(paths.books, policy, season))
    if plot is not None:
        _draw(plot, found, policy, force=force)
    if as_json:
        echo_json(_facts(found))
    else:
        _tell(found, policy)


def _read(path: Path) -> "Scoring":
    from pydantic import BaseModel, ConfigDict

    from engine.scoring import Scoring
    from riddles.problems import Invalid, Problem
    from riddles.sentence import Sentence
    from riddles.toml import read_document, validate

    class Trial(BaseModel):
        """A file that has a scoring table; the rest of a whole scheduler.toml is passed over."""

        model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)

        scoring: Scoring

    document = read_document(path)
    if "scoring" not in document.table:
        raise Invalid([Problem(path, 1, Sentence("there is no [scoring] table in it"))])
    found = validate(Trial, document)
    if isinstance(found, Trial):
        return found.scoring
    raise Invalid(found)


async def _simulate(books: Path, policy: "Scoring", label: str | None) -> "Simulation":
    from engine.books.simulation import simulate as replay
    from riddles.books.opening import opened

    async with opened(books) as database, database.reading() as reader:
        return await replay(reader, policy, await _season(reader, label))


async def _season(reader: "Reader", label: str | None) -> "Season":
    from engine import seasons

    rows = await reader.all("SELECT id, label FROM seasons ORDER BY starts_at DESC, id")
    known = {row["label"]: row["id"] for row in reversed(rows)}
    if label is not None and label not in known:
        raise Refusal(
            "there is no season {label}; there are: {known}", label=label, known=", ".join(known)
        )
    return await seasons.get(reader, rows[0]["id"] if label is None else known[label])


def _draw(plot: Path, found: "Simulation", policy: "Scoring", *, force: bool) -> None:
    from riddles.books.drafts import draft_of, must_be_free, settle
    from riddles.books.slopes import slope_chart

    must_be_free(plot, force=force)
    with draft_of(plot) as draft:
        draft.write_text(slope_chart(_title(found, policy), found.members), "utf-8")
        draft.chmod(0o644)
        settle(draft, plot)


def _title(found: "Simulation", policy: "Scoring") -> str:
    from riddles.console import here

    t = here()
    return t(
        "Season {season} under the policy {policy}",
        season=found.season.label,
        policy=policy.policy,
    )


def _tell(found: "Simulation", policy: "Scoring") -> None:
    from rich.console import Console

    from riddles.console import here

    t = here()
    typer.echo(
        t.n(
            "{title}: {count} round replayed.",
            "{title}: {count} rounds replayed.",
            found.rounds,
            title=_title(found, policy),
        )
    )
    if found.unsettled:
        typer.echo(t("Still under way, and left as it is: {count}.", count=found.unsettled))
    changed = [one for one in found.members if one.points or one.rank_before != one.rank_after]
    if not changed:
        typer.echo(t("Nobody would have another score."))
        return
    Console(highlight=False).print(_table(t, changed[:SHOWN]))
    if len(changed) > SHOWN:
        more = len(changed) - SHOWN
        typer.echo(
            t.n("… and {count} more; --json has it.", "… and {count} more; --json has them.", more)
        )
    typer.echo(
        t(
            "Of {members} members, {movers} would have another rank and {others} another score.",
            members=t.number(len(found.members)),
            movers=t.number(len(found.movers)),
            others=t.number(sum(one.points != 0 for one in found.members)),
        )
    )


def _table(t: "Texts", members: Sequence["Moved"]) -> Any:  # noqa: ANN401 - rich is imported late
    from rich.markup import escape
    from rich.table import Table

    from riddles.cli.shown import shown

    table = Table(t("Member"))
    before, after = (t("Rank"), t("Would be"), ""), (t("Points"), t("Would be"), t("Difference"))
    for column in (*before, *after):
        table.add_column(column, justify="right")
    for one in members:
        arrow = "▲" if one.climbs > 0 else "▼" if one.climbs < 0 else ""
        table.add_row(
            escape(shown(one.name)),
            str(one.rank_before or "–"),
            str(one.rank_after or "–"),
            f"{arrow}{abs(one.climbs)}" if arrow else "",
            t.number(one.before),
            t.number(one.after),
            f"{'+' if one.points > 0 else ''}{t.number(one.points)}" if one.points else "",
        )
    return table


def _facts(found: "Simulation") -> dict[str, Any]:
    return {
        "season": found.season.label,
        "rounds": found.rounds,
        "unsettled": found.unsettled,
        "members": [
            asdict(one) | {"points": one.points, "climbs": one.climbs} for one in found.members
        ],
    }
