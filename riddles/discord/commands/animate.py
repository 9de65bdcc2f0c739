"""/animate: the hosts' command. Hidden from members; the configured roles decide on every call."""

from collections.abc import Awaitable, Callable

import hikari
import lightbulb

from riddles.discord.caller import Caller, Unwelcome
from riddles.discord.cases import accepting, course, hosts, offers
from riddles.discord.services import run, services
from riddles.discord.views.course import LONGEST_CORRECTION
from riddles.show import Show
from riddles.week.weekly import Weekly

group = lightbulb.Group(
    "animate",
    "For the show's hosts",
    localize=True,
    contexts=[hikari.ApplicationContextType.GUILD],
    # NONE would be left out of the request, and so show the command to everybody.
    default_member_permissions=hikari.Permissions.MANAGE_GUILD,
)


Find = Callable[[Show, Weekly, str], Awaitable[list[tuple[str, str]]]]


async def _offer(context: lightbulb.AutocompleteContext[str], find: Find) -> None:
    """Offer what is found; nothing to others than hosts, since riddles to come are theirs."""
    bot = services(context)
    try:
        Caller.of(bot.show, context.interaction).must_be_animator()
    except Unwelcome:
        await context.respond([])
        return
    typed = str(context.focused.value or "").strip().lower()
    await context.respond(await find(bot.show, bot.weekly, typed))


async def coming_weeks(context: lightbulb.AutocompleteContext[str]) -> None:
    """Offer the weeks to come."""
    await _offer(context, offers.weeks)


async def queued_riddles(context: lightbulb.AutocompleteContext[str]) -> None:
    """Offer the riddles that are queued."""
    await _offer(context, offers.slugs)


async def riddles_played(context: lightbulb.AutocompleteContext[str]) -> None:
    """Offer the riddles that went out."""
    await _offer(context, accepting.played)


async def later_moments(context: lightbulb.AutocompleteContext[str]) -> None:
    """Offer moments to which the open riddle can be extended."""
    await _offer(context, offers.moments)


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
        "riddle",
        "Folder name; the next riddle unless you say otherwise",
        localize=True,
        default="",
        autocomplete=queued_riddles,
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
        weekly, number = services(context).weekly, int(context.interaction.id)
        await run(context, lambda show, caller: hosts.publish(show, caller, weekly, number))


@group.register
class Close(
    lightbulb.SlashCommand,
    name="close",
    description="Close the open riddle now; first shows what follows",
    localize=True,
):
    """What follows; its button closes, by the same step as the clock's."""

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show what follows."""
        await run(context, hosts.ask_to_close)


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
        weekly, number = services(context).weekly, int(context.interaction.id)
        await run(context, lambda show, caller: hosts.reveal(show, caller, weekly, number))


@group.register
class Skip(
    lightbulb.SlashCommand,
    name="skip",
    description="Leave a coming week out, or take that back",
    localize=True,
):
    """A week without a riddle; what is queued moves on."""

    week = lightbulb.string(
        "week",
        "Like “2026-W48”; the next one unless you say otherwise",
        localize=True,
        default="",
        autocomplete=coming_weeks,
    )
    back = lightbulb.boolean("back", "Take a skip back", localize=True, default=False)

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Leave it out."""
        weekly, number = services(context).weekly, int(context.interaction.id)
        week, back = self.week, self.back
        await run(
            context,
            lambda show, caller: course.skip(show, caller, weekly, number, week, back=back),
        )


@group.register
class Swap(
    lightbulb.SlashCommand,
    name="swap",
    description="Let two queued riddles change places",
    localize=True,
):
    """Each goes out when the other would have."""

    one = lightbulb.string(
        "one", "Folder name, or the week it goes out", localize=True, autocomplete=queued_riddles
    )
    other = lightbulb.string(
        "other", "Folder name, or the week it goes out", localize=True, autocomplete=queued_riddles
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Swap them."""
        weekly, number = services(context).weekly, int(context.interaction.id)
        one, other = self.one, self.other
        await run(
            context, lambda show, caller: course.swap(show, caller, weekly, number, one, other)
        )


@group.register
class Extend(
    lightbulb.SlashCommand,
    name="extend",
    description="Give members more time for the open riddle",
    localize=True,
):
    """Closing, reveal and recap move; members are told."""

    until = lightbulb.string(
        "until",
        "“6h” longer, “mon 12:00” or “2026-11-30 12:00”",
        localize=True,
        autocomplete=later_moments,
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Move the closing."""
        weekly, number = services(context).weekly, int(context.interaction.id)
        until = self.until
        await run(context, lambda show, caller: course.extend(show, caller, weekly, number, until))


@group.register
class Accept(
    lightbulb.SlashCommand,
    name="accept",
    description="Let one more answer count, also if given already; first shows what it means",
    localize=True,
):
    """A preview; its button books it."""

    text = lightbulb.string("text", "The answer that is to count", localize=True)
    riddle = lightbulb.string(
        "riddle",
        "Number or folder name; the newest riddle unless you say otherwise",
        localize=True,
        default="",
        autocomplete=riddles_played,
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Show what it means."""
        means, text, riddle = services(context).weekly.hand, self.text, self.riddle
        await run(
            context, lambda show, caller: accepting.preview(show, caller, means, text, riddle)
        )


@group.register
class Erratum(
    lightbulb.SlashCommand,
    name="erratum",
    description="Correct the open riddle; members who are still trying hear it",
    localize=True,
):
    """A correction in every language of the show; what is missing is asked for in a form."""

    text_fr = lightbulb.string(
        "text_fr",
        "What members read in French; a form asks for it otherwise",
        localize=True,
        default="",
        max_length=LONGEST_CORRECTION,
    )
    text_en = lightbulb.string(
        "text_en",
        "What members read in English; a form asks for it otherwise",
        localize=True,
        default="",
        max_length=LONGEST_CORRECTION,
    )
    extend = lightbulb.string(
        "extend",
        "Give more time too: “6h” longer, “mon 12:00” or “2026-11-30 12:00”",
        localize=True,
        default="",
        autocomplete=later_moments,
    )
    void = lightbulb.boolean(
        "void", "Staff: close it, and let it count for nobody", localize=True, default=False
    )

    @lightbulb.invoke
    async def invoke(self, context: lightbulb.Context) -> None:
        """Correct it."""
        weekly, number = services(context).weekly, int(context.interaction.id)
        words = {lang: text for lang, text in (("fr", self.text_fr), ("en", self.text_en)) if text}
        extend, void = self.extend, self.void
        await run(
            context,
            lambda show, caller: course.correct(
                show, caller, weekly, number, words=words, until=extend, void=void
            ),
        )
