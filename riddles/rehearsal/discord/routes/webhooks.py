"""Answers after the first: the original changed or deleted, and follow-ups."""

from riddles.rehearsal.discord import errors, metadata
from riddles.rehearsal.discord.composing import compose, revise
from riddles.rehearsal.discord.errors import ApiError
from riddles.rehearsal.discord.interactions import TOKEN_LIVES_S, Interaction
from riddles.rehearsal.discord.messages import EPHEMERAL, LOADING, Message
from riddles.rehearsal.discord.routes.messages import draft_of
from riddles.rehearsal.discord.routing import Answer, Call, route

_ORIGINAL = "/webhooks/{application}/{token}/messages/@original"
_FOLLOWUP = "/webhooks/{application}/{token}/messages/{message}"


@route("POST", "/webhooks/{application}/{token}", needs_token=False)
def follow_up(call: Call) -> Answer:
    """Say something more; the first after a deferral fills the deferred message instead."""
    interaction = _interaction(call)
    if interaction.original is not None and interaction.reply.kind == "deferred":
        return _revised(call, interaction, interaction.original)
    channel = call.world.channels[interaction.channel_id]
    message = compose(call.world, channel, draft_of(call, channel))
    metadata.sign(call.world, message, interaction)
    call.world.keep(channel, message)
    interaction.reply.followups.append(message)
    return 200, message.payload


@route("GET", _ORIGINAL, needs_token=False)
@route("GET", _FOLLOWUP, needs_token=False)
def read(call: Call) -> Answer:
    """The original answer or a follow-up."""
    return 200, _message(call, _interaction(call)).payload


@route("PATCH", _ORIGINAL, needs_token=False)
@route("PATCH", _FOLLOWUP, needs_token=False)
def edit(call: Call) -> Answer:
    """Change the original answer or a follow-up."""
    interaction = _interaction(call)
    return _revised(call, interaction, _message(call, interaction))


@route("DELETE", _ORIGINAL, needs_token=False)
@route("DELETE", _FOLLOWUP, needs_token=False)
def delete(call: Call) -> Answer:
    """Delete the original answer or a follow-up."""
    interaction = _interaction(call)
    message = _message(call, interaction)
    call.world.channels[message.channel_id].messages.pop(message.id, None)
    if message is interaction.original:
        interaction.original = None
        interaction.reply.deleted = True
        interaction.reply.settled()
    call.world.changed("delete", message.channel_id, message)
    return 204, None


def _revised(call: Call, interaction: Interaction, message: Message) -> Answer:
    channel = call.world.channels[message.channel_id]
    was_loading = message.payload["flags"] & LOADING
    form = call.form
    if was_loading:  # What was decided at the deferral stays: seen by one, or by all.
        form = {**form, "flags": int(form.get("flags") or 0) & ~EPHEMERAL}
    revise(call.world, channel, message, draft_of(call, channel, form))
    message.payload["flags"] &= ~LOADING
    if was_loading:
        message.payload["edited_timestamp"] = None
    if message is interaction.original:
        interaction.reply.settled()
        call.world.changed("edit", channel.id, message)
    return 200, message.payload


def _interaction(call: Call) -> Interaction:
    interaction = call.world.interactions.get(call.params["token"])
    if interaction is None or call.id("application") != call.world.application_id:
        raise errors.unknown("Webhook")
    if interaction.age > TOKEN_LIVES_S:
        raise ApiError(401, 50027, "Invalid Webhook Token")
    if not interaction.acknowledged:
        raise errors.unknown("Webhook")
    return interaction


def _message(call: Call, interaction: Interaction) -> Message:
    if "message" not in call.params:
        if interaction.original is None:
            raise errors.unknown("Message")
        return interaction.original
    for message in (interaction.original, *interaction.reply.followups):
        if message is not None and message.id == call.id("message"):
            if message.id not in call.world.channels[message.channel_id].messages:
                break
            return message
    raise errors.unknown("Message")
