"""Rejudging: an answer is accepted after the fact, and whoever gave it has solved as of then.

A ruling adds an entry beside the riddle's frozen key. From then on it is accepted, and the stored
answers are replayed: those it makes right count with their own millisecond, with the hints taken
by then, at the place of that time. The difference is booked as adjustments with a public reason.
What was right stays right: no newer version of the program is asked about it.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.books.ledger import tail_of, write_note
from engine.errors import CorrectionRefused
from engine.judging import Key, Outcome, examine, judge
from engine.judging import accepts as key_accepts
from engine.play import settlement, solves
from engine.play.rounds import Round
from engine.play.settlement import Changes
from engine.storage.database import Reader, Transaction

Judged = Mapping[tuple[str, str], bool]
"""Of texts and their languages: whether the entry makes them right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudgement:
    """What accepting an entry means, or meant."""

    round: Round
    entry: str
    accepted_before: bool
    """Whether the round accepted it already."""
    answers: int
    """Stored answers that become right."""
    members: int
    """Whose they are."""
    changes: Changes
    """Of solves and points; none while a sealed round waits for its reveal."""
    batch: str | None = field(default=None, compare=False)
    """What ties its transfers together; None in a preview."""
    judged: Judged = field(compare=False, repr=False)
    """The answers that were looked at, so that nobody has to look at them again."""

    @property
    def is_idle(self) -> bool:
        """Whether nothing would change, now or for later answers."""
        return self.accepted_before and not self.answers and not self.changes.members


async def preview(reader: Reader, round_: Round, entry: str, *, lower: bool = False) -> Rejudgement:
    """What `accept` would mean, and nothing is written.

    Many answers take their time, on a thread of their own: nobody has to wait for it.

    Raises:
        EntryRefused: the entry can be no answer of this riddle, or its key refuses it by name.
        CorrectionRefused: the round counts for nobody.
    """
    key = _examined(round_, entry)
    given = await _given(reader, round_)
    judged = await asyncio.to_thread(_judge, key, {one.answer for one in given}, {})
    right = [one for one in given if judged[one.answer]]
    standing = await solves.standing_solves(reader, round_, [one.submission for one in right])
    changes = await settlement.preview_rescore(reader, round_, lower=lower, standing=standing)
    return _rejudgement(round_, entry, right, changes, judged)


async def accept(
    tx: Transaction,
    round_: Round,
    entry: str,
    *,
    now_ms: int,
    reason: str,
    actor: int | None = None,
    lower: bool = False,
    judged: Judged | None = None,
) -> Rejudgement:
    """Accept the entry from now on, and replay the answers that were given.

    `judged` is what a preview of the same entry found, so that little is left to do while
    others wait to write. Nobody who was paid is lowered unless `lower` asks for it. Asked twice,
    it is done once.

    Raises:
        EntryRefused: the entry can be no answer of this riddle, or its key refuses it by name.
        CorrectionRefused: the round counts for nobody.
    """
    key = _examined(round_, entry)
    given = await _given(tx, round_)
    judged = _judge(key, {one.answer for one in given}, judged or {})
    right = [one for one in given if judged[one.answer]]
    ruling = await _ruling(tx, round_, entry, now_ms=now_ms, reason=reason, actor=actor)
    await tx.many(
        "INSERT INTO ruled VALUES (?, ?) ON CONFLICT DO NOTHING",
        [(one.submission, ruling) for one in right],
    )
    number, _ = await tail_of(tx)
    # What a ruling books later, for instance to lower as well, is another booking.
    batch = f"ruling-{ruling}-{number + 1}"
    changes = await settlement.rescore(
        tx,
        round_,
        now_ms,
        batch=batch,
        lower=lower,
        reason=reason,
        actor=actor,
        standing=await solves.standing_solves(tx, round_),
    )
    return replace(_rejudgement(round_, entry, right, changes, judged), batch=batch)


@dataclass(frozen=True, slots=True)
class _Given:
    """A stored answer that was not right."""

    submission: int
    account: int
    answer: tuple[str, str]
    """Its text and its language."""


async def _given(reader: Reader, round_: Round) -> list[_Given]:
    rows = await reader.all(
        """
        SELECT id, account, text, lang FROM submissions
        WHERE round = ? AND NOT practice AND text IS NOT NULL
          AND outcome IN ('close', 'reject', 'repeat', 'invalid')
          AND id NOT IN (SELECT submission FROM ruled)
        """,
        (round_.id,),
    )
    return [_Given(row["id"], row["account"], (row["text"], row["lang"])) for row in rows]


def _examined(round_: Round, entry: str) -> Key:
    if round_.voided_at is not None:
        raise CorrectionRefused("void")
    return examine(round_.rules.answer, entry)


def _judge(key: Key, given: Collection[tuple[str, str]], known: Judged) -> Judged:
    """Each answer once, however many members gave it."""
    return {
        one: known[one] if one in known else judge(key, *one).outcome is Outcome.ACCEPT
        for one in given
    }


async def _ruling(
    tx: Transaction, round_: Round, entry: str, *, now_ms: int, reason: str, actor: int | None
) -> int:
    known = await tx.value(
        "SELECT id FROM rulings WHERE round = ? AND entry = ?", (round_.id, entry)
    )
    if known is not None:
        return known
    (row,) = await tx.execute(
        "INSERT INTO rulings (round, entry, at, actor, note) VALUES (?, ?, ?, ?, ?) RETURNING id",
        (round_.id, entry, now_ms, actor, await write_note(tx, reason)),
    )
    return row["id"]


def _rejudgement(
    round_: Round, entry: str, right: Sequence[_Given], changes: Changes, judged: Judged
) -> Rejudgement:
    return Rejudgement(
        round=round_,
        entry=entry,
        accepted_before=key_accepts(round_.key, entry),
        answers=len(right),
        members=len({one.account for one in right}),
        changes=changes,
        judged=judged,
    )
