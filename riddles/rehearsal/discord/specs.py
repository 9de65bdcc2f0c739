"""The servers to stand in for: who is there, which channels exist, what the bot may do."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum

from riddles.rehearsal.discord import permissions
from riddles.rehearsal.discord.permissions import Permission

_MEGABYTE = 1024 * 1024
_UPLOAD_LIMITS = {0: 10 * _MEGABYTE, 1: 10 * _MEGABYTE, 2: 50 * _MEGABYTE, 3: 100 * _MEGABYTE}


class ChannelType(IntEnum):
    """The kinds of channels a riddle can meet."""

    TEXT = 0
    DM = 1
    ANNOUNCEMENT = 5
    ANNOUNCEMENT_THREAD = 10
    PUBLIC_THREAD = 11
    FORUM = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelSpec:
    """A channel; with `visible_to` only members having one of those roles see it.

    A forum has `tags`, by their numbers, and may ask for one on each post.
    """

    id: int
    name: str
    type: ChannelType = ChannelType.TEXT
    bot_permissions: Permission = permissions.BOT_IN_CHANNEL
    visible_to: frozenset[int] | None = None
    tags: tuple[tuple[int, str], ...] = ()
    requires_tag: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleSpec:
    """A role; the bot cannot give one whose position is not below its own."""

    id: int
    name: str
    permissions: Permission = permissions.NONE
    position: int = 1
    mentionable: bool = False
    color: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class MemberSpec:
    """A person in one server; the same id in another server is the same person."""

    id: int
    name: str
    display_name: str | None = None
    nick: str | None = None
    roles: frozenset[int] = frozenset()
    joined_at: datetime | None = None
    locale: str = "fr"
    accepts_dms: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class GuildSpec:
    """A server with its channels, roles and members."""

    id: int
    name: str
    locale: str = "fr"
    premium_tier: int = 0
    channels: tuple[ChannelSpec, ...] = ()
    roles: tuple[RoleSpec, ...] = ()
    members: tuple[MemberSpec, ...] = ()
    bot_permissions: Permission = permissions.BOT_IN_GUILD
    bot_role_position: int = 50
    owner: int | None = field(default=None)

    @property
    def upload_limit(self) -> int:
        """Bytes a single file may have, by the server's boost tier."""
        return _UPLOAD_LIMITS[self.premium_tier]
