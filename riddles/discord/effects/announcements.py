"""Words to everybody: where the riddles go out, in the server's language."""

from riddles.discord.effects.making import Landed, Making
from riddles.discord.effects.places import say
from riddles.discord.views import announcements as views
from riddles.sentence import Sentence


async def tell(making: Making) -> Landed:
    """Say what everybody should know."""
    t = making.t
    outgoing = views.word(t, post=making.post.id, sentence=Sentence.of(making.post.facts).said(t))
    return await say(making, outgoing, name=t("A word to everybody"))
