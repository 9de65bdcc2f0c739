"""Submissions: a member's tries at a riddle, judged, stored raw, and paid when right.

`decide` is the one place where an answer meets the rules: is the round open, may this member try
now, is it right, what does it earn. It works on a batch, in the order of Discord's milliseconds,
and reads and writes for the whole batch at once.
"""

import json
import sqlite3
from bisect import insort
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from engine import rounds
from engine.batches import Batches
from engine.calendar import Step
from engine.database import Database, Reader, Transaction
from engine.histories import History, read_histories
from engine.judging import RULES_VERSION, Outcome, Verdict, judge
from engine.limits import free_at_ms
from engine.members import Person, meet
from engine.moments import to_ms
from engine.rounds import Round
from engine.scoring import Award
from engine.solves import Solve, earned, record

DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """What a member sent, as the interaction shows it. Moments are milliseconds UTC."""

    interaction: int
    person: Person
    lang: str
    text: str
    at: int
    """The millisecond in the interaction's id: when Discord had it, not when we got to it."""
    round: int | None = None
    """The round whose button was pressed; None: the newest."""
    received_at: int = 0
    """When it was handed in, by our own clock; books are dated with it."""
    account_created_at: int = 0
    joined_at: int | None = None


class Told(StrEnum):
    """What became of a try."""

    ACCEPT = "accept"
    CLOSE = "close"
    REJECT = "reject"
    INVALID = "invalid"
    REPEAT = "repeat"
    WAITING = "waiting"
    """A try before the pause was over; not judged."""
    SOLVED = "solved"
    """The member had solved it; not judged."""
    LATE = "late"
    """After the closing and before the reveal; not judged."""
    SPENT = "spent"
    """No tries left; not judged."""
    YOUNG = "young"
    """The account or the membership is too young; not judged."""
    NO_ROUND = "no_round"
    """There is no riddle to answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What to tell the member."""

    told: Told
    round: int | None = None
    reason: str | None = None
    """Why an answer is invalid."""
    say: Mapping[str, str] | None = None
    """The author's words for a near answer, by language."""
    award: Award | None = None
    """What the solve earns; None when it earns nothing, or is no solve."""
    practice: bool = False
    sealed: bool = False
    """The verdict is told at the reveal: all the member hears is that it was received."""
    free_at: int | None = None
    """From when the next try is possible, where that lies ahead."""


@dataclass(frozen=True, slots=True)
class _Decision:
    """A try, and the row it leaves."""

    attempt: Attempt
    account: int
    reply: Reply
    verdict: Verdict | None = None
    counted: bool = False

    def row(self, number: int) -> tuple[object, ...]:
        attempt, verdict = self.attempt, self.verdict
        return (
            number,
            attempt.interaction,
            self.reply.round,
            self.account,
            attempt.person.server,
            attempt.person.circle,
            attempt.at,
            attempt.lang,
            attempt.text if verdict else None,
            verdict.normal if verdict else None,
            str(self.reply.told),
            verdict.rule if verdict else None,
            verdict.entry if verdict else None,
            verdict.reason if verdict else None,
            self.counted,
            self.reply.practice,
            self.reply.free_at,
            RULES_VERSION if verdict else None,
        )


class AnswerDesk:
    """Where answers are handed in; each is answered once it is on disk."""

    def __init__(self, database: Database) -> None:
        self._batches = Batches(database, decide)

    async def submit(self, attempt: Attempt) -> Reply:
        """Judge and store one try. The same interaction twice is one try, and the same reply."""
        return await self._batches.ask(attempt)

    async def idle(self) -> None:
        """Return once every try handed in is on disk."""
        await self._batches.idle()


async def decide(tx: Transaction, attempts: Sequence[Attempt]) -> list[Reply]:
    """Judge and store the tries of one commit; the replies come in the order of the tries."""
    known = await _earlier_replies(tx, attempts)
    fresh = {one.interaction: one for one in attempts if one.interaction not in known}
    in_order = sorted(fresh.values(), key=lambda one: (one.at, one.interaction))
    accounts = await meet(tx, [one.person for one in in_order], in_order[-1].at if in_order else 0)
    targets = await _rounds(tx, in_order)
    histories = await read_histories(tx, targets.values(), accounts.values())
    number = await tx.value("SELECT coalesce(max(id), 0) FROM submissions")
    decisions: list[_Decision] = []
    for attempt in in_order:
        round_ = targets.get(attempt.round)
        if round_ is None:
            known[attempt.interaction] = Reply(told=Told.NO_ROUND)
            continue
        account = accounts[attempt.person.id]
        history = histories.setdefault((round_.id, account), History())
        decision = _decide_one(round_, account, history, attempt)
        _remember(round_, history, decision)
        decisions.append(decision)
        known[attempt.interaction] = decision.reply
    numbered = list(enumerate(decisions, number + 1))
    await tx.many(_STORE, [decision.row(at) for at, decision in numbered])
    by_id = {round_.id: round_ for round_ in targets.values()}
    solves = (_solve(by_id, number, decision) for number, decision in numbered)
    await record(tx, [solve for solve in solves if solve is not None])
    return [known[attempt.interaction] for attempt in attempts]


_STORE = f"INSERT INTO submissions VALUES ({', '.join('?' * 18)})"  # noqa: S608 - place-holders only


