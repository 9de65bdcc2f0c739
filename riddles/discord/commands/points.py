"""/points: what can be spent, what was earned, and how every point of it came about."""

import hikari
import lightbulb

from riddles.discord.caller import Caller, Unwelcome
from riddles.discord.cases import members, points
from riddles.discord.services import run, services

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


@group.register
class History(
    lightbulb.SlashCommand,
    name="history",
    description="Your points, row by row as the ledger has them",
    localize=True,
):
    """The caller's own statement, in pages."""

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show the newest page."""
        await run(context, points.show_history)


async def explainable(context: lightbulb.AutocompleteContext[int]) -> None:
    """Offer the riddles that the caller solved."""
    show = services(context).show
    try:
        caller = Caller.of(show, context.interaction)
    except Unwelcome:
        await context.respond([])
        return
    typed = str(context.focused.value or "").strip().lower()
    await context.respond(await points.explainable(show, caller, typed))


@group.register
class Explain(
    lightbulb.SlashCommand,
    name="explain",
    description="How you came by the points of a riddle, number by number",
    localize=True,
):
    """An award opened into its formula and its rows."""

    riddle = lightbulb.integer(
        "riddle",
        "Which one; the newest you solved unless you say otherwise",
        localize=True,
        autocomplete=explainable,
        default=0,
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Open it."""
        number = self.riddle or None
        await run(context, lambda show, caller: points.explain(show, caller, number))
