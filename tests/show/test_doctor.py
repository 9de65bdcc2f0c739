"""The doctor asks Discord: the token, the servers, what the bot may do in them, the hour."""

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta

import pytest

from riddles.checkup import Finding
from riddles.clock import Clock, RehearsalClock, SystemClock
from riddles.config import Settings
from riddles.discord.checkup import on_discord
from riddles.rehearsal.cast import assemble
from riddles.rehearsal.discord import Permission, RoleSpec, StandIn
from riddles.rehearsal.discord.faults import status
from riddles.rehearsal.discord.permissions import BOT_IN_CHANNEL
from tests.show.test_places import FIRST

HERE = "server 100000000000000001"
THERE = "server 200000000000000001"
ROLE = 100000000000000077


@asynccontextmanager
async def a_discord(
    settings: Settings,
    *,
    may: Permission = BOT_IN_CHANNEL,
    roles: tuple[RoleSpec, ...] = (),
    clock: Clock | None = None,
) -> AsyncGenerator[StandIn, None]:
    """The configured servers; in the first one the bot may do so much, and there are more roles."""
    clock = clock or SystemClock()
    first, *others = assemble(settings, clock).guilds
    channels = tuple(
        replace(channel, bot_permissions=may) if channel.id == FIRST else channel
        for channel in first.channels
    )
    first = replace(first, channels=channels, roles=(*first.roles, *roles))
    standin = StandIn(clock, (first, *others))
    await standin.start()
    try:
        yield standin
    finally:
        await standin.close()


async def asked(
    settings: Settings, standin: StandIn, *, token: str | None = None, gives: tuple[int, ...] = ()
) -> list[Finding]:
    roles = {settings.server[0].guild: gives}
    return await on_discord(settings, roles, token or standin.token, standin.api_url)


def of(found: list[Finding], subject: str) -> list[tuple[str, str]]:
    return [(one.grade, str(one.says)) for one in found if str(one.subject) == subject]


async def test_all_is_well_on_discord(settings: Settings) -> None:
    async with a_discord(settings) as standin:
        found = await asked(settings, standin)

    assert {one.grade for one in found} == {"good"}
    assert of(found, HERE) == [("good", "La communauté: the bot may do there what it must")]
    assert of(found, "clock on Discord") == [("good", "the same as here")]


async def test_a_clock_that_is_far_from_discords_is_told(settings: Settings) -> None:
    ahead = RehearsalClock(SystemClock().now() + timedelta(hours=1))
    async with a_discord(settings, clock=ahead) as standin:
        found = await asked(settings, standin)

    ((grade, says),) = of(found, "clock on Discord")
    assert grade == "warning"
    assert re.fullmatch(r"this machine is 3.?[56]\d\d seconds behind Discord, .*", says)


async def test_a_token_that_discord_refuses_is_bad_and_not_shown(settings: Settings) -> None:
    async with a_discord(settings) as standin:
        found = await asked(settings, standin, token="another.token.altogether")

    assert of(found, "token") == [("bad", "Discord refuses it")]
    assert "another.token" not in str(found)


async def test_a_server_without_the_bot_is_bad(settings: Settings) -> None:
    alone = settings.model_copy(update={"server": settings.server[:1]})
    async with a_discord(alone) as standin:
        found = await asked(settings, standin)

    assert [grade for grade, _ in of(found, HERE)] == ["good"]
    assert [grade for grade, _ in of(found, THERE)] == ["bad"]
    assert "the bot is not in it" in of(found, THERE)[0][1]


@pytest.mark.parametrize(
    ("lacking", "grade", "named"),
    [
        (Permission.SEND_MESSAGES, "bad", "Send Messages"),
        (Permission.CREATE_PUBLIC_THREADS, "warning", "Create Public Threads"),
    ],
)
async def test_what_the_bot_may_not_do_is_named(
    settings: Settings, lacking: Permission, grade: str, named: str
) -> None:
    async with a_discord(settings, may=BOT_IN_CHANNEL & ~lacking) as standin:
        found = await asked(settings, standin)

    ((was, says),) = of(found, HERE)
    assert (was, f"the bot lacks {named}" in says) == (grade, True)


async def test_roles_that_the_bot_cannot_give_are_named(settings: Settings) -> None:
    async with a_discord(settings) as standin:
        found = await asked(settings, standin, gives=(ROLE,))

    assert ("warning", f"there is no role {ROLE}, which the bot is to give") in of(found, HERE)


async def test_a_discord_that_is_not_there_is_bad(settings: Settings) -> None:
    found = await on_discord(settings, {}, "token", "http://127.0.0.1:9/api/v10")

    assert [(one.subject, one.grade) for one in found] == [("Discord", "bad")]


async def test_a_discord_that_talks_nonsense_is_bad(settings: Settings) -> None:
    async with a_discord(settings) as standin:
        standin.faults.add("GET", "/users/@me", status(500), times=9)
        found = await asked(settings, standin)

    assert of(found, "Discord") == [("bad", "does not answer as it should")]
