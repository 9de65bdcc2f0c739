"""The slow hash's own process may die as well: what it had reached is kept, and taken up again."""

import asyncio
import os
import signal
from pathlib import Path

from engine.draws import prizes
from riddles.config import Settings
from riddles.drawing.loop import Drawing
from tests.builders import MONDAY
from tests.show.draws.acting import (
    Discord,
    World,
    a_world,
    announce,
    assert_as_published,
    deliver,
    endow,
    enter,
    fate,
    freeze,
    press,
    seal,
)

SLOW = {"rounds": 60, "iterations": 20_000}


async def test_a_worker_that_is_killed_is_taken_up_again_where_it_was(
    tmp_path: Path, settings: Settings
) -> None:
    async with a_world(tmp_path / "books.db", settings, MONDAY, Discord()) as world:
        await endow(world)
        for step in (announce(seed=SLOW), enter, deliver, freeze, deliver, press, seal, deliver):
            await step(world)
        drawing = Drawing(world.show, lambda: None)
        await drawing.tick()
        await _hashed_twice(world)
        os.kill(_worker(), signal.SIGKILL)
        await drawing.idle()
        halfway = await world.draw()
        await drawing.tick()
        await drawing.idle()
        whole = await world.draw()
        async with world.database.reading() as reader:
            winners = await prizes.winners_of(reader, 1)

    assert halfway.state == "sealed"
    assert 0 < halfway.rounds_done < SLOW["rounds"]
    assert whole.state == "drawn"
    assert fate(whole) == fate(halfway)
    assert_as_published(whole, winners)


async def _hashed_twice(world: World) -> None:
    for _ in range(2_000):
        if (await world.draw()).rounds_done > 1:
            return
        await asyncio.sleep(0.005)
    raise AssertionError("the hash does not begin")


def _worker() -> int:
    """The one process of ours that hashes slowly."""
    ours = {
        int(pid)
        for task in Path("/proc/self/task").iterdir()
        for pid in (task / "children").read_text(encoding="ascii").split()
    }
    (worker,) = (pid for pid in ours if b"slowhash" in Path(f"/proc/{pid}/cmdline").read_bytes())
    return worker
