"""A burst shares commits, and still everybody hears their own result once it is on disk."""

import asyncio
import contextlib
import sqlite3
import sys
from collections.abc import Sequence
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.storage.batches import LARGEST, Batches
from engine.storage.database import Database, Transaction, open_database
from tests.builders import MONDAY

BAD = -1


class Clerk:
    """Stores numbers and doubles them; refuses `BAD` ones with the whole batch they are in."""

    def __init__(self) -> None:
        self.batches: list[list[int]] = []

    async def __call__(self, tx: Transaction, requests: Sequence[int]) -> list[int]:
        self.batches.append(list(requests))
        await tx.many("INSERT INTO numbers VALUES (?)", [(request,) for request in requests])
        if BAD in requests:
            raise ValueError(BAD)
        return [request * 2 for request in requests]


@pytest.fixture
async def register(database: Database) -> Database:
    """A database with a table for the clerk."""
    async with database.transaction() as tx:
        await tx.execute("CREATE TABLE numbers (number INTEGER UNIQUE) STRICT")
    return database


async def stored(register: Database) -> set[int]:
    async with register.reading() as reader:
        return {row["number"] for row in await reader.all("SELECT number FROM numbers")}


async def test_a_request_is_answered_once_it_is_on_disk(register: Database) -> None:
    answer = await Batches(register, Clerk()).ask(21)

    assert answer == 42
    assert await stored(register) == {21}


async def test_requests_that_wait_together_share_a_commit(register: Database) -> None:
    clerk = Clerk()
    desk = Batches(register, clerk)
    answers = await asyncio.gather(*(desk.ask(number) for number in range(1000)))

    assert answers == [number * 2 for number in range(1000)]
    assert len(clerk.batches) <= 2
    assert await stored(register) == set(range(1000))


async def test_a_commit_holds_a_bounded_number_of_requests(register: Database) -> None:
    clerk = Clerk()
    desk = Batches(register, clerk)
    await asyncio.gather(*(desk.ask(number) for number in range(2 * LARGEST + 1)))

    assert max(len(batch) for batch in clerk.batches) == LARGEST
    assert list(chain(*clerk.batches)) == list(range(2 * LARGEST + 1))


async def test_requests_are_served_in_the_order_in_which_they_came(register: Database) -> None:
    clerk = Clerk()
    desk = Batches(register, clerk)
    first = asyncio.create_task(desk.ask(1))
    await asyncio.sleep(0)
    await asyncio.gather(desk.ask(3), desk.ask(2), first)

    assert list(chain(*clerk.batches)) == [1, 3, 2]


async def test_a_request_that_fails_fails_alone(register: Database) -> None:
    desk = Batches(register, Clerk())
    results = await asyncio.gather(
        *(desk.ask(number) for number in (1, BAD, 3)), return_exceptions=True
    )

    assert results[0] == 2
    assert isinstance(results[1], ValueError)
    assert results[2] == 6
    assert await stored(register) == {1, 3}


@given(bad=st.sets(st.integers(0, 40), max_size=12), size=st.integers(1, 41))
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_whichever_requests_fail_the_others_share_the_commit(
    register: Database, bad: set[int], size: int
) -> None:
    """As if those that fail had never been there."""
    async with register.transaction() as tx:
        await tx.execute("DELETE FROM numbers")
    commits: set[int] = set()

    async def decide(tx: Transaction, requests: Sequence[int]) -> list[int]:
        await tx.many("INSERT INTO numbers VALUES (?)", [(request,) for request in requests])
        if unwanted := bad & set(requests):
            raise ValueError(unwanted)
        commits.add(id(tx))
        return [request * 2 for request in requests]

    desk = Batches(register, decide)
    results = await asyncio.gather(*(desk.ask(n) for n in range(size)), return_exceptions=True)

    assert [str(r) if isinstance(r, ValueError) else r for r in results] == [
        str({n}) if n in bad else n * 2 for n in range(size)
    ]
    assert await stored(register) == set(range(size)) - bad
    assert len(commits) == (not bad >= set(range(size)))


async def test_when_the_commit_itself_fails_everybody_hears_of_it(register: Database) -> None:
    """As when the disk is full."""

    async def fill_the_disk(tx: Transaction, requests: Sequence[int]) -> list[int]:
        await tx.many("INSERT INTO numbers VALUES (?)", [(request,) for request in requests])
        with contextlib.suppress(sqlite3.IntegrityError):
            await tx.execute("INSERT OR ROLLBACK INTO accounts (id, kind) VALUES (1, 'house')")
        return list(requests)

    desk = Batches(register, fill_the_disk)
    results = await asyncio.gather(*(desk.ask(n) for n in range(5)), return_exceptions=True)

    assert [type(result) for result in results] == [sqlite3.OperationalError] * 5
    assert await stored(register) == set()


