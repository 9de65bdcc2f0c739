"""Rounds: one riddle, published; it opens, closes, is revealed, and keeps its rules for ever.

A round's state is the steps it has taken. A step is taken once: the same transition by the
clock, by a host's hand or after a crash finds it done.
"""

import json
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from engine.calendar import Plan, Progress, Step, Week, settling_at
from engine.errors import RoundExists, RoundStillOpen, StepRefused
from engine.judging import Key, Verdict
from engine.moments import from_ms, to_ms
from engine.play.rules import Rules, compiled
from engine.scoring import Terms
from engine.storage.database import Reader, Transaction


@dataclass(frozen=True, slots=True)
class Round:
    """A published riddle."""

    id: int
    week: Week
    slug: str
    rules: Rules
    key: Key
    judge: Callable[[str, str], Verdict] = field(compare=False, repr=False)
    """The verdict by the key on an answer, given in a language."""
    opens_at: datetime
    hints_at: tuple[datetime, ...]
    reminds_at: datetime | None
    closes_at: datetime
    reveals_at: datetime
    recaps_at: datetime
    planned_closes_at: datetime
    """The closing that was promised at the opening, wherever it was moved to."""
    voided_at: datetime | None
    """Since when the round counts for nobody; None: it counts."""
    taken: frozenset[tuple[Step, int]]

    def has(self, step: Step, n: int = 1) -> bool:
        """Whether the round has taken this step."""
        return (step, n) in self.taken

    @property
    def is_open(self) -> bool:
        """Whether the closing has not been told yet."""
        return not self.has(Step.CLOSE)

    @property
    def is_settled(self) -> bool:
        """Whether places have been given: what comes now is booked as a correction."""
        return self.has(Step.SETTLE)

    @property
    def sealed(self) -> bool:
        """Whether verdicts are kept for the reveal."""
        return self.rules.verdict == "at_reveal"

    @property
    def settles_at(self) -> datetime:
        """When what depends on other members is booked."""
        return settling_at(self.closes_at, self.reveals_at, sealed=self.sealed)

    @property
    def terms(self) -> Terms:
        """What solves are paid by."""
        return Terms(
            scoring=self.rules.scoring,
            value=self.rules.value,
            hint_cost=self.rules.hint_cost,
            opens_at=to_ms(self.opens_at),
            closes_at=to_ms(self.planned_closes_at),
        )

    @property
    def progress(self) -> Progress:
        """What the calendar needs to say what is due."""
        return Progress(
            self.hints_at,
            self.reminds_at,
            self.closes_at,
            self.settles_at,
            self.reveals_at,
            self.recaps_at,
            self.taken,
        )


async def open_round(
    tx: Transaction,
    *,
    plan: Plan,
    slug: str,
    rules: Rules,
    now: datetime,
    actor: int | None = None,
) -> Round:
    """Open the round of `plan.week` at `now`.

    Raises:
        RoundExists: the week has its round, or this riddle went out before.
        RoundStillOpen: another round is open.
    """
    for what, sql in (
        (str(plan.week), "SELECT 1 FROM rounds WHERE week = ?"),
        (slug, "SELECT 1 FROM rounds WHERE slug = ?"),
    ):
        if await tx.one(sql, (what,)):
            raise RoundExists(what)
    before = await newest(tx)
    if before is not None and before.is_open:
        raise RoundStillOpen(before.id)
    (row,) = await tx.execute(
        """
        INSERT INTO rounds
            (week, slug, rules, opens_at, hints_at, reminds_at, closes_at, reveals_at, recaps_at,
             planned_closes_at)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING id
        """,
        (
            str(plan.week),
            slug,
            rules.model_dump_json(),
            to_ms(now),
            json.dumps([to_ms(at) for at in plan.hints_at]),
            None if plan.reminds_at is None else to_ms(plan.reminds_at),
            to_ms(plan.closes_at),
            to_ms(plan.reveals_at),
            to_ms(plan.recaps_at),
            to_ms(plan.closes_at),
        ),
    )
    await _take(tx, row["id"], Step.PUBLISH, 1, due_at=plan.publishes_at, now=now, actor=actor)
    return await get(tx, row["id"])


ORDER = (Step.PUBLISH, Step.CLOSE, Step.SETTLE, Step.REVEAL, Step.RECAP)
"""Each of these needs those before it."""


async def take_step(
    tx: Transaction,
    round_id: int,
    step: Step,
    *,
    n: int = 1,
    due_at: datetime,
    now: datetime,
    actor: int | None = None,
) -> Round:
    """Take a step, and return the round as it then is.

    Closing before the planned moment moves the closing to `now`: later answers are late.

    Raises:
        StepRefused: it was taken before, or the step it needs was not.
    """
    round_ = await get(tx, round_id)
    if round_.has(step, n):
        raise StepRefused(step, "it was taken before")
    before = ORDER[: ORDER.index(step)] if step in ORDER else ORDER[:1]
    if missing := next((needed for needed in before if not round_.has(needed)), None):
        raise StepRefused(step, f"{missing} comes first")
    if step in (Step.HINT, Step.REMIND) and not round_.is_open:
        raise StepRefused(step, "the round is closed")
    if step is Step.CLOSE and now < round_.closes_at:
        await tx.execute(
            "UPDATE rounds SET closes_at = ? WHERE id = ?",
            (max(to_ms(now), to_ms(round_.opens_at)), round_id),
        )
    await _take(tx, round_id, step, n, due_at=due_at, now=now, actor=actor)
    return await get(tx, round_id)


