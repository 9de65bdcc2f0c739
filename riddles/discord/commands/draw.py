"""/draw: enter a prize draw, see the odds, check how it was held."""

import hikari
import lightbulb

from riddles.discord.caller import language_of
from riddles.discord.cases.draws import members
from riddles.discord.cases.draws.chosen import offered
from riddles.discord.services import run, services

group = lightbulb.Group(
    "draw",
    "Prize draws",
    localize=True,
    contexts=[hikari.ApplicationContextType.GUILD],
)


async def every_draw(context: lightbulb.AutocompleteContext[str]) -> None:
    """Offer all draws, the newest first."""
    await _offer(context, open_only=False)


async def open_draws(context: lightbulb.AutocompleteContext[str]) -> None:
    """Offer the draws that are not over."""
    await _offer(context, open_only=True)


async def _offer(context: lightbulb.AutocompleteContext[str], *, open_only: bool) -> None:
    show, typed = services(context).show, str(context.focused.value or "").strip()
    lang = language_of(show, context.interaction).lang
    await context.respond(await offered(show, lang, typed, open_only=open_only))


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
