"""What was acknowledged is on disk, one hand writes at a time, and refusals are sentences."""

import asyncio
import contextlib
import os
import random
import sqlite3
import threading
from collections.abc import AsyncGenerator, Generator
from contextlib import contextmanager
from pathlib import Path

import aiosqlite
import pytest

from engine.database import Database, Kind, Transaction, migrate, open_database
from engine.errors import DatabaseUnusable
from tests.builders import MONDAY

NOBODY = 65_534


@contextmanager
def an_ordinary_user() -> Generator[None, None, None]:
    """Lay down the superuser's right to write everywhere, where there is one."""
    before = os.geteuid()
    if before == 0:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(before)


def permit(path: Path, mode: int) -> None:
    path.chmod(mode)


async def why_unusable(path: Path, kind: Kind = "live") -> str:
    """The sentence with which opening `path` is refused."""
    threads = threading.active_count()
    with pytest.raises(DatabaseUnusable) as refusal:
        async with open_database(path, kind=kind, now=MONDAY):
            pass
    while threading.active_count() > threads:
        # aiosqlite does not wait for the thread of a connection that failed.
        await asyncio.sleep(0.001)
    return str(refusal.value)


def user_version(path: Path) -> int:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute("PRAGMA user_version").fetchone()[0]


@pytest.fixture
async def notebook(database: Database) -> Database:
    """A database with a table to scribble in."""
    async with database.transaction() as tx:
        await tx.execute("CREATE TABLE scribbles (task INTEGER, line INTEGER) STRICT")
    return database


async def scribble(tx: Transaction, task: int, lines: int = 3) -> None:
    for line in range(lines):
        await tx.execute("INSERT INTO scribbles VALUES (?, ?)", (task, line))


async def scribbled(database: Database) -> dict[int, int]:
    """How many lines each task left."""
    async with database.reading() as reader:
        rows = await reader.all("SELECT task, count(*) AS lines FROM scribbles GROUP BY task")
    return {row["task"]: row["lines"] for row in rows}


# Opening.


async def test_what_was_written_is_there_when_the_database_is_opened_again(folder: Path) -> None:
    path = folder / "books.db"
    async with open_database(path, kind="live", now=MONDAY) as books, books.transaction() as tx:
        await tx.execute("INSERT INTO accounts (id, kind) VALUES (77, 'member')")
    async with open_database(path, kind="live", now=MONDAY) as books, books.reading() as reader:
        assert await reader.value("SELECT kind FROM accounts WHERE id = 77") == "member"


async def test_commits_are_synced_to_disk(database: Database) -> None:
    async with database.transaction() as tx:
        assert await tx.value("PRAGMA synchronous") == 2
        assert await tx.value("PRAGMA journal_mode") == "wal"
        assert await tx.value("PRAGMA foreign_keys") == 1


@pytest.mark.parametrize(("first", "then"), [("live", "rehearsal"), ("rehearsal", "live")])
async def test_a_database_stays_what_it_is(folder: Path, first: Kind, then: Kind) -> None:
    path = folder / "books.db"
    async with open_database(path, kind=first, now=MONDAY):
        pass
    sentence = await why_unusable(path, kind=then)

    assert f"{path} is a {first} database" in sentence
    assert "--database" in sentence
    async with open_database(path, kind=first, now=MONDAY):
        pass


async def test_a_rehearsal_refuses_a_live_database_in_a_clean_sentence(folder: Path) -> None:
    async with open_database(folder / "books.db", kind="live", now=MONDAY):
        pass
    sentence = await why_unusable(folder / "books.db", kind="rehearsal")

    assert " :" not in sentence


async def test_a_rehearsal_changes_nothing_in_an_older_live_database(folder: Path) -> None:
    path = folder / "books.db"
    async with open_database(path, kind="live", now=MONDAY) as books, books.transaction() as tx:
        for table in ("posts", "hints_taken", "solves", "submissions", "steps", "rounds"):
            await tx.execute(f"DROP TABLE {table}")
        await tx.execute("PRAGMA user_version = 1")
    await why_unusable(path, kind="rehearsal")

    assert user_version(path) == 1


async def test_a_database_from_a_newer_program_is_refused_and_left_alone(folder: Path) -> None:
    path = folder / "books.db"
    async with open_database(path, kind="live", now=MONDAY) as books, books.transaction() as tx:
        await tx.execute("PRAGMA user_version = 99")
    sentence = await why_unusable(path)

    assert "schema 99" in sentence
    assert "update the program" in sentence
    assert user_version(path) == 99


