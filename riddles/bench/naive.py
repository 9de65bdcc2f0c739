"""The obvious design: one aiosqlite connection, a lock, a statement at a time, a commit per answer.

It does the same work by the same rules: the engine's own decision on one try, whose statements go
to SQLite one by one, the way aiosqlite's documentation shows it. Statements that would have nothing
to write are left out, as whoever wrote it by hand would have left them out.
"""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite

from engine.play.submissions import Attempt, Reply, decide
from engine.storage.database import WRITING
from engine.storage.transactions import Parameters, Transaction


class Naive:
    """A bot's answers as most bots keep theirs."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._lock = asyncio.Lock()

    async def answer(self, attempt: Attempt) -> Reply:
        """Judge and store one try, and pay for it."""
        async with self._lock:
            (reply,) = await decide(_ByStatements(self._connection), [attempt])
            await self._connection.commit()
            return reply


class _ByStatements(Transaction):
    """Each statement with a cursor of its own."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def all(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Every row."""
        async with self._connection.execute(sql, parameters) as cursor:  # type: ignore[arg-type] # it takes mappings too
            return list(await cursor.fetchall())

    async def many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Run one statement for each row."""
        if there := list(rows):
            async with self._connection.executemany(sql, there):  # type: ignore[arg-type] # as above
                pass


@asynccontextmanager
async def naive(path: Path) -> AsyncGenerator[Naive, None]:
    """The obvious design on the database at `path`."""
    async with aiosqlite.connect(path) as connection:
        connection.row_factory = sqlite3.Row
        for pragma in WRITING:
            await connection.execute(f"PRAGMA {pragma}")
        yield Naive(connection)
