"""Places: where a server is told something.

In a text or announcement channel everything stands one below the other. In a forum each riddle is
a post of its own, and what happens to it is told there.
"""

import logging
from dataclasses import dataclass

import hikari

from engine import posts
from engine.posts import Post
from riddles.discord.effects.making import Landed, Making, PublicationToCome
from riddles.discord.effects.messages import UNKNOWN_CHANNEL, open_post, send
from riddles.discord.views.rounds import Outgoing
from riddles.week.owing import publish_again

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Publication:
    """A round's message in one server."""

    post: int
    channel: int
    message: int
    home: int | None
    """The settings' channel when it was published; None: nobody wrote it down."""

    @property
    def in_forum(self) -> bool:
        """Whether it is a post in a forum: a thread whose first message has its number."""
        return self.channel == self.message


async def publication(making: Making) -> Publication | None:
    """Where the round was published in that server; None where it was not.

    Raises:
        PublicationToCome: it is still owed.
    """
    found = await _post(making, "publication")
    if found is not None and found.state in ("pending", "sending"):
        raise PublicationToCome
    if found is None or found.message is None or found.channel is None:
        return None
    home = found.facts.get("channel")
    if home is None and found.channel != found.message:
        home = found.channel
    return Publication(found.id, found.channel, found.message, home)


async def follow(making: Making, found: Publication) -> bool:
    """Owe an open riddle once more whose channel was deleted, if the settings name another.

    Whether it is owed.
    """
    channel = making.server.channel
    if not making.round.is_open or found.home in (None, channel):
        return False
    try:
        await making.rest.fetch_channel(found.channel)
    except hikari.NotFoundError as error:
        if error.code != UNKNOWN_CHANNEL:
            raise
    else:
        return False
    async with making.show.database.transaction() as tx:
        await publish_again(tx, making.round, making.server, making.now_ms)
    return True


async def discuss(making: Making, outgoing: Outgoing, *, name: str) -> Landed:
    """Tell those who talk about the round: in its thread, or else where the riddle stands.

    A thread that was deleted, or in which the bot may not write, keeps nobody from hearing it.
    """
    thread = await _thread(making)
    if thread is not None:
        try:
            return await send(making, thread, outgoing)
        except hikari.ForbiddenError as error:
            log.warning("the thread %d is closed to the bot (%s)", thread, error.message)
        except hikari.NotFoundError as error:
            if error.code != UNKNOWN_CHANNEL:
                raise
    return await say(making, outgoing, name=name)


async def _thread(making: Making) -> int | None:
    """The thread below the publication; None where there is none, or none yet.

    Raises:
        PublicationToCome: the publication is still owed, or the thread just about to open.
    """
    await publication(making)
    thread = await _post(making, "thread")
    if thread is None:
        return None
    if thread.state in ("pending", "sending") and thread.error is None:
        raise PublicationToCome
    return thread.channel


async def say(making: Making, outgoing: Outgoing, *, name: str) -> Landed:
    """Tell the server: in its channel, or in the round's forum post if it has one.

    In a forum, what belongs to no round, or to a post that was deleted, is a post called `name`.

    Raises:
        PublicationToCome: the riddle has to follow to another channel first.
    """
    if making.about is not None and making.post.kind != "publication":
        found = await publication(making)
        if found is not None and found.in_forum:
            try:
                return await send(making, found.channel, outgoing)
            except hikari.NotFoundError as error:
                if error.code != UNKNOWN_CHANNEL:
                    raise
        if found is not None and await follow(making, found):
            raise PublicationToCome
    channel = making.server.channel
    if await is_forum(making, channel):
        return await open_post(making, channel, outgoing, name)
    return await send(making, channel, outgoing)


async def is_forum(making: Making, channel: int) -> bool:
    """Whether a channel is a forum; asked once, since a forum stays one."""
    known = making.forums.get(channel)
    if known is None:
        found = await making.rest.fetch_channel(channel)
        known = making.forums[channel] = found.type is hikari.ChannelType.GUILD_FORUM
    return known


async def _post(making: Making, kind: str) -> Post | None:
    async with making.show.database.reading() as reader:
        return await posts.find(reader, f"{kind}:{making.round.id}:{making.server.guild}")
