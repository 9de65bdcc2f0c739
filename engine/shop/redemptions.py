"""Redemptions: points turned into rewards; each is a promise that is kept or given back.

The points wait in the held account until the request is fulfilled or canceled; only an
unfulfilled one can move. What the reward was then, name and price and conditions, stays with it.
Where what was handed over was not right, staff pay the points back; it stays fulfilled.
"""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.books.ledger import HELD, SPENT, Kind, Transfer, post_all
from engine.errors import EngineError
from engine.shop.rewards import Reward
from engine.storage.database import Reader, Transaction


class State(StrEnum):
    """Where a redemption stands."""

    UNFULFILLED = "unfulfilled"
    FULFILLED = "fulfilled"
    CANCELED = "canceled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Redemption:
    """A request that was granted. Moments are milliseconds UTC."""

    id: int
    request: int
    account: int
    server: int
    terms: Reward
    """The reward as it was then."""
    cost: int
    state: State
    at: int
    deadline_at: int | None = None
    claimed_by: int | None = None
    settled_at: int | None = None
    ends_at: int | None = None
    ended_at: int | None = None
    refunded_at: int | None = None
    """When its points were paid back although it was fulfilled; None: they stay spent."""

    @property
    def reward(self) -> str:
        """The reward's id in the catalogue."""
        return self.terms.id

    @property
    def waits_for_a_person(self) -> bool:
        """Whether somebody of the staff has to see to it."""
        return self.state is State.UNFULFILLED and self.terms.by_hand


async def get(reader: Reader, number: int) -> Redemption | None:
    """One redemption; None where there is none of that number."""
    row = await reader.one("SELECT * FROM redemptions WHERE id = ?", (number,))
    return None if row is None else from_row(row)


async def of_request(reader: Reader, request: int, account: int) -> Redemption | None:
    """What became of a member's request; None where nothing was granted."""
    row = await reader.one(
        "SELECT * FROM redemptions WHERE request = ? AND account = ?", (request, account)
    )
    return None if row is None else from_row(row)


async def of_member(
    reader: Reader, account: int, *, limit: int = 10, skip: int = 0
) -> list[Redemption]:
    """A member's redemptions, the newest first."""
    rows = await reader.all(
        "SELECT * FROM redemptions WHERE account = ? ORDER BY id DESC LIMIT ? OFFSET ?",
        (account, limit, skip),
    )
    return [from_row(row) for row in rows]


def from_row(row: sqlite3.Row) -> Redemption:
    """The redemption that a row of the table holds."""
    return Redemption(
        id=row["id"],
        request=row["request"],
        account=row["account"],
        server=row["server"],
        terms=_terms(row["terms"]),
        cost=row["cost"],
        state=State(row["state"]),
        at=row["at"],
        deadline_at=row["deadline_at"],
        claimed_by=row["claimed_by"],
        settled_at=row["settled_at"],
        ends_at=row["ends_at"],
        ended_at=row["ended_at"],
        refunded_at=row["refunded_at"],
    )


def _terms(text: str) -> Reward:
    return Reward.model_validate_json(text)


def to_row(one: Redemption, terms: str) -> tuple[object, ...]:
    """The row of the table, in the order of its columns; `terms` is the reward as JSON."""
    return (
        one.id,
        one.request,
        one.account,
        one.server,
        one.reward,
        one.terms.kind,
        terms,
        one.cost,
        str(one.state),
        one.at,
        one.deadline_at,
        one.claimed_by,
        one.settled_at,
        one.ends_at,
        one.ended_at,
        one.refunded_at,
    )


def hold(one: Redemption, now_ms: int) -> Transfer:
    """The member's points wait."""
    return _transfer(one, Kind.HOLD, one.account, HELD, now_ms)


def spend(one: Redemption, now_ms: int) -> Transfer:
    """The points that waited are spent."""
    return _transfer(one, Kind.REDEMPTION, HELD, SPENT, now_ms)


def release(one: Redemption, now_ms: int) -> Transfer:
    """The points that waited go back to the member."""
    return _transfer(one, Kind.RELEASE, HELD, one.account, now_ms)


def pay_back(one: Redemption, now_ms: int, *, actor: int, note: bytes) -> Transfer:
    """The points that were spent go back to the member."""
    back = _transfer(one, Kind.REFUND, SPENT, one.account, now_ms)
    return replace(back, actor=actor, note=note)


def _transfer(one: Redemption, kind: Kind, source: int, target: int, now_ms: int) -> Transfer:
    return Transfer(
        key=f"redemption:{one.id}:{kind}",
        kind=kind,
        source=source,
        target=target,
        points=one.cost,
        booked_at=now_ms,
        counts_at=one.at if kind is Kind.HOLD else now_ms,
        server=one.server,
    )


async def move(tx: Transaction, transfers: Sequence[Transfer]) -> None:
    """Move the points of redemptions.

    Raises:
        EngineError: a transfer is not possible, although its redemption is: a bug.
    """
    for result in await post_all(tx, transfers):
        if isinstance(result, EngineError):
            raise result
