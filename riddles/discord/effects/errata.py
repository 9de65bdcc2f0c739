"""Changes to an open riddle: its message reads what now holds, and the discussion hears of it."""

from engine import posts
from engine.play import errata
from engine.play.errata import Erratum
from riddles.discord.effects.making import LATE_MS, Landed, Making
from riddles.discord.effects.messages import edit
from riddles.discord.effects.places import discuss, publication
from riddles.discord.effects.round import riddle, thread_name
from riddles.discord.views import course as views
from riddles.discord.views import rounds as messages
from riddles.discord.views.rounds import Outgoing


async def refresh(making: Making) -> Landed:
    """Edit the publication, and the reminder if there is one, to what they read now."""
    found = await publication(making)
    if found is None:
        return Landed()
    carried = messages.kept(making.t, making.round)
    outgoing = await riddle(making, post=found.post, carried=carried)
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
    """Say what was wrong, where the riddle is talked about; too late once it is over.

    A correction that comes with the closing, as that of a void riddle does, is still told.
    """
    facts = making.post.facts
    if not making.round.is_open and making.now_ms - making.post.owed_at > LATE_MS:
        return Landed()
    async with making.show.database.reading() as reader:
        found = [
            one
            for one in await errata.of_round(reader, making.round.id)
            if one.id == facts["erratum"]
        ]
    if not found:
        return Landed()
    return await discuss(making, _erratum(making, found[0]), name=thread_name(making))


async def tell_extension(making: Making) -> Landed:
    """Say that there is more time, unless it is over."""
    if not making.round.is_open:
        return Landed()
    outgoing = views.extension(making.t, making.round, post=making.post.id)
    return await discuss(making, outgoing, name=thread_name(making))


def _erratum(making: Making, one: Erratum) -> Outgoing:
    extended = making.post.facts["extended"] and making.round.is_open
    return views.erratum(making.t, making.round, one, post=making.post.id, extended=extended)
