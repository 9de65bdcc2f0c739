"""The ledger: every point there is, and how it came to be where it is.

Points only move between accounts, one row a transfer, so all balances together are always zero.
Rows are chained: each carries the SHA-256 of the row before it and of its own encoding, so a
rewritten past shows. Balances and scores kept beside the rows are caches of them.
"""

import hashlib
import json
import secrets
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from enum import StrEnum
from operator import attrgetter
from typing import Any

from engine.books.encoding import ENCODING, NO_DIGEST, chained, encode
from engine.books.reached import Counting, peaked, reckon
from engine.errors import EngineError, InsufficientPoints, KeyReused
from engine.records import record
from engine.storage.database import Reader, Transaction

HOUSE, HELD, SPENT, ELSEWHERE, ERASED = 1, 2, 3, 4, 5
"""The accounts that are nobody's. `engine/schema` opens them."""

ALL_TIME = 0
"""The season that holds everything."""


class Kind(StrEnum):
    """Why points move."""

    AWARD = "award"
    BONUS = "bonus"
    ADJUSTMENT = "adjustment"
    REVERSAL = "reversal"
    HOLD = "hold"
    RELEASE = "release"
    REDEMPTION = "redemption"
    REFUND = "refund"
    MERGE = "merge"
    OPENING = "opening"
    ERASURE = "erasure"


SCORED = frozenset({Kind.AWARD, Kind.BONUS, Kind.ADJUSTMENT, Kind.REVERSAL})
"""Kinds that change the score of their moment's season, and the score of all time."""

SCORED_FOR_ALL_TIME = SCORED | {Kind.OPENING, Kind.MERGE}
COUNTING = Counting(season=SCORED, all_time=SCORED_FOR_ALL_TIME)

MAY_FALL_BELOW = frozenset({"house", "elsewhere", "owed"})
"""Kinds of accounts whose balance may be negative."""


@record
class Transfer:
    """Points to move, and the key that makes asking twice harmless.

    Moments are milliseconds UTC. `booked_at` is left out of comparisons: a retry comes later
    and is still the same transfer.
    """

    key: str
    kind: Kind
    source: int
    target: int
    points: int
    booked_at: int = field(compare=False)
    counts_at: int
    round: int | None = None
    submission: int | None = field(default=None, compare=False)
    server: int | None = None
    circle: str | None = None
    corrects: int | None = None
    batch: str | None = None
    actor: int | None = None
    note: bytes | None = field(default=None, compare=False)


COLUMNS = tuple(part.name for part in fields(Transfer))
_facts = attrgetter(*COLUMNS)
_INSERT = (
    f"INSERT INTO transfers (id, {', '.join(COLUMNS)}, encoding, digest) "  # noqa: S608 - our own names
    f"VALUES (?, {', '.join('?' * len(COLUMNS))}, {ENCODING}, ?)"
)


@record
class Posted:
    """A transfer that stands in the ledger."""

    id: int
    new: bool
    """False if this very transfer was made before."""


def digest(before: bytes, number: int, transfer: Transfer) -> bytes:
    """The digest of row `number`: SHA-256 of the digest before it and of the row's encoding."""
    return chained(before, encode(number, *_facts(transfer)))


async def post(tx: Transaction, transfer: Transfer) -> Posted:
    """Move the points; a transfer made before stays the one transfer it was.

    Raises:
        InsufficientPoints: the source holds less than the transfer asks for.
        KeyReused: the key stands for a different transfer.
    """
    (result,) = await post_all(tx, [transfer])
    if isinstance(result, EngineError):
        raise result
    return result


async def post_all(
    tx: Transaction, transfers: Sequence[Transfer]
) -> list[Posted | InsufficientPoints | KeyReused]:
    """Move the points of each transfer in order; one that is refused costs the others nothing.

    What is credited to a member who owes repays the debt at once, by a row of its own.
    """
    if not transfers:
        return []
    earlier = await _find(tx, [transfer.key for transfer in transfers])
    held = await _holdings(tx, transfers)
    number, tail = await tail_of(tx)
    results: list[Posted | InsufficientPoints | KeyReused] = []
    rows: list[tuple[Any, ...]] = []
    booked: list[Transfer] = []
    for transfer in transfers:
        if before := earlier.get(transfer.key):
            same = before[1] == transfer
            results.append(Posted(id=before[0], new=False) if same else KeyReused(transfer.key))
            continue
        have = held.balances.get(transfer.source)
        if have is not None and have < transfer.points:
            results.append(InsufficientPoints(have=have, need=transfer.points))
            continue
        earlier[transfer.key] = (number + 1, transfer)
        results.append(Posted(id=number + 1, new=True))
        for one in (transfer, held.repayment(transfer, number + 1)):
            if one is not None:
                number += 1
                key, kind, *others = _facts(one)
                # A bare string: SQLite's binding asks long what an enumeration's member may be.
                facts = (number, key, str(kind), *others)
                tail = chained(tail, encode(*facts))
                rows.append((*facts, tail))
                booked.append(one)
                held.move(one)
    await tx.many(_INSERT, rows)
    await _move(tx, booked)
    await _score(tx, booked, held.owners)
    return results


