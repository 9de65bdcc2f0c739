"""What people do with draws: members enter, witness and claim; staff create, freeze and settle."""

from riddles.discord.cases.draws import members, staff
from riddles.discord.press import Handler

HANDLERS: dict[str, Handler] = {**members.HANDLERS, **staff.HANDLERS}
"""Buttons and forms that lead here."""
