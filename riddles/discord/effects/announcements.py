"""Words to everybody: where the riddles go out, in the server's language."""

from riddles.discord.effects.making import Landed, Making
from riddles.discord.effects.places import say
from riddles.discord.speech import retold
from riddles.discord.views import announcements as views


async def tell(making: Making) -> Landed:
    """Say what everybody should know."""
    t = making.t
    outgoing = views.word(t, post=making.post.id, sentence=retold(making.post.facts, t))
    return await say(making, outgoing, name=t("A word to everybody"))
