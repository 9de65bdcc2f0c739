"""A round while it is open: publication, thread, followers, hints, reminders, closing.

Edits, threads and crossposts are naturally repeatable: made twice, they are there once. Messages
and forum posts are looked for before they are sent again.
"""

import asyncio
import logging
from pathlib import Path

import hikari

from engine.people import reminders
from engine.play import errata
from riddles.content.library import read_folder
from riddles.discord.effects.making import Landed, Making
from riddles.discord.effects.messages import (
    LONGEST_NAME,
    STAYS_LISTED,
    UNKNOWN_CHANNEL,
    edit,
    gone_is_done,
    send,
)
from riddles.discord.effects.places import discussion, publication, say
from riddles.discord.views import rounds as views
from riddles.media.limits import variants
from riddles.refusal import Refusal
from riddles.week.workshop import Workshop

log = logging.getLogger(__name__)

TOO_LARGE = 413
ALREADY_CROSSPOSTED = 40033


async def publish(making: Making) -> Landed:
    """Send the riddle; where the server takes less than it did, with the smaller video."""
    limit = making.show.uploads.limit_of(making.server)
    path = making.show.data / making.post.facts["video"]
    if not path.is_file():
        path = await _made_again(making, limit)
    try:
        return await _send_riddle(making, path)
    except hikari.ClientHTTPResponseError as error:
        smaller = await _made_again(making, variants(limit)[-1])
        if error.status != TOO_LARGE or smaller == path:
            raise
        log.warning("server %d takes less than its upload_limit says", making.server.guild)
        return await _send_riddle(making, smaller)


async def _send_riddle(making: Making, path: Path) -> Landed:
    round_, t = making.round, making.t
    outgoing = views.publication(
        t,
        round_,
        post=making.post.id,
        carried=views.uploaded(t, round_, path),
        circle=making.show.settings.circle_named(round_.rules.circle),
        ping=making.server.ping_role,
        due_at=making.overdue,
        corrections=await corrections(making),
    )
    return await say(making, outgoing, name=thread_name(making))


async def _made_again(making: Making, limit: int) -> Path:
    """The round's video at that limit; found finished, as a rule.

    Raises:
        Refusal: the riddle's folder or its video is gone.
    """
    show, slug = making.show, making.round.slug
    folder = await asyncio.to_thread(read_folder, show.content / slug)
    if folder.riddle is None:
        raise Refusal("the folder {slug} cannot be read any more", slug=slug)
    shop = Workshop.of(show)
    if making.round.rules.link:
        return (await shop.link(folder.riddle)).poster
    return (await shop.video(folder.riddle, limit=limit)).video


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
    channel = await making.rest.fetch_channel(found.channel)
    if channel.type is not hikari.ChannelType.GUILD_NEWS:
        return Landed()
    try:
        with gone_is_done():
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
    place = await discussion(making)
    if place is not None:
        try:
            return await send(making, place, outgoing)
        except hikari.NotFoundError as error:
            if error.code != UNKNOWN_CHANNEL:
                raise
    return await say(making, outgoing, name=thread_name(making))


async def close(making: Making) -> Landed:
    """Edit the publication: the button says closed, the video stays."""
    found = await publication(making)
    if found is None:
        return Landed()
    t, round_ = making.t, making.round
    closed = views.closed_publication(
        t,
        round_,
        post=found.post,
        carried=views.kept(t, round_),
        circle=making.show.settings.circle_named(round_.rules.circle),
        ping=making.server.ping_role,
        corrections=await corrections(making),
    )
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
