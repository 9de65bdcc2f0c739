"""/lots: staff announce draws, freeze them, and hand over what was won."""

import hikari
import lightbulb

from riddles.discord.cases.draws import staff
from riddles.discord.cases.draws.creating import Wish, create
from riddles.discord.commands.draw import every_draw, open_draws
from riddles.discord.services import run, services

group = lightbulb.Group(
    "lots",
    "For the staff: prize draws",
    localize=True,
    contexts=[hikari.ApplicationContextType.GUILD],
    # NONE would be left out of the request, and so show the command to everybody.
    default_member_permissions=hikari.Permissions.MANAGE_GUILD,
)


@group.register
class Create(
    lightbulb.SlashCommand,
    name="create",
    description="Announce a draw; from then on its rules stand",
    localize=True,
):
    """Everything about a draw, at once."""

    name = lightbulb.string("name", "Short name, like noel-2026; used once", localize=True)
    title = lightbulb.string(
        "title", "What members read, like “Noël / Christmas”", localize=True, max_length=120
    )
    prizes = lightbulb.string(
        "prizes", "Like “Clavier / Keyboard; 3 x Autocollant / Sticker”", localize=True
    )
    until = lightbulb.string(
        "until", "Until when one may enter: “3d” or “2026-12-20 18:00”", localize=True
    )
    tickets = lightbulb.string(
        "tickets",
        "How tickets are had; one each unless you say otherwise",
        localize=True,
        default="member",
        choices=[
            lightbulb.Choice("one each", "member", localize=True),
            lightbulb.Choice("one per riddle solved", "solve", localize=True),
            lightbulb.Choice("for points", "points", localize=True),
        ],
    )
    price = lightbulb.integer(
        "price",
        "Points a ticket costs",
        localize=True,
        default=0,
        min_value=0,
        max_value=1_000_000_000,
    )
    since = lightbulb.string(
        "since",
        "Riddles solved from that date on make tickets: “2026-09-01”",
        localize=True,
        default="",
    )
    cap = lightbulb.integer(
        "most",
        "Tickets of one member at most",
        localize=True,
        default=0,
        min_value=0,
        max_value=10_000,
    )
    least_score = lightbulb.integer(
        "score", "Least score of all time", localize=True, default=0, min_value=0
    )
    least_solves = lightbulb.integer(
        "solved", "Least number of riddles solved", localize=True, default=0, min_value=0
    )
    rest_days = lightbulb.integer(
        "rest",
        "Days for which winners of other draws rest",
        localize=True,
        default=0,
        min_value=0,
        max_value=3650,
    )
    witnesses = lightbulb.integer(
        "witnesses",
        "Minutes of the witnesses' window",
        localize=True,
        default=0,
        min_value=0,
        max_value=1440,
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Announce it."""
        wish = Wish(
            name=self.name,
            title=self.title,
            lots=self.prizes,
            until=self.until,
            per=self.tickets,
            price=self.price,
            cap=self.cap,
            since=self.since,
            least_score=self.least_score,
            least_solves=self.least_solves,
            rest_days=self.rest_days,
            witnesses_minutes=self.witnesses,
        )
        drawing = services(context).drawing
        await run(context, lambda show, caller: create(show, caller, drawing, wish))


@group.register
class Freeze(
    lightbulb.SlashCommand,
    name="freeze",
    description="Freeze the list of a draw now, and call the witnesses",
    localize=True,
):
    """The same freezing as the clock's."""

    draw = lightbulb.string("draw", "Which one", localize=True, autocomplete=open_draws)

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Freeze it."""
        drawing, name = services(context).drawing, self.draw
        await run(context, lambda show, caller: staff.freeze(show, caller, drawing, name))


@group.register
class State(
    lightbulb.SlashCommand,
    name="draw",
    description="How far a draw has come; drawing itself needs no hand",
    localize=True,
):
    """A draw draws itself: this shows where it is."""

    draw = lightbulb.string(
        "draw",
        "Which one; the newest unless you say otherwise",
        localize=True,
        default="",
        autocomplete=every_draw,
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show it."""
        name = self.draw
        await run(context, lambda show, caller: staff.overview(show, caller, name))


@group.register
class Settle(
    lightbulb.SlashCommand,
    name="settle",
    description="Hand prizes over, or on to the next alternate",
    localize=True,
):
    """Who holds which prize, with a button for each."""

    draw = lightbulb.string(
        "draw",
        "Which one; the newest unless you say otherwise",
        localize=True,
        default="",
        autocomplete=every_draw,
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show them."""
        name = self.draw
        await run(context, lambda show, caller: staff.overview(show, caller, name))


@group.register
class Cancel(
    lightbulb.SlashCommand,
    name="cancel",
    description="Call a draw off, for good; points come back",
    localize=True,
):
    """Possible until it is drawn."""

    draw = lightbulb.string("draw", "Which one", localize=True, autocomplete=open_draws)
    reason = lightbulb.string("reason", "Why; everybody reads it", localize=True, max_length=300)

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Call it off."""
        drawing, name, reason = services(context).drawing, self.draw, self.reason
        await run(context, lambda show, caller: staff.cancel(show, caller, drawing, name, reason))
