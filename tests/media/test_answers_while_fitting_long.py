"""Members are answered while a video is being fitted; figures: tests/.artifacts/answers.txt.

The bot, a program of its own as in `riddles run`, gets an answer every 50 ms; the video's worker
is niced and takes all the processor time that is left.
"""

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from time import perf_counter

import pytest

from riddles.bench.bot.compare import SETTINGS
from riddles.bench.bot.theatre import CHANNEL
from riddles.bench.figures import percentile
from riddles.bench.ledgers import write_ledger
from riddles.bench.riddle import FIRST_MEMBER, RIGHT, SERVER, WRONG
from riddles.clock import SystemClock
from riddles.media import Source, prepare
from riddles.rehearsal.discord import ChannelSpec, GuildSpec, MemberSpec, StandIn
from tests.media.clips import Clips

pytestmark = pytest.mark.long

TABLE = Path(__file__).parents[1] / ".artifacts" / "answers.txt"
EVERY_S = 0.05
MEMBERS = 6000
ENOUGH = 100
A_MINUTE = 1200


async def test_members_are_answered_while_a_video_is_fitted(clips: Clips, tmp_path: Path) -> None:
    video = clips("film30")
    source = Source(folder=video.parent, file=video.name)
    members = [
        MemberSpec(id=FIRST_MEMBER + n, name=f"member{n}", display_name=f"Member {n}")
        for n in range(MEMBERS)
    ]
    waiting = iter(members)
    channel = ChannelSpec(id=CHANNEL, name="énigmes")
    guild = GuildSpec(id=SERVER, name="G", channels=(channel,), members=tuple(members))
    standin = StandIn(SystemClock(), [guild], patience=60, remember=1000)
    await standin.start()
    try:
        async with a_bot(standin, tmp_path):
            await answers(standin, waiting, lambda n: n == ENOUGH)  # Warming up.
            calm = await answers(standin, waiting, lambda n: n == 2 * ENOUGH)
            fitting = asyncio.create_task(
                prepare(source, limit=10 * 1024**2, data=tmp_path / "data", secrets=[])
            )
            busy = await answers(standin, waiting, lambda n: n == A_MINUTE or fitting.done())
            fitting.cancel()
            with suppress(asyncio.CancelledError):
                await fitting
    finally:
        await standin.close()

    TABLE.parent.mkdir(exist_ok=True)
    with TABLE.open("a") as table:
        table.write(f"load {os.getloadavg()[0]:.1f}\n{row('calm', calm)}{row('fitting', busy)}")
    assert len(busy) > ENOUGH  # How fast depends on who else is at work on this computer.


async def answers(
    standin: StandIn, members: Iterator[MemberSpec], enough: Callable[[int], bool]
) -> list[float]:
    """One answer after another at their moments, whether or not those before came; in seconds."""
    taken: list[float] = []
    waiting: set[asyncio.Task[None]] = set()

    async def one(member: MemberSpec) -> None:
        begun = perf_counter()
        text = RIGHT[0] if member.id % 2 else WRONG[0]
        await standin.command(member, CHANNEL, "answer", {"text": text})
        taken.append(perf_counter() - begun)

    for n, member in enumerate(members):
        if enough(n):
            break
        task = asyncio.create_task(one(member))
        waiting.add(task)
        task.add_done_callback(waiting.discard)
        await asyncio.sleep(EVERY_S)
    await asyncio.gather(*waiting)
    return taken


@asynccontextmanager
async def a_bot(standin: StandIn, folder: Path) -> AsyncGenerator[None]:
    """Our bot as a program of its own, until the end of the block."""
    database, config = folder / "ours.db", folder / "scheduler.toml"
    await write_ledger(database, members=MEMBERS, transfers=MEMBERS)
    config.write_text(SETTINGS, encoding="utf-8")
    (folder / "content").mkdir()
    bot = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "riddles.bench.bot.ours", str(config), str(database)),
        *(standin.api_url, standin.token),
    )
    try:
        await standin.online(60)
        yield
    finally:
        bot.terminate()
        await bot.wait()


def row(name: str, taken: list[float]) -> str:
    p50, p99 = (1000 * percentile(taken, share) for share in (0.5, 0.99))
    most = 1000 * max(taken)
    return (
        f"{name:<8} {len(taken):>5} answers  p50 {p50:6.1f}  p99 {p99:6.1f}  most {most:6.1f} ms\n"
    )
