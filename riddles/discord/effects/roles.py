"""Roles given and taken: naturally repeatable, since a role is held or it is not.

A member who left cannot be given anything, and is remembered as gone. A role that the bot may
not touch waits for a person, who is told what to do; each role has a lane of its own, so that it
keeps no other waiting.
"""

from collections.abc import Awaitable, Callable

import hikari

from engine.people import presence
from engine.posts import Post
from engine.storage.database import Transaction
from riddles.discord.effects.making import Landed, Making

UNKNOWN_MEMBER, UNKNOWN_USER = 10007, 10013

Change = Callable[..., Awaitable[None]]


async def give(making: Making) -> Landed:
    """Give the role; who has it keeps it."""
    return await _change(making, making.rest.add_role_to_member)


async def take(making: Making) -> Landed:
    """Take the role; who has not got it stays without."""
    return await _change(making, making.rest.remove_role_from_member)


async def note_gone(tx: Transaction, post: Post, landed: Landed | None, now_ms: int) -> None:
    """Remember that the member was not there any more."""
    if landed is not None and landed.gone:
        await presence.mark_gone(tx, post.server, post.facts["account"], now_ms)


async def _change(making: Making, change: Change) -> Landed:
    account, role = making.post.facts["account"], making.post.facts["role"]
    async with making.show.database.reading() as reader:
        member = await reader.value("SELECT id FROM members WHERE account = ?", (account,))
    if member is None:
        return Landed(gone=True)  # Erased: nobody is left to whom it could be given.
    # The server's audit log shows a number that the books explain.
    reason = f"post {making.post.id}"
    try:
        await change(making.server.guild, member, role, reason=reason)
    except hikari.NotFoundError as error:
        if error.code not in (UNKNOWN_MEMBER, UNKNOWN_USER):
            raise
        return Landed(gone=True)
    return Landed()
