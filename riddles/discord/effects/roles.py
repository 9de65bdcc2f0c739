"""Roles given and taken: naturally repeatable, since a role is held or it is not.

A member who left cannot be given anything, and is remembered as gone. A role that the bot may
not touch waits for a person, who is told what to do; each role has a lane of its own, so that it
keeps no other waiting.

A post that takes a role from an erased member is the one place where their id is still written. It
is blanked as soon as Discord has heard, or once the post's time is over.
"""

from collections.abc import Awaitable, Callable

import hikari

from engine import posts
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
    if "member" in post.facts:
        await posts.blank(tx, post.id)
    elif landed is not None and landed.gone:
        await presence.mark_gone(tx, post.server, post.facts["account"], now_ms)


async def _change(making: Making, change: Change) -> Landed:
    facts = making.post.facts
    if "until" in facts:
        return await _change_once(making, change)
    if "account" not in facts:
        return Landed()  # It was blanked, and then nobody could note that it is done.
    async with making.show.database.reading() as reader:
        member = await reader.value("SELECT id FROM members WHERE account = ?", (facts["account"],))
    return await _change_of(making, member, change)


async def _change_once(making: Making, change: Change) -> Landed:
    """Change a role of an erased member while there is time, and forget who it was."""
    facts, database = making.post.facts, making.show.database
    if making.now_ms < facts["until"]:
        await _change_of(making, facts["member"], change)
    async with database.transaction() as tx:
        await posts.blank(tx, making.post.id)
    await database.scrub()
    return Landed()


async def _change_of(making: Making, member: int | None, change: Change) -> Landed:
    if member is None:
        return Landed(gone=True)  # Erased: nobody is left to whom it could be given.
    # The server's audit log shows a number that the books explain.
    reason = f"post {making.post.id}"
    try:
        await change(making.server.guild, member, making.post.facts["role"], reason=reason)
    except hikari.NotFoundError as error:
        if error.code not in (UNKNOWN_MEMBER, UNKNOWN_USER):
            raise
        return Landed(gone=True)
    return Landed()
