"""Boards: a look at a leaderboard of any size, beside an empty trip to SQLite."""

from pathlib import Path

from riddles.bench.figures import Figure
from riddles.bench.sizes import Sizes
from riddles.bench.standings import HOP, measure
from riddles.bench.steps import OnStep

MOST_HOPS = 3.0
MOST_GROWTH = 1.5
"""How much dearer the largest board may be than the smallest, and how much noise is let pass."""


def measure_boards(folder: Path, sizes: Sizes, on_step: OnStep) -> list[Figure]:
    """Figures of every board; the largest is held to the bounds."""
    found: dict[int, dict[str, float]] = {}
    for n, members in enumerate(sizes.boards):
        on_step(f"looking at a board of {members:,}", n, len(sizes.boards))
        found[members] = dict(
            measure(members, rounds=sizes.rounds, reads=sizes.reads, folder=folder)
        )
    small, large = sizes.boards[0], sizes.boards[-1]
    figures = [
        _figure(members, label, seconds, found[members], largest=members == large)
        for members in sizes.boards
        for label, seconds in found[members].items()
    ]
    return [
        *figures,
        *(
            Figure(
                name=f"boards.growth.{_key(label)}",
                what=f"{label}: among {large:,} ÷ among {small:,}",
                value=found[large][label] / found[small][label],
                unit="×",
                at_most=MOST_GROWTH,
            )
            for label in found[large]
            if _is_read(label)
        ),
    ]


def _figure(
    members: int, label: str, seconds: float, all_of_them: dict[str, float], *, largest: bool
) -> Figure:
    name, what = f"boards.{members}.{_key(label)}", f"{members:,} members: {label}"
    if _is_read(label):
        hops, most = _hops(label, all_of_them), MOST_HOPS if largest else None
        return Figure(name=name, what=what, value=hops, unit="hops", at_most=most)
    if label.startswith(HOP):
        return Figure(name=name, what=what, value=seconds * 1e6, unit="µs")
    return Figure(name=name, what=what, value=seconds * 1e3, unit="ms")


def _is_read(label: str) -> bool:
    """Whether it is a look at a board, at rest or while it changes."""
    return not label.startswith((HOP, "building", "own rank after"))


def _hops(label: str, found: dict[str, float]) -> float:
    """A look in empty hops of the same minutes: at rest, or under the same load."""
    _, comma, load = label.partition(", while")
    return found[label] / found[HOP + comma + load]


def _key(label: str) -> str:
    """A label as a program writes it."""
    return "_".join("".join(c if c.isalnum() else " " for c in label.replace(",", "")).split())
