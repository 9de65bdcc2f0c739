"""/draw: enter a prize draw, see the odds, check how it was held."""

import hikari
import lightbulb

from riddles.discord.cases.draws import members
from riddles.discord.cases.draws.chosen import names
from riddles.discord.services import run, services

group = lightbulb.Group(
    "draw",
    "Prize draws",
    localize=True,
    contexts=[hikari.ApplicationContextType.GUILD],
)


async def every_draw(context: lightbulb.AutocompleteContext[str]) -> None:
    """Offer the names of all draws, the newest first."""
    typed = str(context.focused.value or "").lower()
    found = await names(services(context).show, open_only=False)
    await context.respond([name for name in found if typed in name])


async def open_draws(context: lightbulb.AutocompleteContext[str]) -> None:
    """Offer the names of draws that are not over."""
    typed = str(context.focused.value or "").lower()
    found = await names(services(context).show, open_only=True)
    await context.respond([name for name in found if typed in name])


@group.register
class Enter(
    lightbulb.SlashCommand,
    name="enter",
    description="See your odds, and enter or leave a draw",
    localize=True,
):
    """The odds first, then the way in."""

    draw = lightbulb.string(
        "draw",
        "Which one; the newest unless you say otherwise",
        localize=True,
        default="",
        autocomplete=open_draws,
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show them."""
        name = self.draw
        await run(context, lambda show, caller: members.show_odds(show, caller, name))


@group.register
class Odds(
    lightbulb.SlashCommand,
    name="odds",
    description="Your tickets in a draw and what they are worth",
    localize=True,
):
    """The same view as the way in: nobody enters without having seen it."""

    draw = lightbulb.string(
        "draw",
        "Which one; the newest unless you say otherwise",
        localize=True,
        default="",
        autocomplete=every_draw,
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show them."""
        name = self.draw
        await run(context, lambda show, caller: members.show_odds(show, caller, name))


@group.register
class Verify(
    lightbulb.SlashCommand,
    name="verify",
    description="What was posted about a draw, and how to check it yourself",
    localize=True,
):
    """The digests, and the caller's own reference."""

    draw = lightbulb.string(
        "draw",
        "Which one; the newest unless you say otherwise",
        localize=True,
        default="",
        autocomplete=every_draw,
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show them."""
        name = self.draw
        await run(context, lambda show, caller: members.verify(show, caller, name))
