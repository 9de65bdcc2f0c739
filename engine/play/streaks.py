"""Streaks: how many rounds in a row a member has solved.

Rounds count, and not calendar weeks: a week without a riddle breaks nothing, nor does a voided
round, nor one on which the member was not ranked.
"""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

from engine.play.rounds import Round
from engine.scoring import Streak, row_length
from engine.storage.database import Reader


@dataclass(frozen=True, slots=True)
class Otherwise:
    """One round taken otherwise than the books have it."""

    round: int
    counts: bool = True
    """Whether it has a say at all; a voided one has none."""
    solved: Mapping[int, bool] = field(default_factory=dict[int, bool])
    """By account, whether it was solved, where that is to be taken otherwise."""


async def runs(
    reader: Reader,
    round_: Round,
    streak: Streak,
    accounts: Collection[int],
    *,
    otherwise: Otherwise | None = None,
) -> dict[int, int]:
    """How many rounds in a row the holders of `accounts` have solved with this one."""
    looked_back = _looked_back(reader, round_, streak.reach, accounts, otherwise)
    before, solved, passed_over = await looked_back
    return {
        account: row_length(
            (number in solved[account] for number in before if number not in passed_over[account]),
            streak.forgiven,
        )
        for account in accounts
    }


async def reaching(
    reader: Reader, round_: Round, streak: Streak, accounts: Sequence[int], back_to: int
) -> Sequence[int]:
    """Those of `accounts` whose row with this round in it may go back to round no. `back_to`."""
    before = await _rounds_before(reader, round_, streak.reach, None)
    if len(before) < streak.reach or before[-1] <= back_to:
        return accounts
    _, passed_over = await _solved(reader, before, accounts, None)
    return [account for account in accounts if passed_over[account]]


async def _looked_back(
    reader: Reader,
    round_: Round,
    reach: int,
    accounts: Collection[int],
    otherwise: Otherwise | None,
) -> tuple[Sequence[int], Mapping[int, set[int]], Mapping[int, set[int]]]:
    """The rounds before this one, and by account those solved and those passed over.

    They go so far back that `reach` of them have a say for each account.
    """
    count = reach
    while True:
        before = await _rounds_before(reader, round_, count, otherwise)
        solved, passed_over = await _solved(reader, before, accounts, otherwise)
        needed = reach + max((len(rounds) for rounds in passed_over.values()), default=0)
        if len(before) < count or needed <= count:
            return before, solved, passed_over
        count = needed


async def _rounds_before(
    reader: Reader, round_: Round, count: int, otherwise: Otherwise | None
) -> Sequence[int]:
    """The latest rounds before this one that count, the newest first."""
    rows = await reader.all(
        """
        SELECT id FROM rounds WHERE id < ?1 AND iif(id = ?3, ?4, voided_at IS NULL)
        ORDER BY id DESC LIMIT ?2
        """,
        (round_.id, count, *((otherwise.round, otherwise.counts) if otherwise else (0, False))),
    )
    return [row["id"] for row in rows]


async def _solved(
    reader: Reader,
    before: Sequence[int],
    accounts: Collection[int],
    otherwise: Otherwise | None,
) -> tuple[Mapping[int, set[int]], Mapping[int, set[int]]]:
    """By account: the rounds solved, and those on which it was not ranked."""
    rows = await reader.all(
        """
        WITH before AS (SELECT value AS round FROM json_each(?1)),
             asked AS (SELECT value AS account FROM json_each(?2))
        SELECT round, account, ranked FROM solves
        WHERE round IN before AND account IN asked
        UNION ALL
        SELECT rounds.id, insiders.account, 0 FROM rounds
        JOIN insiders ON insiders.slug = rounds.slug AND insiders.at < rounds.closes_at
        WHERE rounds.id IN before AND insiders.account IN asked
        UNION ALL
        SELECT knew.round, members.account, 0 FROM (
            SELECT id AS round, json_extract(rules, '$.author_id') AS member FROM rounds
            WHERE id IN before
            UNION ALL
            SELECT rounds.id, value FROM rounds, json_each(rounds.rules, '$.test_solvers')
            WHERE rounds.id IN before) AS knew
        JOIN members ON members.id = knew.member
        WHERE members.account IN asked
        """,
        (json.dumps(list(before)), json.dumps(list(accounts))),
    )
    solved, unranked = defaultdict[int, set[int]](set), defaultdict[int, set[int]](set)
    for row in rows:
        (solved if row["ranked"] else unranked)[row["account"]].add(row["round"])
    if otherwise is not None:
        for account, does in otherwise.solved.items():
            (solved[account].add if does else solved[account].discard)(otherwise.round)
    # Who was shown the answer only after solving solved it.
    return solved, {account: unranked[account] - solved[account] for account in accounts}
