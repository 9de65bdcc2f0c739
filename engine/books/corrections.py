"""Corrections: points moved by hand, and transfers answered by transfers that name them.

Nothing is ever rewritten. Taking back more than a member has left books the rest as their debt,
and what comes later repays it; their score falls by the whole.
"""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from engine.books.ledger import HOUSE, Kind, Transfer, post
from engine.books.owing import take_back
from engine.errors import CorrectionRefused
from engine.moments import from_ms
from engine.play import rounds
from engine.play.settlement import if_void, rescore
from engine.storage.database import Reader, Transaction

REVERSIBLE = frozenset({Kind.AWARD, Kind.BONUS, Kind.ADJUSTMENT})
"""What can be taken back by its number. A reversal is answered by an adjustment."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """By whose hand, with which words, when; `batch` ties its transfers together."""

    batch: str
    actor: int
    reason: str
    note: bytes
    """The reason as the ledger keeps it."""
    now_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a transfer still means for a member's score."""

    transfer: int
    account: int
    points: int
    counts_at: int
    round: int | None
    server: int | None
    circle: str | None


async def adjust(tx: Transaction, account: int, points: int, order: Order) -> Mapping[int, int]:
    """Give a member points, or take them where `points` is below zero."""
    transfer = Transfer(
        key=order.batch,
        kind=Kind.ADJUSTMENT,
        source=HOUSE,
        target=account,
        points=abs(points),
        booked_at=order.now_ms,
        counts_at=order.now_ms,
        batch=order.batch,
        actor=order.actor,
        note=order.note,
    )
    await _book(tx, transfer, upwards=points > 0)
    return {account: points}


async def reverse(tx: Transaction, standing: Sequence[Standing], order: Order) -> Mapping[int, int]:
    """Undo what is left of each transfer; returns by how much each member's score changed."""
    changes = Counter[int]()
    for one in standing:
        transfer = Transfer(
            key=f"{order.batch}:{one.transfer}",
            kind=Kind.REVERSAL,
            source=HOUSE,
            target=one.account,
            points=abs(one.points),
            booked_at=order.now_ms,
            # It counts where the points did, so that no other season pays for it.
            counts_at=one.counts_at,
            round=one.round,
            server=one.server,
            circle=one.circle,
            corrects=one.transfer,
            batch=order.batch,
            actor=order.actor,
            note=order.note,
        )
        await _book(tx, transfer, upwards=one.points < 0)
        changes[one.account] -= one.points
    return changes


async def void(tx: Transaction, round_id: int, order: Order) -> Mapping[int, int]:
    """Let a closed round count for nobody, and take back every point it paid.

    What was taken back before is not taken twice: for everybody the round comes to nothing.
    Whose row it had broken is paid what the row is worth since then.

    Raises:
        CorrectionRefused: the round is still open.
    """
    if (await rounds.get(tx, round_id)).is_open:
        raise CorrectionRefused("open")
    round_ = await rounds.void(tx, round_id, from_ms(order.now_ms))
    changes = Counter({account: -points for account, points in (await paid(tx, round_id)).items()})
    done = await rescore(
        tx,
        round_,
        order.now_ms,
        batch=order.batch,
        lower=True,
        reason=order.reason,
        actor=order.actor,
    )
    for later in done.later:
        changes.update({one.account: one.points for one in later.members})
    return changes


async def of_void(reader: Reader, round_id: int) -> list[tuple[int, int]]:
    """What voiding a round would mean, by account: what it paid, and where a row grows."""
    taken = [(account, -points) for account, points in (await paid(reader, round_id)).items()]
    later = await if_void(reader, await rounds.get(reader, round_id))
    return taken + [(one.account, one.points) for each in later for one in each.changes.members]


async def paid(reader: Reader, round_id: int) -> Mapping[int, int]:
    """What a round has paid each member, corrections included."""
    rows = await reader.all(
        """
        WITH sides AS (
            SELECT target AS side, points FROM transfers WHERE round = ?1
            UNION ALL
            SELECT source, -points FROM transfers WHERE round = ?1)
        SELECT members.account, sum(points) AS points FROM sides
        JOIN accounts ON accounts.id = side
        JOIN members ON members.account = ifnull(owner, accounts.id)
        GROUP BY members.account HAVING sum(points) <> 0
        """,
        (round_id,),
    )
    return {row["account"]: row["points"] for row in rows}


async def of_transfer(reader: Reader, number: int) -> list[Standing]:
    """What is left of one transfer, and of each that corrected it since.

    Raises:
        CorrectionRefused: there is none, it moved no member's score, or nothing is left of it.
    """
    row = await reader.one("SELECT kind FROM transfers WHERE id = ?", (number,))
    if row is None:
        raise CorrectionRefused("unknown")
    if row["kind"] not in REVERSIBLE:
        raise CorrectionRefused("kind")
    found = await _standing(reader, [number])
    if not found:
        raise CorrectionRefused("nobody")
    if not any(one.points for one in found):
        raise CorrectionRefused("done")
    return [one for one in found if one.points]


async def of_batch(reader: Reader, batch: str) -> list[Standing]:
    """What is left of each transfer of a batch; corrections within the batch go with theirs.

    Raises:
        CorrectionRefused: there is no such batch, or nothing is left of it that can be undone.
    """
    rows = await reader.all(
        """
        SELECT id, kind FROM transfers AS one
        WHERE batch = ?1 AND NOT EXISTS (
            SELECT 1 FROM transfers WHERE id = one.corrects AND batch = ?1)
        """,
        (batch,),
    )
    numbers = [row["id"] for row in rows if row["kind"] in REVERSIBLE]
    if not numbers:
        raise CorrectionRefused("kind" if rows else "unknown")
    found = [one for one in await _standing(reader, numbers) if one.points]
    if not found:
        raise CorrectionRefused("done")
    return found


async def _book(tx: Transaction, credit: Transfer, *, upwards: bool) -> None:
    """Give what `credit` gives, or take it from its receiver."""
    if upwards:
        await post(tx, credit)
    else:
        await take_back(tx, [replace(credit, source=credit.target, target=credit.source)])


async def _standing(reader: Reader, numbers: Sequence[int]) -> list[Standing]:
    """Transfers and those that added to them, each with what nothing has taken of it since.

    Each is reversed by a row of its own, so what is left of one is never taken with another.
    """
    rows = await reader.all(
        f"""
        WITH RECURSIVE tree AS (
            SELECT value AS id, source = {HOUSE} AS gives
            FROM json_each(?) JOIN transfers ON transfers.id = value
            UNION
            SELECT transfers.id, gives FROM tree JOIN transfers ON corrects = tree.id
            WHERE kind <> 'reversal' AND (source = {HOUSE}) = gives)
        SELECT transfers.*, members.account, iif(gives, 1, -1) * (points - (
                   SELECT ifnull(sum(points), 0) FROM transfers AS later
                   WHERE later.corrects = transfers.id AND (later.source = {HOUSE}) <> gives
               )) AS standing
        FROM tree JOIN transfers USING (id)
        JOIN accounts ON accounts.id IN (source, target)
        JOIN members ON members.account = ifnull(owner, accounts.id)
        ORDER BY transfers.id
        """,  # noqa: S608 - a number of ours
        (json.dumps(list(numbers)),),
    )
    return [
        Standing(
            transfer=row["id"],
            account=row["account"],
            points=row["standing"],
            counts_at=row["counts_at"],
            round=row["round"],
            server=row["server"],
            circle=row["circle"],
        )
        for row in rows
    ]
