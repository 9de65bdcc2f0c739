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
    hops: dict[int, dict[str, float]] = {}
    figures: list[Figure] = []
    for n, members in enumerate(sizes.boards):
        on_step(f"looking at a board of {members:,}", n, len(sizes.boards))
        found = dict(measure(members, rounds=sizes.rounds, reads=sizes.reads, folder=folder))
        hop = found.pop(HOP)
        figures.append(
            Figure(
                name=f"boards.{members}.hop_us",
                what=f"an empty aiosqlite hop, beside {members:,} members",
                value=hop * 1e6,
                unit="µs",
            )
        )
        hops[members] = {label: seconds / hop for label, seconds in found.items()}
        for label, seconds in found.items():
            is_read = not label.startswith(("building", "own rank after"))
            largest = members == sizes.boards[-1]
            figures.append(
                Figure(
                    name=f"boards.{members}.{_key(label)}",
                    what=f"{members:,} members: {label}",
                    value=seconds / hop if is_read else seconds * 1e3,
                    unit="hops" if is_read else "ms",
                    at_most=MOST_HOPS if is_read and largest else None,
                )
            )
    small, large = hops[sizes.boards[0]], hops[sizes.boards[-1]]
    return [
        *figures,
        *(
            Figure(
                name=f"boards.growth.{_key(label)}",
                what=f"{label}: among {sizes.boards[-1]:,} ÷ among {sizes.boards[0]:,}",
                value=large[label] / small[label],
                unit="×",
                at_most=MOST_GROWTH,
            )
            for label in small
            if "," not in label.replace("5,000", "") and "building" not in label
        ),
    ]


def _key(label: str) -> str:
    """A label as a program writes it."""
    return "_".join("".join(c if c.isalnum() else " " for c in label.replace(",", "")).split())
