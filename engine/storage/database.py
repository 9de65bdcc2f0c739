"""The database: opened, migrated, written by one hand at a time, read without waiting for it.

A transaction is durable when its block has ended (`synchronous=FULL`): what was acknowledged
after that survives a power cut. A cancelled caller never leaves a transaction open.

`transaction()` and `reading()` send each statement to the connection's thread by itself. `write`
and `read` send the whole work there in one trip: the same functions, several times faster, as
long as they wait for nothing but the database.
"""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager, closing, suppress
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from engine.errors import DatabaseUnusable
from engine.moments import to_ms
from engine.storage.connection import Connection, connect, connected
from engine.storage.migrations import migrate, newest_version, version_of
from engine.storage.transactions import (
    Parameters,
    Reader,
    Transaction,
    Trips,
    fetch,
    read_here,
    write_here,
)

Kind = Literal["live", "rehearsal"]
T = TypeVar("T")

OLDEST_SQLITE = (3, 37, 0)
"""The first with STRICT tables."""

READERS = 4
"""Longer reads that may be under way at once."""

WRITING = (
    "journal_mode = WAL",
    "synchronous = FULL",
    "foreign_keys = ON",
    "secure_delete = ON",  # What is erased leaves no copy in the file.
    "wal_autocheckpoint = 20000",
    "cache_size = -65536",
    "mmap_size = 2147418112",  # An old ledger's pages are many, and each answer needs another one.
)
READING = ("query_only = ON", "cache_size = -16384")


class Database:
    """One writer and several readers on one file."""

    def __init__(
        self, path: Path, writer: Connection, glance: Connection, near: sqlite3.Connection
    ) -> None:
        self._path = path
        self._writer = writer
        self._glance = glance
        self._near = near
        self._writing = asyncio.Lock()
        self._seats = asyncio.Semaphore(READERS)
        self._idle: list[Connection] = []

    @property
    def path(self) -> Path:
        """The file, for who wants to read it on a connection of their own."""
        return self._path

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction, None]:
        """Write all of the block, durably, or nothing of it.

        A caller cancelled while the commit is under way may find it done: what is written must
        be harmless to repeat. Nothing in the block may wait for the network.
        """
        async with self._writing:
            trips = Trips(self._writer, "BEGIN IMMEDIATE")
            tx = Transaction(trips)
            try:
                yield tx
                tx.leave()
                await trips.commit()
            except BaseException:
                tx.leave()
                trips.roll_back()
                raise

    async def write(self, work: Callable[[Transaction], Coroutine[Any, Any, T]]) -> T:
        """What `work` returns, once all it wrote is on disk; if it fails, nothing is.

        One trip to the database. `work` runs on another thread and may await nothing but its
        transaction. As with `transaction()`, a cancelled caller may find it done.
        """
        async with self._writing:
            return await self._writer.do(partial(write_here, work))

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Reader, None]:
        """Read one consistent state, however long it takes, without waiting for the writer."""
        async with self._seat() as connection:
            trips = Trips(connection, "BEGIN")
            reader = Reader(trips)
            try:
                yield reader
            finally:
                reader.leave()
                trips.roll_back()

    async def read(self, work: Callable[[Reader], Coroutine[Any, Any, T]]) -> T:
        """What `work` returns, from one consistent state, in one trip to the database.

        For what is quickly read, by index: others wait behind it. `work` runs on another thread
        and may await nothing but its reader.
        """
        return await self._glance.do(partial(read_here, work))

    def peek(self, work: Callable[[Reader], Coroutine[Any, Any, T]]) -> T | None:
        """As `read`, without the trip: for the few rows, by key, that are asked for all the time.

        The event loop stands still meanwhile. None where SQLite would have it wait; then `read`.
        """
        try:
            return read_here(work, self._near)
        except sqlite3.OperationalError:
            return None

    async def study(self, work: Callable[[Reader], Coroutine[Any, Any, T]]) -> T:
        """As `read`, for what takes its time: on a connection where nobody waits behind it."""
        async with self._seat() as connection:
            return await connection.do(partial(read_here, work))

    async def look(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Every row of one short query; the quickest way to ask a single thing."""
        return await self._glance.do(partial(fetch, sql, parameters))

    async def look_one(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """The first row of one short query, if there is any."""
        rows = await self.look(sql, parameters)
        return rows[0] if rows else None

    async def scrub(self) -> None:
        """Take what was erased out of the write-ahead log too, unless somebody still reads it."""

        def checkpoint(sqlite: sqlite3.Connection) -> None:
            sqlite.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

        async with self._writing:
            await self._writer.do(checkpoint)

    async def close(self) -> None:
        """Close the readers that were opened on the way."""
        while self._idle:
            await self._idle.pop().close()

    @asynccontextmanager
    async def _seat(self) -> AsyncGenerator[Connection, None]:
        """A connection for one who reads; a query that nobody waits for any more is broken off."""
        async with self._seats:
            connection = self._idle.pop() if self._idle else await self._another()
            try:
                yield connection
            except asyncio.CancelledError:
                connection.interrupt()
                raise
            finally:
                self._idle.append(connection)

    async def _another(self) -> Connection:
        connection = Connection(self._path, READING)
        try:
            await connection.open()
        except BaseException:
            await connection.close()
            raise
        return connection


@asynccontextmanager
async def open_database(path: Path, *, kind: Kind, now: datetime) -> AsyncGenerator[Database, None]:
    """Open the database at `path`, created and migrated where needed, and close it after the block.

    Raises:
        DatabaseUnusable: not a database, of the other kind, from a newer version, or not writable.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise DatabaseUnusable(
            "SQLite {version} is too old: 3.37 is needed", version=sqlite3.sqlite_version
        )

    def prepare(sqlite: sqlite3.Connection) -> None:
        migrate(sqlite)
        sqlite.execute(
            "INSERT INTO instance VALUES (1, ?, ?) ON CONFLICT DO NOTHING", (kind, to_ms(now))
        )

    _begin_in_private(path)
    async with _opened(path, partial(_refuse_strangers, path, kind), prepare) as database:
        yield database


@asynccontextmanager
async def open_existing(path: Path) -> AsyncGenerator[Database, None]:
    """Open a database of either kind that is there and up to date; nothing is created.

    Raises:
        DatabaseUnusable: there is none, it is no database of this program, or of another version.
    """
    if not path.is_file():  # noqa: ASYNC240 - one look, before anything waits
        raise DatabaseUnusable("there is no database {path}: name it with --database", path=path)
    async with _opened(path, partial(_refuse_other_versions, path), lambda _: None) as database:
        yield database


@asynccontextmanager
async def _opened(
    path: Path,
    check: Callable[[sqlite3.Connection], None],
    prepare: Callable[[sqlite3.Connection], None],
) -> AsyncGenerator[Database, None]:
    """The database at `path`, once `check` has looked at it and `prepare` has written to it."""
    async with AsyncExitStack() as stack:
        try:
            _inspect(path, check)
            writer = await stack.enter_async_context(connected(path, WRITING))
            await writer.do(prepare)
            glance = await stack.enter_async_context(connected(path, READING))
            near = stack.enter_context(closing(connect(path, READING, patience_s=0)))
        except sqlite3.DatabaseError as error:
            raise DatabaseUnusable(
                "{path} cannot be used: {why}", path=path, why=_in_words(error)
            ) from error
        database = Database(path, writer, glance, near)
        stack.push_async_callback(database.close)
        yield database


def _begin_in_private(path: Path) -> None:
    """Have a new file readable by its owner alone, and SQLite's files beside it like it."""
    if not path.exists():
        with suppress(OSError):  # What is wrong with the place is said when it is opened.
            path.touch(mode=0o600)


def _inspect(path: Path, check: Callable[[sqlite3.Connection], None]) -> None:
    """One look, before anything waits; what is not ours is left as it was found."""
    if path.is_file():
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)) as sqlite:
            check(sqlite)


