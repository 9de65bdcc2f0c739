"""/leaderboard: who has earned how much."""

import hikari
import lightbulb

from riddles.discord import members
from riddles.discord.services import run


class Leaderboard(
    lightbulb.SlashCommand,
    name="leaderboard",
    description="Who has earned the most points",
    localize=True,
    contexts=[hikari.ApplicationContextType.GUILD],
):
    """A page of the board; this server's unless everybody's is asked for."""

    window = lightbulb.string(
        "window",
        "What it covers; the season unless you say otherwise",
        localize=True,
        default="season",
        choices=[
            lightbulb.Choice("this riddle", "week", localize=True),
            lightbulb.Choice("the season", "season", localize=True),
            lightbulb.Choice("all time", "all", localize=True),
        ],
    )
    scope = lightbulb.string(
        "scope",
        "Whom it shows; this server unless you say otherwise",
        localize=True,
        default="server",
        choices=[
            lightbulb.Choice("this server", "server", localize=True),
            lightbulb.Choice("all servers", "all", localize=True),
        ],
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show the first page."""
        window, scope = self.window, self.scope
        await run(
            context,
            lambda show, caller: members.show_leaderboard(show, caller, window=window, scope=scope),
        )
