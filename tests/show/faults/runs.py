"""Runs of the matrix: every kind of effect meets a fault, the program dies, another goes on."""

import asyncio
import json
import shutil
import sqlite3
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine.moments import to_ms
from engine.posts import OPEN
from engine.shop.redeeming import ROLE_DEADLINE_MS
from riddles.rehearsal.discord import faults
from riddles.rehearsal.discord.faults import Action, Fault
from riddles.rehearsal.stage import Stage
from tests.show.faults.effects import seen, undo
from tests.show.faults.scene import Row, Scene

CHANGES = "POST|PATCH|PUT|DELETE"
SHORT_S = 2.0
"""How long a request may take where the reply is to come too late."""
LEAP = timedelta(seconds=20)
MOST_LEAPS = 30


@dataclass(frozen=True, slots=True)
class Weather:
    """A fault: what meets the first requests of an effect, and how the program ends after it."""

    name: str
    action: Action | None = None
    times: int = 1
    killed: bool = False
    locked: bool = False
    """The books cannot be written from when Discord has it until the program is dead."""


def weathers(rate_limit_s: float) -> tuple[Weather, ...]:
    """All that the matrix asks for."""
    return (
        Weather("error before", faults.status(500)),
        Weather("reply lost", faults.drop_reply()),
        Weather("429", faults.limit(rate_limit_s)),
        Weather("500 ×3", faults.status(500), times=3),
        Weather("timeout", faults.delay(2 * SHORT_S, after=True)),
        Weather("timeout, not applied", faults.hang()),
        Weather("reset", faults.reset()),
        Weather("kill before send", faults.hang(), killed=True),
        Weather("kill after send", faults.delay(60.0, after=True), killed=True),
        Weather("kill after reply", killed=True),
        Weather("kill before confirm", faults.delay(1.5), killed=True, locked=True),
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one effect."""

    row: Row
    weather: Weather
    forgotten: bool
    struck: bool
    """Whether the fault met it."""
    times_seen: int
    state: str
    in_order: bool

    @property
    def is_right(self) -> bool:
        """Once, in order, and the books know."""
        return self.struck and self.times_seen == 1 and self.state == "done" and self.in_order


async def run(
    scene: Scene, weather_of: Mapping[Row, Weather], *, number: int, forgotten: bool
) -> list[Outcome]:
    """Make each effect once more, in its weather; go on after a restart.

    All weathers of a run kill, or none does. With `forgotten` nonces, Discord does not recognise
    what was sent before.
    """
    standin = scene.house.standin
    owed = _owe(scene, list(weather_of), number)
    set_out = _set_out(scene, weather_of)
    if any(weather.killed for weather in weather_of.values()):
        await _until_killed(scene, weather_of, set_out)
    else:
        async with scene.perform(request_s=SHORT_S):
            await _until(lambda: all(fault.hits for fault in set_out.values()))
    if forgotten:
        standin.forget_nonces()
    async with scene.perform() as stage:
        await recover(stage)
    hits = {row: fault.hits for row, fault in set_out.items()}
    standin.faults.clear()
    return [
        _outcome(scene, row, weather_of[row], owed[row], hits.get(row), forgotten=forgotten)
        for row in weather_of
    ]


def _owe(scene: Scene, rows: Sequence[Row], number: int) -> dict[Row, int]:
    """Fresh books in which each row's effect is owed anew; the numbers of these posts."""
    for suffix in ("", "-wal", "-shm"):
        scene.database.with_name(scene.database.name + suffix).unlink(missing_ok=True)
    shutil.copyfile(scene.folder / "scene.db", scene.database)
    now = to_ms(scene.house.clock.now())
    owed: dict[Row, int] = {}
    with closing(sqlite3.connect(scene.database)) as books:
        for row in rows:
            post = owed[row] = number * 10_000 + row.number * 10
            undo(scene, row)
            assert seen(scene, row, post) == 0, f"an earlier {row.name} is still there"
            if row.effect == "reward_role":
                # Only the post itself will do: a redemption is given its role once.
                _renew(books, row, post, now)
            else:
                _copy(books, row, post, now)
            _mark(books, row, post, now)
        books.commit()
    return owed


def _renew(books: sqlite3.Connection, row: Row, post: int, now: int) -> None:
    books.execute(
        """
        UPDATE posts SET id = ?1, lane = 'lane:' || ?1, state = 'pending', owed_at = ?2,
            next_at = ?2, attempts = 0, first_at = NULL, tried_at = NULL, error = NULL
        WHERE kind = ?3
        """,
        (post, now, row.effect),
    )
    books.execute(
        "UPDATE redemptions SET deadline_at = ? WHERE kind = 'role'", (now + ROLE_DEADLINE_MS,)
    )


def _copy(books: sqlite3.Connection, row: Row, post: int, now: int) -> None:
    """The same effect again: the newest of its kind in that server."""
    made = books.execute(
        """
        INSERT INTO posts (id, key, kind, lane, server, round, facts, owed_at, next_at)
        SELECT ?1, 'again:' || ?1, kind, 'lane:' || ?1, server, round, facts, ?2, ?2
        FROM posts WHERE kind = ?3 AND server = ?4 AND state = 'done'
          AND (json_extract(facts, '$.asked') IS NOT NULL) = ?5
        ORDER BY (?3 = 'event' AND round IS NULL), id DESC LIMIT 1
        """,
        (post, now, row.effect, row.guild, row.decided),
    )
    assert made.rowcount == 1, f"the scene makes no {row.effect}"


def _mark(books: sqlite3.Connection, row: Row, post: int, now: int) -> None:
    """A word to the staff, which comes next in the same lane."""
    books.execute(
        """
        INSERT INTO posts (id, key, kind, lane, server, facts, owed_at, next_at)
        SELECT ?1 + 1, 'next:' || ?1, kind, 'lane:' || ?1, ?2, facts, ?3, ?3
        FROM posts WHERE kind = 'staff' LIMIT 1
        """,
        (post, row.guild, now),
    )


def _set_out(scene: Scene, weather_of: Mapping[Row, Weather]) -> dict[Row, Fault]:
    """Let each row's weather meet what changes something in its server."""
    found: dict[Row, Fault] = {}
    for row, weather in weather_of.items():
        if weather.action is not None:
            places = "|".join(str(place.id) for place in scene.places(row))
            route = rf"^/(guilds/{row.guild}|channels/({places}))/"
            found[row] = scene.house.standin.faults.add(
                CHANGES, route, weather.action, times=weather.times
            )
    return found


async def _until_killed(
    scene: Scene, weather_of: Mapping[Row, Weather], set_out: Mapping[Row, Fault]
) -> None:
    """A program of its own, killed where the weathers say."""
    standin = scene.house.standin
    standin.forget_requests()
    told = {
        "folder": str(scene.folder),
        "ahead": (scene.house.clock.now() - datetime.now(UTC)).total_seconds(),
        "token": standin.token,
        "api_url": standin.api_url,
    }
    child = Path(__file__).with_name("child.py")
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, str(child), json.dumps(told)),
        cwd=Path(__file__).parents[3],
        env={"PYTHONPATH": str(Path(__file__).parents[3])},
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        await _until(lambda: all(fault.hits for fault in set_out.values()))
        with closing(sqlite3.connect(scene.database, timeout=30)) as books:
            if any(weather.locked for weather in weather_of.values()):
                books.execute("BEGIN IMMEDIATE")
            answered = [row for row, weather in weather_of.items() if _replies(weather)]
            await _until(lambda: all(_was_answered(scene, row) for row in answered))
            await asyncio.sleep(0.1)
            program.kill()
            await program.wait()
    except TimeoutError:
        program.kill()
        _, words = await program.communicate()
        raise AssertionError(words.decode()[-3000:]) from None


