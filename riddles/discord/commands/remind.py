"""/remind: be mentioned when a riddle is out, or before it closes; or no more."""

import hikari
import lightbulb

from riddles.discord.cases import reminders
from riddles.discord.services import run


class Remind(
    lightbulb.SlashCommand,
    name="remind",
    description="Be mentioned before a riddle closes, or when one is out",
    localize=True,
    contexts=[hikari.ApplicationContextType.GUILD],
):
    """Without an option it turns reminders on or off."""

    mode = lightbulb.string(
        "mode",
        "What to be reminded of; leave it out to turn reminders on or off",
        localize=True,
        default="",
        choices=[
            lightbulb.Choice("before the closing", "closing", localize=True),
            lightbulb.Choice("new riddles", "opening", localize=True),
            lightbulb.Choice("both", "both", localize=True),
            lightbulb.Choice("nothing", "off", localize=True),
        ],
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Change it."""
        mode, interaction = self.mode, int(context.interaction.id)
        await run(context, lambda show, caller: reminders.remind(show, caller, interaction, mode))
