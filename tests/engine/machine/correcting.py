"""Staff put things right: rulings, adjustments, reversals, voided rounds, and second opinions."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import pytest

from engine.books import approvals
from engine.books.proposals import Proposal, What
from engine.errors import CorrectionRefused
from engine.play import rejudging, rounds
from engine.storage.transactions import Reader, Transaction
from tests.engine.machine.community import STAFF, Community, Waiting
from tests.engine.machine.notebook import Life
from tests.engine.machine.noted import HOUR, RULED, Credit
from tests.engine.machine.playing import has_rounds
from tests.engine.machine.riddles import Riddle
from tests.engine.machine.steps import Dice, step

ALONE = 60
"""What one member of the staff may move without another."""
PATIENCE_MS = 48 * HOUR
OWN = ("solve", "decay", "podium", "streak", "rescore")
REVERSIBLE = ("award", "bonus", "adjustment")


@step(8, has_rounds)
def an_answer_is_found_right(community: Community, dice: Dice) -> None:
    riddle, word, lower = (
        dice.choice(community.riddles[-3:]),
        dice.choice(RULED),
        dice.random() < 0.3,
    )
    staff = community.here(dice.choice(STAFF))

    async def preview(reader: Reader) -> rejudging.Rejudgement:
        return await rejudging.preview(
            reader, await rounds.get(reader, riddle.id), word, lower=lower
        )

    async def accept(tx: Transaction) -> rejudging.Rejudgement:
        round_ = await rounds.get(tx, riddle.id)
        return await rejudging.accept(
            tx,
            round_,
            word,
            now_ms=community.now,
            reason="It is right.",
            actor=staff.account,
            lower=lower,
        )

    if riddle.voided:
        with pytest.raises(CorrectionRefused):
            community.write(accept)
        return
    before = {life: life.score(0, 1 << 62, everything=True)[0] for life in community.notebook.lives}
    foreseen = community.run(_foreseen(community, preview))
    riddle.accept(word, lower=lower)
    done = community.write(accept)
    assert done.changes == foreseen.changes
    moved = Counter[int]()
    for one in done.changes.everywhere:
        moved[one.account] += one.points
    assert {account: points for account, points in moved.items() if points} == {
        life.account: after - before[life]
        for life in community.notebook.lives
        if (after := life.score(0, 1 << 62, everything=True)[0]) != before[life]
    }


async def _foreseen(
    community: Community,
    preview: Callable[[Reader], Coroutine[Any, Any, rejudging.Rejudgement]],
) -> rejudging.Rejudgement:
    async with community.books.reading() as reader:
        return await preview(reader)


@dataclass(frozen=True)
class Effect:
    """What a correction does to one member's points, and since when they count."""

    life: Life
    points: int
    at: int


Effects = Sequence[Effect] | str
"""What it does, or why it cannot be done."""


@step(6)
def points_are_adjusted(community: Community, dice: Dice) -> None:
    life = community.here(dice.choice((1, 2, 3, 4)))
    points = dice.choice((-200, -50, -7, 5, 40, 55, 90, 200))

    def effects() -> Effects:
        return [Effect(life, points, community.now)]

    wanted = Wanted(effects=effects, concerns=life)
    propose(community, dice, "adjust", wanted, account=life.account, points=points)


@step(6, lambda community: community.last_row > 0)
def a_transfer_is_reversed(community: Community, dice: Dice) -> None:
    ledger = Ledger(community)
    rows = sorted(ledger.rows.values(), key=ledger.by_sight)
    undoable = [row for row in rows if row["kind"] in REVERSIBLE]
    corrected = {row["corrects"] for row in undoable}
    tied = [row for row in undoable if row["corrects"] or row["id"] in corrected]
    choices = [tied, undoable, rows]
    row = dice.choice(next(filter(None, choices[dice.choice((0, 0, 1, 1, 2)) :])))

    def effects() -> Effects:
        if row["kind"] not in REVERSIBLE:
            return "kind"
        life = Ledger(community).whose(row)
        if life is None:
            return "nobody"
        return Ledger(community).undone(row) or "done"

    wanted = Wanted(effects=effects, roots=lambda: [row])
    propose(community, dice, "reverse", wanted, transfer=row["id"])


