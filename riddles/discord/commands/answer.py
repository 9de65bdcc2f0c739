"""/answer: a try at the open riddle. Only the member who answers sees the reply."""

import hikari
import lightbulb

from riddles.discord.cases import members
from riddles.discord.services import run


class Answer(
    lightbulb.SlashCommand,
    name="answer",
    description="Answer this week's riddle. Only you see the reply.",
    localize=True,
    contexts=[hikari.ApplicationContextType.GUILD],
):
    """Hand in the text under the interaction's own id: delivered twice, it still counts once."""

    # No maximum length: a refusal is ours to say, in words.
    text = lightbulb.string("text", "What is it?", localize=True)

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Judge, store, reply."""
        text, interaction = self.text, context.interaction.id
        await run(
            context, lambda show, caller: members.submit(show, caller, text, interaction, None)
        )
