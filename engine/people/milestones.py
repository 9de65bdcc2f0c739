"""Milestones: what members have reached, and the roles they hold for it.

What somebody deserves is read from the books each time; what was owed to Discord is remembered.
The difference is what is to be given and to be taken, so nothing is ever given twice, and a role
that was lost and earned again is given again.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from typing import Literal

from engine import seasons
from engine.calendar import Step
from engine.play import rounds, streaks
from engine.scoring import Streak
from engine.standings import Window, page
from engine.storage.database import Reader, Transaction

Feat = Literal["score", "season_score", "streak", "solved", "podium"]
LONGEST_STREAK = 104


@dataclass(frozen=True, slots=True, kw_only=True)
class Milestone:
    """A role in one server, and what it takes to hold it."""

    server: int
    role: int
    feat: Feat
    least: int
    """Points, rounds in a row, riddles solved, or how many places of the podium."""
    circle: str | None = None
    """Only riddles of this circle count; for `solved`."""
    keeps: bool = False
    """Whether who reached it once holds the role for good."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A role that somebody is to be given, or that is to be taken from them."""

    server: int
    role: int
    account: int
    give: bool
    number: int
    """How often the role has changed for them, this time included."""


async def reconcile(tx: Transaction, milestone: Milestone, now_ms: int) -> list[Change]:
    """Bring what is remembered in line with what is deserved; the changes that makes."""
    deserving = await _deserving(tx, milestone, now_ms)
    rows = await tx.all(
        "SELECT account, held, changes FROM milestone_roles WHERE server = ? AND role = ?",
        (milestone.server, milestone.role),
    )
    before = {row["account"]: (bool(row["held"]), row["changes"]) for row in rows}
    held = {account for account, (holds, _) in before.items() if holds}
    lost = set[int]() if milestone.keeps else held - deserving
    changes = [
        Change(
            server=milestone.server,
            role=milestone.role,
            account=account,
            give=account in deserving,
            number=before.get(account, (False, 0))[1] + 1,
        )
        for account in sorted((deserving - held) | lost)
    ]
    await tx.many(
        """
        INSERT INTO milestone_roles VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE
        SET held = excluded.held, changes = excluded.changes, at = excluded.at
        """,
        [(one.server, one.role, one.account, one.give, one.number, now_ms) for one in changes],
    )
    return changes


async def forget(tx: Transaction, account: int, now_ms: int) -> list[Change]:
    """Whoever is about to be erased holds nothing any more; the changes that makes."""
    rows = await tx.execute(
        """
        UPDATE milestone_roles SET held = 0, changes = changes + 1, at = ?
        WHERE account = ? AND held RETURNING server, role, changes
        """,
        (now_ms, account),
    )
    return [
        Change(
            server=row["server"],
            role=row["role"],
            account=account,
            give=False,
            number=row["changes"],
        )
        for row in rows
    ]


async def _deserving(reader: Reader, milestone: Milestone, now_ms: int) -> set[int]:
    """Who has reached it, is seen in that server, and is not banned."""
    reached = await _reached(reader, milestone, now_ms)
    rows = await reader.all(
        """
        SELECT account FROM present WHERE server = ?
          AND account IN (SELECT value FROM json_each(?))
          AND account NOT IN (SELECT account FROM banned)
          AND EXISTS (SELECT 1 FROM members WHERE members.account = present.account)
        """,
        (milestone.server, json.dumps(list(reached))),
    )
    return {row["account"] for row in rows}


async def _reached(reader: Reader, milestone: Milestone, now_ms: int) -> Collection[int]:
    match milestone.feat:
        case "score":
            return await _scored(reader, 0, milestone.least)
        case "season_score":
            season = await seasons.current(reader, now_ms)
            return await _scored(reader, season, milestone.least) if season else ()
        case "solved":
            return await _solved(reader, milestone.circle, milestone.least)
        case "streak":
            return await _in_a_row(reader, milestone.least)
        case "podium":
            return await _on_podium(reader, milestone, now_ms)


async def _scored(reader: Reader, season: int, least: int) -> list[int]:
    rows = await reader.all(
        "SELECT account FROM scores WHERE season = ? AND points >= ?", (season, least)
    )
    return [row["account"] for row in rows]


async def _solved(reader: Reader, circle: str | None, least: int) -> list[int]:
    rows = await reader.all(
        """
        SELECT account FROM solves JOIN rounds ON rounds.id = solves.round
        WHERE ranked AND voided_at IS NULL
          AND (?1 IS NULL OR json_extract(rules, '$.circle') = ?1)
        GROUP BY account HAVING count(*) >= ?2
        """,
        (circle, least),
    )
    return [row["account"] for row in rows]


async def _in_a_row(reader: Reader, least: int) -> list[int]:
    """Who solved the newest finished round and so many with it in a row."""
    number = await reader.value(
        """
        SELECT max(round) FROM steps JOIN rounds ON rounds.id = round
        WHERE step = ? AND voided_at IS NULL
        """,
        (Step.REVEAL,),
    )
    if number is None:
        return []
    rows = await reader.all("SELECT account FROM solves WHERE round = ? AND ranked", (number,))
    round_ = await rounds.get(reader, number)
    policy = round_.rules.scoring.streak
    reach = Streak(bonus=1, cap=LONGEST_STREAK, forgiven=policy.forgiven if policy else 0)
    runs = await streaks.runs(reader, round_, reach, [row["account"] for row in rows])
    return [account for account, count in runs.items() if count >= least]


async def _on_podium(reader: Reader, milestone: Milestone, now_ms: int) -> list[int]:
    """The first places of the last season that was played, equal scores sharing a place."""
    season = await seasons.last_played(reader, now_ms)
    if season is None:
        return []
    first = await page(
        reader, Window(season=season.id), server=milestone.server, lines=milestone.least * 20
    )
    return [line.account for line in first if line.rank <= milestone.least]
