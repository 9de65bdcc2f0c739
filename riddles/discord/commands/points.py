"""/points balance: what can be spent, what was earned, and which rank that is."""

import hikari
import lightbulb

from riddles.discord import members
from riddles.discord.services import run

group = lightbulb.Group(
    "points",
    "Your points",
    localize=True,
    contexts=[hikari.ApplicationContextType.GUILD],
)


@group.register
class Balance(
    lightbulb.SlashCommand,
    name="balance",
    description="Your points, your score and your rank",
    localize=True,
):
    """The caller's own figures."""

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show them."""
        await run(context, members.show_points)
