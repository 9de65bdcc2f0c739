"""The first answer to an interaction: once, and within three seconds."""

from riddles.rehearsal.discord import components, errors, metadata
from riddles.rehearsal.discord.composing import compose, revise
from riddles.rehearsal.discord.errors import JSON, ApiError, FormErrors
from riddles.rehearsal.discord.interactions import Interaction, InteractionType
from riddles.rehearsal.discord.messages import EPHEMERAL, LOADING
from riddles.rehearsal.discord.routes.messages import draft_of
from riddles.rehearsal.discord.routing import Answer, Call, route
from riddles.rehearsal.discord.world import Channel, World

_MESSAGE, _DEFERRED, _DEFERRED_UPDATE, _UPDATE, _CHOICES, _MODAL = 4, 5, 6, 7, 8, 9
_ALLOWED = {
    InteractionType.COMMAND: {_MESSAGE, _DEFERRED, _MODAL},
    InteractionType.COMPONENT: {_MESSAGE, _DEFERRED, _DEFERRED_UPDATE, _UPDATE, _MODAL},
    InteractionType.AUTOCOMPLETE: {_CHOICES},
    InteractionType.MODAL: {_MESSAGE, _DEFERRED, _DEFERRED_UPDATE, _UPDATE},
}
_SHOWN_AS = {_DEFERRED: _MESSAGE, _DEFERRED_UPDATE: _UPDATE}
_MOST_CHOICES = 25


@route("POST", "/interactions/{interaction}/{token}/callback", needs_token=False)
def callback(call: Call) -> Answer:
    """Answer an interaction.

    Raises:
        ApiError: 10062 too late or unknown, 40060 already answered, 50035 not a valid answer.
    """
    interaction = call.world.interactions.get(call.params["token"])
    if interaction is None or interaction.id != call.id("interaction"):
        raise errors.unknown("interaction")
    if interaction.acknowledged:
        raise ApiError(400, 40060, "Interaction has already been acknowledged.")
    within = interaction.age
    if within > interaction.answer_within:
        raise errors.unknown("interaction")
    try:
        _answer(call, interaction, within)
    except ApiError as refusal:
        interaction.reply.refused.append(refusal.body)
        raise
    call.world.changed("interaction", interaction.channel_id, member_id=interaction.member_id)
    if call.query.get("with_response", "").lower() != "true":
        return 204, None
    return 200, _with_response(interaction, int(call.form["type"]))


def _answer(call: Call, interaction: Interaction, within: float) -> None:
    kind = call.form.get("type")
    faults = FormErrors()
    if kind not in _ALLOWED[interaction.type]:
        faults.add(("type",), "BASE_TYPE_CHOICES", f"{kind} does not answer {interaction.type!r}")
        faults.check()
    world, reply = call.world, interaction.reply
    channel = world.channels[interaction.channel_id]
    data: JSON = call.form.get("data") or {}
    if kind == _MODAL:
        components.check_modal(faults, data)
        faults.check()
        reply.modal = data
        reply.answered("modal", within)
    elif kind == _CHOICES:
        reply.choices = _choices(faults, data)
        reply.answered("autocomplete", within)
    elif kind == _DEFERRED:
        data = {"content": "…", "flags": int(data.get("flags") or 0) & EPHEMERAL}
        say(call, channel, interaction, data, loading=True)
        reply.answered("deferred", within)
    elif kind == _MESSAGE:
        say(call, channel, interaction, data)
        reply.answered("message", within)
    else:
        _update(world, call, interaction, data, deferred=kind == _DEFERRED_UPDATE)
        reply.answered("deferred_update" if kind == _DEFERRED_UPDATE else "update", within)


def _choices(faults: FormErrors, data: JSON) -> list[JSON]:
    choices: list[JSON] = data.get("choices") or []
    if len(choices) > _MOST_CHOICES:
        faults.add(("data", "choices"), "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
    for index, choice in enumerate(choices):
        faults.length(("data", "choices", index, "name"), choice.get("name"), 1, 100)
        if isinstance(choice.get("value"), str):
            faults.length(("data", "choices", index, "value"), choice["value"], 1, 100)
    faults.check()
    return choices


def say(
    call: Call, channel: Channel, interaction: Interaction, data: JSON, *, loading: bool = False
) -> None:
    """Keep a message as the original answer of the interaction."""
    message = compose(call.world, channel, draft_of(call, channel, data))
    metadata.sign(call.world, message, interaction)
    if loading:
        message.payload |= {"content": "", "flags": message.payload["flags"] | LOADING}
    interaction.original = interaction.reply.message = message
    interaction.reply.ephemeral = message.ephemeral_to is not None
    call.world.keep(channel, message)


def _update(
    world: World, call: Call, interaction: Interaction, data: JSON, *, deferred: bool
) -> None:
    if interaction.source is None:
        raise ApiError(400, errors.INVALID_FORM, "Invalid Form Body")
    interaction.original = interaction.reply.message = interaction.source
    interaction.reply.ephemeral = interaction.source.ephemeral_to is not None
    if not deferred:
        channel = world.channels[interaction.source.channel_id]
        revise(world, channel, interaction.source, draft_of(call, channel, data))


def _with_response(interaction: Interaction, kind: int) -> JSON:
    payload: JSON = {
        "interaction": {
            "id": str(interaction.id),
            "type": int(interaction.type),
            "response_message_loading": kind == _DEFERRED,
            "response_message_ephemeral": interaction.reply.ephemeral,
        }
    }
    if interaction.original is not None:
        payload["interaction"]["response_message_id"] = str(interaction.original.id)
        shape = _SHOWN_AS.get(kind, kind)
        payload["resource"] = {"type": shape, "message": interaction.original.payload}
    return payload
