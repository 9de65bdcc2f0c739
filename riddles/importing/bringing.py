"""Bringing points in: look through everything first, then book it, thousands of rows at a time."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import islice
from typing import TypeVar

from engine.books import imports
from engine.books.imports import Import, State
from engine.people.members import accounts_of
from engine.storage.database import Database, Reader
from riddles.importing.converting import Incoming, Report, Source, incoming

CHUNK = 10_000
T = TypeVar("T")


async def examine(
    reader: Reader, source: Source, on_row: Callable[[int], None] = lambda _: None
) -> Report:
    """What bringing the file in would do; nothing is written.

    Raises:
        Refusal: the file cannot be read as what it is said to be.
    """
    report = Report()
    seen: dict[int, tuple[int, int]] = {}
    for chunk in _chunks(incoming(source, report), CHUNK):
        fresh = [one for one in chunk if _counts(report, seen, one)]
        lines = [one.line for one in fresh if one.line]
        known = await accounts_of(reader, [line.member for line in lines])
        report.strangers |= {line.member for line in lines if line.member not in known}
        states = await imports.assess(reader, source.identity, lines)
        _tally(report, fresh, states)
        on_row(report.rows)
    report.troubles.sort(key=lambda one: one.place)
    return report


async def bring(
    database: Database,
    source: Source,
    now_ms: int,
    on_row: Callable[[int], None] = lambda _: None,
    *,
    at_once: int = CHUNK,
) -> Import:
    """Bring in what is new. Broken off anywhere, it goes on when it is asked for again.

    Raises:
        Refusal: the file cannot be read as what it is said to be.
        ImportRefused: points of this source came in at another rate.
    """
    async with database.transaction() as tx:
        into = await imports.begin(
            tx,
            origin=source.origin,
            source=source.identity,
            form=source.format,
            rate=str(source.rate),
            file=source.file.sha256,
            now_ms=now_ms,
        )
    rows = 0
    for chunk in _chunks(incoming(source, Report()), at_once):
        lines = [one.line for one in chunk if one.line]
        await database.write(partial(imports.book, into=into, lines=lines, now_ms=now_ms))
        rows += len(chunk)
        on_row(rows)
    async with database.transaction() as tx:
        await imports.end(tx, into, now_ms)
    return into


async def take_back(
    database: Database, one: Import, now_ms: int, on_row: Callable[[int], None] = lambda _: None
) -> None:
    """Take a whole import back, some thousands of rows at a time."""
    rows, before = 0, None
    while True:
        before = await database.write(
            partial(imports.undo, one=one, now_ms=now_ms, before=before, limit=CHUNK)
        )
        if before is None:
            return
        rows += CHUNK
        on_row(rows)


def _counts(report: Report, seen: dict[int, tuple[int, int]], one: Incoming) -> bool:
    """Count a row; False if an earlier line of the file is the same row."""
    report.rows += 1
    report.theirs += one.theirs
    if one.line is None:
        report.empty += 1
        return False
    row = hash((one.line.member, one.line.key))
    first = seen.setdefault(row, (one.place, one.line.points))
    if first[0] == one.place:
        return True
    if first[1] == one.line.points:
        report.repeated += 1
    else:
        report.trouble(one.place, f"line {first[0]} has the same member and key, and other points")
    return False


def _tally(report: Report, fresh: list[Incoming], states: list[State]) -> None:
    for one, state in zip(fresh, states, strict=True):
        if one.line is None:
            continue
        report.members.add(one.line.member)
        report.ours += one.line.points
        match state:
            case State.NEW:
                report.new += 1
                report.new_points += one.line.points
            case State.PRESENT:
                report.present += 1
            case State.DIFFERENT:
                report.trouble(
                    one.place,
                    "this row came in before with other points: undo that import to bring in "
                    "the newer figure, or name another --origin if it is another server's",
                )


def _chunks(items: Iterable[T], size: int) -> Iterator[list[T]]:
    source = iter(items)
    while chunk := list(islice(source, size)):
        yield chunk
