"""A round while it is open: publication, thread, followers, hints, reminders, closing.

Edits, threads and crossposts are naturally repeatable: made twice, they are there once. Messages
and forum posts are looked for before they are sent again.
"""

import logging
from pathlib import Path

import hikari

from engine.people import reminders
from engine.play import errata
from riddles.discord.effects.making import Landed, Making
from riddles.discord.effects.messages import (
    LONGEST_NAME,
    STAYS_LISTED,
    edit,
    gone_is_done,
)
from riddles.discord.effects.places import discuss, follow, publication, say
from riddles.discord.views import rounds as views
from riddles.media.limits import variants
from riddles.week.workshop import Workshop

log = logging.getLogger(__name__)

TOO_LARGE = 413
ALREADY_CROSSPOSTED = 40033


async def publish(making: Making) -> Landed:
    """Send the riddle; where the server takes less than it did, with the smaller video."""
    limit = making.show.uploads.limit_of(making.server)
    path = making.show.data / making.post.facts["video"]
    if not path.is_file():
        path = await _uploaded(making, limit)
    try:
        return await _send_riddle(making, path)
    except hikari.ClientHTTPResponseError as error:
        smaller = await _uploaded(making, variants(limit)[-1])
        if error.status != TOO_LARGE or smaller == path:
            raise
        log.warning("server %d takes less than its upload_limit says", making.server.guild)
        return await _send_riddle(making, smaller)


async def _send_riddle(making: Making, path: Path) -> Landed:
    carried = views.uploaded(making.t, making.round, path)
    outgoing = await riddle(making, post=making.post.id, carried=carried, due_at=making.overdue)
    return await say(making, outgoing, name=thread_name(making))


async def riddle(
    making: Making, *, post: int, carried: views.Carried, due_at: int | None = None
) -> views.Outgoing:
    """The publication as it reads now, with what was corrected; closed, it calls nobody."""
    t, round_ = making.t, making.round
    circle = making.show.settings.circle_named(round_.rules.circle)
    ping, told = making.server.ping_role, await corrections(making)
    if not round_.is_open:
        return views.closed_publication(
            t, round_, post=post, carried=carried, circle=circle, ping=ping, corrections=told
        )
    return views.publication(
        t,
        round_,
        post=post,
        carried=carried,
        circle=circle,
        ping=ping,
        due_at=due_at,
        corrections=told,
    )


async def moved(making: Making) -> Landed:
    """Publish once more where the settings have the channel now, if the one before is gone."""
    found = await publication(making)
    if found is not None:
        await follow(making, found)
    return Landed()


async def _uploaded(making: Making, limit: int) -> Path:
    return await Workshop.of(making.show).uploaded(making.round, making.show.content, limit=limit)


async def thread(making: Making) -> Landed:
    """Open the discussion under the publication; a message has one thread at most."""
    found = await publication(making)
    if found is None:
        return Landed()
    if not found.in_forum:
        name = making.t("Riddle no. {number}: talk, but no spoilers", number=making.round.id)
        with gone_is_done():
            await making.rest.create_message_thread(
                found.channel,
                found.message,
                name[:LONGEST_NAME],
                auto_archive_duration=STAYS_LISTED,
            )
    return Landed(found.message)  # A thread has the number of its message.


async def crosspost(making: Making) -> Landed:
    """Pass the publication on to the servers that follow an announcement channel."""
    found = await publication(making)
    if found is None or found.in_forum:
        return Landed()
    try:
        with gone_is_done():
            channel = await making.rest.fetch_channel(found.channel)
            if channel.type is not hikari.ChannelType.GUILD_NEWS:
                return Landed()
            await making.rest.crosspost_message(found.channel, found.message)
    except hikari.BadRequestError as error:
        if error.code != ALREADY_CROSSPOSTED:
            raise
    return Landed(found.channel, found.message)


async def hint(making: Making) -> Landed:
    """Tell a hint that is now free, unless everybody knows it already."""
    if not making.round.is_open:
        return Landed()
    outgoing = views.hint(
        making.t,
        making.round,
        post=making.post.id,
        n=making.post.facts["n"],
        due_at=making.overdue,
    )
    return await say(making, outgoing, name=thread_name(making))


async def remind(making: Making) -> Landed:
    """Say that the closing is near, unless it is past."""
    if not making.round.is_open:
        return Landed()
    outgoing = views.reminder(making.t, making.round, post=making.post.id)
    return await say(making, outgoing, name=thread_name(making))


async def mention(making: Making) -> Landed:
    """Remind those who asked for it, in the discussion; who solved meanwhile is left alone."""
    round_, opening = making.round, making.post.facts["opening"]
    async with making.show.database.reading() as reader:
        members = await reminders.still_wanted(
            reader, round_, making.post.facts["accounts"], opening=opening
        )
    if not members or not round_.is_open:
        return Landed()
    outgoing = views.mention(
        making.t, round_, post=making.post.id, members=members, opening=opening
    )
    return await discuss(making, outgoing, name=thread_name(making))


async def close(making: Making) -> Landed:
    """Edit the publication: the button says closed, the video stays."""
    found = await publication(making)
    if found is None:
        return Landed()
    closed = await riddle(making, post=found.post, carried=views.kept(making.t, making.round))
    await edit(making, found.channel, found.message, closed)
    return Landed(found.channel, found.message)


async def corrections(making: Making) -> list[str]:
    """What was corrected about the riddle since it went out, oldest first."""
    async with making.show.database.reading() as reader:
        found = await errata.of_round(reader, making.round.id)
    return [one.wording(making.t.lang) for one in found]


def thread_name(making: Making) -> str:
    """What the round's post is called in a forum."""
    round_ = making.round
    return making.t("Riddle no. {number}: {title}", number=round_.id, title=round_.rules.title)
