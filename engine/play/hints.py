"""Hints: free for all from their moment, at a price before it, at no price after the reveal."""

from dataclasses import dataclass

from engine.calendar import Step
from engine.moments import to_ms
from engine.play.rounds import Round
from engine.scoring import hint_price
from engine.storage.database import Reader, Transaction


@dataclass(frozen=True, slots=True)
class HintState:
    """What one member may read at a moment, and what the next hint would cost them."""

    open: tuple[int, ...]
    """Numbers of the hints they may read, free or taken, from 1."""
    taken: tuple[int, ...]
    """Those they took early; each is paid for only by a solve."""
    next: int | None
    """The hint that comes after these; None when there is none left, or nothing to gain."""
    price: int
    """Points the next one costs a later solve."""
    free_at_ms: int | None
    """When the next one becomes free; None: at the reveal."""


async def state(reader: Reader, round_: Round, account: int | None, at_ms: int) -> HintState:
    """What the holder of `account` may read at `at_ms`."""
    taken = () if account is None else await _taken(reader, round_.id, account)
    count = max((len(wording.hints) for wording in round_.rules.text.values()), default=0)
    free = free_count(round_, at_ms, count)
    opened = tuple(n for n in range(1, count + 1) if n <= free or n in taken)
    following = next((n for n in range(1, count + 1) if n not in opened), None)
    at = None if following is None else _free_at_ms(round_, following)
    return HintState(
        opened, taken, following, hint_price(round_.rules.value, round_.rules.hint_cost), at
    )


async def take(tx: Transaction, round_: Round, account: int, n: int, at_ms: int) -> HintState:
    """Take hint `n` early, if it is the next one; asked twice, it is taken once."""
    before = await state(tx, round_, account, at_ms)
    if before.next == n:
        await tx.execute(
            "INSERT INTO hints_taken VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (round_.id, account, n, at_ms),
        )
    return await state(tx, round_, account, at_ms)


def free_count(round_: Round, at_ms: int, count: int) -> int:
    """How many hints are free for all at `at_ms`."""
    if round_.has(Step.REVEAL):
        return count
    return min(count, sum(to_ms(at) <= at_ms for at in round_.hints_at))


def _free_at_ms(round_: Round, n: int) -> int | None:
    return to_ms(round_.hints_at[n - 1]) if n <= len(round_.hints_at) else None


async def _taken(reader: Reader, round_id: int, account: int) -> tuple[int, ...]:
    rows = await reader.all(
        "SELECT n FROM hints_taken WHERE round = ? AND account = ? ORDER BY n", (round_id, account)
    )
    return tuple(row["n"] for row in rows)
