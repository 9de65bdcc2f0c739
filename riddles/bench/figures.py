"""Figures: what was measured, in which unit, and the bound it is held to."""

import json
import platform
import sqlite3
import statistics
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass

from rich.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the report."""

    name: str
    """For programs: `answers.1024.of_raw`."""
    what: str
    value: float
    unit: str
    at_least: float | None = None
    at_most: float | None = None
    spread: tuple[float, float] | None = None
    """The lowest and the highest of the rounds, where `value` is their median."""

    @property
    def met(self) -> bool | None:
        """Whether the bound is kept; None where there is none."""
        if self.at_least is not None:
            return self.value >= self.at_least
        if self.at_most is not None:
            return self.value <= self.at_most
        return None

    @property
    def bound(self) -> str:
        """The bound in words."""
        if self.at_least is not None:
            return f"≥ {_number(self.at_least)}"
        return "" if self.at_most is None else f"≤ {_number(self.at_most)}"


def median_of(
    values: Sequence[float],
    *,
    name: str,
    what: str,
    unit: str,
    at_least: float | None = None,
    at_most: float | None = None,
) -> Figure:
    """The median of the rounds, with how far they lay apart."""
    return Figure(
        name=name,
        what=what,
        value=statistics.median(values),
        unit=unit,
        at_least=at_least,
        at_most=at_most,
        spread=(min(values), max(values)),
    )


def percentile(values: Iterable[float], share: float) -> float:
    """The value that `share` of all do not exceed."""
    in_order = sorted(values)
    return in_order[min(len(in_order) - 1, int(share * len(in_order)))]


def table(figures: Iterable[Figure]) -> Table:
    """The figures as people read them."""
    made = Table(box=None, pad_edge=False)
    made.add_column("what", overflow="fold")
    for heading in ("median", "lowest", "highest", "bound"):
        made.add_column(heading, justify="right")
    made.add_column("")
    for one in figures:
        low, high = ("", "") if one.spread is None else (_number(value) for value in one.spread)
        mark = {True: "[green]met[/]", False: "[red]missed[/]", None: ""}[one.met]
        made.add_row(one.what, f"{_number(one.value)} {one.unit}", low, high, one.bound, mark)
    return made


def as_json(figures: Iterable[Figure], **facts: object) -> str:
    """The figures as programs read them."""
    lines = [asdict(one) | {"met": one.met} for one in figures]
    return json.dumps({**facts, **_machine(), "lines": lines}, ensure_ascii=False)


def _machine() -> dict[str, str]:
    return {"python": platform.python_version(), "sqlite": sqlite3.sqlite_version}


def _number(value: float) -> str:
    if value == 0 or abs(value) >= 100:  # noqa: PLR2004 - three digits say enough
        return f"{value:,.0f}"
    return f"{value:.3g}"
