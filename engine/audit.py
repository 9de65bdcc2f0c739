"""The audit: every row of the ledger replayed, and everything cached compared with it.

Whoever changes a row breaks the chain at that row; whoever changes a cache disagrees with the
rows. The audit names the first thing that does not fit.
"""

import hashlib
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Iterable
from contextlib import aclosing
from dataclasses import dataclass, field

from engine.database import Reader, Transaction
from engine.ledger import (
    ALL_TIME,
    COLUMNS,
    NO_DIGEST,
    SCORED,
    SCORED_FOR_ALL_TIME,
    Transfer,
    digest,
    from_row,
    score_changes,
)

CHUNK = 10_000
MAY_FALL_BELOW = frozenset({"house", "elsewhere", "owed"})

Score = tuple[int, int]
"""Points, and when they were reached."""


@dataclass(slots=True)
class Audit:
    """What the rows say, and the first thing that contradicts them."""

    rows: int = 0
    digest: bytes = NO_DIGEST
    trouble: str | None = None
    contains: bool = False
    """Whether the digest that was asked for is one of the chain's."""
    balances: dict[int, int] = field(default_factory=lambda: defaultdict[int, int](int))
    scores: dict[tuple[int, int], Score] = field(default_factory=dict[tuple[int, int], Score])
    """By season and account."""


async def audit(
    reader: Reader, *, wanted: bytes | None = None, on_row: Callable[[int], None] = lambda _: None
) -> Audit:
    """Replay the ledger; `on_row` hears how many rows are behind."""
    found = await replay(reader, wanted=wanted, on_row=on_row)
    if found.trouble is None:
        found.trouble = (
            await _notes_that_differ(reader)
            or await _balances_that_differ(reader, found)
            or await _scores_that_differ(reader, found)
        )
    return found


async def replay(
    reader: Reader, *, wanted: bytes | None = None, on_row: Callable[[int], None] = lambda _: None
) -> Audit:
    """Replay the rows alone, up to the first that does not fit."""
    found = Audit()
    kinds = {row["id"]: row["kind"] for row in await reader.all("SELECT id, kind FROM accounts")}
    owners = {
        row["id"]: row["member"]
        for row in await reader.all(
            "SELECT id, coalesce(owner, id) AS member FROM accounts "
            "WHERE kind IN ('member', 'owed')"
        )
    }
    seasons = [tuple(row) for row in await reader.all("SELECT id, starts_at, ends_at FROM seasons")]
    async with aclosing(_rows(reader)) as rows:
        async for number, transfer, stored in rows:
            found.trouble = _misfit(found, number, transfer, stored, kinds)
            if found.trouble is not None or transfer is None:
                return found
            found.rows, found.digest = number, stored
            found.contains |= stored == wanted
            _book(found, transfer, owners, seasons)
            if number % 1000 == 0:
                on_row(number)
    on_row(found.rows)
    return found


async def rebuild(tx: Transaction, found: Audit) -> None:
    """Write the caches anew from what the rows say."""
    await tx.execute("UPDATE accounts SET balance = 0")
    await tx.many(
        "UPDATE accounts SET balance = ? WHERE id = ?",
        [(points, account) for account, points in found.balances.items()],
    )
    await tx.execute("DELETE FROM scores")
    await tx.many(
        "INSERT INTO scores VALUES (?, ?, ?, ?)",
        [(*key, *score) for key, score in found.scores.items()],
    )


async def _rows(reader: Reader) -> AsyncGenerator[tuple[int, Transfer | None, bytes], None]:
    last = -1
    while rows := await reader.all(
        f"SELECT id, {', '.join(COLUMNS)}, encoding, digest FROM transfers "  # noqa: S608 - our own names
        "WHERE id > ? ORDER BY id LIMIT ?",
        (last, CHUNK),
    ):
        for row in rows:
            try:
                transfer = from_row(row)
            except ValueError:
                transfer = None  # A kind that nobody books.
            yield row["id"], transfer, row["digest"]
        last = rows[-1]["id"]


def _misfit(
    found: Audit, number: int, transfer: Transfer | None, stored: bytes, kinds: dict[int, str]
) -> str | None:
    """Why a row does not fit what came before it."""
    if number != found.rows + 1:
        return f"transfer {number} follows transfer {found.rows}: rows are missing or were added"
    if transfer is None or digest(found.digest, number, transfer) != stored:
        return f"transfer {number} is not what was booked: its digest does not fit"
    left = found.balances[transfer.source] - transfer.points
    if left < 0 and kinds.get(transfer.source) not in MAY_FALL_BELOW:
        return f"transfer {number} takes more than account {transfer.source} held"
    return None


def _book(
    found: Audit,
    transfer: Transfer,
    owners: dict[int, int],
    seasons: Iterable[tuple[int, int, int]],
) -> None:
    found.balances[transfer.source] -= transfer.points
    found.balances[transfer.target] += transfer.points
    if transfer.kind not in SCORED_FOR_ALL_TIME:
        return
    for account, points in score_changes(transfer, owners):
        for season, starts_at, ends_at in seasons:
            counts = season == ALL_TIME or transfer.kind in SCORED
            if counts and starts_at <= transfer.counts_at < ends_at:
                before, reached_at = found.scores.get((season, account), (0, 0))
                score = before + points, max(reached_at, transfer.counts_at)
                found.scores[season, account] = score


async def _notes_that_differ(reader: Reader) -> str | None:
    for row in await reader.all("SELECT * FROM notes WHERE text IS NOT NULL"):
        if hashlib.sha256(row["salt"] + row["text"].encode()).digest() != row["digest"]:
            return f"the note {row['digest'].hex()[:16]}… was changed"
    return None


async def _balances_that_differ(reader: Reader, found: Audit) -> str | None:
    for row in await reader.all("SELECT id, balance FROM accounts"):
        if row["balance"] != found.balances.get(row["id"], 0):
            return (
                f"account {row['id']} shows {row['balance']} points and its transfers "
                f"{found.balances.get(row['id'], 0)}: --rebuild restores it"
            )
    return None


async def _scores_that_differ(reader: Reader, found: Audit) -> str | None:
    cached = {
        (row["season"], row["account"]): (row["points"], row["reached_at"])
        for row in await reader.all("SELECT * FROM scores")
    }
    for key in cached.keys() | found.scores.keys():
        if cached.get(key) != found.scores.get(key):
            season, account = key
            return (
                f"account {account} shows another score for season {season} than its transfers: "
                "--rebuild restores it"
            )
    return None
