"""Before the show: is the bot in its servers, do the channels exist, may it do what it must?

A community that plays in several servers is not stopped by trouble in one of them; where nothing
can be published at all, the program says why and does not start.
"""

import logging
from collections.abc import AsyncIterator, Callable, Iterator

import hikari

from riddles.config import Server, Settings
from riddles.discord.permissions import (
    FOR_EVENTS,
    FOR_THREADS,
    FORUM,
    IN_FORUMS,
    IN_STAFF_CHANNEL,
    SPEAKING,
    in_channel,
    in_guild,
    lacking,
    tag_troubles,
)
from riddles.refusal import Refusal
from riddles.week.uploads import Uploads

log = logging.getLogger(__name__)

SPOKEN_IN = (hikari.ChannelType.GUILD_TEXT, hikari.ChannelType.GUILD_NEWS)


async def check(rest: hikari.api.RESTClient, settings: Settings, uploads: Uploads) -> None:
    """Look at every server, and note how far it is boosted.

    Raises:
        Refusal: none of them can be played in; every reason at once.
    """
    me = await rest.fetch_my_user()
    troubles: list[str] = []
    stopped = 0
    for server in settings.server:
        try:
            fatal, lesser = await troubles_of(rest, server, me.id, uploads.saw)
        except hikari.InternalServerError as error:
            # It passes, and what is owed to the server waits for it; the others play meanwhile.
            why = f"Discord has trouble with it ({error.status})"
            fatal, lesser = [], [f"server {server.guild}: it could not be looked at: {why}"]
        troubles += [*fatal, *lesser]
        stopped += bool(fatal)
    if stopped == len(settings.server):
        raise Refusal("\n".join(troubles))
    for trouble in troubles:
        log.warning("%s", trouble)


async def troubles_of(
    rest: hikari.api.RESTClient,
    server: Server,
    me: hikari.Snowflake,
    saw: Callable[[int, int], None],
) -> tuple[list[str], list[str]]:
    """What keeps the show from being played in a server, and what merely should be mended.

    `saw` hears how far the server is boosted.
    """
    try:
        guild = await rest.fetch_guild(server.guild)
        member = await rest.fetch_member(server.guild, me)
    except (hikari.NotFoundError, hikari.ForbiddenError):
        sentence = (
            f"server {server.guild}: the bot is not in it; check `guild` in scheduler.toml, "
            "or invite the bot (the README says how)"
        )
        return [sentence], []
    saw(server.guild, int(guild.premium_tier))
    fatal, lesser = await _channel_troubles(rest, guild, member, server)
    lesser += [each async for each in _staff_channel_troubles(rest, guild, member, server)]
    lesser += _role_troubles(guild, server)
    where = f"server {guild.name} ({server.guild})"
    if server.event and (missing := lacking(in_guild(guild, member), FOR_EVENTS)):
        lesser.append(f"{where}: the bot lacks {', '.join(missing)}, which `event = true` needs")
    return fatal, lesser


async def _channel_troubles(
    rest: hikari.api.RESTClient, guild: hikari.RESTGuild, member: hikari.Member, server: Server
) -> tuple[list[str], list[str]]:
    """Why riddles cannot be published in the server's channel, or not as they should be."""
    where = f"server {guild.name} ({server.guild}), channel {server.channel}"
    channel = await _channel(rest, guild, server.channel)
    if isinstance(channel, str):
        return [f"{where}: {channel.format(key='channel')}"], []
    if channel.type not in (*SPOKEN_IN, FORUM):
        return [f"{where}: it must be a text, an announcement or a forum channel"], []
    may = in_channel(guild, member, channel)
    fatal, lesser = list[str](), list[str]()
    if missing := lacking(may, IN_FORUMS if channel.type is FORUM else SPEAKING):
        fatal = [f"{where}: the bot lacks {', '.join(missing)}"]
    if isinstance(channel, hikari.GuildForumChannel):
        fatal = [*fatal, *(f"{where}: {trouble}" for trouble in tag_troubles(server, channel))]
    elif server.discussion == "thread" and (missing := lacking(may, FOR_THREADS)):
        lesser = [f'{where}: the bot lacks {", ".join(missing)}, which discussion = "thread" needs']
    return fatal, lesser


async def _staff_channel_troubles(
    rest: hikari.api.RESTClient, guild: hikari.RESTGuild, member: hikari.Member, server: Server
) -> AsyncIterator[str]:
    """Why staff cannot be told anything."""
    if server.staff_channel is None:
        return
    where = f"server {guild.name} ({server.guild}), staff_channel {server.staff_channel}"
    channel = await _channel(rest, guild, server.staff_channel)
    if isinstance(channel, str):
        yield f"{where}: {channel.format(key='staff_channel')}"
    elif channel.type not in SPOKEN_IN:
        yield f"{where}: it must be a text or an announcement channel"
    elif missing := lacking(in_channel(guild, member, channel), IN_STAFF_CHANNEL):
        yield f"{where}: the bot lacks {', '.join(missing)}"


async def _channel(
    rest: hikari.api.RESTClient, guild: hikari.RESTGuild, number: int
) -> hikari.PermissibleGuildChannel | str:
    """The channel, or why it cannot be used."""
    try:
        channel = await rest.fetch_channel(number)
    except hikari.NotFoundError:
        return "there is no such channel; check `{key}` in scheduler.toml"
    except hikari.ForbiddenError:
        return "the bot cannot see it; give it View Channel there"
    if not isinstance(channel, hikari.PermissibleGuildChannel) or channel.guild_id != guild.id:
        return "that channel is not in this server"
    return channel


def _role_troubles(guild: hikari.RESTGuild, server: Server) -> Iterator[str]:
    role = guild.roles.get(hikari.Snowflake(server.ping_role or 0))
    where = f"server {guild.name} ({server.guild})"
    if server.ping_role is not None and role is None:
        yield f"{where}: there is no role {server.ping_role}; check `ping_role` in scheduler.toml"
    elif role is not None and not role.is_mentionable:
        yield (
            f"{where}: the role {role.name} notifies nobody until "
            '"Allow anyone to mention this role" is on'
        )