@step(3, lambda community: community.last_row > 0)
def a_batch_is_reversed(community: Community, dice: Dice) -> None:
    batches = sorted({row["batch"] for row in Ledger(community).rows.values() if row["batch"]})
    batch = dice.choice((*batches, "none-such"))

    def roots() -> list[sqlite3.Row]:
        rows = Ledger(community).rows
        inside = {number: row for number, row in rows.items() if row["batch"] == batch}
        return [row for row in inside.values() if row["corrects"] not in inside]

    def effects() -> Effects:
        found = roots()
        reversible = [row for row in found if row["kind"] in REVERSIBLE]
        if not reversible:
            return "kind" if found else "unknown"
        ledger = Ledger(community)
        theirs = [row for row in reversible if ledger.whose(row)]
        return [one for row in theirs for one in ledger.undone(row)] or "done"

    propose(community, dice, "unbatch", Wanted(effects=effects, roots=roots), batch=batch)


@step(1, lambda community: any(not one.voided for one in community.riddles))
def a_riddle_is_voided(community: Community, dice: Dice) -> None:
    riddle = dice.choice([one for one in community.riddles if not one.voided])

    def effects() -> Effects:
        if riddle.voided:
            return "done"
        taken = [
            Effect(life, -pay.held, 0)
            for life, pay in riddle.pay.items()
            if pay.held and not life.erased
        ]
        return taken + [Effect(life, points, 0) for life, points in riddle.grown_if_void()]

    propose(community, dice, "void", Wanted(effects=effects, riddle=riddle), round=riddle.id)


@step(4, lambda community: bool(community.waiting))
def somebody_else_decides(community: Community, dice: Dice) -> None:
    one, actor = dice.choice(community.waiting), community.here(dice.choice(STAFF))
    if dice.random() < 0.3:
        community.waiting.remove(one)
        community.write(lambda tx: approvals.drop(tx, one.id, actor.account, community.now))
        return
    why = None
    if community.now >= one.expires:
        why = "late"
    elif actor is one.by:
        why = "own"
    elif isinstance(gain := one.gain(actor), str):
        why = gain
    else:
        why = "profit" if gain > 0 else one.book()
    if why is None:
        community.waiting.remove(one)
    _expect(community, why, lambda tx: approvals.approve(tx, one.id, actor.account, community.now))


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """A correction as the notebook will make it, whenever that is."""

    effects: Callable[[], Effects]
    roots: Callable[[], list[sqlite3.Row]] = list
    """The transfers it undoes."""
    riddle: Riddle | None = None
    """The riddle it voids."""
    concerns: Life | None = None

    def gain(self, life: Life) -> int | str:
        """What it would bring a member now; or why it cannot be made."""
        effects = self.effects()
        if isinstance(effects, str):
            return effects
        return sum(one.points for one in effects if one.life is life)

    def book(self, community: Community) -> str | None:
        """Make it; or say why it cannot be made."""
        effects = self.effects()
        if isinstance(effects, str):
            return effects
        if self.riddle is not None:
            if not self.riddle.closed:
                return "open"
            self.riddle.void()
            return None
        ledger = Ledger(community)
        for row in self.roots():
            if row["kind"] in REVERSIBLE:
                ledger.strike(row)
        for one in effects:
            give, take = community.notebook.give, community.notebook.take
            (give if one.points > 0 else take)(one.life, abs(one.points), one.at)
        return None


