"""A stop that is asked for, at any time: what is in hand is finished, the rest is kept."""

import asyncio
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.storage.database import open_database
from riddles.clock import SystemClock
from riddles.config import Settings
from riddles.rehearsal.discord import StandIn, faults
from riddles.rehearsal.discord.faults import Action
from tests.show.test_exactly_once import MESSAGES, a_discord, due_settings, start_bot, until

__all__ = ["due_settings"]
Queue = Callable[..., Path]


async def books(folder: Path, sql: str) -> list[Any]:
    """The first column of a query, once the bot has closed its books."""
    async with (
        open_database(folder / "riddles.db", kind="live", now=SystemClock().now()) as database,
        database.reading() as reader,
    ):
        return [row[0] for row in await reader.all(sql)]


def videos(standin: StandIn, settings: Settings) -> list[int]:
    """How often the riddle is to be seen, by server."""
    return [
        sum(bool(message.files) for message in standin.messages(server.channel))
        for server in settings.server
    ]


async def run_once(folder: Path, standin: StandIn, settings: Settings) -> int:
    """Start the bot, let it publish, and stop it."""
    bot = await start_bot(folder, standin)
    await until(lambda: videos(standin, settings) == [1, 1])
    await asyncio.sleep(0.3)
    bot.terminate()
    return await asyncio.wait_for(bot.wait(), 15)


STARTING = [
    pytest.param(
        ("PUT", "/commands$", faults.delay(30)),
        id="while the commands are registered",
        marks=pytest.mark.long,
    ),
    pytest.param(
        ("GET", r"/guilds/\{guild\}$", faults.hang()),
        id="while the servers are looked at",
        marks=pytest.mark.long,
    ),
    pytest.param(("GET", "/gateway/bot$", faults.delay(30)), id="before the gateway is known"),
]


@pytest.mark.parametrize("moment", STARTING)
async def test_a_stop_during_the_start_ends_it_cleanly_with_nothing_half_done(
    queue: Queue, due_settings: Settings, tmp_path: Path, moment: tuple[str, str, Action]
) -> None:
    queue("01-first")
    async with a_discord(due_settings) as standin:
        fault = standin.faults.add(*moment)
        bot = await start_bot(tmp_path, standin)
        await until(lambda: fault.hits > 0)
        bot.terminate()
        code = await asyncio.wait_for(bot.wait(), 10)
        standin.faults.clear()
        rounds = await books(tmp_path, "SELECT id FROM rounds")

        assert code == 0
        assert rounds == []
        assert videos(standin, due_settings) == [0, 0]


@pytest.mark.long
async def test_a_stop_while_the_gateway_keeps_silent_ends_the_program(
    queue: Queue, due_settings: Settings, tmp_path: Path
) -> None:
    queue("01-first")
    async with a_discord(due_settings) as standin:
        standin.gateway.silent = True
        bot = await start_bot(tmp_path, standin)
        await until(lambda: any(r.path.endswith("/gateway/bot") for r in standin.requests))
        await asyncio.sleep(0.3)
        bot.terminate()
        stopped = await asyncio.wait_for(bot.wait(), 10)
        standin.gateway.silent = False

        assert stopped == 0
        assert await run_once(tmp_path, standin, due_settings) == 0


async def test_a_stop_waits_for_the_posts_in_hand_and_for_replies(
    queue: Queue, due_settings: Settings, tmp_path: Path
) -> None:
    queue("01-first")
    async with a_discord(due_settings) as standin:
        posts = standin.faults.add("POST", MESSAGES, faults.delay(1.0), times=2)
        replies = standin.faults.add("POST", "/callback", faults.delay(0.5))
        bot = await start_bot(tmp_path, standin)
        await until(lambda: posts.hits == 2)
        ada = next(iter(standin.world.guilds[due_settings.server[0].guild].members))
        asking = asyncio.create_task(
            standin.command(
                ada, due_settings.server[0].channel, "answer", {"text": "quicksort"}, patience=8
            )
        )
        await until(lambda: replies.hits == 1)
        bot.terminate()
        code = await asyncio.wait_for(bot.wait(), 10)
        reply = await asking

        assert code == 0
        assert reply.text.startswith("✅")
        assert videos(standin, due_settings) == [1, 1]
        assert await books(tmp_path, "SELECT outcome FROM submissions") == ["accept"]
        states = await books(
            tmp_path, "SELECT DISTINCT state FROM posts WHERE kind = 'publication'"
        )
        assert states == ["done"]


async def test_a_second_signal_ends_it_at_once_and_loses_nothing(
    queue: Queue, due_settings: Settings, tmp_path: Path
) -> None:
    queue("01-first")
    async with a_discord(due_settings) as standin:
        fault = standin.faults.add("POST", MESSAGES, faults.hang())
        bot = await start_bot(tmp_path, standin)
        await until(lambda: fault.hits > 0)
        bot.terminate()
        await asyncio.sleep(1.2)
        waits = bot.returncode is None
        bot.terminate()
        code = await asyncio.wait_for(bot.wait(), 2)

        assert waits
        assert code == 1
        assert await run_once(tmp_path, standin, due_settings) == 0
        assert videos(standin, due_settings) == [1, 1]


@pytest.mark.long
async def test_what_cannot_be_finished_holds_up_a_stop_for_ten_seconds_at_most(
    queue: Queue, due_settings: Settings, tmp_path: Path
) -> None:
    queue("01-first")
    async with a_discord(due_settings) as standin:
        fault = standin.faults.add("POST", MESSAGES, faults.hang())
        bot = await start_bot(tmp_path, standin)
        await until(lambda: fault.hits > 0)
        bot.terminate()
        code = await asyncio.wait_for(bot.wait(), 11)

        assert code == 0
        assert await run_once(tmp_path, standin, due_settings) == 0
        assert videos(standin, due_settings) == [1, 1]


@pytest.mark.long
async def test_a_stop_right_after_the_start_leaves_nothing_half_done(
    queue: Queue, due_settings: Settings, tmp_path: Path
) -> None:
    queue("01-first")
    async with a_discord(due_settings) as standin:
        bot = await start_bot(tmp_path, standin)
        await until(lambda: standin.gateway.online)
        bot.terminate()
        code = await asyncio.wait_for(bot.wait(), 10)

        assert code == 0
        assert await run_once(tmp_path, standin, due_settings) == 0
