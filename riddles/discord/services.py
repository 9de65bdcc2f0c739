"""From a command's context to the program behind it."""

from typing import Any, Protocol, cast

import lightbulb

from riddles.discord.roll_call import RollCall
from riddles.discord.serving import Counter, Work, serve
from riddles.drawing.loop import Drawing
from riddles.show import Show
from riddles.week.weekly import Weekly


class Services(Protocol):
    """What the bot carries for its commands and buttons."""

    show: Show
    weekly: Weekly
    drawing: Drawing
    counter: Counter
    roll_call: RollCall


def services(context: lightbulb.Context | lightbulb.AutocompleteContext[Any]) -> Services:
    """The services of the bot on which a command runs."""
    return cast("Services", context.client.app)


async def run(context: lightbulb.Context, work: Work) -> None:
    """Answer a command with what `work` says."""
    bot = services(context)
    await serve(bot.show, bot.counter, context.interaction, work)