def _refuse_strangers(path: Path, kind: Kind, sqlite: sqlite3.Connection) -> None:
    """Leave alone what is another program's database, or of the other kind."""
    if not _is_ours(path, sqlite):
        return
    for (found,) in sqlite.execute("SELECT kind FROM instance"):
        if found != kind:
            raise DatabaseUnusable(
                "{path} is a {found} database, and a {kind} one is needed: name another file "
                "with --database",
                path=path,
                found=found,
                kind=kind,
            )


def _refuse_other_versions(path: Path, sqlite: sqlite3.Connection) -> None:
    ours = _is_ours(path, sqlite)
    version, known = version_of(sqlite), newest_version()
    if version > known:
        raise DatabaseUnusable(
            "{path} has schema {version}, and this version of the program knows {known} at most: "
            "update the program",
            path=path,
            version=str(version),
            known=known,
        )
    if not ours or version != known:
        raise DatabaseUnusable(
            "{path} has schema {version} and this version of the program {known}: start "
            "the bot once to bring it up to date",
            path=path,
            version=str(version),
            known=known,
        )


def _is_ours(path: Path, sqlite: sqlite3.Connection) -> bool:
    """Whether this program made it; False for an empty one."""
    tables = {name for (name,) in sqlite.execute("SELECT name FROM sqlite_schema")}
    if tables and "instance" not in tables:
        raise DatabaseUnusable(
            "{path} is another program's database: name another file with --database", path=path
        )
    return bool(tables)


def _in_words(error: sqlite3.DatabaseError) -> str:
    match getattr(error, "sqlite_errorname", "").split("_")[:2]:
        case ["SQLITE", "NOTADB"]:
            return "it is not a database of this program"
        case ["SQLITE", "READONLY"]:
            return "it is read-only; the bot must be able to write to it and to its folder"
        case ["SQLITE", "CANTOPEN"]:
            return "it cannot be opened; does its folder exist, and may this user write there?"
        case ["SQLITE", "FULL"]:
            return "the disk is full"
        case ["SQLITE", "BUSY"]:
            return "another program is writing to it"
        case _:
            return str(error)
