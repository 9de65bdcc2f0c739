"""Presence: who is still in a server, as far as Discord was asked.

Whoever left keeps everything and is on that server's board no more; playing again brings them
back. The world asks only for those whom it is about to name, and at most once a day.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engine.storage.database import Reader, Transaction

ASK_AGAIN_MS = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """Somebody of whom nobody knows whether they are still there."""

    server: int
    account: int
    member: int
    """Their Discord id."""


async def to_ask(
    reader: Reader, servers: Sequence[int], accounts: Sequence[int], at_ms: int
) -> list[Asked]:
    """Where each of these members was seen, and neither seen nor asked about for a day."""
    rows = await reader.all(
        """
        SELECT sightings.server, members.account, members.id
        FROM json_each(:accounts) AS asked
        JOIN members ON members.account = asked.value
        JOIN sightings ON sightings.account = members.account
        LEFT JOIN presences ON presences.server = sightings.server
            AND presences.account = sightings.account
        WHERE sightings.server IN (SELECT value FROM json_each(:servers))
          AND max(seen_at, ifnull(asked_at, 0)) <= :at - :span
        ORDER BY asked.key, sightings.server
        """,
        {
            "accounts": json.dumps(list(accounts)),
            "servers": json.dumps(list(servers)),
            "at": at_ms,
            "span": ASK_AGAIN_MS,
        },
    )
    return [Asked(row["server"], row["account"], row["id"]) for row in rows]


async def mark_here(tx: Transaction, server: int, account: int, at_ms: int) -> None:
    """Discord said that the member is there."""
    await _mark(tx, server, account, at_ms, gone=False)


async def mark_gone(tx: Transaction, server: int, account: int, at_ms: int) -> None:
    """Discord said that the member is not there; who played since then is."""
    await _mark(tx, server, account, at_ms, gone=True)


async def _mark(tx: Transaction, server: int, account: int, at_ms: int, *, gone: bool) -> None:
    await tx.execute(
        """
        INSERT INTO presences (server, account, asked_at, gone_at)
        SELECT server, account, :at, iif(:gone AND seen_at <= :at, :at, NULL) FROM sightings
        WHERE server = :server AND account = :account
        ON CONFLICT DO UPDATE SET asked_at = excluded.asked_at, gone_at = excluded.gone_at
        WHERE excluded.asked_at >= asked_at
        """,
        {"server": server, "account": account, "at": at_ms, "gone": gone},
    )


async def gone_among(reader: Reader, accounts: Collection[int]) -> set[int]:
    """Those of `accounts` whose holders have left every server in which they were seen."""
    rows = await reader.all(
        """
        SELECT value AS account FROM json_each(?)
        WHERE EXISTS (SELECT 1 FROM sightings WHERE account = value)
          AND NOT EXISTS (SELECT 1 FROM present WHERE present.account = value)
        """,
        (json.dumps(list(accounts)),),
    )
    return {row["account"] for row in rows}
