"""Who the bot is, where its gateway is, and which commands it has."""

from riddles.rehearsal.discord import errors, wire
from riddles.rehearsal.discord.errors import JSON
from riddles.rehearsal.discord.routing import Answer, Call, route
from riddles.rehearsal.discord.specs import MemberSpec


@route("GET", "/gateway")
def gateway(call: Call) -> Answer:
    """Where to connect."""
    return 200, {"url": _gateway_url(call)}


@route("GET", "/gateway/bot")
def gateway_bot(call: Call) -> Answer:
    """Where to connect, and how often one may."""
    limit = {"total": 1000, "remaining": 1000, "reset_after": 0, "max_concurrency": 1}
    return 200, {"url": _gateway_url(call), "shards": 1, "session_start_limit": limit}


def _gateway_url(call: Call) -> str:
    return call.world.base_url.replace("http://", "ws://", 1) + "/gateway"


@route("GET", "/users/@me")
def me(call: Call) -> Answer:
    """The bot's user."""
    return 200, wire.my_user(call.world)


@route("GET", "/users/{user}")
def user(call: Call) -> Answer:
    """Anybody known."""
    if call.id("user") == call.world.bot_id:
        return 200, wire.bot_user(call.world)
    spec = call.world.users.get(call.id("user"))
    if spec is None:
        raise errors.unknown("User")
    return 200, wire.user(spec)


@route("GET", "/users/@me/guilds")
def my_guilds(call: Call) -> Answer:
    """The servers the bot is in."""
    return 200, [
        {
            "id": str(guild.id),
            "name": guild.spec.name,
            "icon": None,
            "banner": None,
            "owner": False,
            "permissions": str(int(guild.spec.bot_permissions)),
            "features": ["COMMUNITY", "NEWS"],
        }
        for guild in call.world.guilds.values()
    ]


@route("POST", "/users/@me/channels")
def open_conversation(call: Call) -> Answer:
    """A direct channel with somebody."""
    channel = call.world.conversation(int(call.form.get("recipient_id") or 0))
    return 200, wire.channel(call.world, channel)


@route("GET", "/oauth2/applications/@me")
@route("GET", "/applications/@me")
def application(call: Call) -> Answer:
    """The application behind the bot."""
    world = call.world
    owner = MemberSpec(id=world.bot_id - 1, name="owner")
    return 200, {
        "id": str(world.application_id),
        "name": world.bot_name,
        "icon": None,
        "description": "",
        "bot_public": True,
        "bot_require_code_grant": False,
        "owner": wire.user(owner),
        "team": None,
        "verify_key": "00" * 32,
        "flags": 0,
        "flags_new": "0",
        "type": None,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_user_authorization_count": 0,
        "explicit_content_filter": 0,
        "eligible_oauth2_scopes": [],
        "approximate_guild_count": len(world.guilds),
        "approximate_user_install_count": 0,
        "integration_types_config": {"0": {}},
    }


@route("GET", "/applications/{application}/commands")
def commands(call: Call) -> Answer:
    """The global commands."""
    return _listed(call, None)


@route("GET", "/applications/{application}/guilds/{guild}/commands")
def guild_commands(call: Call) -> Answer:
    """The commands of one server."""
    return _listed(call, _guild_id(call))


@route("PUT", "/applications/{application}/commands")
def set_commands(call: Call) -> Answer:
    """Exactly these global commands."""
    return _replaced(call, None)


@route("PUT", "/applications/{application}/guilds/{guild}/commands")
def set_guild_commands(call: Call) -> Answer:
    """Exactly these commands in one server."""
    return _replaced(call, _guild_id(call))


def _guild_id(call: Call) -> int:
    return call.world.guild(call.id("guild")).id


def _listed(call: Call, guild_id: int | None) -> Answer:
    _own(call)
    localised = call.query.get("with_localizations", "").lower() == "true"
    return 200, call.world.book.listed(guild_id, localised=localised)


def _replaced(call: Call, guild_id: int | None) -> Answer:
    _own(call)
    listed: list[JSON] = call.world.book.replace(guild_id, call.body)
    call.world.changed("commands")
    return 200, listed


def _own(call: Call) -> None:
    if call.id("application") != call.world.application_id:
        raise errors.unknown("Application")
