"""Points by hand: given, taken, reversed, a round voided; and who hears of it.

The member reads it at their next reply, the staff in their channel, and everybody when a round is
voided. Large corrections wait there for a second person.
"""

import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from engine import posts
from engine.books import approvals, proposals
from engine.books.approvals import Booked
from engine.books.proposals import Correction, Proposal, What
from engine.calendar import Due, Step
from engine.errors import CorrectionRefused
from engine.moments import to_ms
from engine.people import notices
from engine.people.members import Person, admit, meet_one
from engine.play import rounds
from engine.posts import Owed
from engine.storage.database import Transaction
from riddles.hand.means import Hand, Host
from riddles.hand.wording import not_approved, nothing_to_correct, notices_of, unknown
from riddles.refusal import Refusal
from riddles.sentence import Sentence
from riddles.shop.rewarding import follow_refund
from riddles.telling import to_channels
from riddles.week.transitions import take

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A correction as staff ask for it; each kind names its own one of the targets."""

    what: What
    reason: str
    """The member reads it."""
    member: Person | int | None = None
    """Whom to give points to, or to take them from; who is not in the server, by their id."""
    points: int = 0
    """Below zero: to take."""
    transfer: int | None = None
    batch: str | None = None
    round: int | None = None
    redemption: int | None = None


async def propose(hand: Hand, host: Host, wanted: Wanted) -> Booked:
    """Book a correction, or let a large one wait for a second person.

    A round that is to be voided is closed first, by the same transition as the clock's.

    Raises:
        Refusal: there is nothing to correct.
        EngineError: there is nothing to refund, or it would be the host's own.
    """
    terms, now = hand.show.settings.staff, to_ms(hand.now())

    async def work(tx: Transaction) -> Booked:
        proposal = Proposal(
            key=host.key,
            what=wanted.what,
            reason=wanted.reason,
            actor=await hand.actor(tx, host),
            account=await _account(tx, wanted.member, now),
            points=wanted.points,
            transfer=wanted.transfer,
            batch=wanted.batch,
            round=wanted.round,
            redemption=wanted.redemption,
        )

        async def book() -> Booked:
            return await approvals.propose(
                tx,
                proposal,
                approve_above=terms.approve_above,
                patience_ms=terms.approve_within // timedelta(milliseconds=1),
                now_ms=now,
            )

        try:
            booked = await _booked(tx, hand, book, wanted.round, proposal.actor)
        except CorrectionRefused as refused:
            raise nothing_to_correct(refused, proposal) from None
        await _tell(tx, hand, booked)
        return booked

    async with hand.turns:
        booked = await hand.show.database.write(work)
    hand.wake()
    return booked


async def approve(hand: Hand, host: Host, number: int) -> Booked:
    """Book what somebody else proposed.

    Raises:
        Refusal: it is the host's own, withdrawn, too old, or nothing is left to correct.
    """
    now = to_ms(hand.now())

    async def work(tx: Transaction) -> Booked:
        actor = await hand.actor(tx, host)

        async def book() -> Booked:
            return await approvals.approve(tx, number, actor, now)

        try:
            correction = await proposals.get(tx, number)
        except CorrectionRefused:
            raise unknown(number) from None
        try:
            booked = await _booked(tx, hand, book, correction.round, actor)
        except CorrectionRefused as refused:
            raise not_approved(refused, correction) from None
        await _tell(tx, hand, booked)
        return booked

    async with hand.turns:
        booked = await hand.show.database.write(work)
    hand.wake()
    return booked


async def drop(hand: Hand, host: Host, number: int) -> Correction:
    """Withdraw one's own proposal, or turn down somebody else's.

    Raises:
        Refusal: there is none, or it was booked.
    """
    async with hand.turns, hand.show.database.transaction() as tx:
        actor = await hand.actor(tx, host)
        try:
            dropped = await approvals.drop(tx, number, actor, to_ms(hand.now()))
        except CorrectionRefused as refused:
            if refused.why == "unknown":
                raise unknown(number) from None
            raise Refusal("correction no. {number} was booked before", number=number) from None
        await posts.owe(tx, _for_staff(hand, dropped), to_ms(hand.now()))
    log.info("correction %d was dropped by account %d", number, actor)
    hand.wake()
    return dropped


async def _account(tx: Transaction, member: Person | int | None, now_ms: int) -> int | None:
    match member:
        case None:
            return None
        case int():
            return (await admit(tx, [member], now_ms))[member]
        case Person():
            return await meet_one(tx, member, now_ms)


async def _booked(
    tx: Transaction,
    hand: Hand,
    book: Callable[[], Awaitable[Booked]],
    round_id: int | None,
    actor: int,
) -> Booked:
    """What `book` books, once the round that it voids is closed."""
    try:
        async with tx.attempt():
            return await book()
    except CorrectionRefused as refused:
        if refused.why != "open" or round_id is None:
            raise
    now, round_ = hand.now(), await rounds.get(tx, round_id)
    await take(tx, hand.show, round_, Due(Step.CLOSE, 1, now), now=now, actor=actor)
    return await book()


async def _tell(tx: Transaction, hand: Hand, booked: Booked) -> None:
    """Owe the words: to the members concerned, to the staff, to everybody."""
    correction, now = booked.correction, to_ms(hand.now())
    log.info(
        "correction %d (%s) of account %d is %s; decided by %s",
        correction.id,
        correction.what,
        correction.proposed_by,
        correction.state,
        correction.decided_by,
    )
    await posts.owe(tx, _for_staff(hand, correction), now)
    if correction.state != "booked":
        return
    await notices.owe(tx, notices_of(booked), now)
    if booked.refunded is not None:
        await follow_refund(tx, booked.refunded, correction.reason or "", now)
    if correction.what == "void":
        sentence = Sentence(
            "Riddle no. {number} is void: “{reason}”. The points it paid are taken back, "
            "and nobody's row of riddles breaks by it.",
            number=correction.round,
            reason=correction.reason,
        )
        key = f"void:{correction.round}"
        owed = to_channels(hand.show.settings, key, sentence, round_id=correction.round)
        await posts.owe(tx, owed, now)


def _for_staff(hand: Hand, correction: Correction) -> list[Owed]:
    """The posts that tell the staff how a correction stands. They name it by its number alone."""
    facts: dict[str, int | str] = {"correction": correction.id, "state": correction.state}
    owed: list[Owed] = []
    for server in hand.show.settings.server:
        if server.staff_channel is None:
            continue
        asked, key = (
            f"correction:{correction.id}:{state}:{server.guild}"
            for state in ("waiting", correction.state)
        )
        told = {key: facts}
        if key != asked:
            # Where it was asked, if it was, the buttons go and the decision stands.
            told[f"{asked}:answered"] = facts | {"asked": asked}
        owed += [
            Owed(
                key=each,
                kind="correction",
                lane=f"{server.guild}:staff",
                server=server.guild,
                facts=what,
            )
            for each, what in told.items()
        ]
    return owed
