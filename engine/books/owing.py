"""Debts: what a reversal takes beyond what a member has left.

A balance never falls below zero. What is missing is booked against the member's own `owed`
account, and whatever the member is credited later repays it first (`ledger.post_all` sees to
that). The score falls by the whole at once.
"""

import json
import secrets
from collections.abc import Collection, Sequence
from dataclasses import replace

from engine.books.ledger import COLUMNS, Posted, Transfer, from_row, post_all
from engine.errors import EngineError, KeyReused
from engine.storage.database import Reader, Transaction


async def take_back(tx: Transaction, wanted: Sequence[Transfer]) -> list[list[Posted]]:
    """Make transfers from members that may ask for more than is there.

    Each becomes one row, or two: what the member has, under the transfer's own key, and the rest
    from the `owed` account under the key with `:owed` behind it. Asked for again, nothing moves.
    Returns the rows of each transfer.

    Raises:
        KeyReused: a key stands for something that is no such transfer.
    """
    known = await _known(tx, wanted)
    left = await _balances(tx, {one.source for one in wanted})
    rows: list[list[Transfer]] = []
    for one in wanted:
        if before := known.get(one.key):
            if sum(part.points for part in before) != one.points:
                raise KeyReused(one.key)
            rows.append(before)
            continue
        there = min(left[one.source], one.points)
        left[one.source] -= there
        parts = [replace(one, points=there)] if there else []
        if rest := one.points - there:
            debtor = await owed_account(tx, one.source)
            parts.append(replace(one, key=f"{one.key}:owed", source=debtor, points=rest))
        rows.append(parts)
    posted = iter(await post_all(tx, [part for parts in rows for part in parts]))
    return [[_made(next(posted)) for _ in parts] for parts in rows]


async def debt(reader: Reader, account: int) -> int:
    """What the holder of `account` owes."""
    owed = await reader.value("SELECT balance FROM accounts WHERE owner = ?", (account,))
    return -(owed or 0)


async def owed_account(tx: Transaction, member: int) -> int:
    """The account of a member's debts, opened where there is none."""
    known = await tx.value("SELECT id FROM accounts WHERE owner = ?", (member,))
    if known is not None:
        return known
    account = secrets.randbits(62) | 1 << 32
    await tx.execute(
        "INSERT INTO accounts (id, kind, owner) VALUES (?, 'owed', ?)", (account, member)
    )
    return account


async def _known(reader: Reader, wanted: Sequence[Transfer]) -> dict[str, list[Transfer]]:
    """The rows of those that were made before, as they were made."""
    keys = {one.key: one.key for one in wanted} | {f"{one.key}:owed": one.key for one in wanted}
    rows = await reader.all(
        f"SELECT {', '.join(COLUMNS)} FROM transfers "  # noqa: S608 - our own names
        "WHERE key IN (SELECT value FROM json_each(?)) ORDER BY id",
        (json.dumps(list(keys)),),
    )
    known: dict[str, list[Transfer]] = {}
    for row in rows:
        known.setdefault(keys[row["key"]], []).append(from_row(row))
    return known


async def _balances(reader: Reader, accounts: Collection[int]) -> dict[int, int]:
    rows = await reader.all(
        "SELECT id, balance FROM accounts WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(accounts)),),
    )
    return {row["id"]: row["balance"] for row in rows}


def _made(result: Posted | EngineError) -> Posted:
    if isinstance(result, EngineError):
        raise result
    return result
