"""A server with a handful of people, and a little bot in it."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import UTC, datetime

import hikari
import pytest_asyncio

from riddles.clock import RehearsalClock
from riddles.rehearsal.discord import (
    BOT_IN_CHANNEL,
    ChannelSpec,
    ChannelType,
    GuildSpec,
    MemberSpec,
    Permission,
    RoleSpec,
    StandIn,
    aged,
)
from tests.openapi import discord_description
from tests.rehearsal import little_bot

__all__ = ["discord_description"]

START = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Scene:
    """Everything a test needs to act and to look."""

    clock: RehearsalClock
    standin: StandIn
    bot: hikari.GatewayBot
    guild: GuildSpec
    ana: MemberSpec
    host: MemberSpec
    riddles: ChannelSpec
    news: ChannelSpec
    forum: ChannelSpec
    staff_room: ChannelSpec
    locked: ChannelSpec
    fans: RoleSpec
    high: RoleSpec


def a_guild(clock: RehearsalClock) -> GuildSpec:
    def old(serial: int) -> int:
        return aged(clock, days=400, serial=serial)

    fans = RoleSpec(id=old(20), name="fans")
    hosts = RoleSpec(id=old(21), name="hosts", permissions=Permission.MANAGE_GUILD)
    high = RoleSpec(id=old(22), name="high", position=90)
    channels = (
        ChannelSpec(id=old(10), name="énigmes"),
        ChannelSpec(id=old(11), name="annonces", type=ChannelType.ANNOUNCEMENT),
        ChannelSpec(id=old(12), name="forum", type=ChannelType.FORUM),
        ChannelSpec(id=old(13), name="staff", visible_to=frozenset({hosts.id})),
        ChannelSpec(
            id=old(14), name="locked", bot_permissions=BOT_IN_CHANNEL & ~Permission.SEND_MESSAGES
        ),
        ChannelSpec(id=old(15), name="unseen", bot_permissions=Permission(0)),
    )
    members = (
        MemberSpec(id=old(1), name="ana", locale="fr"),
        MemberSpec(id=old(2), name="host", locale="en-GB", roles=frozenset({hosts.id})),
        MemberSpec(id=old(3), name="shy", locale="fr", accepts_dms=False),
        MemberSpec(id=old(4), name="leaver"),
    )
    return GuildSpec(
        id=old(0),
        name="Le serveur",
        channels=channels,
        roles=(fans, hosts, high),
        members=members,
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def scene() -> AsyncGenerator[Scene]:
    clock = RehearsalClock(START)
    guild = a_guild(clock)
    standin = StandIn(clock, [guild], patience=20)
    await standin.start()
    bot = await little_bot.start(standin.token, standin.api_url)
    await standin.online()
    riddles, news, forum, staff_room, locked, _ = guild.channels
    fans, _, high = guild.roles
    yield Scene(
        clock=clock,
        standin=standin,
        bot=bot,
        guild=guild,
        ana=guild.members[0],
        host=guild.members[1],
        riddles=riddles,
        news=news,
        forum=forum,
        staff_room=staff_room,
        locked=locked,
        fans=fans,
        high=high,
    )
    await bot.close()
    await standin.close()
