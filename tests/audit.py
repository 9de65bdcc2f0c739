"""An auditor: knows the tables and the documented encoding, shares no code with the engine."""

import hashlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from engine.storage.database import Reader

COLUMNS = (
    *("id", "key", "kind", "source", "target", "points", "booked_at", "counts_at", "round"),
    *("submission", "server", "circle", "corrects", "batch", "actor", "note", "encoding"),
)
"""What a row's digest is taken of, in the order of encoding v1."""

IN_A_SEASON = {"award", "bonus", "adjustment", "reversal"}
FOR_ALL_TIME = IN_A_SEASON | {"opening", "merge"}
MAY_FALL_BELOW_ZERO = {"house", "elsewhere", "owed"}


async def first_misfit(reader: Reader) -> int | None:
    """The number of the first row whose id or digest is not what the rows before it ask for."""
    before = bytes(32)
    rows = await reader.all("SELECT * FROM transfers ORDER BY id")
    for number, row in enumerate(rows, 1):
        before = hashlib.sha256(before + _encoded(row)).digest()
        if row["id"] != number or row["digest"] != before:
            return row["id"]
    return None


def _encoded(row: sqlite3.Row) -> bytes:
    facts: list[Any] = [row[name] for name in COLUMNS]
    facts = [fact.hex() if isinstance(fact, bytes) else fact for fact in facts]
    return json.dumps(facts, ensure_ascii=True, separators=(",", ":")).encode("ascii")


async def assert_books_fit(reader: Reader) -> None:
    """Every copy kept beside the transfers is what the transfers say, and nobody owes."""
    accounts = await reader.all("SELECT * FROM accounts")
    transfers = await reader.all("SELECT * FROM transfers ORDER BY id")
    kept = {row["id"]: row["balance"] for row in accounts}

    assert kept == _balances(kept, transfers)
    assert sum(kept.values()) == 0
    assert not [
        row["id"]
        for row in accounts
        if row["balance"] < 0 and row["kind"] not in MAY_FALL_BELOW_ZERO
    ]
    assert await wrong_scores(reader) == {}
    assert await first_misfit(reader) is None


async def wrong_scores(reader: Reader) -> dict[tuple[int, int], object]:
    """By season and account: what is shown where the transfers say something else."""
    accounts = await reader.all("SELECT * FROM accounts")
    transfers = await reader.all("SELECT * FROM transfers ORDER BY id")
    seasons = await reader.all("SELECT * FROM seasons")
    nothing = (0, 0, False)
    scores = {
        (row["season"], row["account"]): (row["points"], row["reached_at"], bool(row["higher"]))
        for row in await reader.all(
            """
            SELECT scores.*, EXISTS (SELECT 1 FROM peaked
                                     WHERE (season, account) = (scores.season, scores.account))
                   AS higher
            FROM scores
            """
        )
    }
    true = _scores(accounts, transfers, seasons)
    return {
        key: (scores.get(key), true.get(key))
        for key in scores.keys() | true.keys()
        if scores.get(key, nothing) != true.get(key, nothing)
    }


def _balances(accounts: Iterable[int], transfers: Sequence[sqlite3.Row]) -> dict[int, int]:
    balances = Counter(dict.fromkeys(accounts, 0))
    for row in transfers:
        balances[row["source"]] -= row["points"]
        balances[row["target"]] += row["points"]
    return dict(balances)


def _scores(
    accounts: Sequence[sqlite3.Row],
    transfers: Sequence[sqlite3.Row],
    seasons: Sequence[sqlite3.Row],
) -> dict[tuple[int, int], tuple[int, int, bool]]:
    """Points, the moment they were reached, and whether there were more of them since."""
    whose = {row["id"]: row["owner"] or row["id"] for row in accounts if row["kind"] == "member"}
    whose |= {row["id"]: row["owner"] for row in accounts if row["kind"] == "owed"}
    changes: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for season in seasons:
        kinds = FOR_ALL_TIME if season["id"] == 0 else IN_A_SEASON
        for row in transfers:
            if row["kind"] in kinds and season["starts_at"] <= row["counts_at"] < season["ends_at"]:
                for side, sign in (("source", -1), ("target", 1)):
                    member = whose.get(row[side])
                    if member is None or whose.get(row["source"]) == whose.get(row["target"]):
                        continue
                    change = row["counts_at"], sign * row["points"]
                    changes.setdefault((season["id"], member), []).append(change)
    return {key: _course(those) for key, those in changes.items()}


def _course(changes: list[tuple[int, int]]) -> tuple[int, int, bool]:
    """Walk through a score's life, from its first moment to its last."""
    moments = [0, *sorted({at for at, _ in changes})]
    levels = [sum(points for at, points in changes if at <= moment) for moment in moments]
    final = levels[-1]
    reached = 0
    for moment, before in zip(moments[1:], levels, strict=False):
        if before < final:
            reached = moment
    higher = any(
        level > final for moment, level in zip(moments, levels, strict=True) if moment >= reached
    )
    return final, reached, higher
