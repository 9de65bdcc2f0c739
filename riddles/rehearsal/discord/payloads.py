"""What the bot is told of an interaction: Discord's INTERACTION_CREATE object."""

from typing import Any

from riddles.rehearsal.discord import wire
from riddles.rehearsal.discord.errors import JSON
from riddles.rehearsal.discord.interactions import Interaction
from riddles.rehearsal.discord.world import Channel, Member, World

_IN_GUILD, _IN_DM = 0, 1


def interaction(
    world: World,
    each: Interaction,
    channel: Channel,
    *,
    member: Member | None,
    locale: str,
    data: JSON,
) -> JSON:
    """The object for an interaction in that channel by that member."""
    held = channel.guild.permissions_of(member) if channel.guild and member else 0
    payload: dict[str, Any] = {
        "id": str(each.id),
        "application_id": str(world.application_id),
        "type": int(each.type),
        "token": each.token,
        "version": 1,
        "data": data,
        "channel_id": str(channel.id),
        "channel": wire.channel(world, channel) | {"permissions": str(int(held))},
        "locale": locale,
        "app_permissions": str(int((channel.parent or channel).bot_permissions)),
        "entitlements": [],
        "attachment_size_limit": each.upload_limit,
    }
    if channel.guild is not None and member is not None:
        spec = channel.guild.spec
        payload |= {
            "guild_id": str(spec.id),
            "guild": {"id": str(spec.id), "locale": spec.locale, "features": []},
            "guild_locale": spec.locale,
            "member": wire.member(member) | {"permissions": str(int(held))},
            "context": _IN_GUILD,
            "authorizing_integration_owners": {"0": str(spec.id)},
        }
    else:
        payload |= {
            "user": wire.user(world.users[each.member_id]),
            "context": _IN_DM,
            "authorizing_integration_owners": {"0": "0"},
        }
    if each.source is not None:
        payload["message"] = each.source.payload
    return payload
