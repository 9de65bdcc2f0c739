"""Servers, their roles and their members."""

from riddles.rehearsal.discord import errors, wire
from riddles.rehearsal.discord.permissions import Permission
from riddles.rehearsal.discord.routing import Answer, Call, route
from riddles.rehearsal.discord.specs import RoleSpec
from riddles.rehearsal.discord.world import Guild, Member


@route("GET", "/guilds/{guild}")
def guild(call: Call) -> Answer:
    """A server."""
    found = call.world.guild(call.id("guild"))
    payload = wire.guild(call.world, found)
    if call.query.get("with_counts", "").lower() == "true":
        count = len(found.members) + 1
        payload |= {"approximate_member_count": count, "approximate_presence_count": count}
    return 200, payload


@route("GET", "/guilds/{guild}/channels")
def channels(call: Call) -> Answer:
    """Its channels, without threads."""
    found = call.world.guild(call.id("guild"))
    return 200, [wire.channel(call.world, each) for each in found.channels.values()]


@route("GET", "/guilds/{guild}/roles")
def roles(call: Call) -> Answer:
    """Its roles."""
    return 200, wire.roles(call.world, call.world.guild(call.id("guild")))


@route("GET", "/guilds/{guild}/threads/active")
def active_threads(call: Call) -> Answer:
    """Threads and forum posts that are not archived."""
    found = call.world.guild(call.id("guild"))
    threads = [
        each
        for each in call.world.channels.values()
        if each.is_thread and each.guild is found and not each.archived
    ]
    return 200, {"threads": [wire.channel(call.world, each) for each in threads], "members": []}


@route("GET", "/guilds/{guild}/members/{user}")
def member(call: Call) -> Answer:
    """A member; who left is unknown."""
    found = call.world.guild(call.id("guild"))
    if call.id("user") == call.world.bot_id:
        return 200, wire.bot_member(call.world, found)
    return 200, wire.member(_member(call, found))


@route("PUT", "/guilds/{guild}/members/{user}/roles/{role}")
def give_role(call: Call) -> Answer:
    """Give a role; giving it again changes nothing."""
    found, role = _role(call)
    each = _member(call, found)
    each.roles.add(role.id)
    call.world.changed("member", member_id=each.id)
    return 204, None


@route("DELETE", "/guilds/{guild}/members/{user}/roles/{role}")
def take_role(call: Call) -> Answer:
    """Take a role; taking it again changes nothing."""
    found, role = _role(call)
    each = _member(call, found)
    each.roles.discard(role.id)
    call.world.changed("member", member_id=each.id)
    return 204, None


def _member(call: Call, found: Guild) -> Member:
    each = found.members.get(call.id("user"))
    if each is None:
        raise errors.unknown("Member" if call.id("user") in call.world.users else "User")
    return each


def _role(call: Call) -> tuple[Guild, RoleSpec]:
    found = call.world.guild(call.id("guild"), Permission.MANAGE_ROLES)
    role = found.roles.get(call.id("role"))
    if role is None:
        raise errors.unknown("Role")
    if role.position >= found.bot_role.position:
        raise errors.missing_permissions()
    return found, role
