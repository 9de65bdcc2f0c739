"""How long a look at a board takes, beside an empty trip to SQLite in the same run.

The database is made for the measurement: each member with a score for all time and one for a
season. Reads go one after another, in rounds that take turns, so that whatever else the machine
does falls on all alike; what counts is the median.
"""

import asyncio
import random
import statistics
import tempfile
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter

import aiosqlite

from engine.books.ledger import HOUSE, Kind, Transfer, post_all
from engine.standings import Boards, Window
from engine.storage.database import Database, Transaction, open_database

AT = datetime(2026, 11, 23, 17, tzinfo=UTC)
AT_MS = 1_795_453_200_000
SERVER = 1
SEASON = Window(season=1)
HOP = "empty aiosqlite hop"

UPDATES_PER_S = 1000
BATCH = 20

Figures = list[tuple[str, float]]
"""What was measured, and the seconds that one call took."""


def measure(
    members: int,
    *,
    rounds: int = 5,
    reads: int = 200,
    seed: int = 1,
    folder: Path | None = None,
) -> Figures:
    """The cost of a read among so many members: at rest, and while 1,000 updates/s run.

    The first figure is the empty hop of the same run; the last two are no reads: one member's
    rank after 1,000 updates that nobody had looked at, and the building of a board.
    """
    with tempfile.TemporaryDirectory(dir=folder) as place:
        return asyncio.run(_measure(Path(place) / "boards.db", members, rounds, reads, seed))


@dataclass(frozen=True, slots=True)
class _Field:
    """What is measured on."""

    database: Database
    boards: Boards
    accounts: list[int]
    dice: random.Random


async def _measure(path: Path, members: int, rounds: int, reads: int, seed: int) -> Figures:
    dice = random.Random(seed)  # noqa: S311 - the same members in each run
    async with AsyncExitStack() as stack:
        database = await stack.enter_async_context(open_database(path, kind="rehearsal", now=AT))
        accounts = [dice.getrandbits(62) | 1 << 32 for _ in range(members)]
        await database.write(partial(_fill, accounts, dice))
        boards = Boards(database)
        stack.push_async_callback(boards.close)
        bare = await stack.enter_async_context(aiosqlite.connect(path))
        field = _Field(database, boards, accounts, dice)
        begun = perf_counter()
        await boards.own(SEASON, None, server=SERVER)
        built = perf_counter() - begun

        cases = {HOP: lambda: bare.execute_fetchall("SELECT 1")} | _reads(field)
        rest = await _in_turns(cases, rounds, reads)
        updating = asyncio.create_task(_update(field))
        busy = await _in_turns(cases, rounds, reads)
        updating.cancel()
        await asyncio.gather(updating, return_exceptions=True)
        unread = await _unread(field, rounds)
    load = f"while {UPDATES_PER_S:,} updates/s run"
    return [
        *rest.items(),
        *((f"{label}, {load}", seconds) for label, seconds in busy.items()),
        (f"own rank after {UPDATES_PER_S:,} unread updates", unread),
        ("building a board", built),
    ]


def _reads(field: _Field) -> dict[str, Callable[[], Awaitable[object]]]:
    boards = field.boards
    return {
        "own rank": lambda: boards.own(SEASON, field.dice.choice(field.accounts), server=SERVER),
        "top 10": lambda: boards.page(SEASON, server=SERVER),
        "page at 5,000": lambda: boards.page(SEASON, server=SERVER, first=5000),
        "own rank in all servers": lambda: boards.own(
            Window(season=0), field.dice.choice(field.accounts), server=None
        ),
    }


async def _in_turns(
    cases: Mapping[str, Callable[[], Awaitable[object]]], rounds: int, reads: int
) -> dict[str, float]:
    """The median of each case's calls, over rounds in which each case has its turn."""
    taken: dict[str, list[float]] = {label: [] for label in cases}
    for _ in range(rounds):
        for label, call in cases.items():
            await call()
            for _ in range(reads):
                begun = perf_counter()
                await call()
                taken[label].append(perf_counter() - begun)
    return {label: statistics.median(each) for label, each in taken.items()}


async def _unread(field: _Field, rounds: int) -> float:
    taken: list[float] = []
    for _ in range(rounds):
        for _ in range(UPDATES_PER_S // BATCH):
            await field.database.write(partial(_award, field))
        begun = perf_counter()
        await field.boards.own(SEASON, field.accounts[0], server=SERVER)
        taken.append(perf_counter() - begun)
    return statistics.median(taken)


async def _update(field: _Field) -> None:
    """Award points at a steady rate, until told to stop."""
    begun, done = perf_counter(), 0
    while True:
        await field.database.write(partial(_award, field))
        done += BATCH
        await asyncio.sleep(max(begun + done / UPDATES_PER_S - perf_counter(), 0))


async def _award(field: _Field, tx: Transaction) -> None:
    at = AT_MS + field.dice.randrange(10**6)
    await post_all(
        tx,
        [
            Transfer(
                key=f"bench:{field.dice.getrandbits(80):x}",
                kind=Kind.AWARD,
                source=HOUSE,
                target=field.dice.choice(field.accounts),
                points=5,
                booked_at=at,
                counts_at=at,
            )
            for _ in range(BATCH)
        ],
    )


async def _fill(accounts: list[int], dice: random.Random, tx: Transaction) -> None:
    await tx.execute("INSERT INTO seasons VALUES (1, 'season', ?, ?)", (0, 2 * AT_MS))
    points = [5 * dice.randrange(1, 600) for _ in accounts]
    await tx.many(
        "INSERT INTO accounts (id, kind, balance) VALUES (?, 'member', ?)",
        zip(accounts, points, strict=True),
    )
    await tx.many(
        "INSERT INTO members (id, account, first_at) VALUES (?, ?, 0)", enumerate(accounts, 1)
    )
    await tx.many(
        "INSERT INTO sightings (server, account, name, seen_at) VALUES (?, ?, ?, 0)",
        ((SERVER, account, f"Member {n}") for n, account in enumerate(accounts)),
    )
    for season in (0, 1):
        await tx.many(
            "INSERT INTO scores (season, account, points, reached_at) VALUES (?, ?, ?, ?)",
            (
                (season, account, score, AT_MS - dice.randrange(10**9))
                for account, score in zip(accounts, points, strict=True)
            ),
        )
