"""Changes to an open riddle: its message reads what now holds, and the discussion hears of it."""

from engine import posts
from engine.play import errata
from engine.play.errata import Erratum
from riddles.discord.effects.making import Landed, Making
from riddles.discord.effects.messages import edit, send
from riddles.discord.effects.places import discussion, publication, say
from riddles.discord.effects.round import corrections, thread_name
from riddles.discord.views import course as views
from riddles.discord.views import rounds as messages
from riddles.discord.views.rounds import Outgoing


async def refresh(making: Making) -> Landed:
    """Edit the publication, and the reminder if there is one, to what they read now."""
    found = await publication(making)
    if found is None:
        return Landed()
    t, round_ = making.t, making.round
    view = messages.publication if round_.is_open else messages.closed_publication
    outgoing = view(
        t,
        round_,
        post=found.post,
        carried=messages.kept(t, round_),
        circle=making.show.settings.circle_named(round_.rules.circle),
        ping=making.server.ping_role,
        corrections=await corrections(making),
    )
    await edit(making, found.channel, found.message, outgoing)
    await _refresh_reminder(making)
    return Landed(found.channel, found.message)


async def _refresh_reminder(making: Making) -> None:
    """The reminder names the closing, too."""
    async with making.show.database.reading() as reader:
        reminder = await posts.find(reader, f"remind:{making.round.id}:{making.server.guild}")
    if reminder and reminder.channel and reminder.message and making.round.is_open:
        outgoing = messages.reminder(making.t, making.round, post=reminder.id)
        await edit(making, reminder.channel, reminder.message, outgoing)


async def tell_erratum(making: Making) -> Landed:
    """Say what was wrong, where the riddle is talked about."""
    facts = making.post.facts
    async with making.show.database.reading() as reader:
        found = [
            one
            for one in await errata.of_round(reader, making.round.id)
            if one.id == facts["erratum"]
        ]
    if not found:
        return Landed()
    return await _tell(making, _erratum(making, found[0]))


async def tell_extension(making: Making) -> Landed:
    """Say that there is more time, unless it is over."""
    if not making.round.is_open:
        return Landed()
    return await _tell(making, views.extension(making.t, making.round, post=making.post.id))


def _erratum(making: Making, one: Erratum) -> Outgoing:
    extended = making.post.facts["extended"] and making.round.is_open
    return views.erratum(making.t, making.round, one, post=making.post.id, extended=extended)


async def _tell(making: Making, outgoing: Outgoing) -> Landed:
    place = await discussion(making)
    if place is not None:
        return await send(making, place, outgoing)
    return await say(making, outgoing, name=thread_name(making))
