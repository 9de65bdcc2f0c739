"""What is sent to a connection happens in order, whole, and away from the event loop."""

import asyncio
import sqlite3
import threading
from pathlib import Path

import pytest

from engine.storage.connection import Connection, connected


async def test_work_happens_in_the_order_in_which_it_was_sent(folder: Path) -> None:
    done: list[int] = []
    async with connected(folder / "a.db", ()) as connection:
        for number in range(5):
            connection.send(lambda _, number=number: done.append(number))
        await connection.do(lambda _: done.append(5))

    assert done == [0, 1, 2, 3, 4, 5]


async def test_all_work_is_done_by_one_thread_that_is_not_the_event_loops(folder: Path) -> None:
    async with connected(folder / "a.db", ()) as connection:
        threads = {await connection.do(lambda _: threading.get_ident()) for _ in range(3)}

    assert len(threads) == 1
    assert threading.get_ident() not in threads


async def test_a_failure_is_its_senders_and_the_next_work_is_done(folder: Path) -> None:
    async with connected(folder / "a.db", ()) as connection:
        connection.send(lambda _: 1 / 0)
        with pytest.raises(sqlite3.OperationalError):
            await connection.do(lambda sqlite: sqlite.execute("SELECT nothing"))

        assert await connection.do(lambda _: 7) == 7


async def test_who_stops_waiting_takes_back_what_was_not_begun(folder: Path) -> None:
    done: list[str] = []
    gate = threading.Event()
    async with connected(folder / "a.db", ()) as connection:
        connection.send(lambda _: gate.wait(9))
        waiting = asyncio.create_task(connection.do(lambda _: done.append("taken back")))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        gate.set()
        await connection.do(lambda _: done.append("done"))

    assert done == ["done"]


async def test_everything_that_was_sent_is_done_before_it_is_closed(folder: Path) -> None:
    done: list[int] = []
    async with connected(folder / "a.db", ()) as connection:
        for number in range(100):
            connection.send(lambda _, number=number: done.append(number))

    assert done == list(range(100))


async def test_a_connection_that_is_closed_refuses_work_and_its_thread_ends(folder: Path) -> None:
    connection = Connection(folder / "a.db", ())
    await connection.open()
    await connection.close()
    await connection.close()
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        await connection.do(lambda _: 7)
    connection.send(lambda _: 1 / 0)
    while threads():
        await asyncio.sleep(0.001)


def threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name == "sqlite"]


async def test_closing_is_finished_though_nobody_waits_for_it(folder: Path) -> None:
    path = folder / "a.db"
    connection = Connection(path, ("journal_mode = WAL",))
    await connection.open()
    await connection.do(lambda sqlite: sqlite.execute("CREATE TABLE a (b)"))
    closing = asyncio.create_task(connection.close())
    await asyncio.sleep(0)
    closing.cancel()
    await asyncio.gather(closing, return_exceptions=True)
    while threads():
        await asyncio.sleep(0.001)

    # The log is gone: whoever closes last has written it into the file.
    assert not path.with_name("a.db-wal").exists()
