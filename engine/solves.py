"""Solves: a member's first correct submission, recorded once and paid once."""

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from engine.database import Reader, Transaction
from engine.histories import History, read_histories
from engine.ledger import HOUSE, Kind, Transfer, post_all
from engine.moments import to_ms
from engine.rounds import Round
from engine.scoring import Award, award


@dataclass(frozen=True, slots=True, kw_only=True)
class Solve:
    """A right answer, and what it earns. Moments are milliseconds UTC."""

    round: Round
    account: int
    submission: int
    at: int
    booked_at: int
    server: int
    circle: str | None
    award: Award | None
    """None where the member is not ranked on this riddle."""


def earned(round_: Round, history: History, member: int, at: int) -> Award | None:
    """What a right answer at `at` earns; nothing for the riddle's own author."""
    rules = round_.rules
    if member == rules.author_id:
        return None
    return award(
        rules.scoring,
        value=rules.value,
        hint_cost=rules.hint_cost,
        hints=sum(taken < at for taken in history.hints),
    )


async def record(tx: Transaction, solves: Sequence[Solve]) -> None:
    """Keep the solves, and pay for them."""
    await tx.many(
        "INSERT INTO solves VALUES (?, ?, ?, ?, ?, ?)",
        [
            (
                solve.round.id,
                solve.account,
                solve.submission,
                solve.at,
                solve.award is not None,
                solve.award and json.dumps(asdict(solve.award)),
            )
            for solve in solves
        ],
    )
    await post_all(tx, [_payment(solve, solve.award) for solve in solves if solve.award])


def _payment(solve: Solve, earned: Award) -> Transfer:
    return Transfer(
        key=f"solve:{solve.round.id}:{solve.account}",
        kind=Kind.AWARD,
        source=HOUSE,
        target=solve.account,
        points=earned.points,
        booked_at=solve.booked_at,
        counts_at=max(solve.at, to_ms(solve.round.opens_at)),
        round=solve.round.id,
        submission=solve.submission,
        server=solve.server,
        circle=solve.circle,
    )


async def settle_sealed(tx: Transaction, round_: Round, now_ms: int) -> int:
    """At the reveal of a round that told no verdicts: pay each member's last answer, if right.

    It stands with its own millisecond. Returns how many solved.
    """
    rows = await tx.all(
        """
        SELECT submissions.*, members.id AS member FROM submissions
        LEFT JOIN members USING (account)
        WHERE round = ? AND NOT practice AND normal IS NOT NULL AND outcome <> 'invalid'
        ORDER BY at, submissions.id
        """,
        (round_.id,),
    )
    last = {row["account"]: row for row in rows}
    right = [row for row in last.values() if row["outcome"] == "accept"]
    histories = await read_histories(tx, [round_], [row["account"] for row in right])
    solves = [
        _settled(round_, histories[round_.id, row["account"]], row, now_ms)
        for row in right
        if histories[round_.id, row["account"]].solved_at is None
    ]
    await record(tx, solves)
    return len(solves)


def _settled(round_: Round, history: History, row: sqlite3.Row, now_ms: int) -> Solve:
    at = max(row["at"], to_ms(round_.opens_at))
    return Solve(
        round=round_,
        account=row["account"],
        submission=row["id"],
        at=at,
        booked_at=now_ms,
        server=row["server"],
        circle=row["circle"],
        award=earned(round_, history, row["member"] or 0, at),
    )


async def has_solved(reader: Reader, round_id: int, account: int | None) -> bool:
    """Whether the holder of `account` solved the round."""
    row = await reader.one(
        "SELECT 1 FROM solves WHERE round = ? AND account = ?", (round_id, account)
    )
    return row is not None


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a round went."""

    tried: int
    solved: int
    first: tuple[int, ...]
    """Accounts of the first ranked members to solve it, in the order of Discord's milliseconds."""


async def outcome(reader: Reader, round_id: int, *, first: int) -> Outcome:
    """How many tried and solved, and who the `first` few were."""
    tried = await reader.value(
        """
        SELECT count(DISTINCT account) FROM submissions
        WHERE round = ? AND NOT practice AND normal IS NOT NULL AND outcome <> 'invalid'
        """,
        (round_id,),
    )
    solved = await reader.value("SELECT count(*) FROM solves WHERE round = ?", (round_id,))
    rows = await reader.all(
        "SELECT account FROM solves WHERE round = ? AND ranked ORDER BY at, account LIMIT ?",
        (round_id, first),
    )
    return Outcome(tried, solved, tuple(row["account"] for row in rows))
