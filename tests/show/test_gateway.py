"""Discord comes and goes: the show goes on, and nothing of it is lost or out of order."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from riddles.config import load_settings
from riddles.discord.bot import CONNECTION
from riddles.discord.lifeline import Lifeline
from riddles.refusal import Refusal
from riddles.rehearsal.discord import StandIn
from riddles.rehearsal.stage import Stage, a_house, perform
from tests.builders import MONDAY
from tests.show.conftest import SETTINGS, StageSetter, published
from tests.show.test_course import says
from tests.show.test_exactly_once import until
from tests.show.test_week import seen

Queue = Callable[..., Path]
Trouble = Callable[[StandIn], None]
TROUBLE: dict[str, Trouble] = {
    "it asks to reconnect": lambda standin: standin.gateway.reconnect(),
    "it closes with a code the library takes for final": lambda s: s.gateway.close(4003),
    "it sends what nobody can read": lambda standin: standin.gateway.garble(),
}
MORE_TROUBLE: dict[str, Trouble] = {
    "the session is invalid": lambda standin: standin.gateway.invalidate(),
    "the session is invalid and may be resumed": lambda s: s.gateway.invalidate(resumable=True),
    "the connection breaks": lambda standin: standin.gateway.drop(),
    "it closes with an unknown error": lambda standin: standin.gateway.close(4000),
}


async def came_back(stage: Stage) -> None:
    """Wait until the bot has left the gateway and returned."""
    bot = stage.program.bot
    await until(lambda: not bot.is_connected)
    await until(lambda: stage.standin.gateway.online and bot.is_connected)


@pytest.mark.parametrize(
    "trouble",
    [
        *(pytest.param(trouble, id=name) for name, trouble in TROUBLE.items()),
        *(
            pytest.param(trouble, id=name, marks=pytest.mark.long)
            for name, trouble in MORE_TROUBLE.items()
        ),
    ],
)
async def test_whatever_happens_to_the_connection_answers_are_served_as_soon_as_it_is_back(
    queue: Queue, on_stage: StageSetter, trouble: Trouble
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        trouble(stage.standin)
        await came_back(stage)
        reply = await says(stage, stage.cast.members[0], "quicksort")

        assert reply.text.startswith("✅")
        assert not stage.program.held.done()


async def test_what_was_asked_while_the_connection_was_down_is_answered_after_the_resume(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        stage.standin.gateway.drop()
        await until(lambda: not stage.standin.gateway.online)
        channel = stage.program.show.settings.server[0].channel
        reply = await stage.standin.command(
            stage.cast.members[0], channel, "answer", {"text": "quicksort"}, patience=10
        )

        assert reply.text.startswith("✅")


async def test_a_greeting_that_never_comes_is_not_waited_for_for_ever(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        bot, weekly = stage.program.bot, stage.program.weekly
        stage.program.held.cancel()
        bot.patience_s = 0.5
        lifeline = Lifeline(bot, stage.clock, weekly.discord_is_back, silent_s=0.3)
        holding = asyncio.create_task(lifeline.hold())
        stage.standin.gateway.silent = True
        stage.standin.gateway.drop()
        await until(lambda: not bot.is_connected)
        await asyncio.sleep(1.0)  # By now a connection waits for a greeting that never comes.
        stage.standin.gateway.silent = False
        await until(lambda: bot.is_connected)
        reply = await says(stage, stage.cast.members[0], "quicksort")
        connections = [
            task for task in asyncio.all_tasks() if task.get_name().startswith(CONNECTION)
        ]
        holding.cancel()

        assert reply.text.startswith("✅")
        assert len(connections) == 1


@pytest.mark.parametrize("code", [4004, 4014])
async def test_where_discord_will_not_have_us_the_program_ends_in_words(
    queue: Queue, on_stage: StageSetter, code: int
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        stage.standin.gateway.close(code)
        await until(stage.program.held.done)

        with pytest.raises(Refusal, match="Discord closed the connection"):
            stage.program.held.result()


async def test_after_hours_without_discord_what_is_owed_goes_out_at_once_and_in_order(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        async with stage.standin.outage():
            await until(lambda: not stage.program.bot.is_connected)
            for hours in range(6 * 24, 6 * 24 + 8):  # Closing, reveal and recap fall due.
                stage.clock.jump(MONDAY + timedelta(hours=hours, minutes=50))
                await stage.program.weekly.tick()
                await asyncio.sleep(0.1)
        # By now a pause of five minutes has begun before the next attempt.
        await until(lambda: len(seen(stage, 1)) == 3)

        assert [message.text.split("\n")[0] for message in seen(stage, 1)] == [
            "# Riddle no. 1: Qui trie ici ?",
            "# Solution of riddle no. 1: Qui trie ici ?",
            "# Week 48 in the books",
        ]


async def test_an_hours_outage_over_a_closing_a_reveal_and_a_publication_is_told_with_true_times(
    queue: Queue, on_stage: StageSetter, tmp_path: Path
) -> None:
    queue("01-first")
    queue("02-second")
    path = tmp_path / "tight.toml"
    week = '[week]\nclose = "mon 17:30"\nreveal = "mon 17:40"\nrecap = "mon 17:45"\n'
    path.write_text(SETTINGS.replace("[week]\n", week), encoding="utf-8")
    settings = load_settings(path)
    play = partial(perform, content=tmp_path / "content", database=tmp_path / "rehearsal.db")
    following = MONDAY + timedelta(weeks=1)
    async with (
        a_house(settings, MONDAY - timedelta(seconds=2)) as house,
        play(house, settings) as stage,
    ):
        await stage.move_to(MONDAY)
        await stage.move_to(following - timedelta(minutes=40))
        async with stage.standin.outage():
            await until(lambda: not stage.program.bot.is_connected)
            for minutes in (30, 20, 15, 0, -20):
                stage.clock.reach(following - timedelta(minutes=minutes))
                await stage.program.weekly.tick()
                await asyncio.sleep(0.05)
        await stage.standin.online(20)
        await until(lambda: len(seen(stage, 1)) >= 7)
        await stage.settle()
        first, *others = [message.text for message in seen(stage, 1)]
        reveal, recap, second = others[-3:]

        assert on_stage
        assert f"Closed since {named(following - timedelta(minutes=30))}" in first
        assert reveal.startswith("# Solution of riddle no. 1")
        assert named(following - timedelta(minutes=20)) in reveal
        assert recap.startswith("# Week 48")
        assert named(following - timedelta(minutes=15)) in recap
        assert second.startswith("# Riddle no. 2")
        assert named(following) in second


def named(moment: datetime) -> str:
    """A moment as Discord shows it to each reader."""
    return f"<t:{int(moment.timestamp())}:F>"
