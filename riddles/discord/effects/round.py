"""The public life of a round: publication, thread, hints, reminder, closing, reveal, recap.

Edits and threads are naturally repeatable: made twice, they are there once.
"""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import hikari

from engine import posts, standings
from engine.database import Reader
from engine.rounds import Round
from engine.standings import Window
from riddles.content.library import read_folder
from riddles.discord.effects.making import Landed, Making, PublicationToCome
from riddles.discord.effects.messages import gone_is_done, send
from riddles.discord.views import media
from riddles.discord.views import rounds as views
from riddles.media.limits import variants
from riddles.preparing import prepare_riddle
from riddles.refusal import Refusal

log = logging.getLogger(__name__)

TOO_LARGE = 413
BOARD_LINES = 10


async def publish(making: Making) -> Landed:
    """Send the riddle; where the server takes less than it did, with the smaller video."""
    limit = making.server.upload_limit
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
    round_, t, ping = making.round, making.t, making.server.ping_role
    video = media.upload(path, video_name(round_), views.alt_text(t, round_.rules))
    outgoing = views.publication(t, round_, post=making.post.id, video=video, ping=ping)
    return await send(making, making.server.channel, outgoing)


async def _made_again(making: Making, limit: int) -> Path:
    """The round's video at that limit; found finished, as a rule.

    Raises:
        Refusal: the riddle's folder or its video is gone.
    """
    show, slug = making.show, making.round.slug
    folder = await asyncio.to_thread(read_folder, show.content / slug)
    if folder.riddle is None:
        raise Refusal(f"the folder {slug} cannot be read any more")
    return (await prepare_riddle(folder.riddle, limit=limit, data=show.data)).video


async def thread(making: Making) -> Landed:
    """Open the discussion under the publication; a message has one thread at most."""
    found = await publication(making)
    if found is None:
        return Landed()
    name = making.t("Riddle no. {number}: talk, but no spoilers", number=making.round.id)
    with gone_is_done():
        await making.rest.create_message_thread(found.channel, found.message, name[:100])
    return Landed(found.message)  # A thread has the number of its message.


async def hint(making: Making) -> Landed:
    """Tell a hint that is now free, unless everybody knows it already."""
    if not making.round.is_open:
        return Landed()
    outgoing = views.hint(making.t, making.round, post=making.post.id, n=making.post.facts["n"])
    return await send(making, making.server.channel, outgoing)


async def remind(making: Making) -> Landed:
    """Say that the closing is near, unless it is past."""
    if not making.round.is_open:
        return Landed()
    outgoing = views.reminder(making.t, making.round, post=making.post.id)
    return await send(making, making.server.channel, outgoing)


async def close(making: Making) -> Landed:
    """Edit the publication: the button says closed, the video stays."""
    found = await publication(making)
    if found is None:
        return Landed()
    t, round_ = making.t, making.round
    video = media.kept(video_name(round_), views.alt_text(t, round_.rules))
    closed = views.closed_publication(
        t, round_, post=found.post, video=video, ping=making.server.ping_role
    )
    # An edit that names no attachments keeps those there are.
    with gone_is_done():
        await making.rest.edit_message(found.channel, found.message, component=closed.container)
    return Landed(found.channel, found.message)


async def reveal(making: Making) -> Landed:
    """Show the solution, who found it first, and how many did."""
    facts = making.post.facts
    async with making.show.database.reading() as reader:
        first = await names(reader, facts["first"], making.server.guild)
    outcome = views.Outcome(facts["tried"], facts["solved"], first)
    outgoing = views.reveal(making.t, making.round, outcome, post=making.post.id)
    return await send(making, making.server.channel, outgoing)


async def recap(making: Making) -> Landed:
    """Sum up the week: results, standings, the ledger's newest digest."""
    facts, guild = making.post.facts, making.server.guild
    week, season = Window(round=making.round.id), Window(season=facts["season"])
    async with making.show.database.reading() as reader:
        outgoing = views.recap(
            making.t,
            making.round,
            post=making.post.id,
            week=await standings.page(reader, week, server=guild, lines=BOARD_LINES),
            season=await standings.page(reader, season, server=guild, lines=BOARD_LINES),
            digest=facts["digest"],
            next_at=facts["next_at"],
        )
    return await send(making, making.server.channel, outgoing)


@dataclass(frozen=True, slots=True)
class Publication:
    """A round's message in one server."""

    post: int
    channel: int
    message: int


async def publication(making: Making) -> Publication | None:
    """Where the round was published in that server; None where it was not.

    Raises:
        PublicationToCome: it is still owed.
    """
    async with making.show.database.reading() as reader:
        key = f"publication:{making.round.id}:{making.server.guild}"
        found = await posts.find(reader, key)
    if found is not None and found.state in ("pending", "sending"):
        raise PublicationToCome
    if found is None or found.message is None or found.channel is None:
        return None
    return Publication(found.id, found.channel, found.message)


def video_name(round_: Round) -> str:
    """The name under which the video is uploaded: it says nothing."""
    return f"riddle-{round_.id}.mp4"


async def names(reader: Reader, accounts: Sequence[int], server: int) -> list[str]:
    """How members are called in a server; those seen only elsewhere are not named here."""
    found: list[str] = []
    for account in accounts:
        name = await reader.value(
            "SELECT name FROM sightings WHERE account = ? AND server = ?", (account, server)
        )
        if name is not None:
            found.append(name)
    return found
