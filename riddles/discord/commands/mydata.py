"""/mydata: what is kept about the caller; to take away, to hide, to erase."""

import hikari
import lightbulb

from riddles.discord.cases import mydata
from riddles.discord.services import run


class MyData(
    lightbulb.SlashCommand,
    name="mydata",
    description="What is kept about you: see it, take it away, hide, or be forgotten",
    localize=True,
    contexts=[hikari.ApplicationContextType.GUILD],
):
    """The overview, with a button for each thing one can do."""

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show it."""
        await run(context, mydata.show_data)
