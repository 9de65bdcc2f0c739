"""Permissions: what a show needs in a channel, what the bot has there, and how they are called."""

from collections.abc import Iterator

import hikari

from riddles.config import Server
from riddles.sentence import Sentence, Words

P = hikari.Permissions
FORUM = hikari.ChannelType.GUILD_FORUM
SPEAKING: dict[P, str] = {
    P.VIEW_CHANNEL: "View Channel",
    P.SEND_MESSAGES: "Send Messages",
    P.ATTACH_FILES: "Attach Files",
    P.READ_MESSAGE_HISTORY: "Read Message History",
}
IN_FORUMS = {
    **SPEAKING,
    P.SEND_MESSAGES: "Create Posts",
    P.SEND_MESSAGES_IN_THREADS: "Send Messages in Posts",
}
"""A forum's permissions have names of their own."""
FOR_THREADS = {
    P.CREATE_PUBLIC_THREADS: "Create Public Threads",
    P.SEND_MESSAGES_IN_THREADS: "Send Messages in Threads",
}
IN_STAFF_CHANNEL = SPEAKING
FOR_EVENTS = {P.CREATE_EVENTS: "Create Events"}


def lacking(may: P, needed: dict[P, str]) -> list[Words]:
    """The names of what is needed and not there."""
    return [Sentence(name) for permission, name in needed.items() if not permission & may]


def tag_troubles(server: Server, channel: hikari.GuildForumChannel) -> Iterator[Sentence]:
    """What is wrong with the tags of a forum's posts."""
    known = {int(tag.id) for tag in channel.available_tags}
    if unknown := [str(tag) for tag in server.forum_tags if tag not in known]:
        yield Sentence(
            "the forum has no tag {tags}; check `forum_tags` in scheduler.toml",
            tags=", ".join(unknown),
        )
    elif channel.flags & hikari.ChannelFlag.REQUIRE_TAG and not server.forum_tags:
        names = ", ".join(f"{tag.name} ({tag.id})" for tag in channel.available_tags)
        yield Sentence(
            "the forum asks for a tag on each post: name one as `forum_tags` in scheduler.toml; "
            "there are {tags}",
            tags=names or Sentence("none yet"),
        )


def in_guild(guild: hikari.RESTGuild, member: hikari.Member) -> P:
    """What a member may do in a server, whatever the channel."""
    may = guild.roles[hikari.Snowflake(guild.id)].permissions
    for number in member.role_ids:
        if role := guild.roles.get(number):
            may |= role.permissions
    return P.all_permissions() if may & P.ADMINISTRATOR or guild.owner_id == member.id else may


def in_channel(
    guild: hikari.RESTGuild, member: hikari.Member, channel: hikari.PermissibleGuildChannel
) -> P:
    """What a member may do in a channel, reckoned as Discord documents it.

    Source: Discord's documentation, "Permissions", "Permission Overwrites".
    """
    may = in_guild(guild, member)
    if may & P.ADMINISTRATOR:
        return may
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
