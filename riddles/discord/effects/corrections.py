"""Corrections: told in the staff's channel as the books have them, with the way to decide."""

from engine import posts
from engine.books import proposals
from riddles.discord.cases.people import people_of
from riddles.discord.effects.making import Landed, Making
from riddles.discord.effects.messages import edit, send
from riddles.discord.views import ledger as views


async def tell(making: Making) -> Landed:
    """Say how a correction stands; one that waits carries the buttons that decide it.

    Where it was `asked` whether to book it, the message is edited once that is decided.
    """
    channel, facts = making.server.staff_channel, making.post.facts
    if channel is None:
        return Landed()
    async with making.show.database.reading() as reader:
        correction = await proposals.get(reader, facts["correction"])
        names = await people_of(reader, correction.people, making.server.guild)
        asked = await posts.find(reader, facts["asked"]) if "asked" in facts else None
    if "asked" in facts and (asked is None or asked.channel is None or asked.message is None):
        return Landed()  # Nobody had to be asked.
    outgoing = views.told_to_staff(
        making.t,
        correction,
        names,
        state=facts["state"],
        post=making.post.id if asked is None else asked.id,
    )
    if asked is not None and asked.channel is not None and asked.message is not None:
        await edit(making, asked.channel, asked.message, outgoing)
        return Landed(asked.channel, asked.message)
    return await send(making, channel, outgoing)