async def test_a_file_that_is_no_database_is_refused_and_left_alone(folder: Path) -> None:
    path = folder / "notes.txt"
    path.write_text("Dear diary, " * 500)
    sentence = await why_unusable(path)

    assert sentence == f"{path} cannot be used: it is not a database of this program"
    assert path.read_text() == "Dear diary, " * 500


async def test_a_damaged_database_is_refused(folder: Path) -> None:
    path = folder / "books.db"
    async with open_database(path, kind="live", now=MONDAY):
        pass
    path.write_bytes(path.read_bytes()[:4096] + b"\xff" * 40_000)

    assert str(path) in await why_unusable(path)


@pytest.mark.parametrize("version", [0, 1, 99])
async def test_a_database_of_another_program_is_refused_and_left_alone(
    folder: Path, version: int
) -> None:
    path = folder / "bookmarks.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (address TEXT)")
        connection.execute(f"PRAGMA user_version = {version}")
    sentence = await why_unusable(path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master").fetchall()

    assert "another program's database" in sentence
    assert tables == [("bookmarks",)]
    assert user_version(path) == version


async def test_a_folder_is_no_database(folder: Path) -> None:
    assert "cannot be opened" in await why_unusable(folder)


async def test_a_folder_that_is_missing_is_named(folder: Path) -> None:
    path = folder / "missing" / "books.db"

    assert f"{path} cannot be used" in await why_unusable(path)


async def test_a_read_only_file_is_refused_in_words(folder: Path) -> None:
    path = folder / "books.db"
    async with open_database(path, kind="live", now=MONDAY):
        pass
    permit(path, 0o444)
    permit(folder, 0o777)
    with an_ordinary_user():
        sentence = await why_unusable(path)

    assert "it is read-only" in sentence


async def test_a_read_only_folder_is_refused_in_words(folder: Path) -> None:
    permit(folder, 0o555)
    with an_ordinary_user():
        sentence = await why_unusable(folder / "books.db")
    permit(folder, 0o755)

    assert "may this user write there?" in sentence


@pytest.mark.long
async def test_a_database_that_somebody_else_is_writing_is_refused_in_words(folder: Path) -> None:
    """Long, because opening waits five seconds for the other."""
    path = folder / "books.db"
    async with open_database(path, kind="live", now=MONDAY):
        pass
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        sentence = await why_unusable(path)

    assert "another program is writing to it" in sentence


# Migrating.


async def test_a_migration_that_fails_leaves_nothing_behind(folder: Path) -> None:
    path = folder / "books.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE scores (a)")  # In the way of a late statement.
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        with pytest.raises(sqlite3.OperationalError, match="scores"):
            await migrate(connection)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")

        assert tables.fetchall() == [("scores",)]
    assert user_version(path) == 0


async def test_a_second_migration_that_fails_keeps_the_first(folder: Path) -> None:
    path = folder / "books.db"
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE posts (a)")
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        with pytest.raises(sqlite3.OperationalError, match="posts"):
            await migrate(connection)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        tables = connection.execute("SELECT name FROM sqlite_master WHERE name = 'rounds'")

        assert tables.fetchall() == []
    assert user_version(path) == 1


async def test_migrating_twice_changes_nothing(folder: Path) -> None:
    path = folder / "books.db"
    async with aiosqlite.connect(path, isolation_level=None) as connection:
        await migrate(connection)
        await migrate(connection)

    assert user_version(path) == 2


async def test_two_programs_may_open_a_new_database_at_once(folder: Path) -> None:
    path = folder / "books.db"
    one, two = sqlite3.connect(path, isolation_level=None), aiosqlite.connect(path, timeout=5.0)
    with contextlib.closing(one):
        # The first is in the midst of its migration when the second looks at the version.
        one.execute("PRAGMA journal_mode = WAL")
        one.execute("BEGIN IMMEDIATE")
        async with two as connection:
            second = asyncio.create_task(migrate(connection))
            await asyncio.sleep(0.1)
            async with aiosqlite.connect(":memory:", isolation_level=None) as elsewhere:
                await migrate(elsewhere)
                for (sql,) in await elsewhere.execute_fetchall(
                    "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid"
                ):
                    one.execute(sql)
            one.execute("PRAGMA user_version = 2")
            one.execute("COMMIT")
            await second

    assert user_version(path) == 2


# Transactions.


async def test_a_transaction_that_fails_leaves_nothing(notebook: Database) -> None:
    with pytest.raises(ZeroDivisionError):
        await _fail_in_the_middle(notebook)

    assert await scribbled(notebook) == {}


