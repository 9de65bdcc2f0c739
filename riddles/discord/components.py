"""Buttons, menus and forms: they outlive restarts, so their ids say all there is to know.

An id reads `v1:verb:arguments`. It comes from outside and is trusted with nothing: rounds are
looked up again, and whatever is wrong with it ends in a sentence. Each family of use cases names
its verbs in a table of its own.
"""

import hikari

from riddles.discord.caller import Caller
from riddles.discord.cases import (
    accepting,
    course,
    draws,
    hosts,
    leaderboards,
    members,
    mydata,
    points,
    reminders,
    requests,
    rewards,
    staff,
)
from riddles.discord.press import Handler, Press
from riddles.discord.replies import Answer, Say
from riddles.discord.services import Services
from riddles.discord.serving import Work
from riddles.show import Show

HANDLERS: dict[str, Handler] = {
    **members.HANDLERS,
    **mydata.HANDLERS,
    **leaderboards.HANDLERS,
    **draws.HANDLERS,
    **course.HANDLERS,
    **hosts.HANDLERS,
    **accepting.HANDLERS,
    **points.HANDLERS,
    **staff.HANDLERS,
    **reminders.HANDLERS,
    **rewards.HANDLERS,
    **requests.HANDLERS,
}
"""What each verb does, pressed or filled in."""


def pressed(services: Services, interaction: hikari.ComponentInteraction) -> Work | None:
    """What a button or a menu asks for; None for a component that is not ours."""
    return _work(services, interaction, values=tuple(interaction.values), fields={})


def filled_in(services: Services, interaction: hikari.ModalInteraction) -> Work | None:
    """What a form hands in; None for one that is not ours."""
    fields = {field.custom_id: field.value or "" for row in interaction.components for field in row}
    return _work(services, interaction, values=(), fields=fields)


def _work(
    services: Services,
    interaction: hikari.ComponentInteraction | hikari.ModalInteraction,
    *,
    values: tuple[str, ...],
    fields: dict[str, str],
) -> Work | None:
    version, *rest = interaction.custom_id.split(":")
    if not version.startswith("v"):
        return None
    handler = HANDLERS.get(rest[0]) if version == "v1" and rest else None
    if handler is None:
        return _outdated
    press = Press(services, int(interaction.id), tuple(rest[1:]), values, fields)
    return lambda show, caller: handler(show, caller, press)


async def _outdated(_: Show, caller: Caller) -> Answer:
    return Say(caller.texts("This button is from another time. Use the commands instead."))
