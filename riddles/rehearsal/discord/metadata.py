"""What a message says about the interaction it answers, and who may see it."""

from riddles.rehearsal.discord import wire
from riddles.rehearsal.discord.errors import JSON
from riddles.rehearsal.discord.interactions import Interaction, InteractionType
from riddles.rehearsal.discord.messages import EPHEMERAL, Message, Pings
from riddles.rehearsal.discord.world import World


def sign(world: World, message: Message, interaction: Interaction) -> None:
    """Mark a message as an answer; a private one is seen by its member only and pings nobody."""
    message.payload |= {
        "application_id": str(world.application_id),
        "webhook_id": str(world.application_id),
        "interaction_metadata": describe(world, interaction),
    }
    if (
        interaction.type is InteractionType.COMMAND
    ):  # Old clients, and our page, read the name here.
        message.payload["interaction"] = {
            "id": str(interaction.id),
            "type": int(interaction.type),
            "name": interaction.what.removeprefix("/"),
            "user": wire.user(world.users[interaction.member_id]),
        }
    if message.payload["flags"] & EPHEMERAL:
        message.ephemeral_to = interaction.member_id
        message.pings = Pings()


def describe(world: World, interaction: Interaction) -> JSON:
    """The metadata object."""
    payload: JSON = {
        "id": str(interaction.id),
        "type": int(interaction.type),
        "user": wire.user(world.users[interaction.member_id]),
        "authorizing_integration_owners": {"0": str(interaction.guild_id or 0)},
    }
    if interaction.type is InteractionType.COMPONENT and interaction.source is not None:
        payload["interacted_message_id"] = str(interaction.source.id)
    if interaction.opened_by is not None:
        payload["triggering_interaction_metadata"] = describe(world, interaction.opened_by)
    return payload
