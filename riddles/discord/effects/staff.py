"""Words to the staff: in their channel, in their language, with buttons where they help."""

from engine import posts
from riddles.discord.cases.people import people_of
from riddles.discord.effects.making import Landed, Making
from riddles.discord.effects.messages import edit, send
from riddles.discord.speech import spoken
from riddles.discord.views import staff as views
from riddles.sentence import Sentence


async def tell(making: Making) -> Landed:
    """Say what staff should know, or decide."""
    channel, facts = making.server.staff_channel, making.post.facts
    if channel is None:
        return Landed()
    if "asked" in facts:
        return await _answered(making)
    sentence = spoken(Sentence.of(facts), making.t)
    outgoing = views.word(
        making.t, post=making.post.id, sentence=sentence, buttons=facts.get("buttons", ())
    )
    return await send(making, channel, outgoing)


async def _answered(making: Making) -> Landed:
    """Where the staff were asked, say who answered what; the buttons go."""
    facts, t = making.post.facts, making.t
    async with making.show.database.reading() as reader:
        asked = await posts.find(reader, facts["asked"])
        names = await people_of(reader, [facts["actor"]], making.server.guild)
    if asked is None or asked.channel is None or asked.message is None:
        return Landed()
    sentence = spoken(Sentence.of(asked.facts), t)
    who = names.get(facts["actor"]) or t("somebody")
    answer = t("☑️ {answer}: {who}", answer=t.plain(facts["answer"]), who=who)
    outgoing = views.word(t, post=asked.id, sentence=f"{sentence}\n{answer}")
    await edit(making, asked.channel, asked.message, outgoing)
    return Landed(asked.channel, asked.message)
