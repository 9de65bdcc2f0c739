"""An answer that is to count after all: hosts see what it means, and then say yes."""

from engine.people.members import meet_one
from engine.play import insiders
from riddles.discord.caller import Caller
from riddles.discord.press import Handler, Press
from riddles.discord.replies import Answer, Later, Say
from riddles.discord.views import accepting as views
from riddles.hand import Hand, Host
from riddles.hand.accepting import accept, foresee
from riddles.refusal import Refusal
from riddles.show import Show
from riddles.week.weekly import Weekly

CHOICES = 25
"""As many as Discord offers while an option is typed."""
MOST_DIGITS = 9
LONGEST = 70
"""Characters of an entry: the button that confirms it carries it, and takes a hundred in all."""


async def preview(show: Show, caller: Caller, means: Hand, text: str, riddle: str) -> Later:
    """What it would mean to accept an answer for a riddle, the newest unless one is named."""
    caller.must_be_animator()
    entry = text.strip()
    if len(entry) > LONGEST:
        raise Refusal(
            "here an answer may have {most} characters: `riddles rejudge` takes longer ones",
            most=LONGEST,
        )

    async def work() -> Say:
        found = await foresee(means, entry, await _number(show, riddle))
        async with show.database.transaction() as tx:
            # Whoever sees how the key judges is not ranked by it.
            account = await meet_one(tx, caller.person, caller.at_ms)
            await insiders.mark(tx, found.round.slug, account, caller.at_ms)
        text, buttons = views.foreseen(caller.texts, found, may_lower=caller.is_staff)
        return Say(text, buttons)

    return Later(work)


async def confirm(_: Show, caller: Caller, press: Press) -> Answer:
    """Accept it. Hosts may, and only staff may take points back by it."""
    caller.must_be_animator()
    number, lower = press.number(0), press.word(1) == "1"
    if lower:
        caller.must_be_staff()
    # An answer may hold the sign that parts arguments.
    entry = ":".join(press.arguments[2:])

    async def work() -> Say:
        means, host = press.services.weekly.hand, Host(caller.person, press.interaction)
        done = await accept(means, host, entry, number, lower=lower)
        return Say(views.done(caller.texts, done))

    return Later(work)


async def played(show: Show, _: Weekly, typed: str) -> list[tuple[str, str]]:
    """The riddles that went out, as choices while an option is typed."""
    async with show.database.reading() as reader:
        rows = await reader.all(
            """
            SELECT id, slug, json_extract(rules, '$.title') AS title FROM rounds
            WHERE voided_at IS NULL ORDER BY id DESC LIMIT 200
            """
        )
    offered = [(f"{row['id']} · {row['title']} ({row['slug']})"[:100], row["id"]) for row in rows]
    return [(label, str(number)) for label, number in offered if typed in label.lower()][:CHOICES]


async def _number(show: Show, riddle: str) -> int | None:
    """The riddle of that number or folder name; None for the newest."""
    named = riddle.strip().removeprefix("#")
    if not named:
        return None
    if named.isdecimal() and len(named) <= MOST_DIGITS:
        return int(named)
    async with show.database.reading() as reader:
        number = await reader.value("SELECT id FROM rounds WHERE slug = ?", (named,))
    if number is None:
        raise Refusal("no riddle called {slug} went out", slug=named)
    return number


HANDLERS: dict[str, Handler] = {"accept": confirm}
"""Buttons that lead here."""
