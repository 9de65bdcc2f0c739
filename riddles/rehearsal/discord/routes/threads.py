"""Threads: below a message, alone in a channel, or as a post in a forum."""

from riddles.rehearsal.discord import wire
from riddles.rehearsal.discord.composing import Draft, compose
from riddles.rehearsal.discord.errors import ApiError, FormErrors
from riddles.rehearsal.discord.messages import HAS_THREAD
from riddles.rehearsal.discord.permissions import Permission
from riddles.rehearsal.discord.routes.messages import draft_of
from riddles.rehearsal.discord.routing import Answer, Call, route
from riddles.rehearsal.discord.specs import ChannelType
from riddles.rehearsal.discord.world import Channel


@route("POST", "/channels/{channel}/messages/{message}/threads")
def below_message(call: Call) -> Answer:
    """A thread that has its message's id; a message has one thread."""
    channel = call.world.channel(call.id("channel"), Permission.CREATE_PUBLIC_THREADS)
    message = channel.messages.get(call.id("message"))
    if message is None or message.ephemeral_to is not None:
        raise ApiError(404, 10008, "Unknown Message")
    if message.id in call.world.channels:
        raise ApiError(400, 160004, "A thread has already been created for this message")
    thread = _thread(call, channel, message.id)
    message.payload["flags"] |= HAS_THREAD
    message.payload["thread"] = wire.channel(call.world, thread)
    call.world.changed("edit", channel.id, message)
    return 201, message.payload["thread"]


@route("POST", "/channels/{channel}/threads")
def alone(call: Call) -> Answer:
    """A post in a forum, with its first message; elsewhere a thread without one."""
    channel = call.world.channel(call.id("channel"))
    if channel.type is not ChannelType.FORUM:
        call.world.channel(channel.id, Permission.CREATE_PUBLIC_THREADS)
        return 201, wire.channel(call.world, _thread(call, channel, call.world.mint()))
    call.world.channel(channel.id, Permission.SEND_MESSAGES)
    _name(call)
    _check_tags(call, channel)
    draft: Draft = draft_of(call, channel, call.form.get("message") or {})
    # Files of a forum post are described beside the message, not in it, by some clients.
    draft.form.setdefault("attachments", call.form.get("attachments") or [])
    message = compose(call.world, channel, draft)
    thread = _thread(call, channel, message.id)
    message.channel_id = thread.id
    message.payload["channel_id"] = str(thread.id)
    call.world.keep(thread, message)
    return 201, wire.channel(call.world, thread) | {"message": message.payload}


@route("GET", "/channels/{channel}/threads/archived/public")
def archived(call: Call) -> Answer:
    """Archived threads, newest first."""
    channel = call.world.channel(call.id("channel"), Permission.READ_MESSAGE_HISTORY)
    threads = [
        each
        for each in reversed(call.world.channels.values())
        if each.parent is channel and each.archived
    ]
    listed = [wire.channel(call.world, each) for each in threads]
    return 200, {"threads": listed, "members": [], "has_more": False}


def _check_tags(call: Call, forum: Channel) -> None:
    wanted = {str(tag) for tag in call.form.get("applied_tags") or ()}
    if wanted - {str(number) for number, _ in forum.available_tags}:
        raise ApiError(400, 10087, "Unknown Tag")
    if forum.requires_tag and not wanted:
        raise ApiError(400, 40067, "A tag is required to create a forum post in this channel")


def _name(call: Call) -> str:
    faults = FormErrors()
    faults.length(("name",), call.form.get("name"), 1, 100)
    faults.check()
    return str(call.form["name"])


def _thread(call: Call, parent: Channel, thread_id: int) -> Channel:
    announcing = parent.type is ChannelType.ANNOUNCEMENT
    thread = Channel(
        thread_id,
        _name(call),
        ChannelType.ANNOUNCEMENT_THREAD if announcing else ChannelType.PUBLIC_THREAD,
        parent.bot_permissions,
        guild=parent.guild,
        parent=parent,
        tags=[str(tag) for tag in call.form.get("applied_tags") or ()],
    )
    call.world.channels[thread.id] = thread
    call.world.changed("channel", thread.id)
    return thread
