"""The objects of Discord's API, made from our state."""

from datetime import datetime

from riddles.rehearsal.discord import snowflakes
from riddles.rehearsal.discord.errors import JSON
from riddles.rehearsal.discord.permissions import MEMBER, Permission
from riddles.rehearsal.discord.specs import ChannelType, MemberSpec, RoleSpec
from riddles.rehearsal.discord.world import Channel, Guild, Member, World

_REQUIRE_TAG = 1 << 4
_TRACKED = Permission(sum(Permission))


def timestamp(moment: datetime) -> str:
    """A moment as Discord writes it."""
    return moment.isoformat(timespec="microseconds")


def user(spec: MemberSpec) -> JSON:
    """A person."""
    return {
        "id": str(spec.id),
        "username": spec.name,
        "discriminator": "0",
        "global_name": spec.display_name,
        "avatar": None,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def bot_user(world: World) -> JSON:
    """The bot."""
    return {
        "id": str(world.bot_id),
        "username": world.bot_name,
        "discriminator": "0001",
        "global_name": None,
        "avatar": None,
        "bot": True,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": None,
    }


def my_user(world: World) -> JSON:
    """The bot, as it sees itself."""
    return bot_user(world) | {"mfa_enabled": False, "verified": True, "locale": "en-US"}


def member(each: Member, *, with_user: bool = True) -> JSON:
    """A person in a server."""
    payload: JSON = {
        "roles": [str(role) for role in sorted(each.roles)],
        "joined_at": timestamp(each.joined_at),
        "nick": each.spec.nick,
        "avatar": None,
        "banner": None,
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }
    if with_user:
        payload["user"] = user(each.spec)
    return payload


def bot_member(world: World, guild: Guild) -> JSON:
    """The bot in a server, holding its managed role."""
    return {
        "user": bot_user(world),
        "roles": [str(guild.bot_role.id)],
        "joined_at": timestamp(snowflakes.moment_of(world.bot_id)),
        "nick": None,
        "avatar": None,
        "banner": None,
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }


def role(spec: RoleSpec, *, bot_id: int | None = None) -> JSON:
    """A role; the bot's own is managed and says whose it is."""
    payload: JSON = {
        "id": str(spec.id),
        "name": spec.name,
        "description": None,
        "color": spec.color,
        "colors": {"primary_color": spec.color, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "icon": None,
        "unicode_emoji": None,
        "position": spec.position,
        "permissions": str(int(spec.permissions)),
        "managed": bot_id is not None,
        "mentionable": spec.mentionable,
        "flags": 0,
    }
    if bot_id is not None:
        payload["tags"] = {"bot_id": str(bot_id)}
    return payload


def roles(world: World, each: Guild) -> list[JSON]:
    """All roles, everyone first."""
    everyone = RoleSpec(id=each.id, name="@everyone", permissions=MEMBER, position=0)
    rest = [
        role(spec, bot_id=world.bot_id if spec is each.bot_role else None)
        for spec in each.roles.values()
    ]
    return [role(everyone), *rest]


def guild(world: World, each: Guild) -> JSON:
    """A server."""
    spec = each.spec
    return {
        "id": str(spec.id),
        "name": spec.name,
        "icon": None,
        "splash": None,
        "discovery_splash": None,
        "owner_id": str(spec.owner or next(iter(each.members), world.bot_id)),
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 1,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "roles": roles(world, each),
        "emojis": [],
        "stickers": [],
        "features": ["COMMUNITY", "NEWS"],
        "mfa_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "max_presences": None,
        "max_members": 500_000,
        "max_video_channel_users": 25,
        "vanity_url_code": None,
        "description": None,
        "banner": None,
        "premium_tier": spec.premium_tier,
        "premium_subscription_count": 0,
        "preferred_locale": spec.locale,
        "nsfw": False,
        "nsfw_level": 0,
        "premium_progress_bar_enabled": False,
        "home_header": None,
        "widget_enabled": False,
        "widget_channel_id": None,
        "max_stage_video_channel_users": 50,
        "safety_alerts_channel_id": None,
        "incidents_data": None,
    }


def channel(world: World, each: Channel) -> JSON:
    """A channel or a thread."""
    last = next(reversed(each.messages), None)
    payload: JSON = {
        "id": str(each.id),
        "type": int(each.type),
        "name": each.name,
        "flags": 0,
        "last_message_id": None if last is None else str(last),
    }
    if each.type is ChannelType.DM and each.recipient is not None:
        return payload | {"recipients": [user(world.users[each.recipient])], "name": None}
    guild_id = each.guild.id if each.guild else 0
    payload |= {"guild_id": str(guild_id), "rate_limit_per_user": 0}
    if each.parent is not None:
        return payload | _thread(world, each, each.parent)
    granted = int(each.bot_permissions)
    hidden = int(Permission.VIEW_CHANNEL) if each.visible_to is not None else 0
    overwrites = [_overwrite(world.bot_id, 1, granted, int(_TRACKED) & ~granted)]
    if hidden:
        overwrites.append(_overwrite(guild_id, 0, 0, hidden))
        overwrites += [_overwrite(role_id, 0, hidden, 0) for role_id in each.visible_to or ()]
    payload |= {
        "position": each.position,
        "parent_id": None,
        "topic": None,
        "nsfw": False,
        "permission_overwrites": overwrites,
        "default_auto_archive_duration": 4320,
        "last_pin_timestamp": None,
    }
    if each.type is ChannelType.FORUM:
        payload |= {
            "flags": _REQUIRE_TAG if each.requires_tag else 0,
            "available_tags": [_tag(number, name) for number, name in each.available_tags],
            "default_reaction_emoji": None,
            "default_sort_order": None,
            "default_forum_layout": 0,
        }
    return payload


def _tag(number: int, name: str) -> JSON:
    unadorned = {"emoji_id": None, "emoji_name": None}
    return {"id": str(number), "name": name, "moderated": False, **unadorned}


def _overwrite(target: int, kind: int, allow: int, deny: int) -> JSON:
    return {"id": str(target), "type": kind, "allow": str(allow), "deny": str(deny)}


def _thread(world: World, each: Channel, parent: Channel) -> JSON:
    created_at = timestamp(snowflakes.moment_of(each.id))
    count = len(each.messages)
    return {
        "parent_id": str(parent.id),
        "owner_id": str(world.bot_id),
        "message_count": count,
        "total_message_sent": count,
        "member_count": 1,
        "applied_tags": each.tags,
        "thread_metadata": {
            "archived": each.archived,
            "auto_archive_duration": 4320,
            "archive_timestamp": created_at,
            "create_timestamp": created_at,
            "locked": each.locked,
        },
    }


def message(world: World, each: Channel, message_id: int) -> JSON:
    """An empty message by the bot."""
    return {
        "id": str(message_id),
        "channel_id": str(each.id),
        "author": bot_user(world),
        "content": "",
        "timestamp": timestamp(snowflakes.moment_of(message_id)),
        "edited_timestamp": None,
        "tts": False,
        "mention_everyone": False,
        "mentions": [],
        "mention_roles": [],
        "attachments": [],
        "embeds": [],
        "components": [],
        "pinned": False,
        "type": 0,
        "flags": 0,
    }
