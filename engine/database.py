"""The database: opened, migrated, written by one hand at a time, read without waiting for it.

A transaction is durable when its block has ended (`synchronous=FULL`): what was acknowledged
after that survives a power cut. A cancelled caller never leaves a transaction open.
"""

import asyncio
import sqlite3
from collections.abc import AsyncGenerator, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import datetime
from importlib import resources
from pathlib import Path
from typing import Any, Literal

import aiosqlite

from engine.errors import DatabaseUnusable
from engine.moments import to_ms

Kind = Literal["live", "rehearsal"]
Parameters = Sequence[Any] | Mapping[str, Any]

OLDEST_SQLITE = (3, 37, 0)
"""The first with STRICT tables."""


class Reader:
    """A consistent view of the database."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection

    async def all(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Every row. One hop to the database's thread, where a cursor would take three."""
        return list(await self._connection.execute_fetchall(sql, parameters))  # type: ignore[arg-type] # it takes mappings too

    async def one(self, sql: str, parameters: Parameters = ()) -> sqlite3.Row | None:
        """The first row, if there is any."""
        rows = await self.all(sql, parameters)
        return rows[0] if rows else None

    async def value(self, sql: str, parameters: Parameters = ()) -> Any:  # noqa: ANN401 - as SQLite types it
        """The first column of the first row; None where there is no row."""
        row = await self.one(sql, parameters)
        return None if row is None else row[0]


class Transaction(Reader):
    """The right to write; only `Database.transaction()` hands it out."""

    async def execute(self, sql: str, parameters: Parameters = ()) -> list[sqlite3.Row]:
        """Run one statement; what it RETURNS comes back."""
        return await self.all(sql, parameters)

    async def many(self, sql: str, rows: Iterable[Parameters]) -> None:
        """Run one statement for each row."""
        cursor = await self._connection.executemany(sql, rows)  # type: ignore[arg-type] # as above
        await cursor.close()


class Database:
    """One writer and one reader on one file."""

    def __init__(self, writer: aiosqlite.Connection, reader: aiosqlite.Connection) -> None:
        self._writer = writer
        self._reader = reader
        self._writing = asyncio.Lock()
        self._reading = asyncio.Lock()

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[Transaction, None]:
        """Write all of the block, durably, or nothing of it.

        A caller cancelled while the commit is under way may find it done: what is written must
        be harmless to repeat. Nothing in the block may wait for the network.
        """
        async with self._writing:
            try:
                await self._writer.execute_fetchall("BEGIN IMMEDIATE")
                yield Transaction(self._writer)
                await asyncio.shield(self._writer.execute_fetchall("COMMIT"))
            except BaseException:
                await _to_the_end(_roll_back(self._writer))
                raise

    @asynccontextmanager
    async def reading(self) -> AsyncGenerator[Reader, None]:
        """Read one consistent state, without waiting for the writer."""
        async with self._reading:
            try:
                await self._reader.execute_fetchall("BEGIN")
                yield Reader(self._reader)
            finally:
                await _to_the_end(_roll_back(self._reader))


async def _to_the_end(work: Coroutine[Any, Any, None]) -> None:
    """Do all of `work`, however often the caller is cancelled meanwhile; the lock waits for it."""
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            cancelled = error
    task.result()
    if cancelled is not None:
        raise cancelled


async def _roll_back(connection: aiosqlite.Connection) -> None:
    # Statements already sent run first: the connection's queue is first in, first out.
    await connection.execute_fetchall("SELECT 1")
    if connection.in_transaction:
        await connection.execute_fetchall("ROLLBACK")


