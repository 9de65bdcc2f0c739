"""The state Discord would keep: servers, channels, messages, people. Changed by handlers only."""

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from riddles.clock import Clock
from riddles.rehearsal.discord import errors, permissions, snowflakes
from riddles.rehearsal.discord.commands import CommandBook
from riddles.rehearsal.discord.errors import JSON
from riddles.rehearsal.discord.files import StoredFile
from riddles.rehearsal.discord.interactions import Interaction
from riddles.rehearsal.discord.messages import Message
from riddles.rehearsal.discord.permissions import Permission
from riddles.rehearsal.discord.specs import (
    ChannelSpec,
    ChannelType,
    GuildSpec,
    MemberSpec,
    RoleSpec,
)

ChangeKind = Literal[
    "message", "edit", "delete", "channel", "event", "commands", "member", "interaction"
]
NONCE_WINDOW = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Change:
    """Something became different; `message` is the one concerned, if any."""

    kind: ChangeKind
    channel_id: int | None = None
    message: Message | None = None
    member_id: int | None = None


@dataclass(slots=True)
class Member:
    """A person in a server, with the roles they hold now."""

    spec: MemberSpec
    joined_at: datetime
    roles: set[int]

    @property
    def id(self) -> int:
        """The user id."""
        return self.spec.id


@dataclass(slots=True)
class Channel:
    """A channel, a thread or a direct conversation, with what was said in it."""

    id: int
    name: str
    type: ChannelType
    bot_permissions: Permission
    guild: "Guild | None" = None
    visible_to: frozenset[int] | None = None
    parent: "Channel | None" = None
    recipient: int | None = None
    tags: list[str] = field(default_factory=list[str])
    available_tags: tuple[tuple[int, str], ...] = ()
    requires_tag: bool = False
    archived: bool = False
    locked: bool = False
    position: int = 0
    messages: dict[int, Message] = field(default_factory=dict[int, Message])

    @property
    def is_thread(self) -> bool:
        """A thread or a forum post."""
        return self.parent is not None

    def public_messages(self) -> list[Message]:
        """What everybody in the channel sees, oldest first."""
        return [each for each in self.messages.values() if each.ephemeral_to is None]


@dataclass(slots=True)
class Guild:
    """A server."""

    spec: GuildSpec
    roles: dict[int, RoleSpec]
    members: dict[int, Member]
    channels: dict[int, Channel]
    bot_role: RoleSpec
    events: dict[int, JSON] = field(default_factory=dict[int, JSON])

    @property
    def id(self) -> int:
        """The server's id, which is also the id of its everyone role."""
        return self.spec.id

    def permissions_of(self, member: Member) -> Permission:
        """What the member's roles add up to."""
        held = permissions.MEMBER
        for role in member.roles:
            held |= self.roles[role].permissions
        everything = Permission.ADMINISTRATOR in held or member.id == self.spec.owner
        return permissions.ALL if everything else held

    def sees(self, member: Member, channel: Channel) -> bool:
        """Whether the channel is there for the member."""
        visible_to = (channel.parent or channel).visible_to
        return (
            visible_to is None
            or bool(visible_to & member.roles)
            or Permission.ADMINISTRATOR in self.permissions_of(member)
        )


