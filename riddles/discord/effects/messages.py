"""Messages: sent once, and found again if nobody knows.

A message is found by its post's number, which it carries as its first component's id.
"""

from collections.abc import Generator
from contextlib import contextmanager

import hikari

from riddles.discord.effects.making import Landed, Making
from riddles.discord.snowflakes import first_snowflake
from riddles.discord.views.rounds import Outgoing

UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, THREAD_EXISTS = 10003, 10008, 160004
LOOK_BACK_MS = 60_000
"""How much earlier than the first attempt to look: our clock and Discord's may differ."""
MOST_LOOKED_AT = 1000
"""Messages of a busy channel that are looked through for our own."""


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
    )
    return Landed(channel, int(message.id))


async def _find(making: Making, channel: int) -> int | None:
    """The message in which an earlier attempt resulted, if it did."""
    post = making.post
    me = await making.rest.fetch_my_user()
    since = first_snowflake((post.first_at or post.owed_at) - LOOK_BACK_MS)
    history = making.rest.fetch_messages(channel, after=since).limit(MOST_LOOKED_AT)
    async for message in history:
        components = message.components
        if message.author.id == me.id and components and components[0].id == post.id:
            return int(message.id)
    return None


@contextmanager
def gone_is_done() -> Generator[None, None, None]:
    """Take no offence at a message that somebody deleted, or at a thread that is there."""
    try:
        yield
    except (hikari.NotFoundError, hikari.BadRequestError) as error:
        if error.code not in (UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, THREAD_EXISTS):
            raise
