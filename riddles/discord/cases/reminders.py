"""Reminders, as a member asks for them: of each new riddle, or of a closing that is near.

The command and the 🔔 below the riddle lead here. Nobody is written to directly, and nobody is
mentioned who did not ask.
"""

from engine.people import reminders
from engine.people.members import meet_one
from engine.people.reminders import Wish
from riddles.discord.caller import Caller
from riddles.discord.press import Handler, Press
from riddles.discord.replies import Answer, Say
from riddles.discord.views import reminders as views
from riddles.show import Show

OFF = "off"
MODES = {"closing": (False, True), "opening": (True, False), "both": (True, True)}
"""By mode: whether of the opening, and whether of the closing."""


async def remind(show: Show, caller: Caller, interaction: int, mode: str = "") -> Say:
    """Change what the caller is reminded of; without a `mode`, turn it on or off."""
    guild = caller.server.guild

    def new(before: Wish) -> Wish:
        chosen = mode or (OFF if before.anything else "closing")
        return Wish(guild, *MODES.get(chosen, (False, False)))

    async with show.database.transaction() as tx:
        account = await meet_one(tx, caller.person, caller.at_ms)
        wanted = await reminders.change(tx, account, interaction, new)
    text, buttons = views.wish(caller.texts, wanted, closings=show.settings.week.remind is not None)
    return Say(text, buttons)


async def _pressed(show: Show, caller: Caller, press: Press) -> Answer:
    mode = press.word(0)
    said = await remind(show, caller, press.interaction, mode)
    # Below the riddle the answer is a message of its own; in it, the same message changes.
    return Say(said.content, said.components, replace=mode in {OFF, *MODES})


HANDLERS: dict[str, Handler] = {"remind": _pressed}
"""Buttons that lead here."""