class World:
    """Everything together, and a word to whoever watches when something changes."""

    def __init__(
        self, clock: Clock, guilds: Sequence[GuildSpec], *, folder: Path, remember: int
    ) -> None:
        self.clock = clock
        self.mint = snowflakes.Mint(clock)
        self.bot_id = snowflakes.aged(clock, days=300, serial=1)
        self.application_id = self.bot_id  # As for every bot made in the last years.
        self.bot_name = "riddles"
        self.folder = folder
        self.base_url = ""
        self.book = CommandBook(self.mint, self.application_id)
        self.users: dict[int, MemberSpec] = {}
        self.channels: dict[int, Channel] = {}
        self.interactions: dict[str, Interaction] = {}
        self.files: dict[int, StoredFile] = {}
        self.nonces: dict[tuple[int, str], tuple[Message, datetime]] = {}
        self.watchers: list[Callable[[Change], None]] = []
        self._private: deque[Message] = deque()
        self._remember = remember
        self.guilds = {spec.id: self._settle(spec) for spec in guilds}

    def changed(
        self,
        kind: ChangeKind,
        channel_id: int | None = None,
        message: Message | None = None,
        member_id: int | None = None,
    ) -> None:
        """Tell the watchers."""
        if self.watchers:
            change = Change(kind, channel_id, message, member_id)
            for watch in tuple(self.watchers):
                watch(change)

    def channel(self, channel_id: int, *needed: Permission) -> Channel:
        """The channel, if the bot may see it and do what is needed there."""
        channel = self.channels.get(channel_id)
        if channel is None:
            raise errors.unknown("Channel")
        granted = (channel.parent or channel).bot_permissions
        if Permission.VIEW_CHANNEL not in granted:
            raise errors.missing_access()
        if any(each not in granted for each in needed):
            raise errors.missing_permissions()
        return channel

    def guild(self, guild_id: int, *needed: Permission) -> Guild:
        """The server, if the bot is in it and may do what is needed there."""
        guild = self.guilds.get(guild_id)
        if guild is None:
            raise errors.unknown("Guild")
        if any(each not in guild.spec.bot_permissions for each in needed):
            raise errors.missing_permissions()
        return guild

    def keep(self, channel: Channel, message: Message) -> None:
        """Add a message; of private replies only the newest are kept."""
        channel.messages[message.id] = message
        if message.ephemeral_to is not None:
            self._private.append(message)
            if len(self._private) > self._remember:
                oldest = self._private.popleft()
                self.channels[oldest.channel_id].messages.pop(oldest.id, None)
        self.changed("message", channel.id, message)

    def conversation(self, user_id: int) -> Channel:
        """The direct channel with that person, made when first asked for."""
        if user_id not in self.users:
            raise errors.unknown("User")
        for channel in self.channels.values():
            if channel.recipient == user_id:
                return channel
        channel = Channel(
            self.mint(),
            self.users[user_id].name,
            ChannelType.DM,
            permissions.BOT_IN_CHANNEL,
            recipient=user_id,
        )
        self.channels[channel.id] = channel
        return channel

    def _settle(self, spec: GuildSpec) -> Guild:
        bot_role = RoleSpec(
            id=snowflakes.aged(self.clock, days=300, serial=spec.id & 0xFFFF | 1 << 16),
            name=self.bot_name,
            permissions=spec.bot_permissions,
            position=spec.bot_role_position,
        )
        roles = {role.id: role for role in (*spec.roles, bot_role)}
        guild = Guild(spec, roles, {}, {}, bot_role)
        for position, channel_spec in enumerate(spec.channels):
            channel = self._open(channel_spec, guild, position)
            guild.channels[channel.id] = self.channels[channel.id] = channel
        for member_spec in spec.members:
            self.welcome(guild, member_spec)
        return guild

    def _open(self, spec: ChannelSpec, guild: Guild, position: int) -> Channel:
        if spec.id in self.channels:
            raise ValueError(f"two channels have the id {spec.id}")
        return Channel(
            spec.id,
            spec.name,
            spec.type,
            spec.bot_permissions,
            guild=guild,
            visible_to=spec.visible_to,
            position=position,
            available_tags=spec.tags,
            requires_tag=spec.requires_tag,
        )

    def welcome(self, guild: Guild, spec: MemberSpec) -> Member:
        """Let somebody in.

        Raises:
            ValueError: the id is younger than a month, or a role does not exist here.
        """
        if snowflakes.moment_of(spec.id) > self.clock.now() - timedelta(days=30):
            raise ValueError(f"the id of {spec.name} says the account is younger than a month")
        if unknown := spec.roles - guild.roles.keys():
            raise ValueError(f"{spec.name} has roles unknown in {guild.spec.name}: {unknown}")
        joined_at = spec.joined_at or self.clock.now() - timedelta(days=200)
        member = Member(spec, joined_at, set(spec.roles))
        guild.members[spec.id] = member
        self.users.setdefault(spec.id, spec)
        return member
