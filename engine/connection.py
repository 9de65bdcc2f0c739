"""A connection to SQLite on a thread of its own, so that nobody waits for the disk with it.

Work happens in the order in which it was sent, each piece of it whole: a caller who stops waiting
never leaves one half done. A trip to the thread and back takes as long as ten small statements,
so work that belongs together is sent together.
"""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")

BUSY_S = 5.0
"""How long to wait for another program that is writing."""


class Connection:
    """One connection; its thread alone touches it."""

    def __init__(self, path: Path, pragmas: Sequence[str]) -> None:
        self._path = path
        self._pragmas = pragmas
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="sqlite")
        self._sqlite: sqlite3.Connection | None = None

    async def do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` on the thread, and return what it returns.

        A caller that is cancelled takes back what was not begun; what was begun is finished.
        """
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._now, work)

    def send(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Have `work` done before whatever is sent later, without waiting for it."""
        self._thread.submit(self._now, work)

    def interrupt(self) -> None:
        """Break off the statement that is running; it fails."""
        if self._sqlite is not None:
            self._sqlite.interrupt()

    async def open(self) -> None:
        """Connect; nothing is written to the file."""
        await asyncio.get_running_loop().run_in_executor(self._thread, self._open)

    async def close(self) -> None:
        """Close, once everything that was sent is done."""
        closing = asyncio.get_running_loop().run_in_executor(self._thread, self._close)
        self._thread.shutdown(wait=False)
        await asyncio.shield(closing)

    def _now(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._sqlite is None:
            raise sqlite3.ProgrammingError("the connection is closed")
        return work(self._sqlite)

    def _open(self) -> None:
        # One thread uses it, and only `interrupt` comes from another.
        self._sqlite = sqlite3.connect(
            self._path,
            isolation_level=None,
            timeout=BUSY_S,
            check_same_thread=False,
            cached_statements=512,
        )
        self._sqlite.row_factory = sqlite3.Row
        for pragma in self._pragmas:
            self._sqlite.execute(f"PRAGMA {pragma}")

    def _close(self) -> None:
        if self._sqlite is not None:
            self._sqlite.close()
            self._sqlite = None


@asynccontextmanager
async def connected(path: Path, pragmas: Sequence[str]) -> AsyncGenerator[Connection, None]:
    """A connection for the length of the block."""
    connection = Connection(path, pragmas)
    try:
        await connection.open()
        yield connection
    finally:
        await connection.close()