async def _fail_in_the_middle(notebook: Database) -> None:
    async with notebook.transaction() as tx:
        await scribble(tx, 1)
        raise ZeroDivisionError


async def test_a_statement_that_fails_takes_the_whole_transaction_with_it(
    notebook: Database,
) -> None:
    with pytest.raises(sqlite3.OperationalError):
        await _misspell(notebook)
    async with notebook.transaction() as tx:
        await scribble(tx, 2)

    assert await scribbled(notebook) == {2: 3}


async def _misspell(notebook: Database) -> None:
    async with notebook.transaction() as tx:
        await scribble(tx, 1)
        await tx.execute("INSERT INTO scrabbles VALUES (1, 1)")


async def test_two_tasks_do_not_share_a_transaction(notebook: Database) -> None:
    async def write(task: int) -> None:
        async with notebook.transaction() as tx:
            seen = await tx.value("SELECT count(*) FROM scribbles")
            await scribble(tx, task)
            await asyncio.sleep(0)
            assert await tx.value("SELECT count(*) FROM scribbles") == seen + 3
            if task % 2:
                raise ZeroDivisionError

    results = await asyncio.gather(*(write(task) for task in range(20)), return_exceptions=True)

    assert [isinstance(result, ZeroDivisionError) for result in results] == [False, True] * 10
    assert await scribbled(notebook) == dict.fromkeys(range(0, 20, 2), 3)


async def test_readers_do_not_wait_for_the_writer(notebook: Database) -> None:
    async with notebook.transaction() as tx:
        await scribble(tx, 1)
        async with asyncio.timeout(2):
            seen = await scribbled(notebook)

    assert seen == {}
    assert await scribbled(notebook) == {1: 3}


async def test_a_reader_sees_one_state_while_others_write(notebook: Database) -> None:
    async with notebook.reading() as reader:
        before = await reader.value("SELECT count(*) FROM scribbles")
        async with asyncio.timeout(2), notebook.transaction() as tx:
            await scribble(tx, 1)
        after = await reader.value("SELECT count(*) FROM scribbles")

    assert (before, after) == (0, 0)
    assert await scribbled(notebook) == {1: 3}


async def test_a_reader_cannot_write(notebook: Database) -> None:
    async with notebook.reading() as reader:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await reader.all("INSERT INTO scribbles VALUES (1, 1) RETURNING task")


# Cancelling.


async def wander(rng: random.Random) -> None:
    """Wait for a random while: turns of the loop, or parts of a millisecond."""
    if rng.random() < 0.5:
        for _ in range(rng.randrange(60)):
            await asyncio.sleep(0)
    else:
        await asyncio.sleep(rng.random() * 0.002)


async def test_a_cancelled_writer_leaves_all_or_nothing_and_no_open_transaction(
    notebook: Database,
) -> None:
    rng = random.Random(20261123)

    async def write(task: int) -> None:
        async with notebook.transaction() as tx:
            await scribble(tx, task)

    cancelled = 0
    for task in range(300):
        writing = asyncio.create_task(write(task))
        await wander(rng)
        writing.cancel()
        (result,) = await asyncio.gather(writing, return_exceptions=True)
        cancelled += isinstance(result, asyncio.CancelledError)
        async with notebook.transaction() as tx:
            await tx.execute("INSERT INTO scribbles VALUES (-1, ?)", (task,))
    lines = await scribbled(notebook)

    assert 50 < cancelled < 300
    assert lines.pop(-1) == 300
    assert set(lines.values()) == {3}
    assert len(lines) >= 300 - cancelled


async def test_a_cancelled_reader_leaves_no_open_transaction(notebook: Database) -> None:
    rng = random.Random(20261124)
    for task in range(100):
        reading = asyncio.create_task(scribbled(notebook))
        await wander(rng)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
        async with notebook.transaction() as tx:
            await scribble(tx, task, lines=1)

        # A reader that was left open would still see the state of its beginning.
        assert len(await scribbled(notebook)) == task + 1


async def test_a_writer_cancelled_in_the_queue_leaves_the_one_at_work_alone(
    notebook: Database,
) -> None:
    async def write(task: int) -> None:
        async with notebook.transaction() as tx:
            await scribble(tx, task)

    async with notebook.transaction() as tx:
        waiting = asyncio.create_task(write(1))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        await scribble(tx, 2)

    assert await scribbled(notebook) == {2: 3}