@dataclass(slots=True)
class _Holdings:
    """What the accounts of a batch hold and owe, as its transfers are made."""

    balances: dict[int, int]
    """Of those that may not fall below zero."""
    debts: dict[int, int]
    """By `owed` account."""
    debtors: dict[int, int]
    """The `owed` account of each member who has one."""
    owners: dict[int, int]
    """Whose score each tells: a member's own, or the owner's of a debt."""

    def move(self, transfer: Transfer) -> None:
        for account, points in (
            (transfer.source, -transfer.points),
            (transfer.target, transfer.points),
        ):
            if account in self.balances:
                self.balances[account] += points
            elif account in self.debts:
                self.debts[account] -= points

    def repayment(self, credit: Transfer, number: int) -> Transfer | None:
        """What credit no. `number` repays of its receiver's debt."""
        debtor = self.debtors.get(credit.target) if self.debtors else None
        if debtor is None or debtor == credit.source or self.debts[debtor] <= 0:
            return None
        return Transfer(
            key=f"repay:{number}",
            kind=Kind.REVERSAL,
            source=credit.target,
            target=debtor,
            points=min(credit.points, self.debts[debtor]),
            booked_at=credit.booked_at,
            counts_at=credit.counts_at,
        )


async def tail_of(reader: Reader) -> tuple[int, bytes]:
    """The newest row's id and digest; 0 and zeros before the first."""
    row = await reader.one("SELECT id, digest FROM transfers ORDER BY id DESC LIMIT 1")
    return (row["id"], row["digest"]) if row else (0, NO_DIGEST)


async def balance(reader: Reader, account: int) -> int:
    """What an account holds now."""
    return await reader.value("SELECT balance FROM accounts WHERE id = ?", (account,)) or 0


async def open_account(tx: Transaction) -> int:
    """A new member account: a random number that says nothing about whose it is."""
    account = secrets.randbits(62) | 1 << 32
    await tx.execute("INSERT INTO accounts (id, kind) VALUES (?, 'member')", (account,))
    return account


async def write_note(tx: Transaction, text: str) -> bytes:
    """Keep free text outside the chain; what the ledger holds is the salted digest returned."""
    (note,) = await write_notes(tx, [text])
    return note


async def write_notes(tx: Transaction, texts: Sequence[str]) -> list[bytes]:
    """Keep several texts; each has a digest of its own, equal texts too."""
    salted = [(secrets.token_bytes(16), text) for text in texts]
    notes = [(hashlib.sha256(salt + text.encode()).digest(), salt, text) for salt, text in salted]
    await tx.many("INSERT INTO notes VALUES (?, ?, ?)", notes)
    return [digest for digest, _, _ in notes]


async def _find(reader: Reader, keys: Sequence[str]) -> dict[str, tuple[int, Transfer]]:
    rows = await reader.all(
        f"SELECT id, {', '.join(COLUMNS)} FROM transfers "  # noqa: S608 - our own names
        "WHERE key IN (SELECT value FROM json_each(?))",
        (json.dumps(keys),),
    )
    return {row["key"]: (row["id"], from_row(row)) for row in rows}


def from_row(row: sqlite3.Row) -> Transfer:
    """The transfer that a row of the table holds."""
    facts: dict[str, Any] = {name: row[name] for name in COLUMNS}
    facts["kind"] = Kind(facts["kind"])
    return Transfer(**facts)


async def _holdings(reader: Reader, transfers: Sequence[Transfer]) -> _Holdings:
    sides = json.dumps(list({side for one in transfers for side in (one.source, one.target)}))
    rows = await reader.all(
        """
        SELECT id, kind, owner, balance FROM accounts
        WHERE id IN (SELECT value FROM json_each(?))
        """,
        (sides,),
    )
    if await reader.one("SELECT 1 FROM accounts WHERE owner IS NOT NULL LIMIT 1"):
        rows += await reader.all(
            """
            SELECT id, kind, owner, balance FROM accounts
            WHERE owner IN (SELECT value FROM json_each(?))
            """,
            (sides,),
        )
    held = _Holdings({}, {}, {}, {})
    for account, kind, owner, points in rows:
        if kind not in MAY_FALL_BELOW:
            held.balances[account] = points
        if kind == "member":
            held.owners[account] = account
        elif kind == "owed":
            held.debts[account] = -points
            held.debtors[owner] = account
            held.owners[account] = owner
    return held


async def _move(tx: Transaction, booked: Sequence[Transfer]) -> None:
    moved: dict[int, int] = {}
    for transfer in booked:
        moved[transfer.source] = moved.get(transfer.source, 0) - transfer.points
        moved[transfer.target] = moved.get(transfer.target, 0) + transfer.points
    await tx.many(
        "UPDATE accounts SET balance = balance + ? WHERE id = ?",
        [(points, account) for account, points in moved.items()],
    )


async def _score(tx: Transaction, booked: Sequence[Transfer], owners: Mapping[int, int]) -> None:
    """Write the change of score that each transfer makes, in its season and for all time."""
    scored = [transfer for transfer in booked if transfer.kind in SCORED_FOR_ALL_TIME]
    if not scored:
        return
    seasons = [tuple(row) for row in await tx.all("SELECT id, starts_at, ends_at FROM seasons")]
    changes: list[tuple[int, int, int, int]] = []
    for transfer in scored:
        at, in_seasons = transfer.counts_at, transfer.kind in SCORED
        for account, points in score_changes(transfer, owners):
            changes += [
                (season, account, points, at)
                for season, starts_at, ends_at in seasons
                if starts_at <= at < ends_at and (in_seasons or season == ALL_TIME)
            ]
    await tx.many(
        """
        INSERT INTO scores VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET points = points + excluded.points,
                                  reached_at = max(reached_at, excluded.reached_at)
        """,
        changes,
    )
    lowered = {account for _, account, points, _ in changes if points < 0}
    doubtful = lowered | await peaked(tx, {account for _, account, _, _ in changes})
    await reckon(tx, doubtful, COUNTING)


def score_changes(transfer: Transfer, owners: Mapping[int, int]) -> list[tuple[int, int]]:
    """The members whose score a scored transfer changes, and by how much."""
    source, target = owners.get(transfer.source), owners.get(transfer.target)
    if source == target:
        return []
    changes = [(source, -transfer.points), (target, transfer.points)]
    return [(member, points) for member, points in changes if member is not None]
