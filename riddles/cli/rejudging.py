"""The verb for an answer that should have counted: rejudge, first as a look, then for good."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from riddles.cli import Paths, app
from riddles.cli.data import echo_json
from riddles.refusal import Refusal, told

if TYPE_CHECKING:
    from engine.play.rejudging import Rejudgement
    from engine.play.rounds import Round
    from engine.storage.database import Reader
    from riddles.console import Texts


@app.command()
def rejudge(
    context: typer.Context,
    slug: Annotated[str, typer.Argument(help="The riddle's folder name, as it went out.")],
    accept: Annotated[str, typer.Option("--accept", help="The answer that is to count as well.")],
    *,
    apply: Annotated[
        bool, typer.Option("--apply", help="Book it; without this nothing is written.")
    ] = False,
    lower: Annotated[
        bool, typer.Option("--lower", help="Take back what members were paid too much by it.")
    ] = False,
    reason: Annotated[
        str, typer.Option(help="What members read in their statement; it names no answer.")
    ] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False,
) -> None:
    """Say who would solve a riddle if an answer were accepted; with --apply, accept it.

    Stored answers are replayed as of their own time. The look works beside a running bot;
    --apply needs the bot stopped (with it running, use /animate accept).

    Example: riddles rejudge 01-barres --accept "tri par pivot" --apply
    """
    paths: Paths = context.obj
    entry = accept.strip()
    if not entry:
        raise typer.BadParameter("--accept needs an answer")
    found = asyncio.run(
        _rejudge(paths.books, slug, entry, apply=apply, lower=lower, reason=reason, quiet=as_json)
    )
    if as_json:
        facts = _facts(found) | {"applied": apply}
        echo_json(facts, indent=2)
    else:
        _show(found, applied=apply)


async def _rejudge(
    books: Path, slug: str, entry: str, *, apply: bool, lower: bool, reason: str, quiet: bool
) -> "Rejudgement":
    from engine.errors import CorrectionRefused, EntryRefused
    from engine.moments import to_ms
    from engine.play import rejudging
    from riddles.books.opening import opened
    from riddles.books.rulings import accept
    from riddles.cli.progress import progress
    from riddles.clock import SystemClock
    from riddles.lock import hold

    with ExitStack() as stack:
        if apply:
            stack.enter_context(hold(books))
        stack.enter_context(progress("Judging", None, quiet=quiet))
        async with opened(books) as database:
            try:
                async with database.reading() as reader:
                    round_ = await _round(reader, slug)
                    found = await rejudging.preview(reader, round_, entry, lower=lower)
                if not apply:
                    return found
                async with database.transaction() as tx:
                    return await accept(
                        tx,
                        round_,
                        entry,
                        now_ms=to_ms(SystemClock().now()),
                        reason=" ".join(reason.split()),
                        lower=lower,
                        judged=found.judged,
                    )
            except EntryRefused as refused:
                why = told(refused)
                raise Refusal('"{entry}" cannot be accepted: {why}', entry=entry, why=why) from None
            except CorrectionRefused:
                raise Refusal("{slug} is void: nothing can be accepted for it", slug=slug) from None


async def _round(reader: "Reader", slug: str) -> "Round":
    from engine.play import rounds

    rows = await reader.all("SELECT id, slug FROM rounds ORDER BY id")
    number = next((row["id"] for row in rows if row["slug"] == slug), None)
    if number is None:
        known = ", ".join(row["slug"] for row in rows) or "none"
        raise Refusal(
            "no riddle called {slug} went out; there were: {known}", slug=slug, known=known
        )
    return await rounds.get(reader, number)


def _facts(found: "Rejudgement") -> dict[str, Any]:
    changes = found.changes
    return {
        "round": found.round.id,
        "slug": found.round.slug,
        "accept": found.entry,
        "accepted_before": found.accepted_before,
        "answers": found.answers,
        "members": found.members,
        "solve_now": len(changes.new_solvers),
        "podium_moves": len(changes.podium_moves),
        "streaks_grow": len(changes.growing),
        "points_booked": changes.paid,
        "points_taken_back": -sum(one.points for one in changes.losing),
        "points_kept_beyond": sum(one.spared for one in changes.spared),
        "changes": [
            {
                "account": one.account,
                "round": each.round,
                "fate": one.fate,
                "points": one.points,
                "place_before": one.place_before,
                "place": one.place,
            }
            for each in (changes, *changes.later)
            for one in each.members
        ],
    }


def _show(found: "Rejudgement", *, applied: bool) -> None:
    from riddles.console import here

    t = here()
    typer.echo(
        t(
            "Riddle no. {number} ({slug}), accepting “{entry}”:",
            number=found.round.id,
            slug=found.round.slug,
            entry=found.entry,
        )
    )
    for line in _lines(t, found):
        typer.echo(f"  {line}")
    if not found.is_idle:
        typer.echo(t("Booked.") if applied else t("Nothing was written: --apply books it."))


def _lines(t: "Texts", found: "Rejudgement") -> Iterator[str]:
    facts = _facts(found)
    if found.is_idle:
        yield t("it is accepted already, and nobody was refused with it")
        return
    if found.round.sealed and not found.round.is_settled:
        yield t.n(
            "{count} stored answer is right by it; the reveal tells",
            "{count} stored answers are right by it; the reveal tells",
            found.answers,
        )
        return
    yield t.n("{count} more member solves it", "{count} more members solve it", facts["solve_now"])
    yield t.n(
        "{count} place on the podium moves",
        "{count} places on the podium move",
        facts["podium_moves"],
    )
    if grow := facts["streaks_grow"]:
        yield t.n("{count} streak grows", "{count} streaks grow", grow)
    yield t.n("{count} point is booked", "{count} points are booked", facts["points_booked"])
    if taken := facts["points_taken_back"]:
        yield t.n("{count} point is taken back", "{count} points are taken back", taken)
    if kept := facts["points_kept_beyond"]:
        yield t.n(
            "{count} point stays with members who were paid more by the first count; --lower takes "
            "it back",
            "{count} points stay with members who were paid more by the first count; --lower takes "
            "them back",
            kept,
        )
