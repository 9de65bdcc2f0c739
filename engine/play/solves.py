"""Solves: each member's right answer that counts, recorded once.

In a round that tells verdicts at once it is the first right answer, in a sealed one the last
answer, if it is right; first and last by Discord's milliseconds, whenever an answer arrived.
"""

import json
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.moments import to_ms
from engine.play import insiders, streaks
from engine.play.rounds import Round
from engine.play.streaks import Otherwise
from engine.records import record
from engine.scoring import Entitlement, Solver
from engine.storage.database import Reader, Transaction


@record
class Solve:
    """A right answer that counts. Moments are milliseconds UTC."""

    account: int
    member: int | None
    """The Discord user id; None for a member who was erased: the place stays, nothing is paid."""
    submission: int
    interaction: int
    at: int
    """Not before the opening."""
    server: int
    circle: str | None
    ranked: bool = True
    settled: Entitlement | None = None
    """What it was last worth in a settled round."""

    @property
    def order(self) -> tuple[int, int]:
        """How solves are listed; equal milliseconds share their place all the same."""
        return self.at, self.interaction


async def recorded_solves(
    reader: Reader, round_: Round, accounts: Collection[int] | None = None
) -> list[Solve]:
    """The round's solves as the books have them, or those of `accounts`, in order."""
    rows = await reader.all(
        """
        SELECT solves.*, members.id AS member, interaction, server, circle FROM solves
        JOIN submissions ON submissions.id = solves.submission
        LEFT JOIN members ON members.account = solves.account
        WHERE solves.round = ?1
          AND (?2 IS NULL OR solves.account IN (SELECT value FROM json_each(?2)))
        ORDER BY solves.at, interaction
        """,
        (round_.id, None if accounts is None else json.dumps(list(accounts))),
    )
    return [
        _solve(
            row,
            row["submission"],
            row["at"],
            ranked=bool(row["ranked"]),
            settled=Entitlement.from_json(row["settled"]) if row["settled"] else None,
        )
        for row in rows
    ]


async def standing_solves(reader: Reader, round_: Round, also: Collection[int] = ()) -> list[Solve]:
    """The solves that the round's stored answers make, each as of its own time, in order.

    Right is what the verdict of the time or a ruling since has found right; `also` are answers
    that a ruling to come would make right. What was refused unjudged stays refused.
    """
    rows = await reader.all(
        """
        SELECT submissions.*, members.id AS member,
               outcome = 'accept' OR ruled.submission IS NOT NULL
               OR submissions.id IN (SELECT value FROM json_each(?2)) AS is_right
        FROM submissions
        LEFT JOIN members ON members.account = submissions.account
        LEFT JOIN ruled ON ruled.submission = submissions.id
        WHERE round = ?1 AND NOT practice
          AND outcome IN ('accept', 'close', 'reject', 'repeat', 'invalid')
        ORDER BY at, interaction
        """,
        (round_.id, json.dumps(list(also))),
    )
    standing: dict[int, sqlite3.Row] = {}
    for row in rows:
        if round_.sealed:
            # The last answer stands, be it right or wrong; what is no answer replaces none.
            if row["is_right"] or row["outcome"] != "invalid":
                standing[row["account"]] = row
        elif row["is_right"]:
            standing.setdefault(row["account"], row)
    opens = to_ms(round_.opens_at)
    found = [
        _solve(row, row["id"], max(row["at"], opens))
        for row in standing.values()
        if row["is_right"]
    ]
    return sorted(await ranked(reader, round_, found), key=lambda solve: solve.order)


async def ranked(reader: Reader, round_: Round, solves: Sequence[Solve]) -> list[Solve]:
    """The solves, each told whether it is ranked.

    The author, test-solvers, and members who were shown the answer before they gave it are not.
    """
    shown = await insiders.since(reader, round_.slug, [solve.account for solve in solves])
    rules = round_.rules
    outside = {rules.author_id, *rules.test_solvers, None}

    def is_ranked(solve: Solve) -> bool:
        return solve.member not in outside and shown.get(solve.account, solve.at) >= solve.at

    return [
        solve if solve.ranked == is_ranked(solve) else replace(solve, ranked=not solve.ranked)
        for solve in solves
    ]


