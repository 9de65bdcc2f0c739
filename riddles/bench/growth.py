"""Growth: what a durable answer costs in an old ledger and in a young one, members held equal."""

from pathlib import Path

from engine.storage.database import open_existing
from riddles.bench.designs import Slice, through_the_engine
from riddles.bench.figures import Figure, median_of, percentile
from riddles.bench.play import next_riddle, tries
from riddles.bench.sizes import Level, Sizes
from riddles.bench.steps import OnStep

MOST = 1.25


async def measure(young: Path, old: Path, sizes: Sizes, on_step: OnStep) -> list[Figure]:
    """Answers handed in to both ledgers in turns."""
    slices: dict[tuple[int, Path], list[Slice]] = {}
    count = sizes.rounds * len(sizes.levels)
    async with open_existing(young) as new_books, open_existing(old) as old_books:
        for round_ in range(sizes.rounds):
            for n, level in enumerate(sizes.levels):
                on_step("answers in an old ledger", round_ * len(sizes.levels) + n, count)
                for path, books in ((young, new_books), (old, old_books)):
                    attempts = list(tries(await next_riddle(books), sizes.members, level.answers))
                    taken = await through_the_engine(books, attempts, level.in_flight)
                    slices.setdefault((level.in_flight, path), []).append(taken)
    return [
        _figure(level, slices[level.in_flight, young], slices[level.in_flight, old], sizes)
        for level in sizes.levels
    ]


def _figure(level: Level, young: list[Slice], old: list[Slice], sizes: Sizes) -> Figure:
    small, large = sizes.grown
    return median_of(
        [_cost(level, b) / _cost(level, a) for a, b in zip(young, old, strict=True)],
        name=f"growth.{level.in_flight}",
        what=f"{level.in_flight:,} in flight: an answer with {large:,} transfers ÷ {small:,}",
        unit="×",
        at_most=MOST,
    )


def _cost(level: Level, taken: Slice) -> float:
    """Seconds per answer: of a lone one the median, of many the whole."""
    return percentile(taken.latencies, 0.5) if level.in_flight == 1 else 1 / taken.per_second
