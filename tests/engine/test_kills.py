"""Killed at any moment, under load: what was acknowledged is there, and nothing is there by half.

A kill ends the program between any two instructions; what it had handed to the system is kept by
the system. Each program goes on with the books that the one before it left when it was killed.
"""

import multiprocessing
import os
import random
import time
from collections.abc import Sequence
from pathlib import Path

import pytest

from engine.storage.database import open_database
from tests.builders import MONDAY, a_round
from tests.engine.killing import STOCK, Heard, inspect, load, prepare
from tests.rewards import fill

PER_FILE = 10
"""Kills before a new database is begun."""
PATIENCE_S = 60

_nursery = multiprocessing.get_context("forkserver")
_nursery.set_forkserver_preload(["tests.engine.killing"])


async def begin(path: Path) -> None:
    async with open_database(path, kind="live", now=MONDAY) as books:
        await a_round(books)
        await prepare(books)
        await fill(books, STOCK // 20)


def kill_one(
    path: Path, cycle: int, heard: Heard, again: Sequence[int], *, words: int, pause_s: float
) -> None:
    """Kill a program once it has said so much, and a little later; all it said is heard."""
    ears, mouth = _nursery.Pipe(duplex=False)
    program = _nursery.Process(target=load, args=(str(path), cycle, mouth, again))
    program.start()
    mouth.close()
    said = b""
    try:
        while said.count(b"\n") < words:
            assert ears.poll(PATIENCE_S), "it does nothing"
            more = os.read(ears.fileno(), 1 << 12)
            assert more, "it ended by itself"
            said += more
        time.sleep(pause_s)
    finally:
        program.kill()
        program.join()
    while more := os.read(ears.fileno(), 1 << 16):
        said += more
    ears.close()
    program.close()
    heard.listen(said)


async def survive(folder: Path, kills: int, seed: int) -> Heard:
    """Kill so many programs, one after the other; everything that all of them said."""
    dice = random.Random(seed)
    whole, heard = Heard(), Heard()
    for cycle in range(kills):
        path = folder / f"books-{cycle // PER_FILE}.db"
        if cycle % PER_FILE == 0:
            heard = Heard()
            await begin(path)
        again = dice.sample(sorted(heard.answers), min(len(heard.answers), 20))
        # Some are killed while they are opening the books, most of them at work.
        at_work = dice.random() < 0.8
        words = dice.randrange(1, 200) if at_work else 0
        pause_s = dice.uniform(0, 0.004 if at_work else 0.2)
        kill_one(path, cycle, heard, again, words=words, pause_s=pause_s)
        await inspect(path, heard)
        if cycle % PER_FILE == PER_FILE - 1 or cycle == kills - 1:
            whole.answers |= heard.answers
            whole.rewards |= heard.rewards
            whole.pairs |= heard.pairs
            whole.repeated += heard.repeated
    return whole


async def test_killed_twenty_times_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    heard = await survive(tmp_path, kills=20, seed=1)

    assert len(heard.answers) > 200
    assert heard.repeated > 20
    assert heard.rewards
    assert heard.pairs


@pytest.mark.long
@pytest.mark.parametrize("seed", range(2, 12))
async def test_killed_two_hundred_times_nothing_acknowledged_is_lost(
    tmp_path: Path, seed: int
) -> None:
    heard = await survive(tmp_path, kills=20, seed=seed)

    assert len(heard.answers) > 200