async def solvers(
    reader: Reader, round_: Round, solves: Sequence[Solve], otherwise: Otherwise | None = None
) -> list[Solver]:
    """The solves with everything that decides what they earn."""
    accounts = [solve.account for solve in solves]
    taken: dict[int, list[int]] = {}
    for row in await reader.all(
        """
        SELECT account, at FROM hints_taken
        WHERE round = ? AND account IN (SELECT value FROM json_each(?))
        """,
        (round_.id, json.dumps(accounts)),
    ):
        taken.setdefault(row["account"], []).append(row["at"])
    streak = round_.rules.scoring.streak
    runs: Mapping[int, int] = {}
    if streak is not None:
        runs = await streaks.runs(reader, round_, streak, accounts, otherwise=otherwise)
    return [
        Solver(
            account=solve.account,
            at=solve.at,
            ranked=solve.ranked,
            hints=sum(at < solve.at for at in taken[solve.account])
            if solve.account in taken
            else 0,
            run=runs.get(solve.account, 1),
        )
        for solve in solves
    ]


async def write(
    tx: Transaction,
    round_: Round,
    solves: Iterable[Solve],
    told: Mapping[int, Entitlement],
    *,
    replacing: bool = False,
) -> None:
    """Record the solves, with what was told of each by account; no entry: not ranked.

    A solve that takes the place of the member's other one needs `replacing`.
    """
    texts: dict[int, str] = {}

    def text(account: int) -> str | None:
        """What was told; in a burst nearly everybody is told one and the same."""
        if (one := told.get(account)) is None:
            return None
        if id(one) not in texts:
            texts[id(one)] = one.to_json()
        return texts[id(one)]

    rows = [
        (
            round_.id,
            solve.account,
            solve.submission,
            solve.at,
            int(solve.ranked),
            text(solve.account),
        )
        for solve in solves
    ]
    if replacing:
        await _remember_told(tx, round_, [row[1] for row in rows])
    await tx.many(
        """
        INSERT INTO solves (round, account, submission, at, ranked, award)
        VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (round, account) DO UPDATE SET submission = excluded.submission,
            at = excluded.at, ranked = excluded.ranked, award = excluded.award
        """,
        rows,
    )


async def remove(tx: Transaction, round_: Round, accounts: Collection[int]) -> None:
    """Forget solves that turned out to be none."""
    await _remember_told(tx, round_, accounts)
    await tx.execute(
        """
        DELETE FROM solves WHERE round = ? AND account IN (SELECT value FROM json_each(?))
        """,
        (round_.id, json.dumps(list(accounts))),
    )


async def _remember_told(tx: Transaction, round_: Round, accounts: Collection[int]) -> None:
    """Keep what was told of solves that make room, so that it can be told again."""
    await tx.execute(
        """
        INSERT INTO former_solves
        SELECT submission, award FROM solves
        WHERE round = ? AND account IN (SELECT value FROM json_each(?))
        ON CONFLICT DO NOTHING
        """,
        (round_.id, json.dumps(list(accounts))),
    )


def _solve(
    row: sqlite3.Row,
    submission: int,
    at: int,
    *,
    ranked: bool = True,
    settled: Entitlement | None = None,
) -> Solve:
    return Solve(
        account=row["account"],
        member=row["member"],
        submission=submission,
        interaction=row["interaction"],
        at=at,
        server=row["server"],
        circle=row["circle"],
        ranked=ranked,
        settled=settled,
    )


async def has_solved(reader: Reader, round_id: int, account: int | None) -> bool:
    """Whether the holder of `account` solved the round."""
    row = await reader.one(
        "SELECT 1 FROM solves WHERE round = ? AND account = ?", (round_id, account)
    )
    return row is not None


@dataclass(frozen=True, slots=True)
class Tally:
    """How a round went."""

    tried: int
    solved: int
    first: tuple[int, ...]
    """Accounts of the first ranked members to solve it, in the order of Discord's milliseconds."""


async def outcome(reader: Reader, round_id: int, *, first: int) -> Tally:
    """How many tried and solved, and who the `first` few were."""
    tried = await reader.value(
        """
        SELECT count(DISTINCT account) FROM submissions
        WHERE round = ? AND NOT practice AND outcome IN ('accept', 'close', 'reject', 'repeat')
        """,
        (round_id,),
    )
    solved = await reader.value("SELECT count(*) FROM solves WHERE round = ?", (round_id,))
    rows = await reader.all(
        """
        SELECT solves.account FROM solves JOIN submissions ON submissions.id = submission
        WHERE solves.round = ? AND ranked ORDER BY solves.at, interaction LIMIT ?
        """,
        (round_id, first),
    )
    return Tally(tried, solved, tuple(row["account"] for row in rows))