def propose(community: Community, dice: Dice, what: What, wanted: Wanted, **target: Any) -> None:
    """Propose a correction; a small one is booked at once."""
    by = community.here(dice.choice(STAFF))
    key = f"{community.now}:{len(community.diary)}"
    proposal = Proposal(key=key, what=what, reason="It is right.", actor=by.account, **target)
    effects = wanted.effects()
    waits = not isinstance(effects, str) and (
        sum(abs(one.points) for one in effects) > ALONE
        or sum(one.points for one in effects if one.life is by) > 0
    )
    why = None if waits else wanted.book(community)
    if why is None:
        community.corrections += 1
    if waits:
        expires = community.now + PATIENCE_MS
        book = partial(wanted.book, community)
        community.waiting.append(
            Waiting(community.corrections, by, expires, wanted.concerns, wanted.gain, book)
        )

    async def proposing(tx: Transaction) -> approvals.Booked:
        return await approvals.propose(
            tx, proposal, approve_above=ALONE, patience_ms=PATIENCE_MS, now_ms=community.now
        )

    booked = _expect(community, why, proposing)
    if booked is not None:
        assert booked.correction.id == community.corrections
        assert booked.correction.state == ("waiting" if waits else "booked")


def _expect(
    community: Community,
    why: str | None,
    work: Callable[[Transaction], Coroutine[Any, Any, approvals.Booked]],
) -> approvals.Booked | None:
    """Do it; or, where there is a reason why not, hear that reason."""
    if why is None:
        return community.write(work)
    with pytest.raises(CorrectionRefused) as refused:
        community.write(work)
    assert refused.value.why == why
    return None


class Ledger:
    """The rows as they are, read by eye."""

    def __init__(self, community: Community) -> None:
        self.community = community
        rows = community.run(community.books.look("SELECT * FROM transfers ORDER BY id"))
        self.rows = {int(row["id"]): row for row in rows}
        accounts = community.run(community.books.look("SELECT id, owner FROM accounts"))
        self.owners = {row["id"]: row["owner"] or row["id"] for row in accounts}
        self.lives = {life.account: life for life in community.notebook.lives}

    def by_sight(self, row: sqlite3.Row) -> tuple[object, ...]:
        """An order that does not depend on the accounts, so that a history can be played again."""
        sides = (self.lives.get(self.owners[row[side]]) for side in ("source", "target"))
        numbers = [0 if life is None else life.number for life in sides]
        return row["kind"], row["round"] or 0, row["points"], row["counts_at"], *numbers, row["id"]

    def whose(self, row: sqlite3.Row) -> Life | None:
        """The member who gained or lost by it, unless they were erased."""
        sides = (self.owners[row["source"]], self.owners[row["target"]])
        for side in sides:
            if side in self.lives and not self.lives[side].erased:
                return self.lives[side]
        return None

    def undone(self, row: sqlite3.Row) -> list[Effect]:
        """What taking back all that is left of a transfer does to its member."""
        life = self.whose(row)
        assert life is not None
        if paid := self._credits(row, life):
            return [Effect(life, -one.left, one.at) for one in paid if one.left]
        taken = sum(
            one["points"]
            for one in self.rows.values()
            if one["corrects"] == row["id"] and one["kind"] == "reversal"
        )
        left = row["points"] - taken
        gained = self.owners[row["target"]] == life.account
        return [Effect(life, -left if gained else left, row["counts_at"])] if left else []

    def strike(self, row: sqlite3.Row) -> None:
        """Note that nothing is left of it."""
        life = self.whose(row)
        for credit in self._credits(row, life) if life else ():
            credit.left = 0

    def _credits(self, row: sqlite3.Row, life: Life) -> list[Credit]:
        """The riddle's payment that the row is, with those that corrected it since."""
        own = [
            number
            for number, one in self.rows.items()
            if one["round"] == row["round"]
            and one["target"] == life.account
            and one["key"].split(":")[0] in OWN
            and one["kind"] != "reversal"
        ]
        if row["round"] is None or row["id"] not in own:
            return []
        riddle = next(one for one in self.community.riddles if one.id == row["round"])
        paid = riddle.paid(life).credits
        assert [self.rows[number]["points"] for number in own] == [one.points for one in paid]
        nth = own.index(row["id"])
        return [
            credit
            for number, credit in zip(own, paid, strict=True)
            if number == own[nth] or self.rows[number]["corrects"] == own[nth]
        ]
