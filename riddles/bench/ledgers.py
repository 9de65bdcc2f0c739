"""Ledgers of any size, written in one go: what years of play leave behind, with valid digests.

Every member solves every week's riddle once, in random order. Some points are held and spent at
once, some are taken back. The file is on disk, and as loosely packed, as if it had grown that way.
"""

import os
import random
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from engine.books.encoding import ENCODING, NO_DIGEST, chained, encode
from engine.books.ledger import COLUMNS, HELD, HOUSE, SPENT
from engine.books.scorebook import write_scores
from engine.calendar import Week
from engine.moments import from_ms
from engine.storage.database import open_existing
from engine.storage.migrations import migrate
from riddles.bench.riddle import FIRST_MEMBER, RULES, SERVER

WEEK_MS = 7 * 86_400_000
THE_FIRST_WEEK = 1_200_000_000_000
SEASON_WEEKS = 26
BETWEEN_HOLDS, BETWEEN_REVERSALS = 200, 9_999
BATCH = 20_000

Row = tuple[object, ...]


async def write_ledger(
    path: Path,
    *,
    members: int,
    transfers: int,
    on_row: Callable[[int], None] = lambda _: None,
) -> None:
    """Write a new database of so many members and transfers; `on_row` hears how many are behind."""
    _write_rows(path, members, transfers, on_row)
    async with open_existing(path) as database:
        await database.write(write_scores)
    with path.open("rb") as file:
        # Else whoever commits first waits until all of it is written.
        os.fsync(file.fileno())


def _write_rows(path: Path, members: int, transfers: int, on_row: Callable[[int], None]) -> None:
    with closing(sqlite3.connect(path, isolation_level=None)) as sqlite:
        migrate(sqlite)
        for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -500000"):
            sqlite.execute(f"PRAGMA {pragma}")
        sqlite.execute("BEGIN")
        sqlite.execute("INSERT INTO instance VALUES (1, 'rehearsal', 0)")
        accounts = _enrol(sqlite, members)
        _set_seasons(sqlite, transfers // members + 1)
        taken_down = _take_down(sqlite)
        story = _Story(sqlite, accounts)
        while story.written < transfers:
            sqlite.executemany(_INSERT, story.rows(min(BATCH, transfers - story.written)))
            on_row(story.written)
        for sql in taken_down:
            sqlite.execute(sql)
        sqlite.executemany(
            "UPDATE accounts SET balance = ? WHERE id = ?",
            [(points, account) for account, points in story.balances.items()],
        )
        sqlite.execute("COMMIT")
        sqlite.execute("PRAGMA journal_mode = WAL")


_INSERT = (
    f"INSERT INTO transfers (id, {', '.join(COLUMNS)}, encoding, digest) "  # noqa: S608 - our own names
    f"VALUES (?, {', '.join('?' * len(COLUMNS))}, {ENCODING}, ?)"
)


def _enrol(sqlite: sqlite3.Connection, members: int) -> list[int]:
    chance = random.Random(members)  # noqa: S311 - the same ledger every time
    accounts = [chance.getrandbits(62) | 1 << 32 for _ in range(members)]
    sqlite.executemany(
        "INSERT INTO accounts (id, kind) VALUES (?, 'member')", ((one,) for one in accounts)
    )
    sqlite.executemany(
        "INSERT INTO members (id, account, first_at) VALUES (?, ?, ?)",
        ((FIRST_MEMBER + n, one, THE_FIRST_WEEK) for n, one in enumerate(accounts)),
    )
    sqlite.executemany(
        "INSERT INTO sightings (server, account, name, seen_at) VALUES (?, ?, ?, ?)",
        ((SERVER, one, f"Member {n}", THE_FIRST_WEEK) for n, one in enumerate(accounts)),
    )
    return accounts


def _set_seasons(sqlite: sqlite3.Connection, weeks: int) -> None:
    for first in range(1, weeks + 1, SEASON_WEEKS):
        starts_at = THE_FIRST_WEEK + first * WEEK_MS
        sqlite.execute(
            "INSERT INTO seasons (label, starts_at, ends_at) VALUES (?, ?, ?)",
            (f"from week {first}", starts_at, starts_at + SEASON_WEEKS * WEEK_MS),
        )


def _take_down(sqlite: sqlite3.Connection) -> list[str]:
    """Remove what slows writing down; how to put it back.

    The index by member stays: filled in random order, its pages have the room they have in life,
    and need not be split by the first answers that are measured.
    """
    there = sqlite.execute(
        "SELECT type, name, sql FROM sqlite_schema WHERE tbl_name = 'transfers' "
        "AND type IN ('trigger', 'index') AND sql IS NOT NULL AND name <> 'transfers_by_target'"
    ).fetchall()
    for kind, name, _ in there:
        sqlite.execute(f"DROP {kind} {name}")
    return [sql for _, _, sql in there]


class _Move(NamedTuple):
    key: str
    kind: str
    source: int
    target: int
    points: int
    at: int
    round: int


class _Story:
    """What happened, transfer by transfer."""

    def __init__(self, sqlite: sqlite3.Connection, accounts: list[int]) -> None:
        self._sqlite = sqlite
        self._accounts = accounts
        self._chance = random.Random(1)  # noqa: S311 - as above
        self._rules = RULES.model_dump_json()
        self._digest = NO_DIGEST
        self._moves = self._play()
        self.written = 0
        self.balances: dict[int, int] = {}

    def rows(self, count: int) -> Iterator[Row]:
        """The next rows of the table."""
        for move in islice(self._moves, count):
            key, kind, source, target, points, at, round_ = move
            self.balances[source] = self.balances.get(source, 0) - points
            self.balances[target] = self.balances.get(target, 0) + points
            self.written += 1
            row = (
                *(self.written, key, kind, source, target, points, at, at, round_),
                *(None, SERVER, "net", None, None, None, None),
            )
            self._digest = chained(self._digest, encode(*row))
            yield *row, self._digest

    def _play(self) -> Iterator[_Move]:
        at, week, number = THE_FIRST_WEEK, 0, 0
        while True:
            week += 1
            at = max(at, THE_FIRST_WEEK + week * WEEK_MS)
            round_ = self._open_round(at)
            members = self._accounts.copy()
            self._chance.shuffle(members)
            for one in members:
                at, number = at + 17, number + 1
                points = self._chance.randrange(10, 40) * 5
                yield _Move(f"solve:{round_}:{one}", "award", HOUSE, one, points, at, round_)
                if number % BETWEEN_HOLDS == 0:
                    yield _Move(f"bench:{number}:hold", "hold", one, HELD, 20, at, round_)
                    yield _Move(f"bench:{number}:spent", "redemption", HELD, SPENT, 20, at, round_)
                if number % BETWEEN_REVERSALS == 0:
                    yield _Move(f"bench:{number}:back", "reversal", one, HOUSE, 30, at, round_)

    def _open_round(self, at: int) -> int:
        (row,) = self._sqlite.execute(
            """
            INSERT INTO rounds (week, slug, rules, opens_at, hints_at, closes_at, reveals_at,
                                recaps_at, planned_closes_at)
            VALUES (?1, ?1, ?2, ?3, '[]', ?3, ?3, ?3, ?3) RETURNING id
            """,
            (str(Week.of(from_ms(at).date())), self._rules, at),
        )
        self._sqlite.executemany(
            "INSERT INTO steps (round, step, n, due_at, taken_at) VALUES (?, ?, 1, ?, ?)",
            [(row[0], step, at, at) for step in ("publish", "close", "settle", "reveal", "recap")],
        )
        return row[0]
