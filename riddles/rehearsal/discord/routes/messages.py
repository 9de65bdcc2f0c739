"""Messages: say, read back, change, delete, publish to followers."""

from riddles.rehearsal.discord import errors
from riddles.rehearsal.discord.composing import Draft, compose, revise
from riddles.rehearsal.discord.errors import JSON, ApiError, FormErrors
from riddles.rehearsal.discord.messages import CROSSPOSTED, EPHEMERAL, Message
from riddles.rehearsal.discord.permissions import Permission
from riddles.rehearsal.discord.routing import Answer, Call, route
from riddles.rehearsal.discord.specs import ChannelType
from riddles.rehearsal.discord.world import NONCE_WINDOW, Channel

_MOST_AT_ONCE = 100
_DIRECT_UPLOAD_LIMIT = 10 * 1024 * 1024
_LONGEST_NONCE = 25


@route("POST", "/channels/{channel}/messages")
def create(call: Call) -> Answer:
    """Say something; with an enforced nonce, a repeat gets the message said before."""
    channel = _speak(call)
    nonce = _nonce(call.form)
    if nonce and call.form.get("enforce_nonce") and (earlier := _earlier(call, channel, nonce)):
        return 200, earlier.payload | {"nonce": nonce}
    call.form["flags"] = int(call.form.get("flags") or 0) & ~EPHEMERAL
    message = compose(call.world, channel, draft_of(call, channel))
    if nonce:
        call.world.nonces[channel.id, nonce] = message, call.world.clock.now()
    call.world.keep(channel, message)
    return 200, message.payload | ({"nonce": nonce} if nonce else {})


@route("GET", "/channels/{channel}/messages")
def history(call: Call) -> Answer:
    """Up to `limit` messages, newest first, before, after or around one."""
    channel = call.world.channel(call.id("channel"), Permission.READ_MESSAGE_HISTORY)
    limit = int(call.query.get("limit", "50"))
    if not 1 <= limit <= _MOST_AT_ONCE:
        faults = FormErrors()
        faults.add(("limit",), "NUMBER_TYPE_MAX", "int value should be between 1 and 100.")
        faults.check()
    messages = channel.public_messages()
    if "before" in call.query:
        messages = [m for m in messages if m.id < int(call.query["before"])][-limit:]
    elif "after" in call.query:
        messages = [m for m in messages if m.id > int(call.query["after"])][:limit]
    elif "around" in call.query:
        centre = int(call.query["around"])
        nearest = sorted(messages, key=lambda m: abs(m.id - centre))[:limit]
        messages = sorted(nearest, key=lambda m: m.id)
    else:
        messages = messages[-limit:]
    return 200, [message.payload for message in reversed(messages)]


@route("GET", "/channels/{channel}/messages/{message}")
def one(call: Call) -> Answer:
    """One message."""
    channel = call.world.channel(call.id("channel"), Permission.READ_MESSAGE_HISTORY)
    return 200, _message(call, channel).payload


@route("PATCH", "/channels/{channel}/messages/{message}")
def edit(call: Call) -> Answer:
    """Change one of the bot's own messages."""
    channel = call.world.channel(call.id("channel"))
    message = _message(call, channel)
    if message.payload["author"]["id"] != str(call.world.bot_id):
        raise ApiError(403, 50005, "Cannot edit a message authored by another user")
    if channel.archived:
        raise ApiError(400, 50083, "Operation not allowed on an archived thread")
    revise(call.world, channel, message, draft_of(call, channel))
    return 200, message.payload


@route("DELETE", "/channels/{channel}/messages/{message}")
def delete(call: Call) -> Answer:
    """Delete a message; that of somebody else asks for a permission."""
    channel = call.world.channel(call.id("channel"))
    message = _message(call, channel)
    if message.payload["author"]["id"] != str(call.world.bot_id):
        call.world.channel(channel.id, Permission.MANAGE_MESSAGES)
    del channel.messages[message.id]
    call.world.changed("delete", channel.id, message)
    return 204, None


@route("POST", "/channels/{channel}/messages/{message}/crosspost")
def crosspost(call: Call) -> Answer:
    """Publish a message of an announcement channel to those who follow it, once."""
    channel = call.world.channel(call.id("channel"), Permission.SEND_MESSAGES)
    if channel.type is not ChannelType.ANNOUNCEMENT:
        raise ApiError(400, 50024, "Cannot execute action on this channel type")
    message = _message(call, channel)
    if message.crossposted:
        raise ApiError(400, 40033, "This message has already been crossposted.")
    message.payload["flags"] |= CROSSPOSTED
    call.world.changed("edit", channel.id, message)
    return 200, message.payload


def draft_of(call: Call, channel: Channel, form: JSON | None = None) -> Draft:
    """The call's body and files, with the server's limit."""
    limit = channel.guild.spec.upload_limit if channel.guild else _DIRECT_UPLOAD_LIMIT
    return Draft(call.form if form is None else form, call.uploads, limit)


def _speak(call: Call) -> Channel:
    channel = call.world.channel(call.id("channel"))
    if channel.type is ChannelType.FORUM:
        raise ApiError(400, 50008, "Cannot send messages in a non-text channel")
    needed = Permission.SEND_MESSAGES_IN_THREADS if channel.is_thread else Permission.SEND_MESSAGES
    call.world.channel(channel.id, needed)
    if call.uploads:
        call.world.channel(channel.id, Permission.ATTACH_FILES)
    if channel.recipient and not call.world.users[channel.recipient].accepts_dms:
        raise ApiError(403, 50007, "Cannot send messages to this user")
    if channel.locked and Permission.MANAGE_THREADS not in channel.bot_permissions:
        raise ApiError(403, 160005, "Thread is locked")
    channel.archived = False  # Whoever speaks in an archived thread opens it again.
    return channel


def _nonce(form: JSON) -> str | None:
    nonce = form.get("nonce")
    if nonce is None:
        return None
    faults = FormErrors()
    faults.length(("nonce",), str(nonce), 1, _LONGEST_NONCE)
    faults.check()
    return str(nonce)


def _earlier(call: Call, channel: Channel, nonce: str) -> Message | None:
    message, said_at = call.world.nonces.get((channel.id, nonce), (None, None))
    if said_at is None or call.world.clock.now() - said_at > NONCE_WINDOW:
        return None
    return message


def _message(call: Call, channel: Channel) -> Message:
    message = channel.messages.get(call.id("message"))
    if message is None or message.ephemeral_to is not None:
        raise errors.unknown("Message")
    return message
