"""What bringing a file in would do, told to people and to programs."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from engine.books.imports import Import, Outlook
from riddles.importing.converting import Report, Source

Table = Sequence[tuple[str, str]]
"""Lines of two columns."""


def table(source: Source, report: Report) -> Table:
    """The report as a person reads it."""
    strangers = f", of whom {len(report.strangers):,} were never seen here"
    rounded = f"; rounding down cost {decimal(report.rounded)}" if report.rounded else ""
    lines = [
        ("origin", f"{source.origin} ({source.format})"),
        ("rows", f"{report.rows:,}"),
        ("members", f"{len(report.members):,}{strangers if report.strangers else ''}"),
        ("points there", decimal(report.theirs)),
        ("rate", f"{source.rate} of ours for one of theirs"),
        ("points here", f"{report.ours:,}{rounded}"),
        ("new", f"{_many(report.new, 'row')}, {_many(report.new_points, 'point')}"),
    ]
    counts = (
        ("here already", report.present),
        ("repeated in the file", report.repeated),
        ("less than a point", report.empty),
        ("nobody is behind", report.nobody),
        ("problems", report.troubles_count),
    )
    return lines + [(what, f"{count:,}") for what, count in counts if count]


def facts(source: Source, report: Report, into: Import | None) -> dict[str, Any]:
    """The report as a program reads it; points that are no whole number are text."""
    return {
        "origin": source.origin,
        "format": source.format,
        "rate": str(source.rate),
        "rows": report.rows,
        "members": len(report.members),
        "members_never_seen": len(report.strangers),
        "points_there": decimal(report.theirs, grouped=False),
        "points_here": report.ours,
        "rounded_off": decimal(report.rounded, grouped=False),
        "new_rows": report.new,
        "new_points": report.new_points,
        "here_already": report.present,
        "repeated": report.repeated,
        "less_than_a_point": report.empty,
        "nobody_behind": report.nobody,
        "problems": report.troubles_count,
        "problem_lines": [{"line": one.place, "message": one.message} for one in report.troubles],
        "batch": None if into is None else into.batch,
    }


def outlook_table(one: Import, outlook: Outlook) -> Table:
    """What taking an import back would do."""
    return [
        ("import", f"{one.batch}, {one.origin} at a rate of {one.rate}"),
        ("rows to take back", f"{outlook.rows:,}"),
        ("members", f"{outlook.members:,}"),
        ("points they lose", f"{outlook.points:,}"),
        ("members who will owe", f"{outlook.owing:,}"),
    ]


def outlook_facts(one: Import, outlook: Outlook, *, applied: bool) -> dict[str, Any]:
    """The same for programs."""
    return {
        "batch": one.batch,
        "origin": one.origin,
        "rows": outlook.rows,
        "members": outlook.members,
        "points": outlook.points,
        "members_owing": outlook.owing,
        "applied": applied,
    }


def _many(count: int, what: str) -> str:
    return f"{count:,} {what}{'' if count == 1 else 's'}"


def decimal(value: Fraction, *, grouped: bool = True) -> str:
    """A fraction as people write it; what has no end is rounded to the third place.

    >>> decimal(Fraction(12345, 10)), decimal(Fraction(2, 3)), decimal(Fraction(7))
    ('1,234.5', '0.667', '7')
    """
    text = f"{float(value):,.3f}" if value.denominator != 1 else f"{value.numerator:,}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return text if grouped else text.replace(",", "")
