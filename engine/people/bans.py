"""Bans: members who may not win anything for now.

They may play, unranked and unseen on boards; draws and rewards are closed to them. Nothing they
have is taken, and lifting the ban restores it all. What is closed to them stands as triggers and
views in `engine/schema`, so that no path around it exists.
"""

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from engine.storage.database import Reader, Transaction

HERE = "here"
"""The origin of bans that this community's own staff imposed."""


@dataclass(frozen=True, slots=True)
class Ban:
    """A ban that stands. Moments are milliseconds UTC."""

    member: int
    origin: str
    reason: str
    since: int


async def impose(
    tx: Transaction,
    bans: Sequence[tuple[int, str]],
    *,
    origin: str,
    now_ms: int,
    actor: int | None = None,
) -> int:
    """Ban Discord users, each with a reason; who stands on that list already stays. How many."""
    before = await tx.value("SELECT count(*) FROM bans")
    await tx.many(
        """
        INSERT INTO bans (member, origin, reason, since, actor) SELECT ?1, ?2, ?3, ?4, ?5
        WHERE NOT EXISTS (
            SELECT 1 FROM bans WHERE member = ?1 AND origin = ?2 AND lifted_at IS NULL)
        """,
        [(member, origin, reason, now_ms, actor) for member, reason in bans],
    )
    return await tx.value("SELECT count(*) FROM bans") - before


async def lift(
    tx: Transaction,
    now_ms: int,
    *,
    member: int | None = None,
    mark: bytes | None = None,
    origin: str | None = None,
) -> int:
    """Lift a member's bans, those of one list, or a member's on one list; how many.

    By the `mark` somebody is found who was erased.
    """
    rows = await tx.execute(
        """
        UPDATE bans SET lifted_at = ?1
        WHERE lifted_at IS NULL AND (?2 IS NULL OR member = ?2 OR mark = ?4)
          AND (?3 IS NULL OR origin = ?3)
        RETURNING id
        """,
        (now_ms, member, origin, mark),
    )
    return len(rows)


async def standing(reader: Reader) -> list[Ban]:
    """Every ban of somebody known by id, the oldest first."""
    rows = await reader.all(
        """
        SELECT member, origin, reason, since FROM bans
        WHERE lifted_at IS NULL AND member IS NOT NULL ORDER BY id
        """
    )
    return [Ban(row["member"], row["origin"], row["reason"], row["since"]) for row in rows]


async def banned_among(reader: Reader, accounts: Collection[int]) -> set[int]:
    """Those of `accounts` whose holders are banned."""
    rows = await reader.all(
        "SELECT account FROM banned WHERE account IN (SELECT value FROM json_each(?))",
        (json.dumps(list(accounts)),),
    )
    return {row["account"] for row in rows}
