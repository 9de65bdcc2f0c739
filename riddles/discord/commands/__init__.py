"""The slash commands, one file per command; `ALL` is what the bot registers.

A command only reads its options; what it does stands in `riddles/discord/cases/members.py` and
`riddles/discord/cases/hosts.py`, where the buttons lead too.
"""

from typing import Any

import lightbulb

from riddles.discord.commands import (
    animate,
    answer,
    draw,
    fulfil,
    hint,
    leaderboard,
    ledger,
    lots,
    mydata,
    points,
    remind,
    rewards,
    riddle,
)

ALL: tuple[type[lightbulb.SlashCommand] | lightbulb.Group, ...] = (
    answer.Answer,
    riddle.group,
    hint.Hint,
    points.group,
    leaderboard.Leaderboard,
    remind.Remind,
    draw.group,
    rewards.group,
    mydata.MyData,
    animate.group,
    ledger.group,
    lots.group,
    fulfil.group,
)
"""Every top-level command."""


def register(client: lightbulb.Client) -> None:
    """Make the client know every command."""
    for command in ALL:
        client.register(command)  # pyright: ignore[reportUnknownMemberType] # overloads hide the class


async def build(client: lightbulb.Client) -> list[Any]:
    """The commands as Discord is told of them, in every language."""
    return [
        await command.as_command_builder(client.default_locale, client.localization_provider)
        for command in ALL
    ]
