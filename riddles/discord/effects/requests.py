"""Requests in the staff's channel: posted once, and edited as they are seen to.

An edit says how the request stands now, so made twice or late it is still true. A role from the
shop is given by the same means as any other; where Discord will not, its points go back.
"""

import hikari

from engine import posts
from engine.posts import Post
from engine.shop import loans, request_queue
from engine.shop.redemptions import State, get
from engine.storage.database import Reader, Transaction
from riddles.discord.effects import roles
from riddles.discord.effects.making import Landed, Making
from riddles.discord.effects.messages import gone_is_done, send
from riddles.discord.views import fulfilment as views
from riddles.discord.views.fulfilment import Request
from riddles.shop.rewarding import role_given, role_refused

SETTLING = ("fulfilled", "canceled", "neglected", "erased", "refunded")


async def post(making: Making) -> Landed:
    """Tell staff that somebody waits."""
    channel = making.server.staff_channel
    async with making.show.database.reading() as reader:
        request = await request_of(reader, making.post.facts["redemption"])
    if channel is None or request is None:
        return Landed()
    return await send(making, channel, views.posted(making.t, request, post=making.post.id))


async def restate(making: Making) -> Landed:
    """Show how the request stands now."""
    number = making.post.facts["redemption"]
    async with making.show.database.reading() as reader:
        request = await request_of(reader, number)
        first = await posts.find(reader, f"request:{number}:{making.server.guild}")
    if request is None or first is None or first.channel is None or first.message is None:
        return Landed()
    outgoing = views.posted(making.t, request, post=first.id)
    with gone_is_done():
        await making.rest.edit_message(first.channel, first.message, component=outgoing.container)
    return Landed(first.channel, first.message)


async def give_role(making: Making) -> Landed:
    """Give a role that was paid for, unless its points went back meanwhile.

    Who has it on a loan keeps it, and nothing has to be changed for that; only where the role was
    lost is it given anew.

    Raises:
        hikari.HTTPError: Discord refused it, and the member has not got it from an attempt before.
    """
    async with making.show.database.reading() as reader:
        one = await get(reader, making.post.facts["redemption"])
        lent = one is not None and await loans.is_extended_by(reader, one)
    if one is None or one.state is not State.UNFULFILLED:
        return Landed(called_off=True)
    if lent and await _has_it(making):
        return Landed()
    try:
        return await roles.give(making)
    except hikari.ForbiddenError:
        if await _has_it(making):
            return Landed()
        raise


async def after_role(tx: Transaction, post: Post, landed: Landed | None, now_ms: int) -> None:
    """The points are spent once the role is given, and go back where it cannot be."""
    await roles.note_gone(tx, post, landed, now_ms)
    if landed is None or landed.gone:
        unseen = landed is None and post.tried_before
        await role_refused(tx, post.facts["redemption"], now_ms, tried_before=unseen)
    else:
        tried = post.tried_before or not landed.called_off
        await role_given(tx, post.facts["redemption"], now_ms, tried=tried)


async def request_of(reader: Reader, number: int) -> Request | None:
    """A request and the people who have to do with it; None where there is none."""
    one = await get(reader, number)
    if one is None:
        return None
    steps = await request_queue.steps(reader, number)
    last = next((taken for taken in reversed(steps) if taken.step in SETTLING), None)
    return Request(
        one,
        member=await _member(reader, one.account),
        claimed_by=await _member(reader, one.claimed_by),
        last=last,
        settled_by=await _member(reader, last.actor if last else None),
    )


async def _member(reader: Reader, account: int | None) -> int | None:
    return await reader.value("SELECT id FROM members WHERE account = ?", (account,))


async def _has_it(making: Making) -> bool:
    """Whether the member has the role, as far as Discord knows them."""
    async with making.show.database.reading() as reader:
        member = await _member(reader, making.post.facts["account"])
    if member is None:
        return False
    try:
        found = await making.rest.fetch_member(making.server.guild, member)
    except hikari.NotFoundError as error:
        if error.code not in (roles.UNKNOWN_MEMBER, roles.UNKNOWN_USER):
            raise
        return False
    return making.post.facts["role"] in found.role_ids
