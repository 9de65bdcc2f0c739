"""Durable answers: the engine, bare SQLite and the obvious design, in turns on one disk.

In every round each has its turn with the same tries of the same riddle on a file of its own. What
the engine writes is what raw writes; that both files hold the same in the end is checked.
"""

import shutil
import sqlite3
from collections.abc import AsyncGenerator, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import replace
from itertools import chain
from pathlib import Path

from engine.play.submissions import AnswerDesk, Attempt
from engine.storage.database import Database, open_existing
from riddles.bench.designs import (
    Slice,
    in_parallel,
    noted,
    through_bare_sqlite,
    through_the_engine,
)
from riddles.bench.figures import Figure, median_of, percentile
from riddles.bench.ledgers import write_ledger
from riddles.bench.naive import naive
from riddles.bench.play import next_riddle, tries
from riddles.bench.sizes import Level, Sizes
from riddles.bench.steps import OnStep

BOUNDS = {
    "answers.1024.of_raw": 0.65,
    "answers.1024.of_naive": 40.0,
    "answers.64.of_naive": 20.0,
}
DESIGNS = ("engine", "raw", "naive")
FILES = (*DESIGNS, "noted")
NOT_UTF_8 = "\udc80"
"""What no database takes: an answer that fails in the midst of its batch."""


async def measure(folder: Path, sizes: Sizes, on_step: OnStep) -> list[Figure]:
    """Answers by the number of callers, a batch with a bad answer in it, and bytes."""
    await write_ledger(
        folder / "engine.db",
        members=sizes.members,
        transfers=sizes.history,
        on_row=lambda row: on_step("writing a ledger", row, sizes.history),
    )
    for other in FILES[1:]:
        shutil.copy(folder / "engine.db", folder / f"{other}.db")
    async with _opened(folder, sizes) as turns:
        at_first = await turns.size()
        for round_ in range(sizes.rounds):
            for n, level in enumerate(sizes.levels):
                done = round_ * len(sizes.levels) + n
                on_step("handing in answers", done, sizes.rounds * len(sizes.levels))
                await turns.take(level)
        bytes_each = (await turns.size() - at_first) / turns.handed_in
        figures = list(chain.from_iterable(turns.figures(level) for level in sizes.levels))
        figures += await turns.beside_a_bad_one(sizes)
    _must_be_the_same(folder)
    return [
        *figures,
        Figure(
            name="answers.bytes",
            what="database bytes per submission, half of them paid",
            value=bytes_each,
            unit="B",
        ),
    ]


