"""/leaderboard: who has earned how much, in this server, everywhere, or for their circle."""

import hikari
import lightbulb

from riddles.discord.caller import Caller, Unwelcome
from riddles.discord.cases import leaderboards
from riddles.discord.cases.leaderboards import Wish
from riddles.discord.services import run, services


async def circles(context: lightbulb.AutocompleteContext[str]) -> None:
    """Offer the community's circles, and the cup."""
    show = services(context).show
    try:
        caller = Caller.of(show, context.interaction)
    except Unwelcome:
        await context.respond([])
        return
    typed = str(context.focused.value or "")
    await context.respond(leaderboards.offer_circles(show, caller, typed))


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
            lightbulb.Choice("this month", "month", localize=True),
            lightbulb.Choice("the season", "season", localize=True),
            lightbulb.Choice("all time", "all", localize=True),
        ],
    )
    circle = lightbulb.string(
        "circle",
        "Only the riddles of one circle; or the circles’ cup",
        localize=True,
        default=None,
        autocomplete=circles,
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
        roll_call = services(context).roll_call
        wish = Wish(window=self.window, scope=self.scope, circle=self.circle)
        await run(
            context,
            lambda show, caller: leaderboards.show_leaderboard(show, caller, roll_call, wish),
        )