class Gate:
    """A place where a connection's thread is held, so that what is sent to it queues up."""

    def __init__(self, connection: aiosqlite.Connection) -> None:
        self._connection = connection
        self._open, self._passed = threading.Event(), threading.Event()
        self._held: list[asyncio.Task[None]] = []
        self.is_shut = False

    async def shut(self) -> None:
        """Hold the thread from here on."""
        await self._connection.create_function("gate", 0, lambda: self._open.wait(9))  # pyright: ignore[reportUnknownMemberType] # its hint is bare
        await self._connection.create_function("passed", 0, self._passed.set)  # pyright: ignore[reportUnknownMemberType] # its hint is bare
        self._held.append(asyncio.create_task(self._send("SELECT gate()")))
        await asyncio.sleep(0)
        self.is_shut = True

    async def open_while_the_loop_is_busy(self) -> None:
        """Let the thread do all that was sent, before the event loop hears of any of it."""
        self._held.append(asyncio.create_task(self._send("SELECT passed()")))
        await asyncio.sleep(0)
        self._open.set()
        self._passed.wait(9)

    async def open(self) -> None:
        """Let the thread go on."""
        self._open.set()
        await asyncio.gather(*self._held)

    async def _send(self, sql: str) -> None:
        await self._connection.execute_fetchall(sql)


async def turns(count: int = 3) -> None:
    """Let every task go on as far as it can without the database."""
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.fixture
async def writer_gate(notebook: Database) -> AsyncGenerator[Gate, None]:
    gate = Gate(notebook._writer)  # pyright: ignore[reportPrivateUsage] # where it would be slow
    yield gate
    await gate.open()


@pytest.fixture
async def reader_gate(notebook: Database) -> AsyncGenerator[Gate, None]:
    gate = Gate(notebook._reader)  # pyright: ignore[reportPrivateUsage] # where it would be slow
    yield gate
    await gate.open()


async def write_and_meet(notebook: Database, task: int, gate: Gate) -> None:
    """Scribble, and reach the commit while the database is slow."""
    async with notebook.transaction() as tx:
        await scribble(tx, task)
        await gate.shut()


async def write(notebook: Database, task: int) -> None:
    async with notebook.transaction() as tx:
        await scribble(tx, task)


async def at_its_commit(notebook: Database, gate: Gate) -> asyncio.Task[None]:
    """A writer that waits for its commit."""
    writing = asyncio.create_task(write_and_meet(notebook, 1, gate))
    while not gate.is_shut:
        await asyncio.sleep(0.001)
    await turns()
    return writing


async def test_a_writer_cancelled_at_its_commit_leaves_the_next_alone(
    notebook: Database, writer_gate: Gate
) -> None:
    writing = await at_its_commit(notebook, writer_gate)
    writing.cancel()
    await turns()
    following = asyncio.create_task(write(notebook, 2))
    await turns()
    await writer_gate.open_while_the_loop_is_busy()
    await following

    assert await scribbled(notebook) == {1: 3, 2: 3}


async def test_a_writer_cancelled_twice_at_its_commit_leaves_the_next_alone(
    notebook: Database, writer_gate: Gate
) -> None:
    """As when a deadline passes while the program is told to stop."""
    writing = await at_its_commit(notebook, writer_gate)
    for _ in range(2):
        writing.cancel()
        await turns()
    following = asyncio.create_task(write(notebook, 2))
    await turns()
    await writer_gate.open_while_the_loop_is_busy()
    await following

    assert await scribbled(notebook) == {1: 3, 2: 3}


async def test_a_writer_that_failed_and_was_cancelled_leaves_the_next_alone(
    notebook: Database, writer_gate: Gate
) -> None:
    async def fail() -> None:
        async with notebook.transaction() as tx:
            await scribble(tx, 1)
            await writer_gate.shut()
            raise ZeroDivisionError

    writing = asyncio.create_task(fail())
    while not writer_gate.is_shut:
        await asyncio.sleep(0.001)
    await turns()
    writing.cancel()
    await turns()
    following = asyncio.create_task(write(notebook, 2))
    await turns()
    await writer_gate.open()
    await following

    assert await scribbled(notebook) == {2: 3}


async def test_a_reader_cancelled_as_it_ends_leaves_the_next_alone(
    notebook: Database, reader_gate: Gate
) -> None:
    async def read() -> None:
        async with notebook.reading() as reader:
            await reader.one("SELECT 1 FROM scribbles")
            await reader_gate.shut()

    reading = asyncio.create_task(read())
    while not reader_gate.is_shut:
        await asyncio.sleep(0.001)
    await turns()
    reading.cancel()
    await turns()
    following = asyncio.create_task(scribbled(notebook))
    await turns()
    await reader_gate.open()

    assert await following == {}