def _replies(weather: Weather) -> bool:
    return weather.action is None or weather.locked


def _was_answered(scene: Scene, row: Row) -> bool:
    """Whether Discord has answered a request that changes something in the row's server."""
    places = {str(place.id) for place in scene.places(row)} | {str(row.guild)}
    return any(
        request.status is not None
        and request.method in CHANGES.split("|")
        and request.path.split("/")[2] in places
        for request in scene.house.standin.requests
    )


async def recover(stage: Stage) -> None:
    """Let time pass until nothing of it is owed any more."""
    for _ in range(MOST_LEAPS):
        await stage.settle()
        async with stage.program.show.database.reading() as reader:
            left = await reader.value(f"SELECT count(*) FROM posts WHERE {OPEN}")  # noqa: S608 - our own condition
        if not left:
            return
        await stage.move_to(stage.clock.now() + LEAP)


def _outcome(
    scene: Scene, row: Row, weather: Weather, post: int, hits: int | None, *, forgotten: bool
) -> Outcome:
    with closing(sqlite3.connect(scene.database)) as books:
        ((state, done_at),) = books.execute(
            "SELECT state, done_at FROM posts WHERE id = ?", (post,)
        ).fetchall()
        ((next_at,),) = books.execute("SELECT first_at FROM posts WHERE id = ?", (post + 1,))
    in_order = None not in (done_at, next_at) and next_at >= done_at
    struck = hits is None or hits == weather.times
    times = seen(scene, row, post)
    return Outcome(row, weather, forgotten, struck, times, state, in_order)


async def _until(holds: Callable[[], bool], seconds: float = 40.0) -> None:
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.02)