def _decide_one(round_: Round, account: int, history: History, attempt: Attempt) -> _Decision:
    """The rules, in the order in which a member meets them."""
    limits, at = round_.rules.limits, max(attempt.at, to_ms(round_.opens_at))
    # What arrives only after the reveal has nothing to wait for any more.
    sealed = round_.rules.verdict == "at_reveal" and not round_.has(Step.REVEAL)

    def refused(told: Told, free_at: int | None = None) -> _Decision:
        return _Decision(attempt, account, Reply(told=told, round=round_.id, free_at=free_at))

    if at >= to_ms(round_.closes_at):
        return (
            _practise(round_, account, attempt) if round_.has(Step.REVEAL) else refused(Told.LATE)
        )
    if history.solved_at is not None and not sealed:
        return refused(Told.SOLVED)
    if _too_young(round_, attempt):
        return refused(Told.YOUNG)
    if not sealed:
        if limits.most_tries is not None and len(history.wrong) >= limits.most_tries:
            return refused(Told.SPENT)
        earlier = [t for t in history.tries if t <= at]
        free = free_at_ms(limits, earlier, [t for t in history.wrong if t <= at])
        if at < free:
            return refused(Told.WAITING, free)

    verdict = judge(round_.key, attempt.text, attempt.lang)
    told = Told(verdict.outcome)
    if told in (Told.CLOSE, Told.REJECT) and verdict.normal in history.normals and not sealed:
        told = Told.REPEAT
    counted = told is Told.REJECT or (
        told is Told.CLOSE and history.near_misses >= limits.free_misses
    )
    tries, wrong = sorted([*history.tries, at]), sorted([*history.wrong, *([at] * counted)])
    ahead = 0 if sealed else free_at_ms(limits, tries, wrong)
    paid = earned(round_, history, attempt.person.id, at) if told is Told.ACCEPT else None
    reply = Reply(
        told=told,
        round=round_.id,
        reason=verdict.reason,
        say=verdict.say,
        award=None if sealed else paid,
        sealed=sealed and told is not Told.INVALID,
        free_at=ahead if ahead > at and told is not Told.ACCEPT else None,
    )
    return _Decision(attempt, account, reply, verdict, counted and not sealed)


def _practise(round_: Round, account: int, attempt: Attempt) -> _Decision:
    verdict = judge(round_.key, attempt.text, attempt.lang)
    reply = Reply(
        told=Told(verdict.outcome),
        round=round_.id,
        reason=verdict.reason,
        say=verdict.say,
        practice=True,
    )
    return _Decision(attempt, account, reply, verdict)


def _too_young(round_: Round, attempt: Attempt) -> bool:
    limits, joined = round_.rules.limits, attempt.joined_at
    account_age = attempt.at - attempt.account_created_at
    if account_age < limits.account_age_days * DAY_MS:
        return True
    return joined is not None and attempt.at - joined < limits.membership_age_days * DAY_MS


def _remember(round_: Round, history: History, decision: _Decision) -> None:
    reply, at = decision.reply, max(decision.attempt.at, to_ms(round_.opens_at))
    if decision.verdict is None or reply.practice:
        return
    # An answer that arrives late may be stamped before those that are known.
    insort(history.tries, at)
    history.normals.add(decision.verdict.normal)
    history.near_misses += reply.told is Told.CLOSE
    if decision.counted:
        insort(history.wrong, at)
    if reply.told is Told.ACCEPT:
        history.solved_at = at


def _solve(rounds_by_id: Mapping[int, Round], number: int, decision: _Decision) -> Solve | None:
    """The solve that a try is, if it is one."""
    reply, attempt = decision.reply, decision.attempt
    if reply.told is not Told.ACCEPT or reply.practice or reply.sealed or reply.round is None:
        return None
    return Solve(
        round=rounds_by_id[reply.round],
        account=decision.account,
        submission=number,
        at=max(attempt.at, to_ms(rounds_by_id[reply.round].opens_at)),
        booked_at=max(attempt.received_at, attempt.at),
        server=attempt.person.server,
        circle=attempt.person.circle,
        award=reply.award,
    )


async def _rounds(reader: Reader, attempts: Iterable[Attempt]) -> dict[int | None, Round]:
    wanted = {attempt.round for attempt in attempts}
    found: dict[int | None, Round] = {}
    for number in wanted:
        if number is None:
            round_ = await rounds.newest(reader)
        else:
            exists = await reader.one("SELECT 1 FROM rounds WHERE id = ?", (number,))
            round_ = await rounds.get(reader, number) if exists else None
        if round_ is not None:
            found[number] = round_
    return found


async def _earlier_replies(reader: Reader, attempts: Sequence[Attempt]) -> dict[int, Reply]:
    """What was replied to interactions that are on disk already."""
    rows = await reader.all(
        """
        SELECT submissions.*, solves.award FROM submissions
        LEFT JOIN solves ON solves.submission = submissions.id
        WHERE interaction IN (SELECT value FROM json_each(?))
        """,
        (json.dumps([attempt.interaction for attempt in attempts]),),
    )
    return {row["interaction"]: await _reply_again(reader, row) for row in rows}


async def _reply_again(reader: Reader, row: sqlite3.Row) -> Reply:
    round_ = await rounds.get(reader, row["round"])
    sealed = round_.rules.verdict == "at_reveal" and not row["practice"]
    reply = Reply(
        told=Told(row["outcome"]),
        round=round_.id,
        reason=row["reason"],
        award=Award(**json.loads(row["award"])) if row["award"] and not sealed else None,
        practice=bool(row["practice"]),
        free_at=row["free_at"],
    )
    if row["normal"] is None or row["text"] is None:
        return reply
    say = judge(round_.key, row["text"], row["lang"]).say
    judged = reply.told in (Told(outcome) for outcome in Outcome)
    return replace(reply, say=say, sealed=sealed and judged and reply.told is not Told.INVALID)
