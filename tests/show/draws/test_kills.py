"""Killed for real at every named step, the program draws once: one winner, one message, no point.

The books are brought to the eve of the step; then the program runs in a process of its own that
kills itself (SIGKILL) at a statement of that step, before its commit, or right after it. Another
program goes on. Discord is the stand-in, which all of them share.
"""

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Literal

import pytest

from engine.draws import prizes, record
from engine.moments import from_ms
from riddles.config import Settings
from riddles.rehearsal.discord import MemberSpec, StandIn
from riddles.rehearsal.stage import House, Stage, a_house, perform
from tests.builders import MONDAY, a_person
from tests.show.draws.acting import (
    ENTRANTS,
    UNTIL,
    WITNESSES,
    Discord,
    Step,
    a_world,
    announce,
    assert_as_published,
    assert_sound,
    deliver,
    endow,
    enter,
    fate,
    freeze,
    hash_and_draw,
    press,
    seal,
)

Phase = Literal["statement", "commit", "after"]
PHASES: tuple[Phase, ...] = ("statement", "commit", "after")

ENTERED: list[Step] = [announce(), enter, deliver]
FROZEN: list[Step] = [*ENTERED, freeze, deliver, press]
SEALED: list[Step] = [*FROZEN, seal, deliver]
DRAWN: list[Step] = [*SEALED, hash_and_draw, deliver]

FREEZING = from_ms(UNTIL)
WINDOW_OVER = FREEZING + timedelta(minutes=16)
SILENT = FREEZING + timedelta(days=15)
CONFIRMING = "UPDATE posts SET state = 'done'"


async def by_the_clock(_: StandIn, __: House, ___: int) -> None:
    """Nobody has to do anything."""


async def call_off(standin: StandIn, house: House, channel: int) -> None:
    """The host calls the draw off."""
    options = {"draw": "noel", "reason": "the prize broke"}
    reply = await standin.command(house.cast.host, channel, "lots cancel", options)
    await reply.final()


async def hand_over(standin: StandIn, house: House, channel: int) -> None:
    """The host has handed over the first prize."""
    listed = await standin.command(house.cast.host, channel, "lots settle")
    final = await listed.final()
    for button in [one for one in final.buttons if one == "v1:draw-done:1"]:
        reply = await standin.press(house.cast.host, final, button)
        await reply.final()


@dataclass(frozen=True, slots=True)
class Blow:
    """A step at which the program is killed."""

    name: str
    eve: list[Step]
    moment: datetime
    words: str
    """A part of the statement."""
    state: str
    """What the draw comes to, and stays, when nothing else happens."""
    nth: int = 1
    hand: Callable[[StandIn, House, int], Awaitable[None]] = by_the_clock


BLOWS = (
    Blow("freezing", ENTERED, FREEZING, "UPDATE draws SET state = 'frozen'", "frozen"),
    Blow("telling the freezing", ENTERED, FREEZING, CONFIRMING, "frozen"),
    Blow("sealing", FROZEN, WINDOW_OVER, "UPDATE draws SET state = 'sealed'", "drawn"),
    Blow("posting the transcript", FROZEN, WINDOW_OVER, CONFIRMING, "drawn"),
    *(
        Blow(f"round {nth}", SEALED, WINDOW_OVER, "UPDATE draws SET rounds_done", "drawn", nth)
        for nth in (1, 2, 3, 4)
    ),
    Blow("drawing", SEALED, WINDOW_OVER, "UPDATE draws SET state = 'drawn'", "drawn"),
    Blow("spending", SEALED, WINDOW_OVER, "UPDATE draw_entries SET held = 0", "drawn"),
    Blow("naming winners", SEALED, WINDOW_OVER, "INSERT INTO draw_winners", "drawn"),
    Blow("telling the winner", SEALED, WINDOW_OVER, "INSERT INTO notices", "drawn"),
    Blow("posting the result", SEALED, WINDOW_OVER, CONFIRMING, "drawn"),
    Blow("posting it again", SEALED, WINDOW_OVER, CONFIRMING, "drawn", 2),
    Blow("passing on", DRAWN, SILENT, "UPDATE draw_winners SET state = 'passed'", "drawn"),
    Blow("naming the alternate", DRAWN, SILENT, "INSERT INTO draw_winners", "drawn"),
    Blow(
        "calling off",
        FROZEN,
        FREEZING + timedelta(minutes=1),
        "UPDATE draws SET state = 'cancelled'",
        "cancelled",
        hand=call_off,
    ),
    Blow(
        "giving back",
        FROZEN,
        FREEZING + timedelta(minutes=1),
        "UPDATE draw_entries SET held = 0",
        "cancelled",
        hand=call_off,
    ),
    Blow(
        "handing over",
        DRAWN,
        WINDOW_OVER,
        "UPDATE draw_winners SET state = 'settled'",
        "drawn",
        hand=hand_over,
    ),
)
A_CUT: dict[str, Phase] = {"round 3": "after", "naming winners": "commit", "calling off": "after"}
"""What is killed in the ordinary run, and when."""


