"""From a file to rows in our points.

Points are converted row by row and rounded down to whole ones, so nothing is invented; the report
says what rounding cost. A ledger keeps its history at a whole rate; at any other its members bring
their totals, because a history of rounded rows would not add up.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from math import floor

from engine.books.imports import Line
from engine.books.ledger import Kind
from riddles.importing.formats import LEDGER, read_rows
from riddles.importing.instance import read_ledger
from riddles.importing.lines import Names
from riddles.importing.rows import Trouble
from riddles.importing.text import Inspected

TROUBLES_KEPT = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file, and what is to be made of it."""

    file: Inspected
    format: str
    origin: str
    """What members read."""
    identity: str
    """Whose rows they are, in keys."""
    rate: Fraction
    """Our points for one of theirs."""
    names: Names
    who: Mapping[str, int] | None
    """Discord ids of those whom the file calls otherwise."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """A row on its way in."""

    place: int
    theirs: Fraction
    """Points as the other side counts them."""
    line: Line | None
    """None: not a whole point of ours."""


@dataclass(slots=True)
class Report:
    """What a file holds, and what of it is new."""

    rows: int = 0
    members: set[int] = field(default_factory=set[int])
    strangers: set[int] = field(default_factory=set[int])
    """Members never seen here; their points wait for them."""
    theirs: Fraction = Fraction(0)
    rounded: Fraction = Fraction(0)
    """Points of ours that rounding down costs."""
    ours: int = 0
    new: int = 0
    new_points: int = 0
    present: int = 0
    repeated: int = 0
    empty: int = 0
    nobody: int = 0
    """Rows of accounts that nobody is behind any more."""
    troubles: list[Trouble] = field(default_factory=list[Trouble])
    troubles_count: int = 0

    def trouble(self, place: int, message: str) -> None:
        """Keep the first of them, and count them all."""
        self.troubles_count += 1
        if len(self.troubles) < TROUBLES_KEPT:
            self.troubles.append(Trouble(place, message))


def incoming(source: Source, report: Report) -> Iterator[Incoming]:
    """The rows of a file in our points; what is wrong with others goes to the report."""
    if source.format == LEDGER:
        transfers = _transfers(source, report)
        if source.rate.denominator == 1:
            yield from _in_full(transfers, source.rate)
        else:
            yield from _in_total(transfers, source.rate, report)
        return
    for row in read_rows(source.file, source.format, source.names, source.who):
        if isinstance(row, Trouble):
            report.trouble(row.place, row.message)
            continue
        theirs = Fraction(row.points)
        points = floor(theirs * source.rate)
        report.rounded += theirs * source.rate - points
        line = Line(member=row.member, key=row.key, points=points, reason=row.reason)
        yield Incoming(row.place, theirs, line if points else None)


def _transfers(source: Source, report: Report) -> Iterator[tuple[int, Line]]:
    for number, lines, nobody in read_ledger(source.file):
        report.nobody += nobody
        yield from ((number, line) for line in lines)


def _in_full(transfers: Iterable[tuple[int, Line]], rate: Fraction) -> Iterator[Incoming]:
    for number, line in transfers:
        yield Incoming(number, Fraction(line.points), replace(line, points=line.points * int(rate)))


def _in_total(
    transfers: Iterable[tuple[int, Line]], rate: Fraction, report: Report
) -> Iterator[Incoming]:
    """Two rows a member: the score, and what was spent of it."""
    scores: defaultdict[int, int] = defaultdict(int)
    balances: defaultdict[int, int] = defaultdict(int)
    latest: dict[int, int] = {}
    for _, line in transfers:
        balances[line.member] += line.points
        if line.kind is Kind.MERGE:
            scores[line.member] += line.points
            latest[line.member] = line.counts_at or 0
    for place, member in enumerate(balances, 1):
        score, left = floor(scores[member] * rate), floor(balances[member] * rate)
        report.rounded += balances[member] * rate - left
        at = latest.get(member)
        parts = (("score", score, Kind.MERGE), ("spent", left - score, Kind.REDEMPTION))
        for key, points, kind in parts:
            theirs = Fraction(balances[member] if key == "score" else 0)
            line = Line(member=member, key=key, points=points, kind=kind, counts_at=at)
            if points or theirs:
                yield Incoming(place, theirs, line if points else None)
