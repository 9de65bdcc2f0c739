"""Before the show, whatever its channels lack is said in words; what can be played is played."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from riddles.clock import RehearsalClock
from riddles.config import Settings
from riddles.refusal import Refusal
from riddles.rehearsal.cast import Cast, assemble
from riddles.rehearsal.discord import Permission, StandIn
from riddles.rehearsal.discord.permissions import BOT_IN_CHANNEL
from riddles.rehearsal.discord.specs import ChannelType
from riddles.rehearsal.stage import House, perform
from tests.builders import MONDAY
from tests.show.test_places import FIRST

STAFF = 100000000000000003
NOTHING = Permission(0)
HERE = "server La communauté (100000000000000001)"

Begin = Callable[..., object]


async def begin(settings: Settings, folder: Path, **changes: object) -> None:
    """Start the program for the first server alone, one of whose channels is changed like that."""
    at, wanted = changes.pop("at", FIRST), changes.pop("server", {})
    server = settings.server[0].model_copy(update=wanted)  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] # a test's shorthand
    alone = settings.model_copy(update={"server": (server,)})
    everywhere = changes.pop("everywhere", NOTHING)
    clock = RehearsalClock(MONDAY)
    cast = assemble(alone, clock)
    (guild,) = cast.guilds
    channels = tuple(
        replace(channel, **changes) if channel.id == at else channel  # type: ignore[arg-type] # pyright: ignore[reportArgumentType] # as above
        for channel in guild.channels
    )
    guild = replace(
        guild,
        channels=channels,
        bot_permissions=guild.bot_permissions & ~everywhere,  # type: ignore[operator] # pyright: ignore[reportOperatorIssue] # as above
    )
    standin = StandIn(clock, (guild,))
    await standin.start()
    house = House(clock, standin, Cast((guild,), cast.members, cast.host))
    try:
        (folder / "content").mkdir(exist_ok=True)
        content, database = folder / "content", folder / "rehearsal.db"
        async with perform(house, alone, content=content, database=database):
            pass
    finally:
        await standin.close()


@pytest.mark.parametrize("kind", [ChannelType.TEXT, ChannelType.ANNOUNCEMENT, ChannelType.FORUM])
async def test_riddles_are_played_in_text_announcement_and_forum_channels(
    settings: Settings, tmp_path: Path, kind: ChannelType, caplog: pytest.LogCaptureFixture
) -> None:
    await begin(settings, tmp_path, type=kind)

    assert "the bot lacks" not in caplog.text


@pytest.mark.parametrize(
    ("kind", "lacking", "said"),
    [
        (ChannelType.TEXT, Permission.ATTACH_FILES, "the bot lacks Attach Files"),
        (ChannelType.TEXT, Permission.READ_MESSAGE_HISTORY, "the bot lacks Read Message History"),
        (ChannelType.ANNOUNCEMENT, Permission.SEND_MESSAGES, "the bot lacks Send Messages"),
        (ChannelType.FORUM, Permission.SEND_MESSAGES, "the bot lacks Create Posts"),
        (
            ChannelType.FORUM,
            Permission.SEND_MESSAGES_IN_THREADS,
            "the bot lacks Send Messages in Posts",
        ),
    ],
)
async def test_what_a_channel_lacks_for_riddles_is_named(
    settings: Settings, tmp_path: Path, kind: ChannelType, lacking: Permission, said: str
) -> None:
    with pytest.raises(Refusal) as refusal:
        await begin(settings, tmp_path, type=kind, bot_permissions=BOT_IN_CHANNEL & ~lacking)

    assert str(refusal.value) == f"{HERE}, channel {FIRST}: {said}"


async def test_a_channel_without_threads_is_played_in_and_named(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    lacking = Permission.CREATE_PUBLIC_THREADS
    await begin(settings, tmp_path, bot_permissions=BOT_IN_CHANNEL & ~lacking)

    assert (
        f"{HERE}, channel {FIRST}: the bot lacks Create Public Threads, "
        'which discussion = "thread" needs'
    ) in caplog.text


async def test_a_forum_cannot_be_the_staffs_channel(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await begin(settings, tmp_path, type=ChannelType.FORUM, at=STAFF)

    assert (
        f"{HERE}, staff_channel {STAFF}: it must be a text or an announcement channel"
    ) in caplog.text


async def test_a_tag_that_the_forum_does_not_have_is_named(
    settings: Settings, tmp_path: Path
) -> None:
    with pytest.raises(Refusal, match="the forum has no tag 41; check `forum_tags`"):
        await begin(settings, tmp_path, type=ChannelType.FORUM, server={"forum_tags": (41,)})


async def test_a_calendar_that_the_bot_may_not_write_is_named(
    settings: Settings, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    await begin(settings, tmp_path, server={"event": True}, everywhere=Permission.CREATE_EVENTS)

    assert f"{HERE}: the bot lacks Create Events, which `event = true` needs" in caplog.text
