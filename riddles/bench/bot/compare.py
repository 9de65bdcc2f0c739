"""Both bots measured in turns, and what the turns show."""

import asyncio
import json
import os
import signal
import sqlite3
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager, closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from riddles.bench.bot.theatre import Order, Turn
from riddles.bench.figures import Figure, median_of
from riddles.bench.ledgers import write_ledger
from riddles.bench.sizes import Sizes
from riddles.bench.steps import OnStep
from riddles.refusal import Refusal

LEAST = 1.2
BUSY = 0.8
"""Of a core: a stand-in that takes more holds both bots back."""
BOTS = ("ours", "stock")
SETTINGS = """
[week]
publish = "mon 18:00"
close = "sun 20:00"
reveal = "sun 20:30"
recap = "sun 20:45"
[[server]]
guild = 100000000000000001
channel = 100000000000000011
"""


@dataclass(frozen=True, slots=True)
class Taken:
    """One bot's turn."""

    turn: Turn
    answers: int
    cpu: float
    """Seconds of processor time that the bot took."""

    @property
    def per_second(self) -> float:
        """Answers per second."""
        return self.answers / self.turn.seconds

    @property
    def per_cpu_second(self) -> float:
        """Answers per second of processor time of the bot."""
        return self.answers / self.cpu

    @property
    def standin_load(self) -> float:
        """Of a core, taken by the stand-in."""
        return self.turn.cpu / self.turn.seconds


async def measure(folder: Path, sizes: Sizes, on_step: OnStep) -> list[Figure]:
    """Let both bots answer in turns."""
    answers, count = sizes.bot_answers, sizes.rounds * len(BOTS)
    members = answers * (sizes.rounds + 1)
    await write_ledger(folder / "ours.db", members=members, transfers=members)
    (folder / "content").mkdir()
    config = folder / "scheduler.toml"
    config.write_text(SETTINGS, encoding="utf-8")
    taken: dict[str, list[Taken]] = {bot: [] for bot in BOTS}
    async with AsyncExitStack() as stack:
        theatre = await stack.enter_async_context(_program("theatre", str(members), talks=True))
        places: dict[str, list[str]] = await _hear(theatre)
        bots = {
            "ours": _program("ours", str(config), str(folder / "ours.db"), *places["ours"]),
            "stock": _program("stock", *places["stock"]),
        }
        running = {name: await stack.enter_async_context(bots[name]) for name in BOTS}
        for round_ in range(sizes.rounds + 1):
            for n, bot in enumerate(BOTS):
                on_step("both bots answer in turns", max(round_ - 1, 0) * len(BOTS) + n, count)
                one = await _turn(theatre, running[bot], bot, answers, sizes.bot_in_flight)
                if round_:  # The first is for warming up.
                    taken[bot].append(one)
    _must_be_durable(folder / "ours.db", members)
    return _figures(taken)


async def _turn(theatre: Process, bot: Process, name: str, answers: int, in_flight: int) -> Taken:
    if theatre.stdin is None:
        raise RuntimeError("the theatre does not listen")
    before = _cpu_seconds(bot.pid)
    order = Order(bot=name, answers=answers, in_flight=in_flight)
    theatre.stdin.write(json.dumps(asdict(order)).encode() + b"\n")
    turn = Turn(**await _hear(theatre))
    return Taken(turn, answers, _cpu_seconds(bot.pid) - before)


def _figures(taken: dict[str, list[Taken]]) -> list[Figure]:
    ours, stock = taken["ours"], taken["stock"]
    figures: list[Figure] = []
    for bot, those in taken.items():
        for key, what, unit, values in (
            ("per_second", "answers", "/s", [one.per_second for one in those]),
            ("p50_ms", "p50", "ms", [1e3 * one.turn.p50 for one in those]),
            ("p99_ms", "p99", "ms", [1e3 * one.turn.p99 for one in those]),
            (
                "cpu_us",
                "processor time an answer",
                "µs",
                [1e6 / one.per_cpu_second for one in those],
            ),
            (
                "standin_cpu_us",
                "the stand-in's an answer",
                "µs",
                [1e6 * one.turn.cpu / one.answers for one in those],
            ),
            ("standin_load", "of a core for the stand-in", "", [one.standin_load for one in those]),
        ):
            figures.append(
                median_of(values, name=f"bot.{bot}.{key}", what=f"{bot}: {what}", unit=unit)
            )
    held_back = any(one.standin_load > BUSY for one in (*ours, *stock))
    pairs = list(zip(ours, stock, strict=True))
    return [
        *figures,
        median_of(
            [a.per_second / b.per_second for a, b in pairs],
            name="bot.of_stock",
            what="answers per second: ours ÷ stock",
            unit="×",
            at_least=None if held_back else LEAST,
        ),
        median_of(
            [a.per_cpu_second / b.per_cpu_second for a, b in pairs],
            name="bot.of_stock_per_cpu",
            what="answers per processor second: ours ÷ stock",
            unit="×",
            at_least=LEAST if held_back else None,
        ),
    ]


@asynccontextmanager
async def _program(
    name: str, *arguments: str, talks: bool = False
) -> AsyncGenerator[Process, None]:
    """One of the processes, for the length of the block."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", f"riddles.bench.bot.{name}", *arguments),
        stdin=PIPE if talks else None,
        stdout=PIPE if talks else None,
        limit=1 << 20,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
    )
    try:
        yield process
    finally:
        if process.stdin is not None:
            process.stdin.close()  # No more orders: it ends by itself.
        elif process.returncode is None:
            process.send_signal(signal.SIGINT)
        try:
            await asyncio.wait_for(process.wait(), 15)
        except TimeoutError:
            process.kill()


async def _hear(theatre: Process) -> Any:  # noqa: ANN401 - what it says differs
    line = b"" if theatre.stdout is None else await theatre.stdout.readline()
    if not line:
        raise RuntimeError("the stand-in for Discord is gone")
    return json.loads(line)


def _cpu_seconds(pid: int) -> float:
    """Processor time that a process has taken so far.

    Raises:
        Refusal: this system does not tell.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
    except OSError:
        raise Refusal("the processor time of a bot can only be read on Linux") from None
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _must_be_durable(database: Path, members: int) -> None:
    """Every answer is on disk, judged, and its member's first."""
    with closing(sqlite3.connect(database)) as sqlite:
        (judged, tried) = sqlite.execute(
            "SELECT count(*), count(DISTINCT account) FROM submissions "
            "WHERE outcome IN ('accept', 'reject')"
        ).fetchone()
    if (judged, tried) != (members, members):
        raise RuntimeError(f"of {members} answers {judged} are on disk, of {tried} members")
