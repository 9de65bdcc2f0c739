"""Insiders: members who were shown a riddle's answer, and are not ranked on it from then on."""

import json
from collections.abc import Collection

from engine.storage.database import Reader, Transaction


async def mark(tx: Transaction, slug: str, account: int, at_ms: int) -> None:
    """Remember that the holder of `account` was shown the answer; the earliest moment counts."""
    await tx.execute(
        """
        INSERT INTO insiders VALUES (?, ?, ?)
        ON CONFLICT DO UPDATE SET at = excluded.at WHERE excluded.at < at
        """,
        (slug, account, at_ms),
    )


async def since(reader: Reader, slug: str, accounts: Collection[int]) -> dict[int, int]:
    """Of the holders of `accounts`, who was shown the answer, and from which millisecond on."""
    rows = await reader.all(
        """
        SELECT account, at FROM insiders
        WHERE slug = ? AND account IN (SELECT value FROM json_each(?))
        """,
        (slug, json.dumps(list(accounts))),
    )
    return {row["account"]: row["at"] for row in rows}
