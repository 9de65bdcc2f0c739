"""A riddle stands where its server wants it: in a channel, for followers too, or in a forum."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import hikari
import pytest

from riddles.clock import RehearsalClock
from riddles.config import Settings
from riddles.rehearsal.cast import Cast, assemble
from riddles.rehearsal.discord import Message, StandIn, faults
from riddles.rehearsal.discord.faults import Action
from riddles.rehearsal.discord.specs import ChannelType
from riddles.rehearsal.discord.world import Channel
from riddles.rehearsal.stage import House, Stage, perform
from tests.builders import MONDAY
from tests.openapi import discord_description
from tests.show.conftest import StageSetter
from tests.show.test_week import play_to_the_end, seen

__all__ = ["discord_description"]

Queue = Callable[..., Path]
FIRST, SECOND = 100000000000000002, 200000000000000002
POSTS = r"/channels/\{channel\}/threads$"


@asynccontextmanager
async def a_house_of(
    settings: Settings, kinds: Mapping[int, ChannelType], *, tags: tuple[tuple[int, str], ...] = ()
) -> AsyncGenerator[House, None]:
    """A Discord whose channels are of these kinds, just before the first publication.

    Where there are `tags`, a forum asks for one.
    """
    clock = RehearsalClock(MONDAY - timedelta(seconds=2))
    cast = assemble(settings, clock)
    guilds = tuple(
        replace(
            guild,
            channels=tuple(
                replace(
                    channel,
                    type=kinds.get(channel.id, channel.type),
                    tags=tags,
                    requires_tag=bool(tags),
                )
                for channel in guild.channels
            ),
        )
        for guild in cast.guilds
    )
    standin = StandIn(clock, guilds)
    await standin.start()
    try:
        yield House(clock, standin, Cast(guilds, cast.members, cast.host))
    finally:
        await standin.close()


@pytest.fixture
async def forum(settings: Settings) -> AsyncGenerator[House, None]:
    """The first server has a forum."""
    async with a_house_of(settings, {FIRST: ChannelType.FORUM}) as house:
        yield house


@pytest.fixture
async def announcements(settings: Settings) -> AsyncGenerator[House, None]:
    """Both servers have announcement channels."""
    kinds = {FIRST: ChannelType.ANNOUNCEMENT, SECOND: ChannelType.ANNOUNCEMENT}
    async with a_house_of(settings, kinds) as house:
        yield house


def posts_in(stage: Stage, forum: int = FIRST) -> list[Channel]:
    return stage.standin.threads(forum)


def told_in(stage: Stage, thread: Channel) -> list[Message]:
    return stage.standin.messages(thread.id)


async def test_in_a_forum_a_riddle_is_a_post_and_its_week_is_told_there(
    queue: Queue, on_stage: StageSetter, forum: House
) -> None:
    queue("01-first")
    async with on_stage(house=forum) as stage:
        await stage.move_to(MONDAY)
        await play_to_the_end(stage)
        (post,) = posts_in(stage)

        assert post.name == "Énigme n°\u00a01\u00a0: Qui trie ici ?"
        assert [message.text.split("\n")[0] for message in told_in(stage, post)] == [
            "<@&100000000000000005>",
            "### 🔍 Indice 1 pour l’énigme n°\u00a01",
            "### 🔍 Indice 2 pour l’énigme n°\u00a01",
            "⏰ L’énigme n°\u00a01 ferme le <t:1795978800:F>. Une seule bonne réponse suffit.",
            "# Solution de l’énigme n°\u00a01\u00a0: Qui trie ici ?",
            "# Semaine 48\u00a0: le bilan",
        ]


async def test_in_a_forum_that_asks_for_tags_those_of_the_settings_are_on_the_post(
    queue: Queue, on_stage: StageSetter, settings: Settings, tmp_path: Path
) -> None:
    queue("01-first")
    assert on_stage  # The finished video lies where the program looks for it.
    server = settings.server[0].model_copy(update={"forum_tags": (41, 42)})
    tagged = settings.model_copy(update={"server": (server,)})
    content, database = tmp_path / "content", tmp_path / "rehearsal.db"
    tags = ((41, "Énigmes"), (42, "Vidéo"), (43, "Autre"))
    async with (
        a_house_of(tagged, {FIRST: ChannelType.FORUM}, tags=tags) as forum,
        perform(forum, tagged, content=content, database=database) as stage,
    ):
        await stage.move_to(MONDAY)
        (post,) = posts_in(stage)

        assert post.tags == ["41", "42"]


async def test_a_forum_that_asks_for_a_tag_gets_one_or_staff_are_told_which_there_are(
    on_stage: StageSetter, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    kinds = {FIRST: ChannelType.FORUM}
    tags = ((41, "Énigmes"),)
    async with a_house_of(settings, kinds, tags=tags) as forum, on_stage(house=forum):
        pass

    assert "name one as `forum_tags` in scheduler.toml; there are Énigmes (41)" in caplog.text


WEATHER = {
    "an error before": faults.status(500),
    "a reply that is lost": faults.drop_reply(),
    "a connection that breaks": faults.reset(),
}


@pytest.mark.parametrize("weather", WEATHER.values(), ids=WEATHER)
async def test_a_forum_post_in_bad_weather_is_there_once(
    queue: Queue, on_stage: StageSetter, forum: House, weather: Action
) -> None:
    queue("01-first")
    async with on_stage(house=forum) as stage:
        fault = stage.standin.faults.add("POST", POSTS, weather)
        await stage.move_to(MONDAY)
        for seconds in (10, 30, 60):
            await stage.move_to(MONDAY + timedelta(seconds=seconds))

        assert fault.hits == 1
        assert [post.name for post in posts_in(stage)] == ["Énigme n°\u00a01\u00a0: Qui trie ici ?"]


async def test_a_forum_post_whose_fate_is_unknown_is_given_time_to_arrive(
    queue: Queue, on_stage: StageSetter, forum: House
) -> None:
    """It has no nonce: whoever sends it again at once may have it twice."""
    queue("01-first")
    async with on_stage(house=forum) as stage:
        stage.standin.faults.add("POST", POSTS, faults.reset())
        tries: list[int] = []
        for seconds in (0, 10, 20):
            await stage.move_to(MONDAY + timedelta(seconds=seconds))
            sent = [r for r in stage.standin.requests if r.route == "/channels/{channel}/threads"]
            tries.append(len(sent))

        assert tries == [1, 1, 2]


async def test_an_archived_forum_post_is_closed_all_the_same(
    queue: Queue, on_stage: StageSetter, forum: House
) -> None:
    queue("01-first")
    async with on_stage(house=forum) as stage:
        await stage.move_to(MONDAY)
        (post,) = posts_in(stage)
        post.archived = True
        await stage.move_to(MONDAY + timedelta(days=6, hours=2, minutes=1))
        (answer, *_) = [one for one in told_in(stage, post)[0].components if one["type"] == 2]

        assert answer["disabled"]
        assert told_in(stage, post)[0].files


async def test_a_riddle_whose_forum_post_was_deleted_gets_its_solution_in_a_new_one(
    queue: Queue, on_stage: StageSetter, forum: House
) -> None:
    queue("01-first")
    async with on_stage(house=forum) as stage:
        await stage.move_to(MONDAY)
        (post,) = posts_in(stage)
        del stage.standin.world.channels[post.id]
        await stage.move_to(MONDAY + timedelta(days=6, hours=2, minutes=31))

        (told,) = [message.text for one in posts_in(stage)[-1:] for message in told_in(stage, one)]
        assert told.startswith("# Solution de l’énigme")


async def test_an_announcement_channel_passes_riddles_on_to_its_followers_and_nothing_else(
    queue: Queue, on_stage: StageSetter, announcements: House
) -> None:
    queue("01-first")
    async with on_stage(house=announcements) as stage:
        await stage.move_to(MONDAY)
        await play_to_the_end(stage)

        assert [message.crossposted for message in seen(stage)] == [True] + [False] * 5


@pytest.mark.parametrize("weather", WEATHER.values(), ids=WEATHER)
async def test_a_riddle_is_passed_on_once_whatever_the_weather(
    queue: Queue, on_stage: StageSetter, announcements: House, weather: Action
) -> None:
    queue("01-first")
    async with on_stage(house=announcements) as stage:
        fault = stage.standin.faults.add("POST", "/crosspost$", weather, times=2)
        await stage.move_to(MONDAY)
        await stage.move_to(MONDAY + timedelta(minutes=1))
        async with stage.program.show.database.reading() as reader:
            states = await reader.all("SELECT state FROM posts WHERE kind = 'crosspost'")

        assert fault.hits == 2
        assert all(seen(stage, server)[0].crossposted for server in (0, 1))
        assert {row["state"] for row in states} == {"done"}


async def test_text_channels_pass_nothing_on(queue: Queue, on_stage: StageSetter) -> None:
    queue("01-first")
    async with on_stage() as stage:
        await stage.move_to(MONDAY)

        assert not [one for one in stage.standin.requests if one.path.endswith("/crosspost")]


async def test_every_request_of_a_week_in_forum_and_announcement_channels_is_known_to_discord(
    queue: Queue,
    on_stage: StageSetter,
    settings: Settings,
    discord_description: Callable[..., list[str]],
) -> None:
    queue("01-first")
    kinds = {FIRST: ChannelType.FORUM, SECOND: ChannelType.ANNOUNCEMENT}
    async with a_house_of(settings, kinds) as house, on_stage(house=house) as stage:
        await stage.move_to(MONDAY)
        await play_to_the_end(stage)
        objections = [f for request in stage.standin.requests for f in discord_description(request)]

        assert not objections
        assert not stage.standin.unexpected


async def test_the_link_to_a_riddle_leads_into_the_forum(
    queue: Queue, on_stage: StageSetter, forum: House
) -> None:
    queue("01-first")
    async with on_stage(house=forum) as stage:
        await stage.move_to(MONDAY)
        ada = stage.cast.members[0]
        (post,) = posts_in(stage)
        reply = await stage.standin.command(ada, post.id, "riddle show")

        assert f"https://discord.com/channels/100000000000000001/{post.id}/{post.id}" in reply.text


def test_the_kinds_of_channels_are_those_of_the_library() -> None:
    assert hikari.ChannelType.GUILD_FORUM == ChannelType.FORUM
    assert hikari.ChannelType.GUILD_NEWS == ChannelType.ANNOUNCEMENT
