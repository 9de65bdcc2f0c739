"""The server's calendar: each riddle as an event, from its opening to its closing.

A post here says "bring the event in line with the riddle", whatever that takes: announce it, link
it, move its end, call it off. So it is repeatable, save for the creation; an event of ours is
found again among the server's by the week in the last line of its description. Discord itself
starts and ends events at their times.
"""

from datetime import timedelta
from typing import Any

import hikari
from hikari import ScheduledEventStatus as Status

from engine.calendar import Week
from engine.moments import from_ms
from engine.play import rounds
from engine.play.rounds import Round
from riddles.discord.effects.making import Landed, Making
from riddles.discord.effects.messages import wait_until_settled
from riddles.discord.effects.places import publication
from riddles.discord.views import events as views

FINISHED, UNKNOWN_EVENT = 180000, 10070
SOON = timedelta(minutes=2)
"""An event can only be made for a moment to come, and our clock and Discord's may differ."""


async def align(making: Making) -> Landed:
    """Make the server's event of a week what it should be now."""
    facts = making.post.facts
    week = Week.parse(facts["week"])
    async with making.show.database.reading() as reader:
        number = await reader.value("SELECT id FROM rounds WHERE week = ?", (str(week),))
        round_ = None if number is None else await rounds.get(reader, number)
    event = await _find(making, week)
    if round_ is not None:
        over = round_.voided_at is not None or round_.closes_at <= making.show.clock.now()
        if over or not round_.is_open:
            return await _end(making, event)
        return await _link(making, event, round_)
    if facts.get("off"):
        return await _end(making, event)
    return await _announce(making, event, week)


async def _announce(making: Making, event: hikari.ScheduledEvent | None, week: Week) -> Landed:
    """A riddle to come: when it opens and closes, and nothing more."""
    facts = making.post.facts
    starts_at, ends_at = from_ms(facts["starts_at"]), from_ms(facts["ends_at"])
    now = making.show.clock.now()
    if event is None and starts_at <= now + SOON:
        return Landed()  # Too late to announce it: its opening makes the event.
    name, description = views.announced(making.t, week)
    place = _address(making.server.guild, making.server.channel)
    if event is None:
        wait_until_settled(making)
        event = await making.rest.create_external_event(
            making.server.guild, name, place, starts_at, ends_at, description=description
        )
        return Landed(message=int(event.id))
    if event.status is Status.SCHEDULED and starts_at > now:
        await _change(making, event, start_time=starts_at, end_time=ends_at)
    return Landed(message=int(event.id))


async def _link(making: Making, event: hikari.ScheduledEvent | None, round_: Round) -> Landed:
    """A riddle that is out: its title, its message, and when it closes now."""
    found = await publication(making)
    name, description = views.open_now(making.t, round_)
    guild = making.server.guild
    place = (
        _address(guild, making.server.channel)
        if found is None
        else _address(guild, found.channel, found.message)
    )
    if event is None:
        wait_until_settled(making)
        starts_at = making.show.clock.now() + SOON
        if starts_at >= round_.closes_at:
            return Landed()
        event = await making.rest.create_external_event(
            guild, name, place, starts_at, round_.closes_at, description=description
        )
    await _change(
        making,
        event,
        name=name,
        description=description,
        location=place,
        end_time=round_.closes_at,
        status=Status.ACTIVE if event.status is Status.SCHEDULED else hikari.UNDEFINED,
    )
    return Landed(message=int(event.id))


async def _end(making: Making, event: hikari.ScheduledEvent | None) -> Landed:
    """Over, or called off."""
    if event is None:
        return Landed()
    over = Status.COMPLETED if event.status is Status.ACTIVE else Status.CANCELED
    await _change(making, event, status=over)
    return Landed(message=int(event.id))


async def _change(making: Making, event: hikari.ScheduledEvent, **what: Any) -> None:  # noqa: ANN401 - as the library takes them
    """Change an event; one that is over or gone is left alone."""
    try:
        await making.rest.edit_scheduled_event(making.server.guild, event.id, **what)
    except (hikari.BadRequestError, hikari.NotFoundError) as error:
        if error.code not in (FINISHED, UNKNOWN_EVENT):
            raise


async def _find(making: Making, week: Week) -> hikari.ScheduledEvent | None:
    """Our own event of that week, while it is to come or under way."""
    me = await making.rest.fetch_my_user()
    for event in await making.rest.fetch_scheduled_events(making.server.guild):
        lines = (event.description or "").splitlines()
        ours = event.creator is not None and event.creator.id == me.id
        if ours and lines and lines[-1] == views.mark(week):
            return event
    return None


def _address(guild: int, *ids: int) -> str:
    return "/".join(["https://discord.com/channels", str(guild), *map(str, ids)])
