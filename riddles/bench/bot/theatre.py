"""The theatre: a stand-in for each bot, full of members, who answer when told to.

It runs as a program of its own and speaks JSON, a line at a time: where its stand-ins are, then
for each order what came of it.
"""

import asyncio
import gc
import json
import random
import sys
from collections import Counter
from dataclasses import asdict, dataclass
from itertools import islice
from time import perf_counter, process_time

from riddles.bench.figures import percentile
from riddles.bench.riddle import FIRST_MEMBER, RIGHT, SERVER, WRONG
from riddles.clock import SystemClock
from riddles.rehearsal.discord import ChannelSpec, GuildSpec, MemberSpec, StandIn

CHANNEL = 100_000_000_000_000_011
PATIENCE_S = 60.0
"""A slow turn is to be measured, not broken off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """So many answers to one bot, by members who have not answered it yet."""

    bot: str
    answers: int
    in_flight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """What came of an order. Seconds; `heard` counts replies by how they begin."""

    seconds: float
    cpu: float
    p50: float
    p99: float
    heard: dict[str, int]


async def main(members: int) -> None:
    """Open, say where, and follow orders until there are none."""
    spec = GuildSpec(
        id=SERVER,
        name="La communauté",
        channels=(ChannelSpec(id=CHANNEL, name="énigmes"),),
        members=tuple(
            MemberSpec(id=FIRST_MEMBER + n, name=f"member{n}", display_name=f"Member {n}")
            for n in range(members)
        ),
    )
    stages = {
        name: StandIn(SystemClock(), [spec], patience=PATIENCE_S, remember=1000)
        for name in ("ours", "stock")
    }
    for stage in stages.values():
        await stage.start()
    _say({name: [stage.api_url, stage.token] for name, stage in stages.items()})
    waiting = {name: iter(spec.members) for name in stages}
    gc.collect()
    gc.freeze()
    try:
        while line := await asyncio.to_thread(sys.stdin.readline):
            order = Order(**json.loads(line))
            stage = stages[order.bot]
            await stage.online(PATIENCE_S)
            those = list(islice(waiting[order.bot], order.answers))
            _say(asdict(await _play(stage, those, order.in_flight)))
    finally:
        for stage in stages.values():
            await stage.close()


async def _play(stage: StandIn, members: list[MemberSpec], in_flight: int) -> Turn:
    """Let the members answer, so many at a time."""
    waiting = iter(members)
    chance = random.Random(members[0].id)  # noqa: S311 - the same play every time
    latencies: list[float] = []
    heard: Counter[str] = Counter()

    async def answer() -> None:
        for member in waiting:
            text = chance.choice(RIGHT if member.id % 2 else WRONG)
            begun = perf_counter()
            reply = await stage.command(member, CHANNEL, "answer", {"text": text})
            latencies.append(perf_counter() - begun)
            heard[reply.text[:1]] += 1

    begun, begun_cpu = perf_counter(), process_time()
    await asyncio.gather(*(answer() for _ in range(in_flight)))
    return Turn(
        seconds=perf_counter() - begun,
        cpu=process_time() - begun_cpu,
        p50=percentile(latencies, 0.5),
        p99=percentile(latencies, 0.99),
        heard=dict(heard),
    )


def _say(fact: object) -> None:
    sys.stdout.write(json.dumps(fact) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1])))
