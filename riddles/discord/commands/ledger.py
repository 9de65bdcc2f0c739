"""/ledger: the staff's command. Hidden from members; the configured roles decide on every call."""

from collections.abc import Awaitable, Callable

import hikari
import lightbulb

from engine.people.members import Person
from riddles.discord.caller import Caller, Unwelcome
from riddles.discord.cases import staff
from riddles.discord.services import run, services
from riddles.hand.points import Wanted
from riddles.show import Show

CHOICES = 25
"""As many as Discord offers while an option is typed."""
LONGEST_REASON = 300
MOST_POINTS = 1_000_000

group = lightbulb.Group(
    "ledger",
    "For the staff: the books",
    localize=True,
    contexts=[hikari.ApplicationContextType.GUILD],
    # NONE would be left out of the request, and so show the command to everybody.
    default_member_permissions=hikari.Permissions.MANAGE_GUILD,
)

Find = Callable[[Show, str], Awaitable[list[tuple[str, int]]]]


async def _offer(context: lightbulb.AutocompleteContext[int], find: Find) -> None:
    """Offer what is found; nothing to others than staff."""
    bot = services(context)
    try:
        Caller.of(bot.show, context.interaction).must_be_staff()
    except Unwelcome:
        await context.respond([])
        return
    typed = str(context.focused.value or "").strip().lower()
    await context.respond((await find(bot.show, typed))[:CHOICES])


async def waiting_corrections(context: lightbulb.AutocompleteContext[int]) -> None:
    """Offer the corrections that wait for a second person."""
    await _offer(context, staff.waiting_corrections)


async def riddles_played(context: lightbulb.AutocompleteContext[int]) -> None:
    """Offer the riddles that went out."""
    await _offer(context, staff.riddles_played)


def _whom(context: lightbulb.Context, user: hikari.User) -> Person | int:
    """A member of this server, or the id of somebody who is not here."""
    if not isinstance(user, hikari.Member):
        return int(user.id)
    return Person(id=int(user.id), server=int(context.guild_id or 0), name=user.display_name)


@group.register
class Adjust(
    lightbulb.SlashCommand,
    name="adjust",
    description="Give a member points, or take them, with a reason they read",
    localize=True,
):
    """A correction by hand; a large one waits for a second staff member."""

    member = lightbulb.user("member", "Whose points", localize=True)
    points = lightbulb.integer(
        "points",
        "How many; below zero takes them",
        localize=True,
        min_value=-MOST_POINTS,
        max_value=MOST_POINTS,
    )
    reason = lightbulb.string(
        "reason", "Why; the member reads it", localize=True, max_length=LONGEST_REASON
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Book it, or let it wait."""
        hand, number = services(context).weekly.hand, int(context.interaction.id)
        wanted = Wanted(
            what="adjust",
            member=_whom(context, self.member),
            points=self.points,
            reason=self.reason,
        )
        await run(context, lambda show, caller: staff.correct(show, caller, hand, number, wanted))


@group.register
class Reverse(
    lightbulb.SlashCommand,
    name="reverse",
    description="Take back an award, bonus or adjustment, or a whole batch",
    localize=True,
):
    """What is left of it is taken back once; beyond the balance it is owed."""

    reason = lightbulb.string(
        "reason", "Why; the member reads it", localize=True, max_length=LONGEST_REASON
    )
    transfer = lightbulb.integer(
        "transfer", "Its number, as /ledger statement shows it", localize=True, default=0
    )
    batch = lightbulb.string(
        "batch", "Or the name of a whole batch", localize=True, default="", max_length=100
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Book it, or let it wait."""
        hand, number = services(context).weekly.hand, int(context.interaction.id)
        transfer, batch, reason = self.transfer, self.batch.strip(), self.reason
        await run(
            context,
            lambda show, caller: staff.take_back(
                show, caller, hand, number, transfer=transfer, batch=batch, reason=reason
            ),
        )


@group.register
class Void(
    lightbulb.SlashCommand,
    name="void",
    description="Let a riddle count for nobody: close it, and take back what it paid",
    localize=True,
):
    """Said in public, with the reason."""

    riddle = lightbulb.integer(
        "riddle", "Which one", localize=True, autocomplete=riddles_played, min_value=1
    )
    reason = lightbulb.string(
        "reason", "Why; everybody reads it", localize=True, max_length=LONGEST_REASON
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Book it, or let it wait."""
        hand, number = services(context).weekly.hand, int(context.interaction.id)
        wanted = Wanted(what="void", round=self.riddle, reason=self.reason)
        await run(context, lambda show, caller: staff.correct(show, caller, hand, number, wanted))


@group.register
class Approve(
    lightbulb.SlashCommand,
    name="approve",
    description="Approve a correction that somebody else proposed, or see which wait",
    localize=True,
):
    """The second person's word."""

    correction = lightbulb.integer(
        "correction",
        "Its number; without one, all that wait",
        localize=True,
        autocomplete=waiting_corrections,
        default=0,
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Book it, or show what waits."""
        hand, number = services(context).weekly.hand, int(context.interaction.id)
        correction = self.correction
        await run(
            context,
            lambda show, caller: staff.approve(show, caller, hand, number, correction),
        )


@group.register
class Statement(
    lightbulb.SlashCommand,
    name="statement",
    description="A member's points, row by row",
    localize=True,
):
    """The rows of the ledger that concern one member."""

    member = lightbulb.user("member", "Whose points", localize=True)

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show them."""
        member = int(self.member.id)
        await run(context, lambda show, caller: staff.show_statement(show, caller, member))


@group.register
class Verify(
    lightbulb.SlashCommand,
    name="verify",
    description="Prove the books: replay every transfer and compare",
    localize=True,
):
    """The audit, beside everything else."""

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Run it."""
        await run(context, staff.verify)