@pytest.mark.parametrize(
    ("blow", "phase"),
    [
        pytest.param(
            blow,
            phase,
            id=f"{blow.name}-{phase}",
            marks=() if A_CUT.get(blow.name) == phase else pytest.mark.long,
        )
        for blow in BLOWS
        for phase in PHASES
    ],
)
async def test_killed_at_any_step_it_draws_once(
    tmp_path: Path, settings: Settings, blow: Blow, phase: Phase
) -> None:
    database, discord = tmp_path / "rehearsal.db", Discord()
    (content := tmp_path / "content").mkdir()
    async with a_world(database, settings, MONDAY, discord) as world:
        await endow(world)
        for step in blow.eve:
            await step(world)
        fixed = fate(await world.draw())

    channel = settings.server[0].channel
    async with a_house(settings, blow.moment) as house:
        for number in (*ENTRANTS, *WITNESSES):
            spec = MemberSpec(id=a_person(number).id, name=a_person(number).name)
            house.standin.join(settings.server[0].guild, spec)
        await _killed(tmp_path, house, blow, phase, channel)
        async with a_world(database, settings, house.clock.now(), discord) as world:
            await assert_sound(world.database)
            fixed = fixed or fate(await world.draw())
        async with perform(house, settings, content=content, database=database) as stage:
            await blow.hand(house.standin, house, channel)
            await _come_to(stage, blow.state)
            await stage.settle()

            await _assert_told_once(stage, settings)
        async with a_world(database, settings, house.clock.now(), discord) as world:
            await assert_sound(world.database)
            draw = await world.draw()
            async with world.database.reading() as reader:
                rows = await reader.all("SELECT step FROM draw_steps")
                winners = await prizes.winners_of(reader, 1)

    assert draw.state == blow.state
    assert max(Counter(row["step"] for row in rows).values()) == 1
    assert_as_published(draw, winners)
    assert fixed in (None, fate(draw))


async def _killed(folder: Path, house: House, blow: Blow, phase: Phase, channel: int) -> None:
    """Run the program until it has killed itself."""
    told = {
        "folder": str(folder),
        "ahead": (house.clock.now() - datetime.now(UTC)).total_seconds(),
        "token": house.standin.token,
        "api_url": house.standin.api_url,
        "words": blow.words,
        "nth": blow.nth,
        "phase": phase,
    }
    root = Path(__file__).parents[3]
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, str(Path(__file__).with_name("child.py")), json.dumps(told)),
        cwd=root,
        env={"PYTHONPATH": str(root)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert program.stdout is not None
    await asyncio.wait_for(program.stdout.readline(), 60)
    hand = asyncio.create_task(_once_online(house, blow, channel))
    try:
        async with asyncio.timeout(60):
            _, words = await program.communicate()
    finally:
        hand.cancel()
        await asyncio.gather(hand, return_exceptions=True)
        if program.returncode is None:
            program.kill()
            await program.wait()
    assert program.returncode == -9, words.decode()[-3000:]


async def _once_online(house: House, blow: Blow, channel: int) -> None:
    await house.standin.online(60.0)
    await blow.hand(house.standin, house, channel)


async def _come_to(stage: Stage, state: str) -> None:
    """Wait for the slow hash, where there is one to wait for."""
    for _ in range(400):
        await stage.settle()
        async with stage.program.show.database.reading() as reader:
            if (await record.get(reader, 1)).state == state:
                return
        await asyncio.sleep(0.05)
    raise AssertionError(f"it does not come to be {state}")


async def _assert_told_once(stage: Stage, settings: Settings) -> None:
    """Every message that is owed is there, once, in every server; and there are no others."""
    async with stage.program.show.database.reading() as reader:
        rows = await reader.all("SELECT key, server, state, message FROM posts WHERE kind = 'draw'")
        won = await reader.value("SELECT count(*) FROM notices WHERE key GLOB 'draw-won:*'")
        winners = await reader.value("SELECT count(*) FROM draw_winners")
    assert {row["state"] for row in rows} == {"done"}
    assert won == winners
    for server in settings.server:
        owed = [row["message"] for row in rows if row["server"] == server.guild]
        seen = [int(message.id) for message in stage.standin.messages(server.channel)]
        # What was told on the eve has numbers of its own, too small for Discord's.
        assert seen == sorted(message for message in owed if message > 1 << 40)
