"""Words to the staff: in their channel, in their language, with buttons where they help."""

from riddles.discord.effects.making import Landed, Making
from riddles.discord.effects.messages import send
from riddles.discord.views import staff as views
from riddles.sentence import Sentence


async def tell(making: Making) -> Landed:
    """Say what staff should know, or decide."""
    channel, facts = making.server.staff_channel, making.post.facts
    if channel is None:
        return Landed()
    sentence = Sentence.of(facts).said(making.t)
    outgoing = views.word(
        making.t, post=making.post.id, sentence=sentence, buttons=facts.get("buttons", ())
    )
    return await send(making, channel, outgoing)
