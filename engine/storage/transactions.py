"""Transactions: a consistent view of the database, and the right to write to it.

A statement may travel to the connection's thread by itself, or run there as part of work that
was sent whole. Whoever writes SQL sees no difference: the same functions serve both ways.
"""

import sqlite3
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, Protocol, TypeVar

from engine.storage.connection import Connection

Parameters = Sequence[Any] | Mapping[str, Any]
T = TypeVar("T")


class Seat(Protocol):
    """Where statements are handed in."""

    async def do(self, work: Callable[[sqlite3.Connection], T], /) -> T:
        """Do `work` within the transaction."""
        ...


class Reader:
    """A consistent view of the database, for the length of its block."""

    def __init__(self, seat: Seat) -> None:
        self._seat: Seat | None = seat

    async def all(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Every row."""
        return await self._do(partial(fetch, sql, parameters))

    async def one(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """The first row, if there is any."""
        rows = await self.all(sql, parameters)
        return rows[0] if rows else None

    async def value(self, sql: str, parameters: Parameters = ()) -> Any:  # noqa: ANN401 - as SQLite types it
        """The first column of the first row; None where there is no row."""
        row = await self.one(sql, parameters)
        return None if row is None else row[0]

    def leave(self) -> None:
        """The block has ended: refuse whatever comes from here on."""
        self._seat = None

    async def _do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        if self._seat is None:
            raise RuntimeError("the block to which this transaction belongs has ended")
        return await self._seat.do(work)


class Transaction(Reader):
    """The right to write; only `Database.transaction()` and `Database.write()` hand it out."""

    async def execute(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Run one statement; what it RETURNS comes back."""
        return await self.all(sql, parameters)

    async def many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Run one statement for each row."""
        await self._do(partial(_each, sql, rows))

    @asynccontextmanager
    async def attempt(self) -> AsyncGenerator[None, None]:
        """Undo the block if it fails, and leave the rest of the transaction as it was."""
        await self.execute("SAVEPOINT attempt")
        try:
            yield
        except BaseException:
            await self.execute("ROLLBACK TO attempt")
            raise
        finally:
            await self.execute("RELEASE attempt")


class Trips:
    """A transaction whose statements travel one by one; the first takes its BEGIN along."""

    def __init__(self, connection: Connection, begin: str) -> None:
        self._connection = connection
        self._begin = begin
        self._begun = False

    async def do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Do `work` within the transaction."""
        return await self._connection.do(partial(self._step, work))

    async def commit(self) -> None:
        """Make it durable."""
        await self._connection.do(self._commit)

    def roll_back(self) -> None:
        """Undo what was not committed, before whatever is sent later and without waiting."""
        self._connection.send(roll_back)

    def _step(self, work: Callable[[sqlite3.Connection], T], sqlite: sqlite3.Connection) -> T:
        if self._begun:
            _must_be_open(sqlite)
        else:
            sqlite.execute(self._begin)
            self._begun = True
        return work(sqlite)

    def _commit(self, sqlite: sqlite3.Connection) -> None:
        if self._begun:
            _must_be_open(sqlite)
            sqlite.execute("COMMIT")


class _Here:
    """A transaction whose statements run where they are asked for, on the connection's thread."""

    def __init__(self, sqlite: sqlite3.Connection) -> None:
        self._sqlite = sqlite

    async def do(self, work: Callable[[sqlite3.Connection], T]) -> T:
        _must_be_open(self._sqlite)
        return work(self._sqlite)


def write_here(
    work: Callable[[Transaction], Coroutine[Any, Any, T]], sqlite: sqlite3.Connection
) -> T:
    """All of `work`, committed; or nothing of it."""
    sqlite.execute("BEGIN IMMEDIATE")
    tx = Transaction(_Here(sqlite))
    try:
        result = _at_once(work(tx))
        _must_be_open(sqlite)
        sqlite.execute("COMMIT")
    except BaseException:
        roll_back(sqlite)
        raise
    finally:
        tx.leave()
    return result


def read_here(work: Callable[[Reader], Coroutine[Any, Any, T]], sqlite: sqlite3.Connection) -> T:
    """All of `work`, from one consistent state."""
    sqlite.execute("BEGIN")
    reader = Reader(_Here(sqlite))
    try:
        return _at_once(work(reader))
    finally:
        reader.leave()
        roll_back(sqlite)


def fetch(sql: str, parameters: Parameters, sqlite: sqlite3.Connection) -> list[sqlite3.Row]:
    """Every row."""
    return sqlite.execute(sql, parameters).fetchall()


def _each(sql: str, rows: Iterable[Parameters], sqlite: sqlite3.Connection) -> None:
    sqlite.executemany(sql, rows)


def roll_back(sqlite: sqlite3.Connection) -> None:
    """End the transaction, if there is one."""
    if sqlite.in_transaction:
        sqlite.execute("ROLLBACK")


def is_outage(error: BaseException) -> bool:
    """Whether the machine fails the books, by a full disk for one, and not the program."""
    if not isinstance(error, sqlite3.OperationalError):
        return False
    name = getattr(error, "sqlite_errorname", None)
    return name is None or name.startswith(("SQLITE_FULL", "SQLITE_IOERR", "SQLITE_READONLY"))


def _at_once(work: Coroutine[Any, Any, T]) -> T:
    """The result of a coroutine that has nothing to wait for."""
    try:
        work.send(None)
    except StopIteration as end:
        return end.value
    work.close()
    raise RuntimeError("work that is done in one trip may await nothing but its transaction")


def _must_be_open(sqlite: sqlite3.Connection) -> None:
    # A full disk, for one, ends the transaction; what followed would be committed bit by bit.
    if not sqlite.in_transaction:
        raise sqlite3.OperationalError("SQLite gave up the transaction: nothing of it is written")
