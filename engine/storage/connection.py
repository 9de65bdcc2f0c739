"""A connection to SQLite on a thread of its own, so that nobody waits for the disk with it.

Work happens in the order in which it was sent, each piece of it whole: a caller who stops waiting
never leaves one half done. A trip to the thread and back takes as long as ten small statements,
so work that belongs together is sent together.
"""

import asyncio
import sqlite3
import threading
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import Any, TypeVar

T = TypeVar("T")

BUSY_S = 5.0
"""How long to wait for another program that is writing."""

_Order = tuple["asyncio.Future[Any] | None", Callable[[], Any]]


class Connection:
    """One connection; its thread alone touches it."""

    def __init__(self, path: Path, pragmas: Sequence[str]) -> None:
        self._path = path
        self._pragmas = pragmas
        self._orders: SimpleQueue[_Order | None] = SimpleQueue()
        self._sqlite: sqlite3.Connection | None = None
        self._is_closed = False
        # An executor of the standard library would do, and takes half as long again for a trip.
        threading.Thread(target=_serve, args=(self._orders,), name="sqlite", daemon=True).start()

    async def do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` on the thread, and return what it returns.

        A caller that is cancelled takes back what was not begun; what was begun is finished.
        """
        return await self._send(lambda: self._now(work))

    def send(self, work: Callable[[sqlite3.Connection], object]) -> None:
        """Have `work` done before whatever is sent later, without waiting for it.

        Sent to a connection that is closed, it is nobody's concern any more.
        """
        if not self._is_closed:
            self._orders.put((None, lambda: self._now(work)))

    def interrupt(self) -> None:
        """Break off the statement that is running; it fails."""
        if self._sqlite is not None:
            self._sqlite.interrupt()

    async def open(self) -> None:
        """Connect; nothing is written to the file."""
        await self._send(self._open)

    async def close(self) -> None:
        """Close, once everything that was sent is done."""
        if self._is_closed:
            return
        self._is_closed = True
        closing: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._orders.put((closing, self._close))
        self._orders.put(None)
        await asyncio.shield(closing)

    async def _send(self, work: Callable[[], T]) -> T:
        if self._is_closed:
            raise sqlite3.ProgrammingError("the connection is closed")
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._orders.put((future, work))
        return await future

    def _now(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._sqlite is None:
            raise sqlite3.ProgrammingError("the connection is closed")
        return work(self._sqlite)

    def _open(self) -> None:
        self._sqlite = connect(self._path, self._pragmas)

    def _close(self) -> None:
        if self._sqlite is not None:
            self._sqlite.close()
            self._sqlite = None


def connect(
    path: Path, pragmas: Sequence[str], *, patience_s: float = BUSY_S
) -> sqlite3.Connection:
    """A connection of the standard library, set up as all of ours are."""
    # One thread uses it, and only `interrupt` comes from another.
    sqlite = sqlite3.connect(
        path,
        isolation_level=None,
        timeout=patience_s,
        check_same_thread=False,
        cached_statements=512,
    )
    sqlite.row_factory = sqlite3.Row
    for pragma in pragmas:
        sqlite.execute(f"PRAGMA {pragma}")
    return sqlite


def _serve(orders: "SimpleQueue[_Order | None]") -> None:
    """What the thread does, until there are no more orders."""
    while (order := orders.get()) is not None:
        future, work = order
        result: Any = None
        failure: BaseException | None = None
        try:
            if future is None or not future.cancelled():
                result = work()
        except BaseException as error:  # noqa: BLE001 - it belongs to whoever sent the work
            failure = error
        if future is not None:
            _tell(future, result, failure)
        # Nothing is kept alive while there is nothing to do.
        del order, future, work, result, failure


def _tell(future: "asyncio.Future[Any]", result: object, failure: BaseException | None) -> None:
    def tell() -> None:
        if future.done():
            return
        if failure is None:
            future.set_result(result)
        else:
            future.set_exception(failure)

    # Where the event loop is closed, nobody is left to hear it.
    with suppress(RuntimeError):
        future.get_loop().call_soon_threadsafe(tell)


@asynccontextmanager
async def connected(path: Path, pragmas: Sequence[str]) -> AsyncGenerator[Connection, None]:
    """A connection for the length of the block."""
    connection = Connection(path, pragmas)
    try:
        await connection.open()
        yield connection
    finally:
        await connection.close()