async def void(tx: Transaction, round_id: int, now: datetime) -> Round:
    """Let the round count for nobody from now on; voided twice, it stays as it was.

    Points are not moved by this: `settlement.rescore(…, lower=True)` takes them back.
    """
    await tx.execute(
        "UPDATE rounds SET voided_at = ? WHERE id = ? AND voided_at IS NULL",
        (to_ms(now), round_id),
    )
    return await get(tx, round_id)


_ROUNDS = """
    SELECT *, (SELECT json_group_array(entry) FROM rulings WHERE round = rounds.id) AS rulings
    FROM rounds
"""
"""Rounds with what was ruled about them since: answers accepted beside those of the key."""


async def newest(reader: Reader) -> Round | None:
    """The round that was published last; None before the first."""
    row = await reader.one(f"{_ROUNDS} ORDER BY id DESC LIMIT 1")
    return None if row is None else await _round(reader, row)


async def newest_at(reader: Reader, at_ms: int) -> Round | None:
    """The round that was newest at a moment; None before the first."""
    row = await reader.one(
        f"{_ROUNDS} WHERE opens_at <= ? ORDER BY id DESC LIMIT 1",
        (at_ms,),
    )
    return None if row is None else await _round(reader, row)


async def find(reader: Reader, round_id: int) -> Round | None:
    """The round of that number; None if there is none."""
    row = await reader.one(f"{_ROUNDS} WHERE id = ?", (round_id,))
    return None if row is None else await _round(reader, row)


async def get(reader: Reader, round_id: int) -> Round:
    """The round of that number.

    Raises:
        LookupError: there is none.
    """
    round_ = await find(reader, round_id)
    if round_ is None:
        raise LookupError(f"there is no round {round_id}")
    return round_


async def unfinished(reader: Reader) -> list[Round]:
    """Rounds whose recap is still to come, oldest first."""
    rows = await reader.all(
        f"""
        {_ROUNDS}
        WHERE NOT EXISTS (SELECT 1 FROM steps WHERE round = rounds.id AND step = 'recap')
        ORDER BY id
        """  # noqa: S608 - the query above
    )
    return [await _round(reader, row) for row in rows]


async def since(reader: Reader, round_id: int) -> list[Round]:
    """Rounds that opened after this one and count, oldest first."""
    rows = await reader.all(
        f"{_ROUNDS} WHERE rounds.id > ? AND voided_at IS NULL ORDER BY rounds.id",
        (round_id,),
    )
    return [await _round(reader, row) for row in rows]


async def weeks_done(reader: Reader) -> set[Week]:
    """The weeks that have their round."""
    return {Week.parse(row["week"]) for row in await reader.all("SELECT week FROM rounds")}


async def slugs_used(reader: Reader) -> set[str]:
    """The riddles that went out."""
    return {row["slug"] for row in await reader.all("SELECT slug FROM rounds")}


async def rules_by_slug(reader: Reader) -> dict[str, str | None]:
    """The rules of every round as the books keep them; None for one that is void."""
    rows = await reader.all("SELECT slug, iif(voided_at IS NULL, rules, NULL) AS rules FROM rounds")
    return {row["slug"]: row["rules"] for row in rows}


async def _take(
    tx: Transaction,
    round_id: int,
    step: Step,
    n: int,
    *,
    due_at: datetime,
    now: datetime,
    actor: int | None,
) -> None:
    await tx.execute(
        "INSERT INTO steps VALUES (?, ?, ?, ?, ?, ?)",
        (round_id, step, n, to_ms(due_at), to_ms(now), actor),
    )


async def _round(reader: Reader, row: sqlite3.Row) -> Round:
    steps = await reader.all("SELECT step, n FROM steps WHERE round = ?", (row["id"],))
    rules, key, verdict = compiled(row["rules"], row["rulings"])
    return Round(
        id=row["id"],
        week=Week.parse(row["week"]),
        slug=row["slug"],
        rules=rules,
        key=key,
        judge=verdict,
        opens_at=from_ms(row["opens_at"]),
        hints_at=tuple(from_ms(at) for at in json.loads(row["hints_at"])),
        reminds_at=None if row["reminds_at"] is None else from_ms(row["reminds_at"]),
        closes_at=from_ms(row["closes_at"]),
        reveals_at=from_ms(row["reveals_at"]),
        recaps_at=from_ms(row["recaps_at"]),
        planned_closes_at=from_ms(row["planned_closes_at"]),
        voided_at=None if row["voided_at"] is None else from_ms(row["voided_at"]),
        taken=frozenset((Step(step["step"]), step["n"]) for step in steps),
    )