async def test_two_requests_in_each_others_way_fail_only_the_second(register: Database) -> None:
    desk = Batches(register, Clerk())
    results = await asyncio.gather(
        *(desk.ask(number) for number in (7, 7, 8)), return_exceptions=True
    )

    assert results[0] == 14
    assert isinstance(results[1], sqlite3.IntegrityError)
    assert results[2] == 16


async def test_a_desk_goes_on_after_a_failure(register: Database) -> None:
    desk = Batches(register, Clerk())
    with pytest.raises(ValueError, match=str(BAD)):
        await desk.ask(BAD)

    assert await desk.ask(5) == 10


async def test_a_caller_that_is_cancelled_gives_up_the_answer_and_not_the_request(
    register: Database,
) -> None:
    desk = Batches(register, Clerk())
    asking = [asyncio.create_task(desk.ask(number)) for number in range(4)]
    await asyncio.sleep(0)
    asking[1].cancel()
    results = await asyncio.gather(*asking, return_exceptions=True)
    await desk.idle()

    assert results[:1] + results[2:] == [0, 4, 6]
    assert isinstance(results[1], asyncio.CancelledError)
    assert await stored(register) == {0, 1, 2, 3}


async def test_a_cancelled_caller_whose_request_fails_disturbs_nobody(register: Database) -> None:
    desk = Batches(register, Clerk())
    asking = [asyncio.create_task(desk.ask(number)) for number in (1, BAD, 2)]
    await asyncio.sleep(0)
    asking[1].cancel()
    results = await asyncio.gather(*asking, return_exceptions=True)
    await desk.idle()

    assert (results[0], results[2]) == (2, 4)


async def test_idle_returns_at_once_when_nothing_waits(register: Database) -> None:
    async with asyncio.timeout(1):
        await Batches(register, Clerk()).idle()


async def test_idle_returns_only_when_everything_is_on_disk(register: Database) -> None:
    desk = Batches(register, Clerk())
    asking = [asyncio.create_task(desk.ask(number)) for number in range(LARGEST + 5)]
    await asyncio.sleep(0)
    await desk.idle()

    assert len(await stored(register)) == LARGEST + 5
    await asyncio.gather(*asking)


async def test_the_desk_waits_for_its_turn_to_write(register: Database) -> None:
    desk = Batches(register, Clerk())
    async with register.transaction() as tx:
        asking = asyncio.create_task(desk.ask(1))
        await asyncio.sleep(0.02)
        await tx.execute("INSERT INTO numbers VALUES (99)")

        assert not asking.done()
    assert await asking == 2


async def test_a_decision_that_loses_a_result_writes_nothing(register: Database) -> None:
    async def lose_one(tx: Transaction, requests: Sequence[int]) -> list[int]:
        await tx.many("INSERT INTO numbers VALUES (?)", [(request,) for request in requests])
        return []

    with pytest.raises(ValueError, match="result"):
        await Batches(register, lose_one).ask(1)
    assert await stored(register) == set()


PROGRAM = """
import asyncio, sys
from pathlib import Path
from engine.storage.database import open_database
from engine.play.submissions import AnswerDesk
from tests.builders import MONDAY, a_round, a_try

async def main():
    async with open_database(Path(sys.argv[1]), kind="live", now=MONDAY) as books:
        await a_round(books)
        desk = AnswerDesk(books)
        async def answer(member):
            reply = await desk.submit(a_try(member=member, interaction=member))
            print(member, reply.told, flush=True)
        for start in range(1, 100_000, 50):
            await asyncio.gather(*(answer(start + n) for n in range(50)))

asyncio.run(main())
"""


async def test_what_was_acknowledged_survives_a_program_that_is_killed(folder: Path) -> None:
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, str(folder / "books.db")),
        stdout=asyncio.subprocess.PIPE,
        cwd=Path(__file__).parents[3],
    )
    assert program.stdout is not None
    heard = [await program.stdout.readline() for _ in range(333)]
    program.kill()
    heard += (await program.stdout.read()).splitlines(keepends=True)
    await program.wait()
    told = {int(line.split()[0]) for line in heard if line.endswith(b"accept\n")}
    async with (
        open_database(folder / "books.db", kind="live", now=MONDAY) as books,
        books.reading() as reader,
    ):
        kept = await reader.all("SELECT interaction FROM submissions WHERE outcome = 'accept'")
        paid = await reader.value("SELECT count(*) FROM transfers")

    assert len(told) >= 333
    assert told <= {row["interaction"] for row in kept}
    assert paid == len(kept)
