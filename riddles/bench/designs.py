"""Designs: so many callers hand in answers, and each design takes them its own way.

- **engine**: the desk of the program. Each caller hands in its next try as soon as it has its
  reply.
- **raw**: the writes that the engine makes of the same tries, the same statements with the same
  values in the same commits, replayed with `sqlite3` on a file of its own: no event loop, nothing
  read, nothing judged, no digest taken. They are noted on a turn of the engine that is not
  measured: what is kept for raw would cost the engine a fiftieth of its time.
- **naive** (`naive.py`): what one would write first.
"""

import asyncio
import gc
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from time import perf_counter

from engine.play.submissions import AnswerDesk, Attempt, Reply, decide
from engine.storage.batches import Batches
from engine.storage.database import WRITING, Database
from engine.storage.transactions import Parameters, Transaction


@dataclass(slots=True)
class Slice:
    """One turn of one design."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list[float])
    """Seconds from handing in to hearing, of each answer."""

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return len(self.latencies) / self.seconds


@dataclass(slots=True)
class Commit:
    """What one commit wrote: statements, each with its rows, in order."""

    answers: int
    writes: list[tuple[str, list[Parameters]]] = field(
        default_factory=list[tuple[str, list[Parameters]]]
    )


async def through_the_engine(
    database: Database, attempts: Sequence[Attempt], in_flight: int
) -> Slice:
    """Hand in the tries."""
    return await in_parallel(AnswerDesk(database).submit, attempts, in_flight)


async def noted(database: Database, attempts: Sequence[Attempt], in_flight: int) -> list[Commit]:
    """Hand in the tries, and note what is written."""
    commits: list[Commit] = []
    desk = Batches(database, partial(_noting, commits))
    await in_parallel(desk.ask, attempts, in_flight)
    return commits


async def in_parallel(
    ask: Callable[[Attempt], Awaitable[object]], attempts: Sequence[Attempt], in_flight: int
) -> Slice:
    """Let `in_flight` callers hand in the tries."""
    taken, waiting = Slice(), iter(attempts)

    async def call() -> None:
        for attempt in waiting:
            begun = perf_counter()
            await ask(attempt)
            taken.latencies.append(perf_counter() - begun)

    gc.collect()
    begun = perf_counter()
    await asyncio.gather(*(call() for _ in range(in_flight)))
    taken.seconds = perf_counter() - begun
    return taken


async def _noting(
    commits: list[Commit], tx: Transaction, attempts: Sequence[Attempt]
) -> list[Reply]:
    commit = Commit(len(attempts))
    commits.append(commit)
    return await decide(_Noting(tx, commit), attempts)


class _Noting(Transaction):
    """Notes what is written on its way to the database."""

    def __init__(self, tx: Transaction, commit: Commit) -> None:
        self._tx = tx
        self._commit = commit

    async def all(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Every row."""
        if sql.split(maxsplit=1)[0] not in {"SELECT", "WITH"}:
            self._commit.writes.append((sql, [parameters]))
        return await self._tx.all(sql, parameters)

    async def many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Run one statement for each row."""
        if kept := list(rows):
            self._commit.writes.append((sql, kept))
        await self._tx.many(sql, kept)


def through_bare_sqlite(path: Path, commits: Iterable[Commit]) -> Slice:
    """Replay the writes, as fast as the file takes them."""
    taken = Slice()
    with closing(_connected(path)) as connection:
        gc.collect()
        begun = perf_counter()
        for commit in commits:
            begun_commit = perf_counter()
            connection.execute("BEGIN IMMEDIATE")
            for sql, rows in commit.writes:
                connection.executemany(sql, rows)
            connection.execute("COMMIT")
            taken.latencies += [perf_counter() - begun_commit] * commit.answers
        taken.seconds = perf_counter() - begun
    return taken


def _connected(path: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    for pragma in WRITING:
        connection.execute(f"PRAGMA {pragma}")
    return connection
