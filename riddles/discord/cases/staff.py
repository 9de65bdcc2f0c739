"""What staff do with the books: correct, approve, look, prove.

Every correction names who made it; a large one waits for a second person. The buttons lead here
too, and are trusted with nothing: whoever presses is asked for their role again.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from engine.books import proposals
from engine.books.audit import Audit, audit
from engine.books.proposals import Correction
from engine.moments import to_ms
from engine.people.members import account_of
from engine.storage.database import open_existing
from riddles.discord.caller import Caller
from riddles.discord.cases import points
from riddles.discord.cases.people import people_of
from riddles.discord.press import Handler, Press
from riddles.discord.replies import Answer, Later, Say
from riddles.discord.views import ledger as views
from riddles.hand import Hand, Host
from riddles.hand import points as by_hand
from riddles.hand.points import Wanted
from riddles.refusal import Refusal
from riddles.show import Show

log = logging.getLogger(__name__)


async def correct(
    show: Show, caller: Caller, hand: Hand, interaction: int, wanted: Wanted
) -> Later:
    """Give points, take them, take a transfer or a batch back, or void a riddle."""
    caller.must_be_staff()
    if wanted.what == "adjust" and not wanted.points:
        raise Refusal("say how many points: above zero to give them, below zero to take them")
    reason = " ".join(wanted.reason.split())
    if not reason:
        raise Refusal("a correction needs a reason: the member reads it")

    async def work() -> Say:
        host = Host(caller.person, interaction)
        booked = await by_hand.propose(hand, host, replace(wanted, reason=reason))
        return await _told(show, caller, booked.correction)

    return Later(work)


async def take_back(
    show: Show,
    caller: Caller,
    hand: Hand,
    interaction: int,
    *,
    transfer: int,
    batch: str,
    reason: str,
) -> Later:
    """Take back what is left of one transfer, or of everything that was booked in one batch."""
    caller.must_be_staff()
    if bool(transfer) == bool(batch):
        raise Refusal("name a transfer by its number, or else a batch")
    if batch:
        wanted = Wanted(what="unbatch", batch=batch, reason=reason)
    else:
        wanted = Wanted(what="reverse", transfer=transfer, reason=reason)
    return await correct(show, caller, hand, interaction, wanted)


async def approve(show: Show, caller: Caller, hand: Hand, interaction: int, number: int) -> Answer:
    """Book what somebody else proposed; without a number, show what waits."""
    caller.must_be_staff()
    if not number:
        return await _show_waiting(show, caller)

    async def work() -> Say:
        booked = await by_hand.approve(hand, Host(caller.person, interaction), number)
        return await _told(show, caller, booked.correction)

    return Later(work)


async def drop(show: Show, caller: Caller, hand: Hand, interaction: int, number: int) -> Later:
    """Withdraw one's own proposal, or turn down somebody else's."""
    caller.must_be_staff()

    async def work() -> Say:
        dropped = await by_hand.drop(hand, Host(caller.person, interaction), number)
        return await _told(show, caller, dropped)

    return Later(work)


async def show_statement(
    show: Show, caller: Caller, member: int, before: int | None = None, *, update: bool = False
) -> Say:
    """A member's rows of the ledger."""
    caller.must_be_staff()
    t = caller.texts
    async with show.database.reading() as reader:
        account = await account_of(reader, member)
        if account is None:
            return Say(t("This member has never played: there are no rows."))
        actor = await account_of(reader, caller.person.id)
        log.info("account %s looks at the rows of account %d", actor, account)
        names = await people_of(reader, [account], caller.server.guild)
        heading = t("📒 The points of {member}", member=names.get(account, "?"))
        return await points.page(
            reader,
            caller,
            account,
            heading,
            verb=f"statement:{member}",
            before=before,
            update=update,
        )


async def verify(show: Show, caller: Caller) -> Later:
    """Prove the books, beside everything else."""
    caller.must_be_staff()

    async def work() -> Say:
        # On a thread with a reader of its own: ten million rows keep nobody waiting.
        found = await asyncio.to_thread(lambda: asyncio.run(_audited(show.database.path)))
        log.info("the books were proved: %d rows, %s", found.rows, found.trouble or "all fit")
        return Say(views.verified(caller.texts, found.rows, found.digest.hex(), found.trouble))

    return Later(work)


async def _audited(path: Path) -> Audit:
    async with open_existing(path) as books, books.reading() as reader:
        return await audit(reader)


async def waiting_corrections(show: Show, typed: str) -> list[tuple[str, int]]:
    """What can be approved, as choices while an option is typed."""
    async with show.database.reading() as reader:
        found = await proposals.waiting(reader, to_ms(show.clock.now()))
    offered = [(f"{one.id} · {one.points:+} · {one.reason or ''}"[:100], one.id) for one in found]
    return [(label, number) for label, number in offered if typed in label.lower()]


async def riddles_played(show: Show, typed: str) -> list[tuple[str, int]]:
    """The riddles that went out and count, as choices while an option is typed."""
    async with show.database.reading() as reader:
        rows = await reader.all(
            """
            SELECT id, json_extract(rules, '$.title') AS title FROM rounds
            WHERE voided_at IS NULL ORDER BY id DESC LIMIT 200
            """
        )
    offered = [(f"{row['id']} · {row['title']}"[:100], row["id"]) for row in rows]
    return [(label, number) for label, number in offered if typed in label.lower()]


async def _show_waiting(show: Show, caller: Caller) -> Say:
    async with show.database.reading() as reader:
        found = await proposals.waiting(reader, to_ms(show.clock.now()))
        people = [account for one in found for account in one.people]
        names = await people_of(reader, people, caller.server.guild)
    text, buttons = views.waiting(caller.texts, found, names)
    return Say(text, buttons)


async def _told(show: Show, caller: Caller, correction: Correction) -> Say:
    async with show.database.reading() as reader:
        names = await people_of(reader, correction.people, caller.server.guild)
    return Say(views.proposed(caller.texts, correction, names))


def _numbered(
    case: Callable[[Show, Caller, Hand, int, int], Awaitable[Answer]],
) -> Handler:
    """The handler of a button that names a correction."""

    async def handle(show: Show, caller: Caller, press: Press) -> Answer:
        hand = press.services.weekly.hand
        return await case(show, caller, hand, press.interaction, press.number(0))

    return handle


async def _statement(show: Show, caller: Caller, press: Press) -> Answer:
    before = press.number(1) or None
    return await show_statement(show, caller, press.number(0), before, update=True)


HANDLERS: dict[str, Handler] = {
    "approve": _numbered(approve),
    "drop": _numbered(drop),
    "statement": _statement,
}
"""Buttons that lead here."""
