"""/animate: the hosts' command. Hidden from members; the configured roles decide on every call."""

import hikari
import lightbulb

from riddles.discord import hosts
from riddles.discord.services import run, services

group = lightbulb.Group(
    "animate",
    "For the show's hosts",
    localize=True,
    contexts=[hikari.ApplicationContextType.GUILD],
    # NONE would be left out of the request, and so show the command to everybody.
    default_member_permissions=hikari.Permissions.MANAGE_GUILD,
)


@group.register
class Queue(
    lightbulb.SlashCommand,
    name="queue",
    description="What goes out in the coming weeks, and what is not ready",
    localize=True,
):
    """The coming weeks."""

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show them."""
        weekly = services(context).weekly
        await run(context, lambda show, caller: hosts.queue(show, caller, weekly))


@group.register
class Preview(
    lightbulb.SlashCommand,
    name="preview",
    description="See a riddle as members will, before they do",
    localize=True,
):
    """The next riddle, or another, with its video."""

    slug = lightbulb.string(
        "riddle", "Folder name; the next riddle unless you say otherwise", localize=True, default=""
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Prepare and show it."""
        weekly, slug = services(context).weekly, self.slug
        await run(context, lambda show, caller: hosts.preview(show, caller, weekly, slug))


@group.register
class Publish(
    lightbulb.SlashCommand,
    name="publish",
    description="Publish the next riddle now",
    localize=True,
):
    """This week's round, or next week's if this one has had its own."""

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Open the round."""
        weekly = services(context).weekly
        await run(context, lambda show, caller: hosts.publish(show, caller, weekly))


@group.register
class Close(
    lightbulb.SlashCommand,
    name="close",
    description="Close the open riddle now",
    localize=True,
):
    """The same closing as the clock's."""

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Close the round."""
        weekly = services(context).weekly
        await run(context, lambda show, caller: hosts.close(show, caller, weekly))


@group.register
class Reveal(
    lightbulb.SlashCommand,
    name="reveal",
    description="Reveal the solution of the closed riddle now",
    localize=True,
):
    """The same reveal as the clock's."""

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Reveal the solution."""
        weekly = services(context).weekly
        await run(context, lambda show, caller: hosts.reveal(show, caller, weekly))
