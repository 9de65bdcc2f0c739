"""Acting as people: call a command, press a button, fill a modal, start typing an option."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from riddles.rehearsal.discord import options, payloads, snowflakes
from riddles.rehearsal.discord.components import BUTTON, SELECTS, TEXT_INPUT
from riddles.rehearsal.discord.errors import JSON
from riddles.rehearsal.discord.gateway import Gateway
from riddles.rehearsal.discord.interactions import (
    ANSWER_WITHIN_S,
    TOKEN_LIVES_S,
    Interaction,
    InteractionType,
    Reply,
)
from riddles.rehearsal.discord.messages import Message, walk
from riddles.rehearsal.discord.options import Located, Value
from riddles.rehearsal.discord.permissions import Permission
from riddles.rehearsal.discord.refusals import DidNotRespond, Hidden, Invalid, Unknown
from riddles.rehearsal.discord.specs import ChannelSpec, MemberSpec
from riddles.rehearsal.discord.world import Channel, Member, World

_DEFAULT_LIMIT = 10 * 1024 * 1024
_SERIALS = 1 << 22
_MOST_INTERACTIONS = 50_000


@dataclass(frozen=True, slots=True)
class Manner:
    """How an interaction reaches the bot; as a rule: now, once, in the member's language."""

    locale: str | None = None
    at: datetime | None = None
    deliver_twice: bool = False
    patience: float = ANSWER_WITHIN_S


_AS_A_RULE = Manner()


class People:
    """Everybody in the servers, at your command."""

    def __init__(self, world: World, gateway: Gateway) -> None:
        self._world = world
        self._gateway = gateway
        self._serial = 0

    async def command(
        self,
        member: int | MemberSpec,
        channel: int | ChannelSpec,
        path: str,
        given: Mapping[str, Value],
        manner: Manner = _AS_A_RULE,
    ) -> Reply:
        """Call a slash command."""
        where, who = self.locate(member, channel)
        located = self._callable(where, who, path)
        filled = options.fill(self._world, where.guild, located, given)
        data = _command_data(located, filled.options) | {"resolved": filled.resolved}
        kind = InteractionType.COMMAND
        return await self._deliver(kind, where, who, data=data, what=located.path, manner=manner)

    async def autocomplete(
        self,
        member: int | MemberSpec,
        channel: int | ChannelSpec,
        path: str,
        focused: str,
        given: Mapping[str, Value],
        *,
        manner: Manner = _AS_A_RULE,
    ) -> Reply:
        """Ask what would fit the option being typed."""
        where, who = self.locate(member, channel)
        located = self._callable(where, who, path)
        filled = options.fill(self._world, where.guild, located, given, focused)
        data = _command_data(located, filled.options)
        kind = InteractionType.AUTOCOMPLETE
        return await self._deliver(
            kind, where, who, data=data, what=f"{located.path} {focused}", manner=manner
        )

    async def press(
        self,
        member: int | MemberSpec,
        message: Message | Reply,
        custom_id: str,
        values: Sequence[str],
        manner: Manner = _AS_A_RULE,
    ) -> Reply:
        """Press a button, by its custom id or its label, or choose from a select menu."""
        source = message.message if isinstance(message, Reply) else message
        if source is None:
            raise Unknown("that reply has no message, so nothing to press")
        where, who = self.locate(member, source.channel_id)
        if source.ephemeral_to not in (None, self._id(member)):
            raise Hidden("only the member it answers sees that message")
        component = _pressable(source, custom_id)
        data: JSON = {"custom_id": component["custom_id"], "component_type": component["type"]}
        data["id"] = component["id"]
        if component["type"] in SELECTS:
            data["values"] = list(values)
        kind = InteractionType.COMPONENT
        return await self._deliver(
            kind, where, who, data=data, what=custom_id, manner=manner, source=source
        )

    async def submit(
        self,
        member: int | MemberSpec,
        reply: Reply,
        fields: Mapping[str, str],
        manner: Manner = _AS_A_RULE,
    ) -> Reply:
        """Fill in the modal a reply opened, and send it."""
        opener = reply.opener
        if reply.modal is None or opener is None:
            raise Unknown("that reply opened no modal")
        where, who = self.locate(member, reply.channel_id)
        if self._id(member) != reply.member_id:
            raise Hidden("only the member who opened a modal can fill it in")
        data = {"custom_id": reply.modal["custom_id"], "components": _filled(reply.modal, fields)}
        return await self._deliver(
            InteractionType.MODAL,
            where,
            who,
            data=data,
            what=reply.modal["custom_id"],
            manner=manner,
            source=opener.source,
            opened_by=opener,
        )

    def locate(
        self, member: int | MemberSpec, channel: int | ChannelSpec
    ) -> tuple[Channel, Member | int]:
        """The channel and the member in it; in a direct channel, the user id.

        Raises:
            Unknown: the channel or the member does not exist (any more).
            Hidden: the member does not see the channel.
        """
        channel_id = channel if isinstance(channel, int) else channel.id
        where = self._world.channels.get(channel_id)
        if where is None:
            raise Unknown(f"there is no channel {channel_id}")
        user_id = self._id(member)
        if where.guild is None:
            if where.recipient != user_id:
                raise Hidden("that conversation is somebody else's")
            return where, user_id
        who = where.guild.members.get(user_id)
        if who is None:
            raise Unknown(f"{user_id} is not a member of {where.guild.spec.name}")
        if not where.guild.sees(who, where):
            raise Hidden(f"{who.spec.name} does not see #{where.name}")
        return where, who

    def may_call(self, where: Channel, who: Member | int, command: JSON) -> bool:
        """Whether the client would offer that command to the member."""
        if where.guild is None or isinstance(who, int):
            return command.get("contexts") is None or 1 in command["contexts"]
        if command.get("contexts") is not None and 0 not in command["contexts"]:
            return False
        needed = command.get("default_member_permissions")
        held = where.guild.permissions_of(who)
        if needed is None or Permission.ADMINISTRATOR in held:
            return True
        if opened := self._world.book.opened_to(where.guild.id, command["name"]):
            return bool(opened & who.roles)
        return int(needed) != 0 and int(needed) & ~int(held) == 0

    def _callable(self, where: Channel, who: Member | int, path: str) -> Located:
        available = self._world.book.available(where.guild.id if where.guild else None)
        located = options.locate(available, path)
        if not self.may_call(where, who, located.command):
            name = who.spec.name if isinstance(who, Member) else who
            raise Hidden(f"/{located.command['name']} is hidden from {name}")
        return located

    async def _deliver(
        self,
        kind: InteractionType,
        where: Channel,
        who: Member | int,
        *,
        data: JSON,
        what: str,
        manner: Manner,
        source: Message | None = None,
        opened_by: Interaction | None = None,
    ) -> Reply:
        world = self._world
        user_id = who if isinstance(who, int) else who.id
        interaction_id = self._mint(manner.at)
        reply = Reply(user_id, where.id, interaction_id)
        interaction = Interaction(
            id=interaction_id,
            token=f"interaction-{interaction_id}",
            type=kind,
            member_id=user_id,
            channel_id=where.id,
            guild_id=where.guild.id if where.guild else None,
            reply=reply,
            upload_limit=where.guild.spec.upload_limit if where.guild else _DEFAULT_LIMIT,
            what=what,
            answer_within=manner.patience,
            source=source,
            opened_by=opened_by,
        )
        self._forget_expired()
        world.interactions[interaction.token] = interaction
        locale = manner.locale or world.users[user_id].locale
        member = who if isinstance(who, Member) else None
        payload = payloads.interaction(
            world, interaction, where, member=member, locale=locale, data=data
        )
        for _ in range(1 + manner.deliver_twice):
            self._gateway.dispatch("INTERACTION_CREATE", payload)
        try:
            await reply.arrived(manner.patience if self._gateway.reachable else 0)
        except TimeoutError:
            raise DidNotRespond(what, list(reply.refused)) from None
        if reply.kind == "modal":
            reply.opener = interaction
        return reply

    def _mint(self, moment: datetime | None) -> int:
        if moment is None:
            return self._world.mint()
        self._serial = (self._serial + 1) % _SERIALS
        return snowflakes.at(moment, self._serial)

    def _forget_expired(self) -> None:
        interactions = self._world.interactions
        while interactions and (
            len(interactions) > _MOST_INTERACTIONS
            or next(iter(interactions.values())).age > TOKEN_LIVES_S
        ):
            del interactions[next(iter(interactions))]

    def _id(self, member: int | MemberSpec) -> int:
        return member if isinstance(member, int) else member.id


