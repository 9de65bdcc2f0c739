"""The checkup on Discord: is the token taken, is the bot in its servers, may it do what it must?

Only questions are asked; nothing is registered, and a bot that runs is not disturbed.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

import aiohttp
import hikari
from hikari import impl

from riddles.checkup.findings import Finding, bad, could_not_look, good, warning
from riddles.config import Server, Settings
from riddles.discord.bot import REFUSED_BY_DISCORD
from riddles.discord.permissions import in_guild, lacking
from riddles.discord.preflight import troubles_of
from riddles.discord.shop_roles import FOR_ROLES

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
        remedy = f"is {api_url} reached from this machine? is a proxy or a firewall in between?"
        found.append(bad("Discord", "does not answer as it should", remedy))
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
            yield bad("token", "Discord refuses it", REFUSED_BY_DISCORD)
            return
        yield good("token", f"Discord knows it: {me.username}")
        for server in settings.server if settings else ():
            for finding in await _server(rest, server, me.id, roles.get(server.guild, ())):
                yield finding


async def _server(
    rest: hikari.api.RESTClient, server: Server, me: hikari.Snowflake, roles: Collection[int]
) -> list[Finding]:
    """A server and its channels."""
    subject = f"server {server.guild}"
    fatal, lesser = await troubles_of(rest, server, me, lambda _guild, _boosts: None)
    remedy = "give it that in Server Settings, or correct scheduler.toml: docs/channels.md"
    found = [bad(subject, trouble, remedy) for trouble in fatal]
    found += [warning(subject, trouble, remedy) for trouble in lesser]
    try:
        guild = await rest.fetch_guild(server.guild)
        member = await rest.fetch_member(server.guild, me)
    except (hikari.NotFoundError, hikari.ForbiddenError):
        return found  # Said already: the bot is not in that server.
    found += _cannot_give(subject, guild, member, roles)
    return found or [good(subject, f"{guild.name}: the bot may do there what it must")]


def _cannot_give(
    subject: str, guild: hikari.RESTGuild, member: hikari.Member, roles: Collection[int]
) -> Iterator[Finding]:
    """Roles of the shop or of milestones that Discord will not let the bot give."""
    if roles and lacking(in_guild(guild, member), FOR_ROLES):
        remedy = "give the bot's role this permission in Server Settings, Roles"
        yield warning(subject, "the bot gives roles here and lacks Manage Roles", remedy)
    mine = [guild.roles[number] for number in member.role_ids if number in guild.roles]
    highest = max((role.position for role in mine), default=0)
    for number in sorted(roles):
        role = guild.roles.get(hikari.Snowflake(number))
        if role is None:
            remedy = "correct scheduler.toml or rewards.toml"
            yield warning(subject, f"there is no role {number}, which the bot is to give", remedy)
        elif role.position >= highest and guild.owner_id != member.id:
            remedy = "put the bot's role higher in Server Settings, Roles"
            yield warning(subject, f"the role {role.name} stands above the bot's own", remedy)


async def _clock(api_url: str) -> Finding:
    """This machine's clock, held against the hour in Discord's answer."""
    async with aiohttp.ClientSession() as session, session.get(f"{api_url}/gateway") as answer:
        theirs = answer.headers.get("Date", "")
    ours = datetime.now(UTC)
    try:
        drift = (ours - parsedate_to_datetime(theirs)).total_seconds()
    except (TypeError, ValueError):
        return good("clock on Discord", "not told")
    if abs(drift) <= DRIFT_S:
        return good("clock on Discord", "the same as here")
    way = "ahead of" if drift > 0 else "behind"
    return warning(
        "clock on Discord",
        f"this machine is {abs(drift):,.0f} seconds {way} Discord, and so is what it publishes",
        "keep the machine's clock synchronised (timedatectl set-ntp true)",
    )


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
