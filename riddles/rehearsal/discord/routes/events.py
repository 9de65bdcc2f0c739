"""Scheduled events of a server; those outside Discord, which a riddle night is."""

from datetime import datetime
from typing import Any

from riddles.rehearsal.discord import errors, wire
from riddles.rehearsal.discord.errors import JSON, ApiError, FormErrors
from riddles.rehearsal.discord.permissions import Permission
from riddles.rehearsal.discord.routing import Answer, Call, route
from riddles.rehearsal.discord.world import Guild

_EXTERNAL = 3
_SCHEDULED, _ACTIVE, _COMPLETED, _CANCELED = 1, 2, 3, 4
_NEXT = {_SCHEDULED: {_SCHEDULED, _ACTIVE, _CANCELED}, _ACTIVE: {_ACTIVE, _COMPLETED}}


@route("GET", "/guilds/{guild}/scheduled-events")
def listed(call: Call) -> Answer:
    """Those not over or canceled."""
    guild = call.world.guild(call.id("guild"))
    return 200, [
        event
        for event in guild.events.values()
        if _moved_on(call, event)["status"] in (_SCHEDULED, _ACTIVE)
    ]


@route("POST", "/guilds/{guild}/scheduled-events")
def create(call: Call) -> Answer:
    """Announce an event."""
    guild = call.world.guild(call.id("guild"), Permission.CREATE_EVENTS)
    _check(call, call.form, required=True)
    event_id = call.world.mint()
    event: JSON = {
        "id": str(event_id),
        "guild_id": str(guild.id),
        "channel_id": None,
        "creator_id": str(call.world.bot_id),
        "creator": wire.bot_user(call.world),
        "name": call.form["name"],
        "description": call.form.get("description"),
        "image": None,
        "scheduled_start_time": call.form["scheduled_start_time"],
        "scheduled_end_time": call.form["scheduled_end_time"],
        "privacy_level": 2,
        "status": _SCHEDULED,
        "entity_type": _EXTERNAL,
        "entity_id": None,
        "entity_metadata": {"location": call.form["entity_metadata"]["location"]},
        "recurrence_rule": None,
        "user_count": 0,
        "guild_scheduled_event_exceptions": [],
    }
    guild.events[event_id] = event
    call.world.changed("event")
    return 200, event


@route("GET", "/guilds/{guild}/scheduled-events/{event}")
def one(call: Call) -> Answer:
    """One event."""
    return 200, _event(call, call.world.guild(call.id("guild")))


@route("PATCH", "/guilds/{guild}/scheduled-events/{event}")
def change(call: Call) -> Answer:
    """Change what the body names; a status only goes forward."""
    guild = call.world.guild(call.id("guild"), Permission.CREATE_EVENTS)  # Its own: no more.
    event = _event(call, guild)
    wanted = call.form.get("status", event["status"])
    if wanted not in _NEXT.get(event["status"], set()):
        raise ApiError(400, 180000, "Cannot update a finished event")
    _check(call, call.form, required=False)
    changeable = event.keys() & call.form.keys() - {"id", "guild_id", "creator_id", "creator"}
    event.update({key: call.form[key] for key in changeable})
    call.world.changed("event")
    return 200, event


@route("DELETE", "/guilds/{guild}/scheduled-events/{event}")
def delete(call: Call) -> Answer:
    """Take it back."""
    guild = call.world.guild(call.id("guild"), Permission.MANAGE_EVENTS)
    _event(call, guild)
    del guild.events[call.id("event")]
    call.world.changed("event")
    return 204, None


def _event(call: Call, guild: Guild) -> JSON:
    event = guild.events.get(call.id("event"))
    if event is None:
        raise errors.unknown("Guild Scheduled Event")
    return _moved_on(call, event)


def _moved_on(call: Call, event: JSON) -> JSON:
    """The event as it is by now: one outside Discord starts and ends at its times by itself."""
    now = call.world.clock.now()
    if event["status"] == _SCHEDULED and now >= _read(event["scheduled_start_time"]):
        event["status"] = _ACTIVE
    if event["status"] == _ACTIVE and now >= _read(event["scheduled_end_time"]):
        event["status"] = _COMPLETED
    return event


def _read(moment: str) -> datetime:
    return datetime.fromisoformat(moment)


def _check(call: Call, form: JSON, *, required: bool) -> None:
    faults = FormErrors()
    for key, longest in (("name", 100), ("description", 1000)):
        if form.get(key) is not None or (required and key == "name"):
            faults.length((key,), form.get(key), 1, longest)
    starts = _moment(faults, form, "scheduled_start_time", required=required)
    ends = _moment(faults, form, "scheduled_end_time", required=required)
    if starts and starts <= call.world.clock.now():
        faults.add(
            ("scheduled_start_time",),
            "GUILD_SCHEDULED_EVENT_SCHEDULE_PAST",
            "Cannot schedule event in the past.",
        )
    if starts and ends and ends <= starts:
        faults.add(
            ("scheduled_end_time",),
            "GUILD_SCHEDULED_EVENT_SCHEDULE_END_BEFORE_START",
            "Cannot schedule event that ends before it starts.",
        )
    if required and form.get("entity_type") != _EXTERNAL:
        faults.add(("entity_type",), "BASE_TYPE_CHOICES", "The stand-in knows external events.")
    place: dict[str, Any] = form.get("entity_metadata") or {}
    if required or place:
        faults.length(("entity_metadata", "location"), place.get("location"), 1, 100)
    faults.check()


def _moment(faults: FormErrors, form: JSON, key: str, *, required: bool) -> datetime | None:
    try:
        return datetime.fromisoformat(str(form[key]))
    except KeyError:
        if required:
            faults.add((key,), "BASE_TYPE_REQUIRED", "This field is required")
    except ValueError:
        faults.add((key,), "DATE_TIME_TYPE_PARSE", f'Could not parse "{form[key]}".')
    return None
