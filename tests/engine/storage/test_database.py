"""What was acknowledged is on disk, one hand writes at a time, and refusals are sentences."""

import asyncio
import contextlib
import os
import random
import shutil
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from engine.errors import DatabaseUnusable
from engine.storage.connection import Connection
from engine.storage.database import READERS, Database, Kind, open_database, open_existing
from engine.storage.migrations import migrate, newest_version
from engine.storage.transactions import Reader, Transaction
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
    with pytest.raises(DatabaseUnusable) as refusal:
        async with open_database(path, kind=kind, now=MONDAY):
            pass
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
    sentence, as_it_is = await why_unusable(path), await why_unusable_as_it_is(path)

    for said in (sentence, as_it_is):
        assert "schema 99" in said
        assert "update the program" in said
        assert "start the bot" not in said
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


@pytest.mark.parametrize("journal", ["delete", "wal"])
async def test_a_database_of_another_program_is_not_touched(folder: Path, journal: str) -> None:
    """Not even where its program died and left work for whoever opens it next."""
    path, copy = folder / "bookmarks.db", folder / "left"
    copy.mkdir()
    with open_by_hand(path) as connection:
        connection.execute(f"PRAGMA journal_mode = {journal}")
        connection.execute("CREATE TABLE bookmarks (address TEXT)")
        connection.execute("INSERT INTO bookmarks VALUES ('a')")
        leave_copy(path, copy)
    left = contents(copy)
    for open_it in (why_unusable, why_unusable_as_it_is):
        assert "another program's database" in await open_it(copy / "bookmarks.db")

    assert contents(copy) == left


def leave_copy(path: Path, folder: Path) -> None:
    for file in path.parent.glob(f"{path.name}*"):
        shutil.copy(file, folder)


def contents(folder: Path) -> dict[str, bytes]:
    """What lies in a folder, but for what readers of the log share with each other."""
    return {file.name: file.read_bytes() for file in folder.iterdir() if "shm" not in file.name}


async def why_unusable_as_it_is(path: Path) -> str:
    with pytest.raises(DatabaseUnusable) as refusal:
        async with open_existing(path):
            pass
    return str(refusal.value)


async def test_an_empty_file_is_no_database_to_look_into(folder: Path) -> None:
    path = folder / "books.db"
    path.touch()

    assert "has schema 0" in await why_unusable_as_it_is(path)
    assert path.read_bytes() == b""


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


def open_by_hand(path: Path | str) -> contextlib.closing[sqlite3.Connection]:
    return contextlib.closing(sqlite3.connect(path, isolation_level=None, timeout=5.0))


async def test_a_migration_that_fails_leaves_nothing_behind(folder: Path) -> None:
    path = folder / "books.db"
    with open_by_hand(path) as connection:
        connection.execute("CREATE TABLE scores (a)")  # In the way of a late statement.
        with pytest.raises(sqlite3.OperationalError, match="scores"):
            migrate(connection)
        tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")

        assert tables.fetchall() == [("scores",)]
    assert user_version(path) == 0


async def test_a_second_migration_that_fails_keeps_the_first(folder: Path) -> None:
    path = folder / "books.db"
    with open_by_hand(path) as connection:
        connection.execute("CREATE TABLE posts (a)")
        with pytest.raises(sqlite3.OperationalError, match="posts"):
            migrate(connection)
        tables = connection.execute("SELECT name FROM sqlite_master WHERE name = 'rounds'")

        assert tables.fetchall() == []
    assert user_version(path) == 1


async def test_migrating_twice_changes_nothing(folder: Path) -> None:
    path = folder / "books.db"
    with open_by_hand(path) as connection:
        migrate(connection)
        before = list(connection.iterdump())
        migrate(connection)

        assert list(connection.iterdump()) == before
    assert user_version(path) == newest_version()