class _Turns:
    """The three designs, each with a file of its own, and what their turns have shown."""

    def __init__(self, folder: Path, sizes: Sizes, books: dict[str, Database]) -> None:
        self._folder = folder
        self._members = sizes.members
        self._books = books
        self._slices: dict[tuple[int, str], list[Slice]] = {}
        self.handed_in = 0

    async def size(self) -> int:
        """Bytes of the engine's database."""
        row = await self._books["engine"].look_one(
            "SELECT page_size * page_count FROM pragma_page_size, pragma_page_count"
        )
        return 0 if row is None else row[0]

    async def take(self, level: Level) -> None:
        """One turn of each design."""
        rounds = {design: await next_riddle(books) for design, books in self._books.items()}
        attempts = list(tries(rounds["engine"], self._members, level.answers))
        taken = await through_the_engine(self._books["engine"], attempts, level.in_flight)
        self._keep(level, "engine", taken)
        commits = await noted(self._books["noted"], attempts, level.in_flight)
        self._keep(level, "raw", through_bare_sqlite(self._folder / "raw.db", commits))
        async with naive(self._folder / "naive.db") as obvious:
            few = attempts[: level.naive_answers]
            self._keep(level, "naive", await in_parallel(obvious.answer, few, level.in_flight))
        self.handed_in += len(attempts)

    def _keep(self, level: Level, design: str, taken: Slice) -> None:
        self._slices.setdefault((level.in_flight, design), []).append(taken)

    def figures(self, level: Level) -> Iterator[Figure]:
        """What the turns at one number of callers have shown."""
        callers = f"{level.in_flight:,} in flight"
        slices = {design: self._slices[level.in_flight, design] for design in DESIGNS}
        for design, those in slices.items():
            name = f"answers.{level.in_flight}.{design}"
            yield median_of(
                [one.per_second for one in those],
                name=f"{name}.per_second",
                what=f"{callers}, {design}: answers",
                unit="/s",
            )
            for share in (0.5, 0.99):
                yield median_of(
                    [1e3 * percentile(one.latencies, share) for one in those],
                    name=f"{name}.p{share * 100:.0f}_ms",
                    what=f"{callers}, {design}: p{share * 100:.0f}",
                    unit="ms",
                )
        for other in ("raw", "naive"):
            name = f"answers.{level.in_flight}.of_{other}"
            yield median_of(
                [
                    ours.per_second / theirs.per_second
                    for ours, theirs in zip(slices["engine"], slices[other], strict=True)
                ],
                name=name,
                what=f"{callers}: answers of the engine ÷ {other}",
                unit="×",
                at_least=BOUNDS.get(name),
            )
        if level.in_flight == 1:
            yield median_of(
                [
                    percentile(ours.latencies, 0.5) / percentile(theirs.latencies, 0.5)
                    for ours, theirs in zip(slices["engine"], slices["naive"], strict=True)
                ],
                name="answers.1.p50_of_naive",
                what="a lone answer: p50 of the engine ÷ naive",
                unit="×",
                at_most=1.0,
            )

    async def beside_a_bad_one(self, sizes: Sizes) -> list[Figure]:
        """What the neighbours of an answer that fails notice of it."""
        level, books = sizes.levels[-1], self._books["engine"]
        slower: list[float] = []
        lost = 0
        for _ in range(sizes.rounds):
            medians: list[float] = []
            for bad in (False, True):
                attempts = list(tries(await next_riddle(books), self._members, level.in_flight))
                spoilt = len(attempts) // 3
                if bad:
                    attempts[spoilt] = replace(attempts[spoilt], text=NOT_UTF_8)
                taken, failed = await _with_failures(books, attempts)
                medians.append(percentile(taken.latencies, 0.5))
                lost += abs(failed - bad)
            slower.append(medians[1] / medians[0])
        return [
            Figure(
                name="answers.beside_a_bad_one.lost",
                what=f"answers lost beside a bad one in a batch of {level.in_flight:,}",
                value=lost,
                unit="",
                at_most=0,
            ),
            median_of(
                slower,
                name="answers.beside_a_bad_one.p50",
                what="p50 of the one batch with a bad answer ÷ without",
                unit="×",
            ),
        ]


async def _with_failures(books: Database, attempts: list[Attempt]) -> tuple[Slice, int]:
    """A turn of the engine, everybody at once; how many answers failed."""
    failed = 0

    async def ask(attempt: Attempt) -> None:
        nonlocal failed
        try:
            await desk.submit(attempt)
        except UnicodeError:
            failed += 1

    desk = AnswerDesk(books)
    return await in_parallel(ask, attempts, len(attempts)), failed


@asynccontextmanager
async def _opened(folder: Path, sizes: Sizes) -> AsyncGenerator[_Turns, None]:
    async with AsyncExitStack() as stack:
        books = {
            design: await stack.enter_async_context(open_existing(folder / f"{design}.db"))
            for design in FILES
        }
        yield _Turns(folder, sizes, books)


def _must_be_the_same(folder: Path) -> None:
    """Hold raw's file against the one it was noted on: as far as it went, the same rows."""
    with closing(sqlite3.connect(folder / "raw.db")) as sqlite:
        sqlite.execute("ATTACH ? AS noted", (str(folder / "noted.db"),))
        for table in ("submissions", "solves", "transfers"):
            (missing,) = sqlite.execute(
                f"SELECT count(*) FROM (SELECT * FROM {table} EXCEPT SELECT * FROM noted.{table})"  # noqa: S608 - our own names
            ).fetchone()
            if missing:
                raise RuntimeError(f"raw left {missing} rows in {table} that the engine did not")
