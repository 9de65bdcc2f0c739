"""Codes: pools of secret codes, each sealed, each for one redemption, for ever.

The engine keeps what was sealed and never learns what it says. A code that was assigned stays
with its redemption; once its owner has saved it, not even what was sealed remains.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from engine.errors import EngineError
from engine.storage.database import Reader, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class SealedCode:
    """A code as it is kept."""

    id: int
    """Random; the seal vouches for it and for the reward."""
    reward: str
    sealed: bytes
    secret: bytes
    """Which secret sealed it."""
    fingerprint: bytes
    """The same for the same code, and says nothing about it."""


@dataclass(frozen=True, slots=True)
class Pool:
    """The codes of one reward, counted."""

    reward: str
    free: int
    assigned: int
    """To a redemption, and not saved yet."""
    saved: int
    other_secret: int
    """Free, and sealed with another secret than the present one."""


class NoCodeLeft(EngineError):  # noqa: N818 - named for the state it found
    """The pool is empty, although a code was set aside."""


async def known(reader: Reader, fingerprints: Sequence[bytes]) -> set[bytes]:
    """Those of these codes that were loaded before."""
    rows = await reader.all(
        "SELECT fingerprint FROM codes WHERE hex(fingerprint) IN (SELECT value FROM json_each(?))",
        (json.dumps([one.hex().upper() for one in fingerprints]),),
    )
    return {row["fingerprint"] for row in rows}


async def load(tx: Transaction, codes: Sequence[SealedCode], now_ms: int) -> None:
    """Put codes into their pools; that none was loaded before is the caller's to ask."""
    await tx.many(
        """
        INSERT INTO codes (id, reward, sealed, secret, fingerprint, loaded_at)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        [(one.id, one.reward, one.sealed, one.secret, one.fingerprint, now_ms) for one in codes],
    )


async def assign(
    tx: Transaction, reward: str, redemptions: Sequence[int], secret: bytes | None
) -> None:
    """Give each redemption the next code of the pool.

    Raises:
        NoCodeLeft: there are not enough.
    """
    rows = await tx.all(
        """
        SELECT id FROM codes WHERE reward = ? AND secret = ? AND redemption IS NULL
        ORDER BY loaded_at, id LIMIT ?
        """,
        (reward, secret, len(redemptions)),
    )
    if len(rows) < len(redemptions):
        raise NoCodeLeft(reward)
    await tx.many(
        "UPDATE codes SET redemption = ? WHERE id = ? AND redemption IS NULL",
        [(redemption, row["id"]) for redemption, row in zip(redemptions, rows, strict=True)],
    )


async def of_redemptions(reader: Reader, redemptions: Sequence[int]) -> dict[int, SealedCode]:
    """The codes of these redemptions that can still be shown."""
    rows = await reader.all(
        """
        SELECT * FROM codes
        WHERE redemption IN (SELECT value FROM json_each(?)) AND sealed IS NOT NULL
        """,
        (json.dumps(list(redemptions)),),
    )
    return {
        row["redemption"]: SealedCode(
            id=row["id"],
            reward=row["reward"],
            sealed=row["sealed"],
            secret=row["secret"],
            fingerprint=row["fingerprint"],
        )
        for row in rows
    }


async def save(tx: Transaction, redemption: int, now_ms: int) -> bool:
    """Its owner has written it down: it is shown no more. False if that was so before."""
    rows = await tx.execute(
        """
        UPDATE codes SET sealed = NULL, saved_at = ?
        WHERE redemption = ? AND sealed IS NOT NULL RETURNING id
        """,
        (now_ms, redemption),
    )
    return bool(rows)


async def pools(reader: Reader, secret: bytes | None) -> list[Pool]:
    """Every pool, counted."""
    rows = await reader.all(
        """
        SELECT reward,
               count(*) FILTER (WHERE redemption IS NULL AND secret IS ?1) AS free,
               count(*) FILTER (WHERE redemption IS NOT NULL AND saved_at IS NULL) AS assigned,
               count(saved_at) AS saved,
               count(*) FILTER (WHERE redemption IS NULL AND secret IS NOT ?1) AS other_secret
        FROM codes GROUP BY reward ORDER BY reward
        """,
        (secret,),
    )
    return [Pool(*row) for row in rows]