async def test_two_programs_may_open_a_new_database_at_once(folder: Path) -> None:
    path = folder / "books.db"
    with open_by_hand(path) as one, open_by_hand(":memory:") as elsewhere:
        # The first is in the midst of its migrations when the second looks at the version.
        one.execute("PRAGMA journal_mode = WAL")
        one.execute("BEGIN IMMEDIATE")
        second = asyncio.create_task(asyncio.to_thread(migrate_by_hand, path))
        await asyncio.sleep(0.1)
        migrate(elsewhere)
        for statement in elsewhere.iterdump():
            if statement not in ("BEGIN TRANSACTION;", "COMMIT;"):
                one.execute(statement)
        one.execute(f"PRAGMA user_version = {newest_version()}")
        one.execute("COMMIT")
        await second

    assert user_version(path) == newest_version()


def migrate_by_hand(path: Path) -> None:
    with open_by_hand(path) as connection:
        migrate(connection)


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

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._open, self._passed = threading.Event(), threading.Event()
        self.is_shut = False

    def shut(self) -> None:
        """Hold the thread from here on."""
        self._connection.send(lambda _: self._open.wait(9))
        self.is_shut = True

    def open_while_the_loop_is_busy(self) -> None:
        """Let the thread do all that was sent, before the event loop hears of any of it."""
        self._connection.send(lambda _: self._passed.set())
        self._open.set()
        self._passed.wait(9)

    def open(self) -> None:
        """Let the thread go on."""
        self._open.set()


async def turns(count: int = 3) -> None:
    """Let every task go on as far as it can without the database."""
    for _ in range(count):
        await asyncio.sleep(0)


@pytest.fixture
def writer_gate(notebook: Database) -> Generator[Gate, None, None]:
    gate = Gate(notebook._writer)  # pyright: ignore[reportPrivateUsage] # where it would be slow
    yield gate
    gate.open()


async def write_and_meet(notebook: Database, task: int, gate: Gate) -> None:
    """Scribble, and reach the commit while the database is slow."""
    async with notebook.transaction() as tx:
        await scribble(tx, task)
        gate.shut()


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
    writer_gate.open_while_the_loop_is_busy()
    await following

    assert await scribbled(notebook) == {2: 3}


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
    writer_gate.open_while_the_loop_is_busy()
    await following

    assert await scribbled(notebook) == {2: 3}


async def test_a_writer_that_failed_and_was_cancelled_leaves_the_next_alone(
    notebook: Database, writer_gate: Gate
) -> None:
    async def fail() -> None:
        async with notebook.transaction() as tx:
            await scribble(tx, 1)
            writer_gate.shut()
            raise ZeroDivisionError

    writing = asyncio.create_task(fail())
    while not writer_gate.is_shut:
        await asyncio.sleep(0.001)
    await turns()
    writing.cancel()
    await turns()
    following = asyncio.create_task(write(notebook, 2))
    await turns()
    writer_gate.open()
    await following

    assert await scribbled(notebook) == {2: 3}


async def test_a_commit_that_was_under_way_when_its_writer_was_cancelled_is_whole(
    notebook: Database, writer_gate: Gate
) -> None:
    writing = await at_its_commit(notebook, writer_gate)
    writer_gate.open_while_the_loop_is_busy()
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    await write(notebook, 2)

    assert await scribbled(notebook) == {1: 3, 2: 3}


async def test_a_reader_that_is_cancelled_breaks_off_its_query(database: Database) -> None:
    async def read() -> None:
        async with database.reading() as reader:
            await reader.one(
                "WITH RECURSIVE c (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c) "
                "SELECT max(n) FROM c"
            )

    reading = [asyncio.create_task(read()) for _ in range(READERS)]
    await asyncio.sleep(0.02)
    for each in reading:
        each.cancel()
    await asyncio.gather(*reading, return_exceptions=True)
    async with database.reading() as reader:
        assert await reader.value("SELECT 1") == 1


# Reading beside each other.


async def test_a_long_reader_holds_up_nobody(notebook: Database) -> None:
    """As an audit of a million rows beside a member who asks for their points."""
    async with notebook.reading() as reader:
        await reader.one("SELECT 1")
        gate = Gate(reader._seat._connection)  # type: ignore[union-attr] # pyright: ignore[reportPrivateUsage, reportUnknownArgumentType, reportUnknownMemberType, reportOptionalMemberAccess, reportAttributeAccessIssue] # where it would be slow
        gate.shut()
        await write(notebook, 1)
        seen = await scribbled(notebook)
        looked = await notebook.look_one("SELECT count(*) FROM scribbles")
        gate.open()

    assert seen == {1: 3}
    assert looked is not None
    assert looked[0] == 3


