"""What the page shows of the stand-in, as plain JSON: only what the acting member would see."""

import re
from typing import Any

from riddles.rehearsal.discord.errors import JSON
from riddles.rehearsal.discord.messages import Message
from riddles.rehearsal.discord.permissions import Permission
from riddles.rehearsal.discord.specs import ChannelType
from riddles.rehearsal.discord.world import Channel, Guild, Member, World

_MOST_MEMBERS = 60
_MOST_MESSAGES = 200
_MENTION = re.compile(r"<@!?(\d+)>")


def servers(world: World, member_id: int) -> list[JSON]:
    """Servers with the channels that member sees, their people and their roles."""
    return [
        {
            "id": str(guild.id),
            "name": guild.spec.name,
            "channels": [_channel(each) for each in _channels(world, guild, member_id)],
            "members": [_member(guild, each) for each in _cast(guild, member_id)],
            "roles": {str(role.id): role.name for role in guild.roles.values()},
        }
        for guild in world.guilds.values()
    ]


def conversations(world: World, member_id: int) -> list[JSON]:
    """The direct channels of that member."""
    return [_channel(each) for each in world.channels.values() if each.recipient == member_id]


def messages(world: World, channel: Channel, member_id: int) -> list[JSON]:
    """The newest messages that member sees, oldest first."""
    seen = [each for each in channel.messages.values() if each.ephemeral_to in (None, member_id)]
    seen.sort(key=lambda each: each.id)
    return [message(world, each, member_id) for each in seen[-_MOST_MESSAGES:]]


def message(world: World, each: Message, member_id: int) -> JSON:
    """A message, with what a reader needs to show it."""
    channel = world.channels[each.channel_id]
    named = {int(user) for user in _MENTION.findall(each.text)}
    return each.payload | {
        "files": [file.as_attachment() | {"url": f"files/{file.id}"} for file in each.files],
        "private": each.ephemeral_to is not None,
        "pinged": _is_pinged(channel, each, member_id),
        "names": {str(user): name_of(world, user) for user in named},
        "at": int(each.created_at.timestamp() * 1000),
    }


def name_of(world: World, user_id: int) -> str:
    """How a person is called; the bot too."""
    if user_id == world.bot_id:
        return world.bot_name
    spec = world.users.get(user_id)
    return (spec.display_name or spec.name) if spec else str(user_id)


def default_member(world: World) -> int | None:
    """Whom to be at first: a member without any power."""
    everybody = [
        (guild, each) for guild in world.guilds.values() for each in guild.members.values()
    ]
    plain = [each for guild, each in everybody if not _is_host(guild, each)]
    return next((each.id for each in (*plain, *(each for _, each in everybody))), None)


def _channels(world: World, guild: Guild, member_id: int) -> list[Channel]:
    member = guild.members.get(member_id)
    if member is None:
        return []
    return [
        each for each in world.channels.values() if each.guild is guild and guild.sees(member, each)
    ]


def _channel(each: Channel) -> JSON:
    return {
        "id": str(each.id),
        "name": each.name,
        "type": _TYPES[each.type],
        "parent": str(each.parent.id) if each.parent else None,
        "private": each.visible_to is not None,
        "archived": each.archived,
        "locked": each.locked,
        "count": len(each.public_messages()),
    }


def _cast(guild: Guild, member_id: int) -> list[Member]:
    """A few people to act as: the hosts among them, and whoever acts now."""
    hosts = [each for each in guild.members.values() if _is_host(guild, each)]
    others = [each for each in guild.members.values() if not _is_host(guild, each)]
    shown = (others + hosts) if len(guild.members) <= _MOST_MEMBERS else []
    if not shown:
        shown = others[: _MOST_MEMBERS - len(hosts)] + hosts
        shown += [each for each in others if each.id == member_id and each not in shown]
    return shown


def _member(guild: Guild, each: Member) -> JSON:
    roles: list[Any] = [guild.roles[role].name for role in sorted(each.roles)]
    return {
        "id": str(each.id),
        "name": each.spec.nick or each.spec.display_name or each.spec.name,
        "locale": each.spec.locale,
        "roles": roles,
        "host": _is_host(guild, each),
    }


def _is_host(guild: Guild, each: Member) -> bool:
    return Permission.MANAGE_GUILD in guild.permissions_of(each)


def _is_pinged(channel: Channel, each: Message, member_id: int) -> bool:
    if not each.pings:
        return False
    member = channel.guild.members.get(member_id) if channel.guild else None
    roles = member.roles if member else set[int]()
    return bool(each.pings.everyone or member_id in each.pings.users or each.pings.roles & roles)


_TYPES = {
    ChannelType.TEXT: "text",
    ChannelType.DM: "direct",
    ChannelType.ANNOUNCEMENT: "news",
    ChannelType.ANNOUNCEMENT_THREAD: "thread",
    ChannelType.PUBLIC_THREAD: "thread",
    ChannelType.FORUM: "forum",
}
