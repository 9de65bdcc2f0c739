"""The audit: every row of the ledger replayed, and everything kept beside it compared with it.

Whoever changes a row breaks the chain at that row; whoever changes a cache disagrees with the
rows. The audit names the first thing that does not fit. It reads one state of the books, a
little at a time, so that a program that is running goes on answering.
"""

import hashlib
import sqlite3
from collections.abc import AsyncGenerator, Awaitable, Callable, Collection, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field

from engine.books import scorebook
from engine.books.encoding import NO_DIGEST, chained, encode
from engine.books.ledger import COLUMNS, MAY_FALL_BELOW, Kind
from engine.draws.proof import misfit as draws_misfit
from engine.shop import proof as redemption_books
from engine.storage.database import Reader, Transaction
from engine.storage.migrations import schema_of

LEDGER = "transfers"
CHUNK = 2_000
"""Rows at a time."""

KINDS = frozenset(str(kind) for kind in Kind)


@dataclass(slots=True)
class Audit:
    """What the rows say, and the first thing that contradicts them."""

    rows: int = 0
    digest: bytes = NO_DIGEST
    trouble: str | None = None
    contains: bool = False
    """Whether the digest that was asked for is one of the chain's."""
    balances: dict[int, int] = field(default_factory=dict[int, int])
    """By account."""


async def audit(
    reader: Reader, *, wanted: bytes | None = None, on_row: Callable[[int], None] = lambda _: None
) -> Audit:
    """Replay the ledger, then make every check; `on_row` hears how many rows are behind."""
    found = await replay(reader, wanted=wanted, on_row=on_row)
    if found.trouble is None:
        found.trouble = await first_trouble(reader, found)
    return found


async def first_trouble(reader: Reader, found: Audit) -> str | None:
    """What the first check that fails has to say, of books whose rows fit; None if none fails."""
    try:
        for check in CHECKS.values():
            if trouble := await check(reader, found):
                return trouble
    except sqlite3.DatabaseError as error:
        return f"the books cannot be read: {error}"
    return None


async def replay(
    reader: Reader, *, wanted: bytes | None = None, on_row: Callable[[int], None] = lambda _: None
) -> Audit:
    """Replay the rows alone, up to the first that does not fit."""
    found = Audit()
    kinds = {row["id"]: row["kind"] for row in await reader.all("SELECT id, kind FROM accounts")}
    found.balances = dict.fromkeys(kinds, 0)
    floored = {account for account, kind in kinds.items() if kind not in MAY_FALL_BELOW}
    async with aclosing(_chunks(reader)) as chunks:
        async for rows in chunks:
            if isinstance(rows, str):
                found.trouble = f"transfer {found.rows + 1} cannot be read: {rows}"
            else:
                found.trouble = _replay(found, rows, floored, wanted)
            on_row(found.rows)
            if found.trouble is not None:
                return found
    found.trouble = await _key_that_stands_twice(reader)
    return found


async def rebuild(tx: Transaction, found: Audit) -> None:
    """Write the caches anew from what the rows say."""
    await tx.execute("UPDATE accounts SET balance = 0")
    await tx.many(
        "UPDATE accounts SET balance = ? WHERE id = ?",
        [(points, account) for account, points in found.balances.items()],
    )
    await scorebook.write_scores(tx)


async def _chunks(reader: Reader) -> AsyncGenerator[list[sqlite3.Row] | str, None]:
    """All rows in order; in the place of one that cannot be read, why not."""
    last, size = -(2**63), CHUNK
    while True:
        try:
            rows = await reader.all(
                f"SELECT id, {', '.join(COLUMNS)}, encoding, digest FROM transfers "  # noqa: S608 - our own names
                "WHERE id > ? ORDER BY id LIMIT ?",
                (last, size),
            )
        except sqlite3.DatabaseError as error:
            if size == 1:
                yield str(error)
                return
            size = 1
            continue
        if not rows:
            return
        yield rows
        last = rows[-1]["id"]


def _replay(
    found: Audit, rows: list[sqlite3.Row], floored: Collection[int], wanted: bytes | None
) -> str | None:
    """Replay some rows; why the first of them that does not fit does not."""
    balances = found.balances
    for row in rows:
        *facts, stored = row
        number, _, kind, source, target, points = facts[:6]
        if number != found.rows + 1:
            return (
                f"transfer {number} follows transfer {found.rows}: rows are missing or were added"
            )
        if chained(found.digest, encode(*facts)) != stored or kind not in KINDS:
            return f"transfer {number} is not what was booked: its digest does not fit"
        balances[source] = left = balances.get(source, 0) - points
        balances[target] = balances.get(target, 0) + points
        if left < 0 and source in floored:
            return f"transfer {number} takes more than account {source} held"
        found.rows, found.digest = number, stored
        if stored == wanted:
            found.contains = True
    return None


async def _key_that_stands_twice(reader: Reader) -> str | None:
    row = await reader.one(
        "SELECT key, max(id) AS id FROM transfers GROUP BY key HAVING count(*) > 1 LIMIT 1"
    )
    return (
        None
        if row is None
        else f'transfer {row["id"]} has the key of an earlier one, "{row["key"]}"'
    )


async def _rules_that_differ(reader: Reader, _: Audit) -> str | None:
    """Whether the table still refuses what it should."""
    there = {
        row["name"]: row["sql"]
        for row in await reader.all(
            "SELECT name, sql FROM sqlite_schema WHERE tbl_name = ?", (LEDGER,)
        )
    }
    for name, sql in schema_of(LEDGER).items():
        if there.get(name) != sql:
            return (
                f'"{name}" is missing or was changed: transfers may not be protected any more; '
                "restore a backup"
            )
    return None


async def _notes_that_differ(reader: Reader, _: Audit) -> str | None:
    after = b""
    while rows := await reader.all(
        "SELECT * FROM notes WHERE digest > ? ORDER BY digest LIMIT ?", (after, CHUNK)
    ):
        for row in rows:
            text = row["text"]
            if text is not None and _note_digest(row["salt"], text) != row["digest"]:
                return f"the note {row['digest'].hex()[:16]}… was changed"
        after = rows[-1]["digest"]
    return None


def _note_digest(salt: bytes, text: str) -> bytes:
    return hashlib.sha256(salt + text.encode()).digest()


async def _balances_that_differ(reader: Reader, found: Audit) -> str | None:
    for row in await reader.all("SELECT id, balance FROM accounts"):
        if row["balance"] != found.balances.get(row["id"], 0):
            return (
                f"account {row['id']} shows {row['balance']} points and its transfers "
                f"{found.balances.get(row['id'], 0)}: --rebuild restores it"
            )
    return None


async def _scores_that_differ(reader: Reader, _: Audit) -> str | None:
    wrong = await scorebook.wrong_score(reader)
    if wrong is None:
        return None
    season, account = wrong
    return (
        f"account {account} shows another score for season {season} than its transfers: "
        "--rebuild restores it"
    )


async def _points_held_for_nothing(reader: Reader, _: Audit) -> str | None:
    return await redemption_books.misfit(reader)


async def _points_held_for_no_ticket(reader: Reader, _: Audit) -> str | None:
    return await draws_misfit(reader)


CHECKS: Mapping[str, Callable[[Reader, Audit], Awaitable[str | None]]] = {
    "rules": _rules_that_differ,
    "notes": _notes_that_differ,
    "balances": _balances_that_differ,
    "scores": _scores_that_differ,
    "redemptions": _points_held_for_nothing,
    "draws": _points_held_for_no_ticket,
}
"""What is proved besides the rows, in this order; each says what does not fit, or nothing."""
