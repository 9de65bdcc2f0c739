"""/riddle show: the current riddle, for those who came late or scrolled away."""

import hikari
import lightbulb

from riddles.discord.cases import members
from riddles.discord.services import run

group = lightbulb.Group(
    "riddle",
    "The week's riddle",
    localize=True,
    contexts=[hikari.ApplicationContextType.GUILD],
)


@group.register
class Show(
    lightbulb.SlashCommand,
    name="show",
    description="Show the current riddle and how you stand with it",
    localize=True,
):
    """The newest riddle, its link, and the caller's tries."""

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show it."""
        await run(context, members.show_riddle)
