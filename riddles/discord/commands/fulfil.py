"""/fulfil: staff see to requests. Hidden from members; the configured roles decide each time."""

import hikari
import lightbulb

from riddles.discord.caller import Caller, Unwelcome
from riddles.discord.cases import fulfilment, requests
from riddles.discord.services import run, services

group = lightbulb.Group(
    "fulfil",
    "For the staff: who waits for a reward",
    localize=True,
    contexts=[hikari.ApplicationContextType.GUILD],
    # NONE would be left out of the request, and so show the command to everybody.
    default_member_permissions=hikari.Permissions.MANAGE_GUILD,
)


async def pools(context: lightbulb.AutocompleteContext[str]) -> None:
    """Offer the rewards that consist of codes."""
    show, typed = services(context).show, str(context.focused.value or "")
    try:
        caller = Caller.of(show, context.interaction)
        caller.must_be_staff()
        found = await requests.pools_matching(show, caller, typed)
    except Unwelcome:
        found = []
    await context.respond(found)


@group.register
class List(
    lightbulb.SlashCommand,
    name="list",
    description="Who waits for the staff, the oldest first",
    localize=True,
):
    """The queue, page by page."""

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show the first page."""
        await run(context, fulfilment.show_queue)


@group.register
class Done(
    lightbulb.SlashCommand,
    name="done",
    description="Requests that you have handed over, one or many",
    localize=True,
):
    """The points that waited are spent."""

    numbers = lightbulb.string("requests", "Their numbers, like 3, 4, 7-9", localize=True)
    note = lightbulb.string(
        "note", "How it was handed over, for the records", localize=True, default="", max_length=500
    )
    consent = lightbulb.boolean(
        "condition",
        "Yes: you checked the condition of age or consent of each",
        localize=True,
        default=False,
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Hand them over."""
        numbers, note, consent = self.numbers, self.note, self.consent
        await run(
            context,
            lambda show, caller: fulfilment.hand_over_many(
                show, caller, numbers, note=note, consent=consent
            ),
        )


@group.register
class Cancel(
    lightbulb.SlashCommand,
    name="cancel",
    description="Requests that cannot be fulfilled; their points go back",
    localize=True,
):
    """The points that waited go back to their members."""

    numbers = lightbulb.string("requests", "Their numbers, like 3, 4, 7-9", localize=True)
    why = lightbulb.string("why", "The member reads it", localize=True, max_length=500)

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Cancel them."""
        numbers, why = self.numbers, self.why
        await run(
            context, lambda show, caller: fulfilment.cancel_many(show, caller, numbers, why=why)
        )


@group.register
class Refund(
    lightbulb.SlashCommand,
    name="refund",
    description="Something that was handed over and was not right; its points go back",
    localize=True,
):
    """The points that were spent go back to the member; a large price waits for a second one."""

    number = lightbulb.integer("request", "Its number", localize=True, min_value=1)
    why = lightbulb.string("why", "The member reads it", localize=True, max_length=500)

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Refund it."""
        hand, interaction = services(context).weekly.hand, int(context.interaction.id)
        number, why = self.number, self.why
        await run(
            context,
            lambda show, caller: fulfilment.refund(
                show, caller, hand, interaction, number, why=why
            ),
        )


@group.register
class Codes(
    lightbulb.SlashCommand,
    name="codes",
    description="Add secret codes to a reward; only its owners will ever see them",
    localize=True,
):
    """A form with one code per line."""

    reward = lightbulb.string("reward", "Which one", localize=True, autocomplete=pools)

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Open the form."""
        reward = self.reward
        await run(context, lambda show, caller: requests.ask_for_codes(show, caller, reward))
