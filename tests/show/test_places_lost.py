"""The places that riddles are told in go away, come back, and are replaced."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from riddles.config import Settings
from riddles.rehearsal.discord import faults
from riddles.rehearsal.discord.specs import ChannelType
from riddles.rehearsal.stage import House, Stage, perform
from tests.builders import MONDAY
from tests.show.conftest import StageSetter, published
from tests.show.test_course import staff
from tests.show.test_hosts import hosts
from tests.show.test_places import FIRST, SECOND, a_house_of
from tests.show.test_week import seen

Queue = Callable[..., Path]
DAY = timedelta(days=1)
CORRECTION = {"text_fr": "Lis « tri ».", "text_en": "Read “sort”."}


def deleted(stage: Stage) -> int:
    """The only thread of the first server's channel is deleted; its id."""
    (thread,) = stage.standin.threads(FIRST)
    del stage.standin.world.channels[thread.id]
    return thread.id


async def waiting(stage: Stage) -> list[str]:
    """What is owed and not made."""
    async with stage.program.show.database.reading() as reader:
        rows = await reader.all("SELECT key FROM posts WHERE state <> 'done' ORDER BY id")
    return [row["key"] for row in rows]


async def test_what_is_said_in_a_deleted_thread_is_said_in_its_channel(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        deleted(stage)
        await hosts(stage, "erratum", **CORRECTION)
        await hosts(stage, "extend", until="1h")
        told = [message.text.split("\n")[0] for message in seen(stage)[1:]]

        assert told == [
            "### ✏️ Correction de l’énigme n°\u00a01",
            "### ⏳ Plus de temps pour l’énigme n°\u00a01",
        ]
        assert not any("n’existe plus" in word for word in staff(stage))


async def test_a_thread_in_which_the_bot_may_not_write_silences_nobody(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        (thread,) = stage.standin.threads(FIRST)
        closed = faults.status(403, 160005, "Thread is locked")
        stage.standin.faults.add("POST", f"/channels/{thread.id}/messages", closed, times=99)
        await hosts(stage, "extend", until="1h")

        assert seen(stage)[-1].text.startswith("### ⏳ Plus de temps")
        assert not await waiting(stage)


async def test_a_deleted_thread_is_in_nobodys_way_the_week_after(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    queue("02-second")
    async with published(on_stage) as stage:
        deleted(stage)
        await hosts(stage, "erratum", **CORRECTION)
        for hours in (6 * 24 + 3, 7 * 24, 7 * 24 + 1):
            await stage.move_to(MONDAY + timedelta(hours=hours))

        (thread,) = stage.standin.threads(FIRST)
        assert thread.name.startswith("Énigme n°\u00a02")
        assert not await waiting(stage)


async def test_a_correction_that_nobody_could_hear_in_time_is_let_go(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        silent = stage.standin.faults.add(
            "POST", "/messages$", faults.status(403, 50001, "Missing Access"), times=999
        )
        await hosts(stage, "erratum", **CORRECTION)
        await stage.move_to(MONDAY + timedelta(days=6, hours=3))
        silent.times = 0
        await stage.move_to(MONDAY + timedelta(days=6, hours=5))

        (thread,) = stage.standin.threads(FIRST)
        told = seen(stage) + stage.standin.messages(thread.id)
        assert silent.hits
        assert not any("Correction de l’énigme" in message.text for message in told)
        assert not await waiting(stage)


@pytest.fixture
async def forum(settings: Settings) -> AsyncGenerator[House, None]:
    """The first server has a forum."""
    async with a_house_of(settings, {FIRST: ChannelType.FORUM}) as house:
        yield house


async def test_a_correction_whose_forum_post_was_deleted_is_a_post_of_its_own(
    queue: Queue, on_stage: StageSetter, forum: House
) -> None:
    queue("01-first")
    async with published(on_stage, forum) as stage:
        deleted(stage)
        other = stage.program.show.settings.server[1].channel
        reply = await stage.standin.command(stage.cast.host, other, "animate erratum", CORRECTION)
        await reply.final()
        await stage.settle()
        (post,) = stage.standin.threads(FIRST)

        assert "Correction" in stage.standin.messages(post.id)[0].text
        assert not await waiting(stage)


# A channel that is replaced.

NEW = 200000000000000009


def replaced(stage: Stage) -> None:
    """The second server's channel is deleted, and another is made."""
    world, guild = stage.standin.world, stage.program.show.settings.server[1].guild
    old = world.channels.pop(SECOND)
    world.guilds[guild].channels.pop(SECOND)
    new = replace(old, id=NEW, messages={})
    world.channels[NEW] = world.guilds[guild].channels[NEW] = new


def with_the_new(settings: Settings) -> Settings:
    """The settings that name it."""
    first, second = settings.server
    moved = second.model_copy(update={"channel": NEW})
    return settings.model_copy(update={"server": (first, moved)})


@asynccontextmanager
async def played(house: House, settings: Settings, tmp_path: Path) -> AsyncGenerator[Stage, None]:
    """The program with these settings, until everything that it starts with is done."""
    content, database = tmp_path / "content", tmp_path / "rehearsal.db"
    async with perform(house, settings, content=content, database=database) as stage:
        await stage.settle()
        yield stage


def heads(stage: Stage, channel: int) -> list[str]:
    """The first lines of what is said there."""
    return [message.text.split("\n")[0] for message in stage.standin.messages(channel)]


async def test_a_riddle_follows_to_the_channel_that_replaces_a_deleted_one(
    queue: Queue, on_stage: StageSetter, house: House, settings: Settings, tmp_path: Path
) -> None:
    queue("01-first")
    async with published(on_stage, house) as stage:
        replaced(stage)
        await stage.move_to(MONDAY + timedelta(days=2))
    async with played(house, with_the_new(settings), tmp_path) as stage:
        await stage.move_to(MONDAY + timedelta(days=4))
        video = [file.filename for file in stage.standin.messages(NEW)[0].files]

        assert [head.split(":")[0] for head in heads(stage, NEW)] == [
            "# Riddle no. 1",
            "### 🔍 Hint 1 for riddle no. 1",
            "### 🔍 Hint 2 for riddle no. 1",
        ]
        assert video[0] == "riddle-1.mp4"
        assert not await waiting(stage)


async def test_a_riddle_whose_channel_is_still_there_stays_where_it_is(
    queue: Queue, on_stage: StageSetter, house: House, settings: Settings, tmp_path: Path
) -> None:
    queue("01-first")
    async with published(on_stage, house) as stage:
        world, guild = stage.standin.world, stage.program.show.settings.server[1].guild
        new = replace(world.channels[SECOND], id=NEW, messages={})
        world.channels[NEW] = world.guilds[guild].channels[NEW] = new
    async with played(house, with_the_new(settings), tmp_path) as stage:
        await stage.move_to(MONDAY + timedelta(days=2))

        assert heads(stage, NEW) == ["### 🔍 Hint 1 for riddle no. 1"]


async def test_a_server_that_was_away_when_its_riddle_was_due_gets_it_when_it_is_back(
    queue: Queue, on_stage: StageSetter, house: House, settings: Settings, tmp_path: Path
) -> None:
    queue("01-first")
    async with on_stage(house=house) as stage:
        refused = faults.status(403, 50001, "Missing Access")
        stage.standin.faults.add("POST", f"/channels/{SECOND}/messages", refused, times=1)
        await stage.move_to(MONDAY)
    alone = settings.model_copy(update={"server": settings.server[:1]})
    async with played(house, alone, tmp_path) as stage:
        await stage.move_to(MONDAY + timedelta(hours=2))
    async with played(house, settings, tmp_path) as stage:
        assert [head.split(":")[0] for head in heads(stage, SECOND)] == ["# Riddle no. 1"]
