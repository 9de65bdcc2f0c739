"""Killed before any statement, a draw is found whole, and goes on to the one end it had.

What a process that is killed leaves behind are its files as they are at that moment. So each
history is played once, its files are copied before every statement of the writer, and every copy
is opened as after a crash: it has to be sound as it is, and come to the same end when everything
is tried again.
"""

import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Self

import pytest

from riddles.config import Settings
from tests.builders import MONDAY
from tests.show.draws.acting import (
    Discord,
    Step,
    World,
    a_world,
    announce,
    as_far_as_it_goes,
    assert_sound,
    cancel,
    claim,
    deliver,
    ending,
    endow,
    enter,
    fate,
    freeze,
    hash_and_draw,
    mark_of,
    pass_on,
    past_the_freezing,
    press,
    seal,
    settle,
    wait_for_the_silent,
)

ENTERED: list[Step] = [announce(), enter, deliver]
FROZEN: list[Step] = [*ENTERED, freeze, deliver]
SEALED: list[Step] = [*FROZEN, press, seal, deliver]
DRAWN: list[Step] = [*SEALED, hash_and_draw, deliver]
HISTORIES: dict[str, tuple[list[Step], str]] = {
    "settled": ([*DRAWN, claim, settle(1), pass_on, deliver, claim, settle(3)], "settled"),
    "called off while hashing": ([*SEALED, cancel, deliver], "cancelled"),
}
MORE: dict[str, tuple[list[Step], str]] = {
    "silent": ([*DRAWN, wait_for_the_silent, deliver], "settled"),
    "called off while open": ([*ENTERED, cancel, deliver], "cancelled"),
    "called off while frozen": ([*FROZEN, cancel, deliver], "cancelled"),
    "too few entrants": (
        [announce(least_entrants=9), enter, deliver, *[past_the_freezing] * 4, deliver],
        "cancelled",
    ),
}


@pytest.mark.parametrize(
    "history", [*HISTORIES, *(pytest.param(name, marks=pytest.mark.long) for name in MORE)]
)
async def test_killed_anywhere_it_comes_to_the_same_end(
    tmp_path: Path, settings: Settings, history: str
) -> None:
    steps, state = (HISTORIES | MORE)[history]
    (folder := tmp_path / "books").mkdir()
    async with a_world(folder / "books.db", settings, MONDAY, Discord()) as world:
        await endow(world)
        with Watch(world, folder) as watch:
            for step in steps:
                await step(world)
        whole = await ending(world)

    assert whole.state == state
    assert len(watch.crashes) > len(steps)
    for crash in watch.crashes:
        shutil.copytree(crash.folder, again := folder / "again")
        async with a_world(again / "books.db", settings, crash.at, Discord(crash.sent)) as world:
            await assert_sound(world.database)
            fixed = await fate_of(world)
            for step in steps:
                await as_far_as_it_goes(step, world)
            await assert_sound(world.database)

            assert await ending(world) == whole
            assert fixed in (None, await fate_of(world))
        shutil.rmtree(again)


async def fate_of(world: World) -> str | None:
    try:
        draw = await world.draw()
    except LookupError:
        return None
    assert draw.published is None or draw.published["seed"] == fate(draw)
    return fate(draw)


@dataclass(frozen=True, slots=True)
class Crash:
    """The files and the world as a kill leaves them."""

    folder: Path
    at: datetime
    sent: dict[int, str]


@dataclass(slots=True)
class Watch:
    """Copies the files before every statement of the writer, where they differ from the last."""

    world: World
    folder: Path
    crashes: list[Crash] = field(default_factory=list[Crash])
    seen: set[str] = field(default_factory=set[str])

    def __enter__(self) -> Self:
        self._writer.set_trace_callback(self._keep)
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.set_trace_callback(None)
        self._keep("the end")

    @property
    def _writer(self):  # noqa: ANN202 - sqlite's own connection, on its own thread
        sqlite = self.world.database._writer._sqlite  # pyright: ignore[reportPrivateUsage] # the very moment of a crash
        assert sqlite is not None
        return sqlite

    def _keep(self, _: str) -> None:
        files = [self.folder / f"books.db{suffix}" for suffix in ("", "-wal")]
        found = [(file, file.read_bytes()) for file in files if file.exists()]
        discord = self.world.discord
        mark = mark_of([data for _, data in found], discord)
        if mark in self.seen:
            return
        self.seen.add(mark)
        place = self.folder / f"crash-{len(self.crashes)}"
        place.mkdir()
        for file, data in found:
            (place / file.name).write_bytes(data)
        self.crashes.append(Crash(place, self.world.clock.now(), dict(discord.sent)))
