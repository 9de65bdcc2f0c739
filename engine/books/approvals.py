"""Approvals: a correction is proposed by one and, where it is large, booked by another.

A proposal is a row before anything moves. Whoever books it finds it waiting and takes it, once:
pressed twice, proposed twice or approved by two at a time, its transfers are made one time.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.books import corrections
from engine.books.corrections import Order
from engine.books.ledger import write_note
from engine.books.proposals import Correction, Proposal, by_key, get, waiting_refund
from engine.errors import CorrectionRefused
from engine.shop import refunds
from engine.shop.redemptions import Redemption
from engine.shop.refunds import OwnRefund, RefundedBefore
from engine.storage.database import Reader, Transaction


@dataclass(frozen=True, slots=True)
class Booked:
    """A correction that was booked just now, or before."""

    correction: Correction
    changes: Mapping[int, int]
    """By how much each member's score changed now; empty where it was booked before."""
    refunded: Redemption | None = None
    """What was paid back now."""


async def propose(
    tx: Transaction, proposal: Proposal, *, approve_above: int, patience_ms: int, now_ms: int
) -> Booked:
    """Book a correction of at most `approve_above` points; a larger one waits for somebody else.

    Raises:
        CorrectionRefused: there is nothing to correct; see its `why`.
        EngineError: there is nothing to refund, or it would be the actor's own.
    """
    if earlier := await by_key(tx, proposal.key):
        return Booked(earlier, {})
    if proposal.what == "refund":
        number = proposal.redemption or 0
        if earlier := await waiting_refund(tx, number, now_ms):
            return Booked(earlier, {})
        proposal = replace(proposal, account=(await refunds.refundable(tx, number)).account)
    weight = await _weigh(tx, proposal, proposal.actor)
    if proposal.what == "refund" and weight.to_actor:
        raise OwnRefund(f"redemption {proposal.redemption}")
    note = await write_note(tx, proposal.reason)
    (row,) = await tx.execute(
        """
        INSERT INTO corrections (key, what, account, points, transfer, reversed, round, redemption,
                                 note, proposed_by, proposed_at, expires_at, state)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting') RETURNING id
        """,
        (
            proposal.key,
            proposal.what,
            proposal.account,
            weight.points,
            proposal.transfer,
            proposal.batch,
            proposal.round,
            proposal.redemption,
            note,
            proposal.actor,
            now_ms,
            now_ms + patience_ms,
        ),
    )
    # Nobody gives points to themselves alone.
    if weight.moved > approve_above or weight.to_actor > 0:
        return Booked(await get(tx, row["id"]), {})
    return await _book(tx, row["id"], None, now_ms)


async def approve(tx: Transaction, number: int, actor: int, now_ms: int) -> Booked:
    """Book what somebody else proposed; approved twice, it is booked once.

    Raises:
        CorrectionRefused: it is the actor's own, or to their profit, it was withdrawn, is too
            old, or nothing is left to do.
    """
    correction = await get(tx, number)
    if correction.state == "booked":
        return Booked(correction, {})
    _must_wait(correction, now_ms)
    if actor == correction.proposed_by:
        raise CorrectionRefused("own")
    # Who would gain by it is no second pair of eyes. What is left of it is reckoned anew.
    try:
        weight = await _weigh(tx, correction, actor)
    except RefundedBefore:
        raise CorrectionRefused("done") from None
    if weight.to_actor > 0:
        raise CorrectionRefused("profit")
    return await _book(tx, number, actor, now_ms)


async def drop(tx: Transaction, number: int, actor: int, now_ms: int) -> Correction:
    """Withdraw one's own proposal, or turn down somebody else's.

    Raises:
        CorrectionRefused: there is none, or it was booked.
    """
    correction = await get(tx, number)
    if correction.state == "booked":
        raise CorrectionRefused("done")
    await tx.execute(
        """
        UPDATE corrections SET state = 'dropped', decided_by = ?, decided_at = ?
        WHERE id = ? AND state = 'waiting'
        """,
        (actor, now_ms, number),
    )
    return await get(tx, number)


@dataclass(frozen=True, slots=True)
class _Weight:
    """What a proposal would move: the balance of it, every point of it, what one of them gains."""

    points: int
    moved: int
    to_actor: int


async def _weigh(reader: Reader, proposal: Proposal | Correction, actor: int) -> _Weight:
    changes: Sequence[tuple[int, int]]
    match proposal.what:
        case "adjust":
            changes = [(proposal.account or 0, proposal.points)]
        case "reverse":
            standing = await corrections.of_transfer(reader, proposal.transfer or 0)
            changes = [(one.account, -one.points) for one in standing]
        case "unbatch":
            standing = await corrections.of_batch(reader, proposal.batch or "")
            changes = [(one.account, -one.points) for one in standing]
        case "void":
            await _must_count(reader, proposal.round or 0)
            changes = await corrections.of_void(reader, proposal.round or 0)
        case "refund":
            one = await refunds.refundable(reader, proposal.redemption or 0)
            changes = [(one.account, one.cost)]
    return _Weight(
        points=sum(points for _, points in changes),
        moved=sum(abs(points) for _, points in changes),
        to_actor=sum(points for account, points in changes if account == actor),
    )


async def _book(tx: Transaction, number: int, actor: int | None, now_ms: int) -> Booked:
    """Take the waiting correction and make its transfers."""
    taken = await tx.execute(
        """
        UPDATE corrections SET state = 'booked', decided_by = ?, decided_at = ?
        WHERE id = ? AND state = 'waiting' RETURNING note
        """,
        (actor, now_ms, number),
    )
    correction = await get(tx, number)
    if not taken:
        return Booked(correction, {})
    if correction.what == "refund":
        one = await refunds.refund(
            tx,
            correction.redemption or 0,
            correction.proposed_by,
            now_ms,
            note=correction.reason or "",
        )
        return Booked(correction, {}, refunded=one)
    order = Order(
        batch=f"correction-{number}",
        actor=correction.proposed_by,
        reason=correction.reason or "",
        note=taken[0]["note"],
        now_ms=now_ms,
    )
    return Booked(correction, await _make(tx, correction, order))


async def _make(tx: Transaction, correction: Correction, order: Order) -> Mapping[int, int]:
    match correction.what:
        case "adjust":
            return await corrections.adjust(tx, correction.account or 0, correction.points, order)
        case "reverse":
            standing = await corrections.of_transfer(tx, correction.transfer or 0)
            return await corrections.reverse(tx, standing, order)
        case "unbatch":
            standing = await corrections.of_batch(tx, correction.batch or "")
            return await corrections.reverse(tx, standing, order)
        case "void":
            await _must_count(tx, correction.round or 0)
            return await corrections.void(tx, correction.round or 0, order)
        case "refund":
            raise AssertionError("a refund changes no score")


def _must_wait(correction: Correction, now_ms: int) -> None:
    if correction.state == "dropped":
        raise CorrectionRefused("dropped")
    if now_ms >= correction.expires_at:
        raise CorrectionRefused("late")


async def _must_count(reader: Reader, round_id: int) -> None:
    """Refuse to void what is not there, or counts for nobody already."""
    row = await reader.one("SELECT voided_at FROM rounds WHERE id = ?", (round_id,))
    if row is None:
        raise CorrectionRefused("unknown")
    if row["voided_at"] is not None:
        raise CorrectionRefused("done")
