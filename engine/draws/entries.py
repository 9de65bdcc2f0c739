"""Entries: who takes part in a draw, with how many tickets, and what the odds are.

Tickets that cost points hold those points until the draw; whoever leaves before the freezing, or
whose draw is cancelled, has them back.
"""

import json
import secrets
import sqlite3
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from engine.books.ledger import HELD, Kind, Transfer, post
from engine.draws.lottery import reference
from engine.draws.rules import DrawRules, Eligibility
from engine.errors import EngineError, InsufficientPoints
from engine.storage.database import Reader, Transaction

DAY_MS = 86_400_000

Lack = Literal["score", "solves", "won", "banned", "unknown"]
"""Why somebody may not enter: which of the rules does not hold."""


class EntryRefused(EngineError):  # noqa: N818 - named for what became of it
    """A member cannot enter, or not with so many tickets."""

    def __init__(self, why: Lack | Literal["closed", "cap", "points"], **facts: int) -> None:
        super().__init__(f"{why} {facts}" if facts else why)
        self.why = why
        self.facts = facts


@dataclass(frozen=True, slots=True)
class Held:
    """A member's part in a draw."""

    tickets: int
    points: int
    """Points held for them."""
    reference: str
    salt: bytes | None


@dataclass(frozen=True, slots=True)
class Odds:
    """What a member's tickets are worth. Exact, and for the first prize drawn."""

    tickets: int
    all_tickets: int
    entrants: int
    prizes: int

    @property
    def first(self) -> Fraction:
        """The chance to be drawn first."""
        return Fraction(self.tickets, self.all_tickets) if self.all_tickets else Fraction(0)

    @property
    def any_at_least(self) -> Fraction:
        """A chance to win something that is certainly not too high: each draw leaves more."""
        miss = (1 - self.first) ** min(self.prizes, self.entrants)
        return 1 - miss if self.tickets else Fraction(0)


async def held(reader: Reader, draw: int, account: int | None) -> Held | None:
    """A member's entry, if they have one."""
    row = await reader.one(
        "SELECT * FROM draw_entries WHERE draw = ? AND account = ?", (draw, account)
    )
    return None if row is None else _held(row)


async def odds(reader: Reader, draw: int, rules: DrawRules, account: int | None) -> Odds:
    """What a member's tickets are worth now; the odds of somebody without any are shown too."""
    row = await reader.one(
        """
        SELECT total(tickets) AS tickets, count(*) AS entrants,
               total(CASE WHEN account = ? THEN tickets END) AS own
        FROM draw_entries WHERE draw = ?
        """,
        (account, draw),
    )
    if row is None:
        return Odds(0, 0, 0, rules.prizes)
    return Odds(int(row["own"]), int(row["tickets"]), row["entrants"], rules.prizes)


async def enter(
    tx: Transaction,
    draw: int,
    rules: DrawRules,
    *,
    account: int,
    member: int,
    tickets: int,
    interaction: int,
    at_ms: int,
) -> Held:
    """Give a member `tickets` more, or take some back where negative; 0 left is no entry.

    The same interaction twice is one change.

    Raises:
        EntryRefused: the rules do not allow it, or the points are not there.
    """
    if await tx.one("SELECT 1 FROM draw_requests WHERE interaction = ?", (interaction,)):
        return await held(tx, draw, account) or Held(0, 0, "", None)
    before = await held(tx, draw, account)
    have = before.tickets if before else 0
    if tickets > 0:
        lacks = await lacking(tx, rules.eligibility, [account], at_ms)
        if account in lacks:
            raise lacks[account]
    wanted = max(have + tickets, 0)
    if wanted > rules.tickets.cap:
        raise EntryRefused("cap", cap=rules.tickets.cap, have=have)
    price = rules.tickets.price or 0
    change = _Change(draw, account, have, wanted, price, interaction, at_ms)
    await _move(tx, change)
    await _write(tx, change, member)
    await tx.execute(
        "INSERT INTO draw_requests VALUES (?, ?, ?, ?, ?)",
        (interaction, draw, account, wanted - have, at_ms),
    )
    return await held(tx, draw, account) or Held(0, 0, "", None)


