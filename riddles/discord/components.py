"""Buttons and forms: they outlive restarts, so their ids say all there is to know.

An id reads `v1:verb:arguments`. It comes from outside and is trusted with nothing: rounds are
looked up again, and whatever is wrong with it ends in a sentence.
"""

import hikari

from riddles.discord import members
from riddles.discord.caller import Caller
from riddles.discord.replies import Answer, Say, Work
from riddles.show import Show

MOST_DIGITS = 15


def pressed(interaction: hikari.ComponentInteraction) -> Work | None:  # noqa: PLR0911 - a line each
    """What a button asks for; None for a component that is not ours."""
    match interaction.custom_id.split(":"):
        case ["v1", "open", number]:
            return lambda show, caller: members.open_form(show, caller, _number(number))
        case ["v1", "hint", number]:
            return lambda show, caller: members.show_hints(show, caller, _number(number))
        case ["v1", "take", number, n]:
            return lambda show, caller: members.take_hint(show, caller, _number(number), _number(n))
        case ["v1", "captions", number]:
            return lambda show, caller: members.show_captions(show, caller, _number(number))
        case ["v1", "board", window, scope, first]:
            return lambda show, caller: members.show_leaderboard(
                show, caller, window=window, scope=scope, first=_number(first) or 1, replace=True
            )
        case [version, *_] if version.startswith("v"):
            return _outdated
        case _:
            return None


def filled_in(interaction: hikari.ModalInteraction) -> Work | None:
    """What a form hands in; None for one that is not ours."""
    values = {field.custom_id: field.value for row in interaction.components for field in row}
    match interaction.custom_id.split(":"):
        case ["v1", "answer", number]:
            text = values.get("answer") or ""
            return lambda show, caller: members.submit(
                show, caller, text, interaction.id, _number(number)
            )
        case [version, *_] if version.startswith("v"):
            return _outdated
        case _:
            return None


async def _outdated(_: Show, caller: Caller) -> Answer:
    return Say(caller.texts("This button is from another time. Use the commands instead."))


def _number(text: str) -> int:
    """A number from an id; 0, which nothing has, where it is none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else 0
