"""Deciding: what becomes of one try. Pure: a round, a history and a try in, a decision out."""

from bisect import insort
from functools import lru_cache

from engine.calendar import Step
from engine.judging import RULES_VERSION, Outcome, Verdict
from engine.moments import to_ms
from engine.play.histories import History
from engine.play.limits import Limits, free_at_ms
from engine.play.rounds import Round
from engine.play.submissions.attempt import Attempt, Reply, Told
from engine.records import record

DAY_MS = 86_400_000
_TOLD = {outcome: Told(outcome) for outcome in Outcome}


@record
class Decision:
    """A try, what to reply, and what it leaves in the books."""

    attempt: Attempt
    account: int
    at: int
    """The try's moment, not before the opening."""
    reply: Reply
    verdict: Verdict | None = None
    counted: bool = False
    """As a wrong try."""
    solves: bool = False
    """Whether it is now the member's solve."""
    replaces: bool = False
    """Whether a later answer was the member's solve until now."""

    def row(self, number: int) -> tuple[object, ...]:
        """The submission as the books keep it."""
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
            int(self.counted),
            int(self.reply.practice),
            self.reply.free_at,
            RULES_VERSION if verdict else None,
            int(self.reply.sealed),
        )


def decide_one(round_: Round, account: int, history: History, attempt: Attempt) -> Decision:
    """The rules, in the order in which a member meets them."""
    at = max(attempt.at, to_ms(round_.opens_at))
    over = at >= to_ms(round_.closes_at)
    if round_.voided_at is not None or (over and round_.has(Step.REVEAL)):
        return _practise(round_, account, attempt, at)
    if refusal := _refusal(round_, history, attempt, at):
        return Decision(attempt=attempt, account=account, at=at, reply=refusal)
    if round_.sealed:
        return _keep(round_, account, history, attempt, at)
    return _judge(round_, account, history, attempt, at)


def remember(history: History, decision: Decision) -> None:
    """Let the member's next try know of this one."""
    reply, at = decision.reply, decision.at
    if decision.verdict is None or reply.practice:
        return
    # An answer that arrives late may be stamped before those that are known.
    insort(history.tries, at)
    history.normals.add(decision.verdict.normal)
    history.near_misses += reply.told is Told.CLOSE
    if decision.counted:
        insort(history.wrong, at)
    if decision.solves:
        history.solved_at = at
    if reply.told is not Told.INVALID:
        history.last = max(history.last, (at, decision.attempt.interaction))


def _refusal(round_: Round, history: History, attempt: Attempt, at: int) -> Reply | None:
    """Why a try is not judged; None where it is."""
    limits, told, free = round_.rules.limits, None, None
    # As of its own moment: what was stamped later does not hold up an answer that arrives late.
    wrong = [t for t in history.wrong if t <= at] if history.wrong else []
    if at >= to_ms(round_.closes_at):
        told = Told.LATE
    elif _has_solved(round_, history, at) and not _is_unsaid(round_):
        told = Told.SOLVED
    elif _too_young(limits, attempt):
        told = Told.YOUNG
    elif round_.sealed:
        told = None  # Nobody learns anything from trying, so nobody has to wait.
    elif limits.most_tries is not None and len(wrong) >= limits.most_tries:
        told = Told.SPENT
    elif history.tries:
        free = free_at_ms(limits, [t for t in history.tries if t <= at], wrong)
        told, free = (Told.WAITING, free) if at < free else (None, None)
    return None if told is None else Reply(told=told, round=round_.id, free_at=free)


def _is_unsaid(round_: Round) -> bool:
    """Whether verdicts are still kept back: what comes after the reveal has nothing to wait for."""
    return round_.sealed and not round_.has(Step.REVEAL)


def _judge(round_: Round, account: int, history: History, attempt: Attempt, at: int) -> Decision:
    """A try whose verdict is told at once."""
    limits = round_.rules.limits
    verdict = round_.judge(attempt.text, attempt.lang)
    told = _TOLD[verdict.outcome]
    if told is Told.ACCEPT:
        return Decision(
            attempt=attempt,
            account=account,
            at=at,
            reply=_right(round_.id),
            verdict=verdict,
            solves=True,
            # Only a right answer stamped before the one that was the solve comes here.
            replaces=history.solved_at is not None,
        )
    if told is not Told.INVALID and verdict.normal in history.normals:
        told = Told.REPEAT
    counted = told is Told.REJECT or (
        told is Told.CLOSE and history.near_misses >= limits.free_misses
    )
    solved = history.solved_at is not None
    ahead = 0 if solved else _free_after(limits, history, at, counted=counted)
    reply = Reply(
        told=told,
        round=round_.id,
        reason=verdict.reason,
        say=verdict.say if told is Told.CLOSE else None,
        free_at=ahead if ahead > at else None,
    )
    return Decision(
        attempt=attempt,
        account=account,
        at=at,
        reply=reply,
        verdict=verdict,
        counted=counted,
    )


@lru_cache(maxsize=8)
def _right(round_id: int) -> Reply:
    """What the verdict on a right answer is; in a burst half of all replies."""
    return Reply(told=Told.ACCEPT, round=round_id)


def _free_after(limits: Limits, history: History, at: int, *, counted: bool) -> int:
    """From when the next try is allowed, once there was one at `at`."""
    if not history.tries:
        return free_at_ms(limits, [at], [at] if counted else [])
    wrong = [*history.wrong, at] if counted else history.wrong
    return free_at_ms(limits, sorted([*history.tries, at]), sorted(wrong))


def _keep(round_: Round, account: int, history: History, attempt: Attempt, at: int) -> Decision:
    """An answer to a sealed round: the last one stands, right or wrong."""
    unsaid = _is_unsaid(round_)
    verdict = round_.judge(attempt.text, attempt.lang)
    told = _TOLD[verdict.outcome]
    right = told is Told.ACCEPT
    stands = (at, attempt.interaction) >= history.last
    reply = Reply(
        told=told,
        round=round_.id,
        reason=verdict.reason,
        say=verdict.say,
        sealed=unsaid and told is not Told.INVALID,
        replaced=right and not stands and not unsaid,
    )
    # Until it is settled, a sealed round has no solves.
    solves = right and stands and round_.is_settled and history.solved_at is None
    return Decision(
        attempt=attempt, account=account, at=at, reply=reply, verdict=verdict, solves=solves
    )


def _practise(round_: Round, account: int, attempt: Attempt, at: int) -> Decision:
    verdict = round_.judge(attempt.text, attempt.lang)
    reply = Reply(
        told=Told(verdict.outcome),
        round=round_.id,
        reason=verdict.reason,
        say=verdict.say,
        practice=True,
    )
    return Decision(attempt=attempt, account=account, at=at, reply=reply, verdict=verdict)


def _has_solved(round_: Round, history: History, at: int) -> bool:
    """Whether there is nothing more to gain: an earlier answer may still take a solve's place."""
    return history.solved_at is not None and (round_.sealed or history.solved_at <= at)


def _too_young(limits: Limits, attempt: Attempt) -> bool:
    if attempt.at - attempt.account_created_at < limits.account_age_days * DAY_MS:
        return True
    if not limits.membership_age_days:
        return False
    # Where Discord does not say since when somebody is there, they cannot be let in.
    joined = attempt.at if attempt.joined_at is None else attempt.joined_at
    return attempt.at - joined < limits.membership_age_days * DAY_MS