def _command_data(located: Located, sent: list[JSON]) -> JSON:
    command = located.command
    data: JSON = {"id": command["id"], "name": command["name"], "type": command["type"]}
    data["options"] = located.wrap(sent)
    if command.get("guild_id"):
        data["guild_id"] = command["guild_id"]
    return data


def _pressable(message: Message, custom_id: str) -> JSON:
    found = [each for each in message.components if each["type"] in SELECTS | {BUTTON}]
    for component in found:
        if custom_id in (component.get("custom_id"), component.get("label")):
            if component.get("disabled"):
                raise Invalid(f"{custom_id} is disabled")
            if "custom_id" not in component:
                raise Invalid(f"{custom_id} is a link")
            return component
    known = ", ".join(each.get("custom_id") or each["label"] for each in found) or "none"
    raise Unknown(f"there is no button {custom_id}; there are: {known}")


def _filled(modal: JSON, fields: Mapping[str, str]) -> list[JSON]:
    inputs = [each for each in walk(modal["components"]) if each["type"] == TEXT_INPUT]
    known = {each["custom_id"] for each in inputs}
    if strangers := fields.keys() - known:
        raise Unknown(f"the modal has no field {', '.join(strangers)}; it has: {', '.join(known)}")
    rows: list[JSON] = []
    for number, each in enumerate(inputs):
        value = fields.get(each["custom_id"], each.get("value") or "")
        low, high = each.get("min_length") or 0, each.get("max_length") or 4000
        if not value and each.get("required", True):
            raise Invalid(f"the field {each['custom_id']} is required")
        if value and not low <= len(value) <= high:
            raise Invalid(f"the field {each['custom_id']} takes {low} to {high} characters")
        sent = {"type": TEXT_INPUT, "id": 2 * number + 2, "custom_id": each["custom_id"]}
        row = {"type": 1, "id": 2 * number + 1, "components": [sent | {"value": value}]}
        rows.append(row)
    return rows
