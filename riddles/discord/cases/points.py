"""What a member can ask about their points: every row, and how each award came about."""

from engine.books.statements import statement
from engine.people.members import account_of
from engine.play import explaining
from engine.storage.database import Reader
from riddles.discord.caller import Caller
from riddles.discord.press import Handler, Press
from riddles.discord.replies import Answer, Say
from riddles.discord.views import points as views
from riddles.show import Show

LINES = 10
"""Rows on a page of a statement."""


async def show_history(
    show: Show, caller: Caller, before: int | None = None, *, update: bool = False
) -> Say:
    """The caller's rows of the ledger, the newest first or those before a row."""
    async with show.database.reading() as reader:
        account = await account_of(reader, caller.person.id)
        heading = caller.texts("📒 **Your points, row by row**")
        return await page(
            reader, caller, account or 0, heading, verb="history", before=before, update=update
        )


async def page(
    reader: Reader,
    caller: Caller,
    account: int,
    heading: str,
    *,
    verb: str,
    before: int | None,
    update: bool,
) -> Say:
    """A page of a statement; its buttons call `verb` with the row before which they go on."""
    entries = await statement(reader, account, limit=LINES + 1, before=before)
    older = f"v1:{verb}:{entries[LINES - 1].transfer}" if len(entries) > LINES else None
    newer = None
    if before is not None:
        start = await explaining.newer(reader, account, before, LINES)
        newer = f"v1:{verb}:{start or 0}"
    text, buttons = views.history(caller.texts, heading, entries[:LINES], older=older, newer=newer)
    return Say(text, buttons, replace=update)


async def explain(show: Show, caller: Caller, round_id: int | None) -> Say:
    """How the caller came by the points of a riddle, the newest they solved unless named."""
    t = caller.texts
    async with show.database.reading() as reader:
        account = await account_of(reader, caller.person.id) or 0
        if round_id is None:
            newest = await explaining.played(reader, account, 1)
            if not newest:
                return Say(t("🌙 You have not solved a riddle yet: there is nothing to explain."))
            round_id = newest[0].id
        found = await explaining.explain(reader, account, round_id)
    if found is None:
        return Say(t("You have no points from riddle no. {number}.", number=round_id))
    return Say(views.explanation(t, found))


async def explainable(show: Show, caller: Caller, typed: str) -> list[tuple[str, int]]:
    """The riddles that can be explained to the caller, as choices while an option is typed."""
    async with show.database.reading() as reader:
        account = await account_of(reader, caller.person.id) or 0
        found = await explaining.played(reader, account)
    offered = [(f"{one.id} · {one.title}"[:100], one.id) for one in found]
    return [(label, number) for label, number in offered if typed in label.lower()]


async def _history(show: Show, caller: Caller, press: Press) -> Answer:
    return await show_history(show, caller, press.number(0) or None, update=True)


HANDLERS: dict[str, Handler] = {"history": _history}
"""Buttons that lead here."""
