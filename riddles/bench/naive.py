"""The obvious design: one aiosqlite connection, a lock, a statement at a time, a commit per answer.

It reads what decides a try, judges with the engine's own judge, and leaves the same rows in the
same tables, digests included. It knows fewer rules than the engine, never more work.
"""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiosqlite

from engine.database import WRITING
from engine.encoding import ENCODING, NO_DIGEST, chained, encode
from engine.judging import RULES_VERSION
from engine.ledger import COLUMNS, HOUSE
from engine.rounds import Round
from engine.submissions import Attempt

_SUBMISSION = f"INSERT INTO submissions VALUES ({', '.join('?' * 19)})"  # noqa: S608 - question marks
_SIGHTING = """
    INSERT INTO sightings VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET name = excluded.name, seen_at = excluded.seen_at
"""
_TRANSFER = (
    f"INSERT INTO transfers (id, {', '.join(COLUMNS)}, encoding, digest) "  # noqa: S608 - our own names
    f"VALUES (?, {', '.join('?' * len(COLUMNS))}, {ENCODING}, ?)"
)
_SCORE = """
    INSERT INTO scores VALUES (?, ?, ?, ?)
    ON CONFLICT DO UPDATE SET points = points + excluded.points, reached_at = excluded.reached_at
"""


class Naive:
    """A bot's answers as most bots keep theirs."""

    def __init__(self, connection: aiosqlite.Connection, round_: Round) -> None:
        self._connection = connection
        self._round = round_
        self._lock = asyncio.Lock()

    async def answer(self, attempt: Attempt) -> str:
        """Judge and store one try, and pay for it."""
        async with self._lock:
            outcome = await self._store(attempt)
            await self._connection.commit()
            return outcome

    async def _store(self, attempt: Attempt) -> str:
        person, round_ = attempt.person, self._round
        (account,) = await self._one("SELECT account FROM members WHERE id = ?", person.id)
        await self._one("SELECT * FROM rounds WHERE id = ?", round_.id)
        if await self._one(
            "SELECT 1 FROM solves WHERE round = ? AND account = ?", round_.id, account
        ):
            return "solved"
        await self._one(
            "SELECT at, outcome, normal, counted FROM submissions WHERE round = ? AND account = ?",
            *(round_.id, account),
        )
        verdict = round_.judge(attempt.text, attempt.lang)
        told = str(verdict.outcome)
        await self._run(_SIGHTING, person.server, account, person.name, attempt.at)
        (last,) = await self._one("SELECT ifnull(max(id), 0) FROM submissions")
        number = last + 1
        await self._run(
            _SUBMISSION,
            *(number, attempt.interaction, round_.id, account, person.server, person.circle),
            *(attempt.at, attempt.lang, attempt.text, verdict.normal, told, verdict.rule),
            *(verdict.entry, verdict.reason, told == "reject", 0, None, RULES_VERSION, 0),
        )
        if told == "accept":
            await self._pay(attempt, account, number)
        return told

    async def _pay(self, attempt: Attempt, account: int, submission: int) -> None:
        round_, points = self._round, self._round.rules.value
        told = {"value": points, "base": points, "award": points, "sure": points, "policy": "fixed"}
        await self._run(
            "INSERT INTO solves (round, account, submission, at, ranked, award) "
            "VALUES (?, ?, ?, ?, 1, ?)",
            *(round_.id, account, submission, attempt.at, json.dumps(told)),
        )
        last, before = await self._one(
            "SELECT id, digest FROM transfers ORDER BY id DESC LIMIT 1"
        ) or (0, NO_DIGEST)
        row = (
            *(last + 1, f"solve:{round_.id}:{account}", "award", HOUSE, account, points),
            *(attempt.received_at, attempt.at, round_.id, submission, attempt.person.server),
            *(attempt.person.circle, None, None, None, None),
        )
        await self._run(_TRANSFER, *row, chained(before, encode(*row)))
        for side, change in ((HOUSE, -points), (account, points)):
            await self._run("UPDATE accounts SET balance = balance + ? WHERE id = ?", change, side)
        async with self._connection.execute(
            "SELECT id FROM seasons WHERE starts_at <= ?1 AND ends_at > ?1", (attempt.at,)
        ) as cursor:
            seasons = await cursor.fetchall()
        for (season,) in seasons:
            await self._run(_SCORE, season, account, points, attempt.at)

    async def _one(self, sql: str, *values: object) -> Any:  # noqa: ANN401 - as SQLite types it
        async with self._connection.execute(sql, values) as cursor:
            return await cursor.fetchone()

    async def _run(self, sql: str, *values: object) -> None:
        async with self._connection.execute(sql, values):
            pass


@asynccontextmanager
async def naive(path: Path, round_: Round) -> AsyncGenerator[Naive, None]:
    """The obvious design on the database at `path`."""
    async with aiosqlite.connect(path) as connection:
        for pragma in WRITING:
            await connection.execute(f"PRAGMA {pragma}")
        yield Naive(connection, round_)