@asynccontextmanager
async def open_database(path: Path, *, kind: Kind, now: datetime) -> AsyncGenerator[Database, None]:
    """Open the database at `path`, created and migrated where needed, and close it after the block.

    Raises:
        DatabaseUnusable: not a database, of the other kind, from a newer version, or not writable.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise DatabaseUnusable(f"SQLite {sqlite3.sqlite_version} is too old: 3.37 is needed")
    async with AsyncExitStack() as stack:
        try:
            writer = await _connect(stack, path)
            await _refuse_strangers(writer, path, kind)
            await migrate(writer)
            await writer.execute_fetchall(
                "INSERT INTO instance VALUES (1, ?, ?) ON CONFLICT DO NOTHING", (kind, to_ms(now))
            )
            reader = await _connect(stack, path)
            await reader.execute_fetchall("PRAGMA query_only = ON")
        except sqlite3.DatabaseError as error:
            raise DatabaseUnusable(f"{path} cannot be used: {_in_words(error)}") from error
        yield Database(writer, reader)


@asynccontextmanager
async def open_existing(path: Path) -> AsyncGenerator[Database, None]:
    """Open a database of either kind that is there and up to date; nothing is created.

    Raises:
        DatabaseUnusable: there is none, it is no database of this program, or of another version.
    """
    if not path.is_file():  # noqa: ASYNC240 - one look, before anything waits
        raise DatabaseUnusable(f"there is no database {path}: name it with --database")
    async with AsyncExitStack() as stack:
        try:
            writer = await _connect(stack, path)
            version, known = await _version(writer), len(_migrations())
            if version != known:
                raise DatabaseUnusable(
                    f"{path} has schema {version} and this version of the program {known}: "
                    "start the bot once to bring it up to date, or update the program"
                )
            reader = await _connect(stack, path)
            await reader.execute_fetchall("PRAGMA query_only = ON")
        except sqlite3.DatabaseError as error:
            raise DatabaseUnusable(f"{path} cannot be used: {_in_words(error)}") from error
        yield Database(writer, reader)


async def _connect(stack: AsyncExitStack, path: Path) -> aiosqlite.Connection:
    connection = await stack.enter_async_context(
        aiosqlite.connect(path, isolation_level=None, timeout=5.0)
    )
    connection.row_factory = sqlite3.Row
    for pragma in (
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
        "wal_autocheckpoint = 20000",
        "cache_size = -65536",
    ):
        await connection.execute_fetchall(f"PRAGMA {pragma}")
    return connection


async def migrate(connection: aiosqlite.Connection) -> None:
    """Bring the schema up to date; each migration commits together with its number.

    Raises:
        DatabaseUnusable: the file was written by a newer version of the program.
    """
    migrations = _migrations()
    version = await _version(connection)
    if version > len(migrations):
        raise DatabaseUnusable(
            f"the database has schema {version} and this version of the program knows "
            f"{len(migrations)}: update the program, or restore an older backup"
        )
    for number, script in enumerate(migrations[version:], version + 1):
        await connection.execute_fetchall("BEGIN IMMEDIATE")
        try:
            # Another program may have been here since the version was read.
            if await _version(connection) < number:
                for statement in _statements(script):
                    await connection.execute_fetchall(statement)
                await connection.execute_fetchall(f"PRAGMA user_version = {number}")
            await connection.execute_fetchall("COMMIT")
        except BaseException:
            await _to_the_end(_roll_back(connection))
            raise


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; a trigger's body is part of its statement."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


async def _version(connection: aiosqlite.Connection) -> int:
    (row,) = await connection.execute_fetchall("PRAGMA user_version")
    return int(row[0])


def _migrations() -> list[str]:
    files = sorted(
        (file for file in resources.files("engine.schema").iterdir() if file.name.endswith(".sql")),
        key=lambda file: file.name,
    )
    return [file.read_text(encoding="utf-8") for file in files]


async def _refuse_strangers(connection: aiosqlite.Connection, path: Path, kind: Kind) -> None:
    """Leave alone what is another program's database, or of the other kind."""
    tables = {row[0] for row in await connection.execute_fetchall("SELECT name FROM sqlite_schema")}
    if "instance" not in tables:
        if tables:
            raise DatabaseUnusable(
                f"{path} is another program's database: name another file with --database"
            )
        return
    for (found,) in await connection.execute_fetchall("SELECT kind FROM instance"):
        if found != kind:
            raise DatabaseUnusable(
                f"{path} is a {found} database, and a {kind} one is needed: "
                "name another file with --database"
            )


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
