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
from riddles.refusal import Several
from riddles.sentence import Sentence, listed
from riddles.week.uploads import Uploads

log = logging.getLogger(__name__)

SPOKEN_IN = (hikari.ChannelType.GUILD_TEXT, hikari.ChannelType.GUILD_NEWS)


async def check(rest: hikari.api.RESTClient, settings: Settings, uploads: Uploads) -> None:
    """Look at every server, and note how far it is boosted.

    Raises:
        Refusal: none of them can be played in; every reason at once.
    """
    me = await rest.fetch_my_user()
    troubles: list[Sentence] = []
    stopped = 0
    for server in settings.server:
        try:
            fatal, lesser = await troubles_of(rest, server, me.id, uploads.saw)
        except hikari.InternalServerError as error:
            # It passes, and what is owed to the server waits for it; the others play meanwhile.
            trouble = Sentence(
                "server {guild}: it could not be looked at: Discord has trouble with it ({status})",
                guild=str(server.guild),
                status=str(int(error.status)),
            )
            fatal, lesser = [], [trouble]
        troubles += [*fatal, *lesser]
        stopped += bool(fatal)
    if stopped == len(settings.server):
        raise Several(troubles)
    for trouble in troubles:
        log.warning("%s", trouble)


async def troubles_of(
    rest: hikari.api.RESTClient,
    server: Server,
    me: hikari.Snowflake,
    saw: Callable[[int, int], None],
) -> tuple[list[Sentence], list[Sentence]]:
    """What keeps the show from being played in a server, and what merely should be mended.

    `saw` hears how far the server is boosted.
    """
    try:
        guild = await rest.fetch_guild(server.guild)
        member = await rest.fetch_member(server.guild, me)
    except (hikari.NotFoundError, hikari.ForbiddenError):
        trouble = Sentence(
            "server {guild}: the bot is not in it; check `guild` in scheduler.toml, or invite the "
            "bot (the README says how)",
            guild=str(server.guild),
        )
        return [trouble], []
    saw(server.guild, int(guild.premium_tier))
    fatal, lesser = await _channel_troubles(rest, guild, member, server)
    lesser += [each async for each in _staff_channel_troubles(rest, guild, member, server)]
    lesser += _role_troubles(guild, server)
    if server.event and (missing := lacking(in_guild(guild, member), FOR_EVENTS)):
        says = "the bot lacks {these}, which `event = true` needs"
        lesser.append(_at(_in(guild), Sentence(says, these=listed(missing))))
    return fatal, lesser


async def _channel_troubles(
    rest: hikari.api.RESTClient, guild: hikari.RESTGuild, member: hikari.Member, server: Server
) -> tuple[list[Sentence], list[Sentence]]:
    """Why riddles cannot be published in the server's channel, or not as they should be."""
    where = _channel_in(guild, "channel", server.channel)
    channel = await _channel(rest, guild, server.channel, "channel")
    if isinstance(channel, Sentence):
        return [_at(where, channel)], []
    if channel.type not in (*SPOKEN_IN, FORUM):
        wrong = Sentence("it must be a text, an announcement or a forum channel")
        return [_at(where, wrong)], []
    may = in_channel(guild, member, channel)
    fatal, lesser = list[Sentence](), list[Sentence]()
    if missing := lacking(may, IN_FORUMS if channel.type is FORUM else SPEAKING):
        fatal = [_at(where, Sentence("the bot lacks {these}", these=listed(missing)))]
    if isinstance(channel, hikari.GuildForumChannel):
        fatal += [_at(where, trouble) for trouble in tag_troubles(server, channel)]
    elif server.discussion == "thread" and (missing := lacking(may, FOR_THREADS)):
        says = 'the bot lacks {these}, which discussion = "thread" needs'
        lesser = [_at(where, Sentence(says, these=listed(missing)))]
    return fatal, lesser


async def _staff_channel_troubles(
    rest: hikari.api.RESTClient, guild: hikari.RESTGuild, member: hikari.Member, server: Server
) -> AsyncIterator[Sentence]:
    """Why staff cannot be told anything."""
    if server.staff_channel is None:
        return
    where = _channel_in(guild, "staff_channel", server.staff_channel)
    channel = await _channel(rest, guild, server.staff_channel, "staff_channel")
    if isinstance(channel, Sentence):
        yield _at(where, channel)
    elif channel.type not in SPOKEN_IN:
        yield _at(where, Sentence("it must be a text or an announcement channel"))
    elif missing := lacking(in_channel(guild, member, channel), IN_STAFF_CHANNEL):
        yield _at(where, Sentence("the bot lacks {these}", these=listed(missing)))


async def _channel(
    rest: hikari.api.RESTClient, guild: hikari.RESTGuild, number: int, key: str
) -> hikari.PermissibleGuildChannel | Sentence:
    """The channel, or why it cannot be used."""
    try:
        channel = await rest.fetch_channel(number)
    except hikari.NotFoundError:
        return Sentence("there is no such channel; check `{key}` in scheduler.toml", key=key)
    except hikari.ForbiddenError:
        return Sentence("the bot cannot see it; give it View Channel there")
    if not isinstance(channel, hikari.PermissibleGuildChannel) or channel.guild_id != guild.id:
        return Sentence("that channel is not in this server")
    return channel


def _role_troubles(guild: hikari.RESTGuild, server: Server) -> Iterator[Sentence]:
    role = guild.roles.get(hikari.Snowflake(server.ping_role or 0))
    if server.ping_role is not None and role is None:
        says = "there is no role {role}; check `ping_role` in scheduler.toml"
        yield _at(_in(guild), Sentence(says, role=str(server.ping_role)))
    elif role is not None and not role.is_mentionable:
        says = 'the role {role} notifies nobody until "Allow anyone to mention this role" is on'
        yield _at(_in(guild), Sentence(says, role=role.name))


def _in(guild: hikari.RESTGuild) -> Sentence:
    return Sentence("server {name} ({guild})", name=guild.name, guild=str(guild.id))


def _channel_in(guild: hikari.RESTGuild, key: str, channel: int) -> Sentence:
    return Sentence("{server}, {key} {channel}", server=_in(guild), key=key, channel=str(channel))


def _at(where: Sentence, trouble: Sentence) -> Sentence:
    return Sentence("{where}: {trouble}", where=where, trouble=trouble)
