"""Proposals: corrections as staff propose them, and how they stand."""

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from engine.errors import CorrectionRefused
from engine.storage.database import Reader

What = Literal["adjust", "reverse", "unbatch", "void", "refund"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """What somebody wants corrected, and why. Each kind uses its own one of the targets."""

    key: str
    """Proposed twice under one key, it is one proposal."""
    what: What
    reason: str
    """Public: it stands in the member's statement."""
    actor: int
    account: int | None = None
    points: int = 0
    """To give, or below zero to take; for an adjustment."""
    transfer: int | None = None
    batch: str | None = None
    round: int | None = None
    redemption: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """A proposal as the books have it. Moments are milliseconds UTC."""

    id: int
    what: What
    account: int | None
    points: int
    """What it gives, or takes where it is below zero, in all; reckoned when it was proposed."""
    transfer: int | None
    batch: str | None
    round: int | None
    redemption: int | None
    reward: Mapping[str, str] | None
    """What was redeemed, by language."""
    reason: str | None
    """None once the words were erased."""
    proposed_by: int
    expires_at: int
    state: Literal["waiting", "booked", "dropped"]
    decided_by: int | None
    """None: small enough to need nobody."""

    @property
    def people(self) -> list[int]:
        """The accounts that it names."""
        named = (self.account, self.proposed_by, self.decided_by)
        return [account for account in named if account is not None]


async def waiting(reader: Reader, now_ms: int) -> list[Correction]:
    """What can be approved now, the oldest first."""
    rows = await reader.all(
        f"""
        {_CORRECTIONS} WHERE corrections.state = 'waiting' AND expires_at > ?
        ORDER BY corrections.id
        """,
        (now_ms,),
    )
    return [_correction(row) for row in rows]


async def get(reader: Reader, number: int) -> Correction:
    """The correction of that number.

    Raises:
        CorrectionRefused: there is none.
    """
    row = await reader.one(f"{_CORRECTIONS} WHERE corrections.id = ?", (number,))
    if row is None:
        raise CorrectionRefused("unknown")
    return _correction(row)


async def waiting_refund(reader: Reader, redemption: int, now_ms: int) -> Correction | None:
    """The refund of a redemption that waits for a second person, if one does."""
    row = await reader.one(
        f"{_CORRECTIONS} WHERE redemption = ? AND corrections.state = 'waiting' AND expires_at > ?",
        (redemption, now_ms),
    )
    return None if row is None else _correction(row)


async def by_key(reader: Reader, key: str) -> Correction | None:
    """The correction that was proposed under that key, if one was."""
    row = await reader.one(f"{_CORRECTIONS} WHERE key = ?", (key,))
    return None if row is None else _correction(row)


_CORRECTIONS = """
    SELECT corrections.*, notes.text AS reason, json_extract(terms, '$.name') AS reward
    FROM corrections
    JOIN notes ON notes.digest = corrections.note
    LEFT JOIN redemptions ON redemptions.id = redemption
"""


def _correction(row: sqlite3.Row) -> Correction:
    return Correction(
        id=row["id"],
        what=row["what"],
        account=row["account"],
        points=row["points"],
        transfer=row["transfer"],
        batch=row["reversed"],
        round=row["round"],
        redemption=row["redemption"],
        reward=None if row["reward"] is None else json.loads(row["reward"]),
        reason=row["reason"],
        proposed_by=row["proposed_by"],
        expires_at=row["expires_at"],
        state=row["state"],
        decided_by=row["decided_by"],
    )
