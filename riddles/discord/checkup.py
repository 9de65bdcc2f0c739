"""The checkup on Discord: is the token taken, is the bot in its servers, may it do what it must?

Only questions are asked; nothing is registered, and a bot that runs is not disturbed.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime

import aiohttp
import hikari
from hikari import impl

from riddles.checkup.findings import Finding, bad, could_not_look, good, warning
from riddles.config import Server, Settings
from riddles.discord.bot import REFUSED_BY_DISCORD
from riddles.discord.permissions import in_guild, lacking
from riddles.discord.preflight import troubles_of
from riddles.discord.shop_roles import FOR_ROLES
from riddles.discord.their_clock import time_at
from riddles.sentence import Sentence, Words

PATIENCE_S = 30.0
"""How long Discord may take to answer everything."""
DRIFT_S = 10.0
"""From here on publications are seen to come early or late."""


Roles = Mapping[int, Collection[int]]
"""The roles that the bot gives, by the server they belong to."""


async def on_discord(
    settings: Settings | None, roles: Roles, token: str, api_url: str
) -> list[Finding]:
    """What Discord answers, or that it does not; never raises."""
    found: list[Finding] = []
    try:
        async with asyncio.timeout(PATIENCE_S):
            async for finding in _asked(settings, roles, token, api_url):
                found.append(finding)  # noqa: PERF401 - what was found before a failure counts
    except (hikari.HTTPError, aiohttp.ClientError, OSError, TimeoutError):
        remedy = Sentence(
            "is {address} reached from this machine? is a proxy or a firewall in between?",
            address=api_url,
        )
        found.append(bad("Discord", Sentence("does not answer as it should"), remedy))
    except Exception as error:  # noqa: BLE001 - as for every other look
        found.append(could_not_look("Discord", error))
    return found


async def _asked(
    settings: Settings | None, roles: Roles, token: str, api_url: str
) -> AsyncIterator[Finding]:
    yield await _clock(api_url)
    async with _line(token, api_url) as rest:
        try:
            me = await rest.fetch_my_user()
        except hikari.UnauthorizedError:
            yield bad("token", Sentence("Discord refuses it"), Sentence(REFUSED_BY_DISCORD))
            return
        yield good("token", Sentence("Discord knows it: {name}", name=me.username))
        for server in settings.server if settings else ():
            for finding in await _server(rest, server, me.id, roles.get(server.guild, ())):
                yield finding


async def _server(
    rest: hikari.api.RESTClient, server: Server, me: hikari.Snowflake, roles: Collection[int]
) -> list[Finding]:
    """A server and its channels."""
    subject = Sentence("server {guild}", guild=str(server.guild))
    fatal, lesser = await troubles_of(rest, server, me, lambda _guild, _boosts: None)
    remedy = Sentence(
        "give it that in Server Settings, or correct scheduler.toml: docs/channels.md"
    )
    found = [bad(subject, trouble, remedy) for trouble in fatal]
    found += [warning(subject, trouble, remedy) for trouble in lesser]
    try:
        guild = await rest.fetch_guild(server.guild)
        member = await rest.fetch_member(server.guild, me)
    except (hikari.NotFoundError, hikari.ForbiddenError):
        return found  # Said already: the bot is not in that server.
    found += _cannot_give(subject, guild, member, roles)
    return found or [
        good(subject, Sentence("{name}: the bot may do there what it must", name=guild.name))
    ]


def _cannot_give(
    subject: Words, guild: hikari.RESTGuild, member: hikari.Member, roles: Collection[int]
) -> Iterator[Finding]:
    """Roles of the shop or of milestones that Discord will not let the bot give."""
    if roles and lacking(in_guild(guild, member), FOR_ROLES):
        remedy = Sentence("give the bot's role this permission in Server Settings, Roles")
        says = Sentence("the bot gives roles here and lacks Manage Roles")
        yield warning(subject, says, remedy)
    mine = [guild.roles[number] for number in member.role_ids if number in guild.roles]
    highest = max((role.position for role in mine), default=0)
    for number in sorted(roles):
        role = guild.roles.get(hikari.Snowflake(number))
        if role is None:
            remedy = Sentence("correct scheduler.toml or rewards.toml")
            says = Sentence("there is no role {role}, which the bot is to give", role=str(number))
            yield warning(subject, says, remedy)
        elif role.position >= highest and guild.owner_id != member.id:
            remedy = Sentence("put the bot's role higher in Server Settings, Roles")
            says = Sentence("the role {name} stands above the bot's own", name=role.name)
            yield warning(subject, says, remedy)


async def _clock(api_url: str) -> Finding:
    """This machine's clock, held against the hour in Discord's answer."""
    theirs, ours = await time_at(api_url), datetime.now(UTC)
    if theirs is None:
        return good("clock on Discord", Sentence("not told"))
    drift = (ours - theirs).total_seconds()
    if abs(drift) <= DRIFT_S:
        return good("clock on Discord", Sentence("the same as here"))
    says = Sentence(
        "this machine is {seconds} seconds ahead of Discord, and so is what it publishes"
        if drift > 0
        else "this machine is {seconds} seconds behind Discord, and so is what it publishes",
        seconds=round(abs(drift)),
    )
    remedy = Sentence("keep the machine's clock synchronised (timedatectl set-ntp true)")
    return warning("clock on Discord", says, remedy)


@asynccontextmanager
async def _line(token: str, api_url: str) -> AsyncGenerator[hikari.api.RESTClient, None]:
    """A connection for a few questions."""
    app = impl.RESTApp(max_retries=0, url=api_url)
    await app.start()
    try:
        async with app.acquire(token, hikari.TokenType.BOT) as rest:
            yield rest
    finally:
        await app.close()