async def test_more_readers_than_there_are_seats_take_turns(notebook: Database) -> None:
    await write(notebook, 1)
    entered = 0
    open_doors = asyncio.Event()

    async def read() -> int:
        nonlocal entered
        async with notebook.reading() as reader:
            entered += 1
            await open_doors.wait()
            return await reader.value("SELECT count(*) FROM scribbles")

    reading = [asyncio.create_task(read()) for _ in range(3 * READERS)]
    while entered < READERS:
        await asyncio.sleep(0.001)
    await turns()
    inside = entered
    open_doors.set()

    assert inside == READERS
    assert await asyncio.gather(*reading) == [3] * (3 * READERS)


async def test_a_look_sees_what_was_committed_and_nothing_else(notebook: Database) -> None:
    async with notebook.transaction() as tx:
        await scribble(tx, 1)
        during = await notebook.look("SELECT * FROM scribbles")
    after = await notebook.look("SELECT line FROM scribbles WHERE task = ? ORDER BY line", (1,))

    assert during == []
    assert [row["line"] for row in after] == [0, 1, 2]
    assert await notebook.look_one("SELECT 1 FROM scribbles WHERE task = 2") is None


async def test_a_look_cannot_write(notebook: Database) -> None:
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        await notebook.look("INSERT INTO scribbles VALUES (1, 1) RETURNING task")


# Work that is done in one trip.


async def test_work_in_one_trip_is_written_and_its_result_comes_back(notebook: Database) -> None:
    async def work(tx: Transaction) -> int:
        await scribble(tx, 1)
        return await tx.value("SELECT count(*) FROM scribbles")

    assert await notebook.write(work) == 3
    assert await scribbled(notebook) == {1: 3}


async def test_work_in_one_trip_that_fails_leaves_nothing(notebook: Database) -> None:
    async def work(tx: Transaction) -> None:
        await scribble(tx, 1)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await notebook.write(work)
    await write(notebook, 2)

    assert await scribbled(notebook) == {2: 3}


async def test_work_in_one_trip_may_wait_for_nothing_else(notebook: Database) -> None:
    async def work(tx: Transaction) -> None:
        await scribble(tx, 1)
        await asyncio.sleep(0)

    with pytest.raises(RuntimeError, match="may await nothing but its transaction"):
        await notebook.write(work)

    assert await scribbled(notebook) == {}


async def test_work_in_one_trip_waits_for_a_transaction_under_way(notebook: Database) -> None:
    async with notebook.transaction() as tx:
        await scribble(tx, 1)
        following = asyncio.create_task(notebook.write(lambda tx: scribble(tx, 2)))
        await turns(9)
        await scribble(tx, 1)

        assert not following.done()
    await following

    assert await scribbled(notebook) == {1: 6, 2: 3}


async def test_cancelled_work_in_one_trip_is_whole_or_absent(notebook: Database) -> None:
    rng = random.Random(20261125)
    for task in range(200):
        writing = asyncio.create_task(notebook.write(lambda tx, task=task: scribble(tx, task)))
        await wander(rng)
        writing.cancel()
        await asyncio.gather(writing, return_exceptions=True)
        await notebook.write(lambda tx: scribble(tx, -1, lines=1))
    lines = await scribbled(notebook)

    assert lines.pop(-1) == 200
    assert set(lines.values()) == {3}
    assert 0 < len(lines) < 200


async def test_a_read_in_one_trip_sees_one_state(notebook: Database) -> None:
    async def work(reader: Reader) -> tuple[int, int]:
        before = await reader.value("SELECT count(*) FROM scribbles")
        writing.set()
        written.wait(9)
        return before, await reader.value("SELECT count(*) FROM scribbles")

    writing, written = threading.Event(), threading.Event()
    reading = asyncio.create_task(notebook.read(work))
    await asyncio.to_thread(writing.wait, 9)
    await write(notebook, 1)
    written.set()

    assert await reading == (0, 0)
    assert await notebook.read(lambda reader: reader.value("SELECT count(*) FROM scribbles")) == 3


