"""Corrections: told in the staff's channel as the books have them, with the way to decide."""

from engine.books import proposals
from riddles.discord.cases.people import people_of
from riddles.discord.effects.making import Landed, Making
from riddles.discord.effects.messages import send
from riddles.discord.views import ledger as views


async def tell(making: Making) -> Landed:
    """Say how a correction stands; one that waits carries the buttons that decide it."""
    channel, facts = making.server.staff_channel, making.post.facts
    if channel is None:
        return Landed()
    async with making.show.database.reading() as reader:
        correction = await proposals.get(reader, facts["correction"])
        names = await people_of(reader, correction.people, making.server.guild)
    outgoing = views.told_to_staff(
        making.t, correction, names, state=facts["state"], post=making.post.id
    )
    return await send(making, channel, outgoing)
