"""Messages: sent once, and found again if nobody knows.

A message is found by its post's number, which it carries as its first component's id. In a
channel a nonce keeps an attempt that is still under way from doubling it; a post in a forum has
none, so it is given time to arrive before it is looked for among our own threads.
"""

from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta

import hikari

from riddles.discord.effects.making import Landed, Making, NotYet
from riddles.discord.snowflakes import first_snowflake
from riddles.discord.views.rounds import Outgoing

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, THREAD_EXISTS = 10003, 10008, 160004
ARCHIVED = 50083
LOOK_BACK_MS = 60_000
"""How much earlier than the first attempt to look: our clock and Discord's may differ."""
MOST_LOOKED_AT = 1000
"""Messages of a busy channel that are looked through for our own."""
MOST_THREADS = 200
SETTLE_MS = 15_000
"""How long a request whose outcome is unknown may still take effect."""
STAYS_LISTED = timedelta(days=7)
"""How long a thread without new messages stays in the list of its channel."""
LONGEST_NAME = 100
"""Characters of a thread's name."""


async def send(making: Making, channel: int, outgoing: Outgoing) -> Landed:
    """Send a message, unless an earlier attempt did."""
    post = making.post
    if post.tried_before and (found := await _find(making, channel)):
        return Landed(channel, found)
    message = await making.rest.create_message(
        channel,
        component=outgoing.container,
        nonce=f"{post.id}-{post.owed_at:x}",
        role_mentions=outgoing.pings or hikari.UNDEFINED,
        user_mentions=outgoing.mentions or hikari.UNDEFINED,
    )
    return Landed(channel, int(message.id))


async def open_post(making: Making, channel: int, outgoing: Outgoing, name: str) -> Landed:
    """Open a post of that name in a forum, unless an earlier attempt did.

    Raises:
        NotYet: an earlier attempt may still be on its way.
    """
    wait_until_settled(making)
    if making.post.tried_before and (found := await _find_post(making, channel)):
        return Landed(found, found)
    thread = await making.rest.create_forum_post(
        channel,
        name[:LONGEST_NAME],
        component=outgoing.container,
        role_mentions=outgoing.pings or hikari.UNDEFINED,
        user_mentions=outgoing.mentions or hikari.UNDEFINED,
        auto_archive_duration=STAYS_LISTED,
        tags=[hikari.Snowflake(tag) for tag in making.server.forum_tags] or hikari.UNDEFINED,
    )
    return Landed(int(thread.id), int(thread.id))  # The first message has its thread's number.


async def edit(making: Making, channel: int, message: int, outgoing: Outgoing) -> None:
    """Change a message; one that was deleted is left alone.

    An edit that names no attachments keeps those there are.
    """
    with gone_is_done():
        try:
            await making.rest.edit_message(channel, message, component=outgoing.container)
        except hikari.ClientHTTPResponseError as error:
            if error.code != ARCHIVED:
                raise
            await making.rest.edit_channel(channel, archived=False)
            await making.rest.edit_message(channel, message, component=outgoing.container)


def wait_until_settled(making: Making) -> None:
    """Let an earlier attempt arrive that nothing marks as the same.

    Raises:
        NotYet: it was a moment ago.
    """
    if making.post.tried_at is None:
        return
    since = making.now_ms - making.post.tried_at
    if 0 <= since < SETTLE_MS:
        raise NotYet("an earlier attempt may still arrive", SETTLE_MS - since)


async def _find(making: Making, channel: int) -> int | None:
    """The message in which an earlier attempt resulted, if it did."""
    me = await making.rest.fetch_my_user()
    history = making.rest.fetch_messages(channel, after=_since(making)).limit(MOST_LOOKED_AT)
    async for message in history:
        if message.author.id == me.id and _is_ours(making, message):
            return int(message.id)
    return None


async def _find_post(making: Making, forum: int) -> int | None:
    """The forum post in which an earlier attempt resulted, if it did."""
    rest, since = making.rest, _since(making)
    me = await rest.fetch_my_user()
    threads = [
        *await rest.fetch_active_threads(making.server.guild),
        *await rest.fetch_public_archived_threads(forum).limit(MOST_THREADS),
    ]
    for thread in threads:
        if thread.parent_id == forum and thread.owner_id == me.id and thread.id >= since:
            with gone_is_done():
                if _is_ours(making, await rest.fetch_message(thread.id, thread.id)):
                    return int(thread.id)
    return None


def _since(making: Making) -> int:
    post = making.post
    return first_snowflake((post.first_at or post.owed_at) - LOOK_BACK_MS)


def _is_ours(making: Making, message: hikari.Message) -> bool:
    return bool(message.components) and message.components[0].id == making.post.id


@contextmanager
def gone_is_done() -> Generator[None, None, None]:
    """Take no offence at a message that somebody deleted, or at a thread that is there."""
    try:
        yield
    except (hikari.NotFoundError, hikari.BadRequestError) as error:
        if error.code not in (UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, THREAD_EXISTS):
            raise
