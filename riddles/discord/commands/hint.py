"""/hint: what may be read so far, and what the next hint would cost."""

import hikari
import lightbulb

from riddles.discord.cases import members
from riddles.discord.services import run


class Hint(
    lightbulb.SlashCommand,
    name="hint",
    description="Read the hints that are out, or take the next one early",
    localize=True,
    contexts=[hikari.ApplicationContextType.GUILD],
):
    """The hints, and a button for the next."""

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show them."""
        await run(context, members.show_hints)
