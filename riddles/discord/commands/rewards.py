"""/rewards: what points can be turned into, and what the caller has had."""

import hikari
import lightbulb

from riddles.discord.caller import Caller, Unwelcome
from riddles.discord.cases import rewards
from riddles.discord.services import run, services

group = lightbulb.Group(
    "rewards",
    "Turn your points into something",
    localize=True,
    contexts=[hikari.ApplicationContextType.GUILD],
)


async def offered(context: lightbulb.AutocompleteContext[str]) -> None:
    """Offer the rewards that match, those that can be had first."""
    show, typed = services(context).show, str(context.focused.value or "")
    try:
        found = await rewards.matching(show, Caller.of(show, context.interaction), typed)
    except Unwelcome:
        found = []
    await context.respond(found)


@group.register
class List(
    lightbulb.SlashCommand,
    name="list",
    description="What there is, what it costs, and what you can have",
    localize=True,
):
    """The shop, page by page."""

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show the first page."""
        await run(context, rewards.show_shop)


@group.register
class Redeem(
    lightbulb.SlashCommand,
    name="redeem",
    description="Spend points on a reward; you confirm before anything is spent",
    localize=True,
):
    """One reward, and the way to have it."""

    reward = lightbulb.string("reward", "Which one", localize=True, autocomplete=offered)

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Ask for confirmation."""
        reward, request = self.reward, int(context.interaction.id)
        await run(context, lambda show, caller: rewards.choose(show, caller, reward, request))


@group.register
class Mine(
    lightbulb.SlashCommand,
    name="mine",
    description="What you have had, how it stands, and your codes",
    localize=True,
):
    """The caller's redemptions, the newest first."""

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show the first page."""
        await run(context, rewards.show_mine)
