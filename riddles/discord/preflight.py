"""Before the show: is the bot in its servers, do the channels exist, may it do what it must?

A community that plays in several servers is not stopped by trouble in one of them; where nothing
can be published at all, the program says why and does not start.
"""

import logging
from collections.abc import Iterator

import hikari

from riddles.config import Server, Settings
from riddles.refusal import Refusal

log = logging.getLogger(__name__)

P = hikari.Permissions
NEEDED = {
    P.VIEW_CHANNEL: "View Channel",
    P.SEND_MESSAGES: "Send Messages",
    P.ATTACH_FILES: "Attach Files",
    P.READ_MESSAGE_HISTORY: "Read Message History",
}
FOR_THREADS = {P.CREATE_PUBLIC_THREADS: "Create Public Threads"}
PLAYABLE = (hikari.ChannelType.GUILD_TEXT, hikari.ChannelType.GUILD_NEWS)


async def check(rest: hikari.api.RESTClient, settings: Settings) -> None:
    """Look at every server.

    Raises:
        Refusal: none of them can be played in; every reason at once.
    """
    me = await rest.fetch_my_user()
    troubles: list[str] = []
    stopped = 0
    for server in settings.server:
        fatal, lesser = await _troubles(rest, server, me.id)
        troubles += [*fatal, *lesser]
        stopped += bool(fatal)
    if stopped == len(settings.server):
        raise Refusal("\n".join(troubles))
    for trouble in troubles:
        log.warning("%s", trouble)


async def _troubles(
    rest: hikari.api.RESTClient, server: Server, me: hikari.Snowflake
) -> tuple[list[str], list[str]]:
    """What keeps the show from being played in a server, and what merely should be mended."""
    try:
        guild = await rest.fetch_guild(server.guild)
        member = await rest.fetch_member(server.guild, me)
    except (hikari.NotFoundError, hikari.ForbiddenError):
        sentence = (
            f"server {server.guild}: the bot is not in it; check `guild` in scheduler.toml, "
            "or invite the bot (the README says how)"
        )
        return [sentence], []
    fatal: list[str] = []
    lesser: list[str] = []
    for key, number in (("channel", server.channel), ("staff_channel", server.staff_channel)):
        if number is None:
            continue
        troubles = fatal if key == "channel" else lesser
        where = f"server {guild.name} ({server.guild}), {key} {number}"
        try:
            channel = await rest.fetch_channel(number)
        except hikari.NotFoundError:
            troubles.append(f"{where}: there is no such channel; check `{key}` in scheduler.toml")
            continue
        except hikari.ForbiddenError:
            troubles.append(f"{where}: the bot cannot see it; give it View Channel there")
            continue
        if not isinstance(channel, hikari.PermissibleGuildChannel) or channel.guild_id != guild.id:
            troubles.append(f"{where}: that channel is not in this server")
        elif channel.type not in PLAYABLE:
            troubles.append(f"{where}: it must be a text or an announcement channel")
        else:
            may = permissions(guild, member, channel)
            threads = server.discussion == "thread" and key == "channel"
            if missing := ", ".join(_missing(may, threads=threads)):
                troubles.append(f"{where}: the bot lacks {missing}")
    lesser += _role_troubles(guild, server)
    return fatal, lesser


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


def _missing(may: hikari.Permissions, *, threads: bool) -> Iterator[str]:
    needed = NEEDED | (FOR_THREADS if threads else {})
    return (name for permission, name in needed.items() if not permission & may)


def permissions(
    guild: hikari.RESTGuild, member: hikari.Member, channel: hikari.PermissibleGuildChannel
) -> hikari.Permissions:
    """What a member may do in a channel, reckoned as Discord documents it.

    Source: Discord's documentation, "Permissions", "Permission Overwrites".
    """
    everyone = guild.roles[hikari.Snowflake(guild.id)]
    may = everyone.permissions
    for number in member.role_ids:
        if role := guild.roles.get(number):
            may |= role.permissions
    if may & P.ADMINISTRATOR or guild.owner_id == member.id:
        return P.all_permissions()
    overwrites = channel.permission_overwrites
    if overwrite := overwrites.get(hikari.Snowflake(guild.id)):
        may = may & ~overwrite.deny | overwrite.allow
    roles = [overwrites[number] for number in member.role_ids if number in overwrites]
    for overwrite in roles:
        may &= ~overwrite.deny
    for overwrite in roles:
        may |= overwrite.allow
    if overwrite := overwrites.get(member.id):
        may = may & ~overwrite.deny | overwrite.allow
    return may
