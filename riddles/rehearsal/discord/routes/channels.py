"""Channels themselves: read them, and rename, close or archive threads."""

from riddles.rehearsal.discord import wire
from riddles.rehearsal.discord.errors import ApiError, FormErrors
from riddles.rehearsal.discord.permissions import Permission
from riddles.rehearsal.discord.routing import Answer, Call, route


@route("GET", "/channels/{channel}")
def channel(call: Call) -> Answer:
    """A channel or a thread."""
    return 200, wire.channel(call.world, call.world.channel(call.id("channel")))


@route("PATCH", "/channels/{channel}")
def change_channel(call: Call) -> Answer:
    """Change a thread; the bot's servers are not its to rebuild."""
    found = call.world.channel(call.id("channel"))
    if not found.is_thread:
        raise ApiError(403, 50013, "Missing Permissions")
    if call.form == {"archived": False} and not found.locked:
        # To open it again asks for no more than to speak in it.
        call.world.channel(found.id, Permission.SEND_MESSAGES_IN_THREADS)
    else:
        call.world.channel(found.id, Permission.MANAGE_THREADS)
    faults = FormErrors()
    name = call.form.get("name", found.name)
    faults.length(("name",), name, 1, 100)
    faults.check()
    found.name = name
    found.archived = bool(call.form.get("archived", found.archived))
    found.locked = bool(call.form.get("locked", found.locked))
    call.world.changed("channel", found.id)
    return 200, wire.channel(call.world, found)