async def lacking(
    reader: Reader, eligibility: Eligibility, accounts: Collection[int], at_ms: int
) -> dict[int, EntryRefused]:
    """Who of `accounts` may not take part, and which rule says so, with its figures."""
    rows = await reader.all(
        """
        SELECT value AS account,
               EXISTS (SELECT 1 FROM members WHERE account = value) AS known,
               ifnull((SELECT points FROM scores WHERE season = 0 AND account = value), 0) AS score,
               (SELECT count(*) FROM solves JOIN rounds ON rounds.id = round
                WHERE account = value AND ranked AND voided_at IS NULL) AS solved,
               EXISTS (SELECT 1 FROM banned WHERE account = value) AS banned,
               EXISTS (SELECT 1 FROM draw_winners WHERE account = value
                       AND state <> 'passed' AND drawn_at > ?) AS won
        FROM json_each(?)
        """,
        (at_ms - eligibility.winners_rest_days * DAY_MS, json.dumps(list(accounts))),
    )
    lacks: dict[int, EntryRefused] = {}
    for row in rows:
        if refusal := _lack(eligibility, row):
            lacks[row["account"]] = refusal
    return lacks


def _lack(eligibility: Eligibility, row: sqlite3.Row) -> EntryRefused | None:
    score, solved = eligibility.least_score, eligibility.least_solves
    if not row["known"]:
        return EntryRefused("unknown")
    if row["banned"]:
        return EntryRefused("banned")
    if row["score"] < score:
        return EntryRefused("score", have=row["score"], need=score)
    if row["solved"] < solved:
        return EntryRefused("solves", have=row["solved"], need=solved)
    if row["won"] and eligibility.winners_rest_days:
        return EntryRefused("won", days=eligibility.winners_rest_days)
    return None


async def drop(
    tx: Transaction, draw: int, accounts: Sequence[int] | None, *, why: str, at_ms: int
) -> list[int]:
    """Take members out of a draw, or everybody; their points come back. Who was dropped.

    An entry gives its points back once, whoever asks again; who enters anew has another entry.
    """
    rows = await tx.all(
        """
        SELECT account, held, reference FROM draw_entries
        WHERE draw = ?1 AND (?2 IS NULL OR account IN (SELECT value FROM json_each(?2)))
        """,
        (draw, None if accounts is None else json.dumps(list(accounts))),
    )
    for row in rows:
        if row["held"]:
            await post(tx, _back(draw, row, why, at_ms))
    await tx.many(
        "DELETE FROM draw_entries WHERE draw = ? AND account = ?",
        [(draw, row["account"]) for row in rows],
    )
    return [row["account"] for row in rows]


def _back(draw: int, entry: sqlite3.Row, why: str, at_ms: int) -> Transfer:
    return Transfer(
        key=f"draw:{draw}:{why}:{entry['reference']}",
        kind=Kind.RELEASE,
        source=HELD,
        target=entry["account"],
        points=entry["held"],
        booked_at=at_ms,
        counts_at=at_ms,
        batch=f"draw:{draw}",
    )


@dataclass(frozen=True, slots=True)
class _Change:
    """A member's tickets, from `have` to `wanted`."""

    draw: int
    account: int
    have: int
    wanted: int
    price: int
    interaction: int
    at_ms: int


async def _move(tx: Transaction, change: _Change) -> None:
    """Hold the points of further tickets, or give back those of fewer."""
    points = (change.wanted - change.have) * change.price
    if not points:
        return
    more = points > 0
    try:
        await post(
            tx,
            Transfer(
                key=f"draw:{change.draw}:{change.interaction}",
                kind=Kind.HOLD if more else Kind.RELEASE,
                source=change.account if more else HELD,
                target=HELD if more else change.account,
                points=abs(points),
                booked_at=change.at_ms,
                counts_at=change.at_ms,
                batch=f"draw:{change.draw}",
            ),
        )
    except InsufficientPoints as error:
        raise EntryRefused("points", have=error.have, need=error.need) from None


async def _write(tx: Transaction, change: _Change, member: int) -> None:
    where = change.draw, change.account
    points = change.wanted * change.price
    if not change.wanted:
        await tx.execute("DELETE FROM draw_entries WHERE draw = ? AND account = ?", where)
    elif change.have:
        await tx.execute(
            "UPDATE draw_entries SET tickets = ?, held = ? WHERE draw = ? AND account = ?",
            (change.wanted, points, *where),
        )
    else:
        salt = secrets.token_bytes(16)
        await tx.execute(
            "INSERT INTO draw_entries VALUES (?, ?, ?, ?, ?, ?, ?)",
            (*where, change.wanted, points, salt, reference(salt, member), change.at_ms),
        )


def _held(row: sqlite3.Row) -> Held:
    return Held(row["tickets"], row["held"], row["reference"], row["salt"])
