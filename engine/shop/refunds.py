"""Refunds: what was handed over and was not right is paid back, beside a state that stays.

A redemption that is fulfilled moves no more. That its points were paid back is a second fact about
it, with a transfer and a step of its own, each made once.
"""

from dataclasses import replace

from engine.books.ledger import write_note
from engine.errors import EngineError
from engine.shop.fulfilment import NoRedemption, log
from engine.shop.loans import move_up
from engine.shop.redemptions import Redemption, State, get, move, pay_back
from engine.storage.database import Reader, Transaction


class NotFulfilled(EngineError):  # noqa: N818
    """It was not handed over: there is nothing to pay back."""

    def __init__(self, redemption: Redemption) -> None:
        super().__init__(f"redemption {redemption.id} is {redemption.state}")
        self.redemption = redemption


class RefundedBefore(EngineError):  # noqa: N818
    """Its points were paid back already."""


class OwnRefund(EngineError):  # noqa: N818
    """Nobody pays points back to themselves."""


class OwnerErased(EngineError):  # noqa: N818
    """Whoever had it asked to be forgotten: there is nobody to pay back to."""


async def refundable(reader: Reader, number: int) -> Redemption:
    """The redemption of that number, if its points can be paid back.

    Raises:
        EngineError: there is none, it was not handed over, it was refunded before, or its owner
            was erased.
    """
    one = await get(reader, number)
    if one is None:
        raise NoRedemption(f"redemption {number}")
    if one.state is not State.FULFILLED:
        raise NotFulfilled(one)
    if one.refunded_at is not None:
        raise RefundedBefore(f"redemption {number}")
    if await reader.value("SELECT 1 FROM members WHERE account = ?", (one.account,)) is None:
        raise OwnerErased(f"redemption {number}")
    return one


async def refund(tx: Transaction, number: int, actor: int, now_ms: int, *, note: str) -> Redemption:
    """Pay back what was spent on something that was not right; `note` says why.

    It stays fulfilled: a code stays with its owner, nothing returns to the shelf, and a cooldown
    goes on. It no longer counts towards the member's limits, and a role's time is over: a loan
    takes the days that were left of it along, and those behind it begin the earlier.

    Raises:
        EngineError: there is none, it was not handed over, it was refunded before, it is the
            actor's own, or its owner was erased.
    """
    one = await refundable(tx, number)
    if one.account == actor:
        raise OwnRefund(f"redemption {number}")
    over = one.terms.kind == "role" and one.ended_at is None
    await tx.execute(
        """
        UPDATE redemptions SET refunded_at = ?1, ends_at = iif(?2, ?1, ends_at),
            ended_at = iif(?2, ?1, ended_at)
        WHERE id = ?3
        """,
        (now_ms, over, number),
    )
    await log(tx, number, "refunded", now_ms, actor, note=note)
    # Its own copy of the words: each is found, and blanked, by whoever refers to it.
    reason = await write_note(tx, note)
    await move(tx, [pay_back(one, now_ms, actor=actor, note=reason)])
    if over:
        await move_up(tx, one, now_ms)
    moment = now_ms if over else None
    return replace(
        one,
        refunded_at=now_ms,
        ends_at=moment or one.ends_at,
        ended_at=moment or one.ended_at,
    )