# The end of a block.


async def test_a_transaction_that_outlives_its_block_is_refused(notebook: Database) -> None:
    async with notebook.transaction() as tx:
        await scribble(tx, 1)
    with pytest.raises(RuntimeError, match="has ended"):
        await scribble(tx, 2)
    with pytest.raises(RuntimeError, match="has ended"):
        await tx.many("INSERT INTO scribbles VALUES (?, ?)", [(2, 2)])

    assert await scribbled(notebook) == {1: 3}


async def test_a_transaction_that_failed_is_refused_afterwards(notebook: Database) -> None:
    kept: list[Transaction] = []

    async def work(tx: Transaction) -> None:
        kept.append(tx)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await by_statements(notebook, work)
    with pytest.raises(RuntimeError, match="has ended"):
        await scribble(kept[0], 1)


async def test_a_transaction_kept_from_one_trip_is_refused_afterwards(notebook: Database) -> None:
    kept: list[Transaction] = []

    async def work(tx: Transaction) -> None:
        kept.append(tx)

    await notebook.write(work)
    with pytest.raises(RuntimeError, match="has ended"):
        await scribble(kept[0], 1)


async def test_a_reader_that_outlives_its_block_is_refused(notebook: Database) -> None:
    async with notebook.reading() as reader:
        pass
    with pytest.raises(RuntimeError, match="has ended"):
        await reader.one("SELECT 1")


# Parts of a transaction.


Way = Callable[[Database, Callable[[Transaction], Coroutine[Any, Any, None]]], Awaitable[None]]


async def by_statements(notebook: Database, work: Callable[[Transaction], Awaitable[None]]) -> None:
    async with notebook.transaction() as tx:
        await work(tx)


@pytest.mark.parametrize("write_by", [by_statements, Database.write])
async def test_an_attempt_that_fails_is_undone_alone(notebook: Database, write_by: Way) -> None:
    async def fail(tx: Transaction) -> None:
        async with tx.attempt():
            await scribble(tx, 2)
            async with tx.attempt():
                await scribble(tx, 3)
            raise ZeroDivisionError

    async def work(tx: Transaction) -> None:
        await scribble(tx, 1)
        with pytest.raises(ZeroDivisionError):
            await fail(tx)
        async with tx.attempt():
            await scribble(tx, 4)

    await write_by(notebook, work)

    assert await scribbled(notebook) == {1: 3, 4: 3}


GIVE_UP = "INSERT OR ROLLBACK INTO accounts (id, kind) VALUES (1, 'house')"
"""Ends the transaction, as a full disk does."""


@pytest.mark.parametrize("write_by", [by_statements, Database.write])
async def test_what_follows_a_transaction_that_sqlite_gave_up_is_not_written(
    notebook: Database, write_by: Way
) -> None:
    async def work(tx: Transaction) -> None:
        await scribble(tx, 1)
        with pytest.raises(sqlite3.IntegrityError):
            await tx.execute(GIVE_UP)
        await scribble(tx, 2)

    with pytest.raises(sqlite3.OperationalError, match="gave up"):
        await write_by(notebook, work)
    await write(notebook, 3)

    assert await scribbled(notebook) == {3: 3}


@pytest.mark.parametrize("write_by", [by_statements, Database.write])
async def test_a_transaction_that_sqlite_gave_up_last_is_not_taken_for_committed(
    notebook: Database, write_by: Way
) -> None:
    async def work(tx: Transaction) -> None:
        with pytest.raises(sqlite3.IntegrityError):
            await tx.execute(GIVE_UP)

    with pytest.raises(sqlite3.OperationalError, match="gave up"):
        await write_by(notebook, work)


async def test_nobody_else_on_the_machine_can_read_a_new_database(tmp_path: Path) -> None:
    files = [tmp_path / f"books.db{end}" for end in ("", "-shm", "-wal")]
    async with open_database(files[0], kind="live", now=MONDAY):
        modes = [os.stat(file).st_mode & 0o077 for file in files]  # noqa: PTH116 - at once, no wait

    assert modes == [0, 0, 0]
