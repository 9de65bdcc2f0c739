"""One riddle as a spectator with a notebook would keep it: tries, hints, solves, and their pay."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from tests.engine.machine.notebook import Life, Notebook
from tests.engine.machine.noted import (
    ANSWERS,
    Answer,
    Credit,
    Pay,
    Policy,
    Said,
    Solve,
    Tries,
    Worth,
    free_from,
    same_word,
)


@dataclass(eq=False)
class Riddle:
    """A round. `before` are all the rounds before it."""

    id: int
    slug: str
    sealed: bool
    policy: Policy
    author: int
    opens: int
    planned: int
    closes: int
    hints_free: list[int]
    before: list["Riddle"]
    notebook: Notebook
    since: list["Riddle"] = field(default_factory=list["Riddle"])
    """All the rounds after it."""
    most_tries: int | None = None
    closed: bool = False
    settled: bool = False
    revealed: bool = False
    voided: bool = False
    rulings: set[str] = field(default_factory=set[str])
    tries: dict[Life, Tries] = field(default_factory=dict[Life, Tries])
    answers: list[Answer] = field(default_factory=list[Answer])
    solves: dict[Life, Solve] = field(default_factory=dict[Life, Solve])
    touched: set[Life] = field(default_factory=set[Life])
    """Who handed in anything, judged or not."""
    shown: dict[Life, int] = field(default_factory=dict[Life, int])
    """Who was shown the answer, and when."""
    forgotten: set[int] = field(default_factory=set[int])
    """Members who were erased while it was open."""
    pay: dict[Life, Pay] = field(default_factory=dict[Life, Pay])

    def of(self, life: Life) -> Tries:
        return self.tries.setdefault(life, Tries())

    def paid(self, life: Life) -> Pay:
        return self.pay.setdefault(life, Pay())

    # Judging.

    def verdict(self, text: str) -> str:
        return "accept" if same_word(text) in self.rulings else ANSWERS[text]

    def hear(
        self, life: Life, text: str, stamp: int, interaction: int
    ) -> tuple[Said, Solve | None]:
        """What becomes of a try, and the solve it makes, if it does."""
        at = max(stamp, self.opens)
        if self.voided or (at >= self.closes and self.revealed):
            return Said(self.verdict(text), practice=True), None
        if at >= self.closes:
            return Said("late"), None
        return (self._sealed if self.sealed else self._instant)(life, text, at, interaction)

    def _instant(
        self, life: Life, text: str, at: int, interaction: int
    ) -> tuple[Said, Solve | None]:
        tries, solve = self.of(life), self.solves.get(life)
        if solve is not None and solve.at <= at:
            return Said("solved"), None
        judged = [one for one in tries.judged if one <= at]
        wrong = [one for one in tries.wrong if one <= at]
        if self.most_tries is not None and len(wrong) >= self.most_tries:
            return Said("spent"), None
        free = free_from(judged, wrong)
        if at < free:
            return Said("waiting", free), None
        outcome, word = self.verdict(text), same_word(text)
        if outcome in ("close", "reject") and word in tries.given:
            outcome = "repeat"
        if outcome == "reject" or (outcome == "close" and tries.near >= 3):
            tries.wrong.append(at)
        tries.near += outcome == "close"
        tries.judged.append(at)
        tries.given.add(word)
        self._keep(life, at, interaction, word, outcome)
        if outcome == "accept":
            return Said("accept"), self._solve(life, at, interaction)
        ahead = free_from(tries.judged, tries.wrong)
        said = Said(outcome, ahead if ahead > at and solve is None else None)
        return said, None

    def _sealed(
        self, life: Life, text: str, at: int, interaction: int
    ) -> tuple[Said, Solve | None]:
        tries = self.of(life)
        if life in self.solves and self.revealed:
            return Said("solved"), None
        outcome = self.verdict(text)
        self._keep(life, at, interaction, same_word(text), outcome)
        if outcome == "invalid":
            return Said(outcome), None
        stands = (at, interaction) >= tries.last
        tries.last = max(tries.last, (at, interaction))
        right = outcome == "accept"
        said = Said(
            outcome, sealed=not self.revealed, replaced=right and not stands and self.revealed
        )
        solves = right and stands and self.settled and life not in self.solves
        return said, self._solve(life, at, interaction) if solves else None

    def _keep(self, life: Life, at: int, interaction: int, word: str, outcome: str) -> None:
        self.answers.append(Answer(life, at, interaction, word, outcome, right=outcome == "accept"))

    def _solve(self, life: Life, at: int, interaction: int) -> Solve:
        self.solves[life] = Solve(at, interaction, ranked=self.is_ranked(life, at))
        return self.solves[life]

    def is_ranked(self, life: Life, at: int) -> bool:
        """Neither the author nor somebody who had been shown the answer; and still somebody."""
        outside = life.erased or life.number == self.author
        return not outside and self.shown.get(life, at) >= at

    # What solves are worth.

    def worth(self) -> dict[Life, Worth]:
        """What each ranked solver is entitled to as things stand."""
        if self.voided:
            return {}
        ranked = {life: solve for life, solve in self.solves.items() if solve.ranked}
        return {
            life: self._worth(life, solve, list(ranked.values())) for life, solve in ranked.items()
        }

    def _worth(self, life: Life, solve: Solve, ranked: Sequence[Solve]) -> Worth:
        policy = self.policy
        sure = self._less_hints(life, solve, self._sure(solve.at))
        run = self.run(life)
        streak = min(policy.bonus * (run - 1), policy.cap)
        if not self.settled:
            return Worth(sure, sure, streak)
        award = sure
        if policy.name == "solves":
            award = self._less_hints(life, solve, self._decayed(len(ranked)))
        came = [max(one.at, self.opens + policy.podium_grace) for one in ranked]
        mine = max(solve.at, self.opens + policy.podium_grace)
        place = 1 + sum(one < mine for one in came)
        podium = policy.podium[place - 1] if place <= len(policy.podium) else 0
        return Worth(sure, award, streak, podium, place)

    def _sure(self, at: int) -> int:
        policy = self.policy
        if policy.name == "fixed":
            return policy.value
        if policy.name == "solves":
            return policy.least
        start = self.opens + policy.grace
        if at <= start:
            return policy.value
        if at >= self.planned:
            return policy.least
        left = Fraction(self.planned - at, self.planned - start)
        return math.ceil(policy.least + (policy.value - policy.least) * left)

    def _decayed(self, solvers: int) -> int:
        policy, n = self.policy, solvers - 1
        if policy.curve == "linear":
            return max(policy.value - policy.decay * n, policy.least)
        curve = Fraction(policy.least - policy.value, policy.decay**2) * n * n + policy.value
        return max(math.ceil(curve), policy.least)

    def _less_hints(self, life: Life, solve: Solve, base: int) -> int:
        taken = sum(at < solve.at for at in self.of(life).hints.values())
        return max(base - taken * self.policy.hint, 1)

    def run(self, life: Life) -> int:
        """How many riddles in a row are solved with this one."""
        if not self.policy.bonus:
            return 1
        length, forgiven = 1, self.policy.forgiven
        for earlier in reversed(self.before):
            if earlier.voided or earlier.has_no_say(life):
                continue
            if earlier.solved_ranked(life):
                length += 1
            elif forgiven:
                forgiven -= 1
            else:
                break
        return length

    def solved_ranked(self, life: Life) -> bool:
        solve = self.solves.get(life)
        return solve is not None and solve.ranked

    def has_no_say(self, life: Life) -> bool:
        """Whether this riddle neither adds to a streak of theirs nor breaks it."""
        if self.solved_ranked(life):
            return False
        wrote = life.number == self.author and not life.erased
        knew = life in self.shown and self.shown[life] < self.closes
        return life in self.solves or wrote or knew

    # Paying for them.

    def arrive(self, lives: Iterable[Life]) -> dict[Life, Worth]:
        """Right answers came in; what each is worth."""
        due = self.worth()
        worth = {life: due[life] for life in lives if life in due}
        for life, one in worth.items():
            self._pay(life, one, in_parts=True)
        return worth

    def settle(self) -> None:
        """Places are given, and what depends on others is paid."""
        self.settled = True
        if self.sealed:
            for life, solve in self.standing().items():
                self.solves.setdefault(life, solve)
        for life, due in self.worth().items():
            self._pay(life, due, in_parts=True)

    def standing(self) -> dict[Life, Solve]:
        """The solves that the answers make, each as of its own time."""
        found: dict[Life, Answer] = {}
        for answer in sorted(self.answers, key=lambda one: (one.at, one.interaction)):
            if self.sealed and (answer.right or answer.outcome != "invalid"):
                found[answer.life] = answer
            elif not self.sealed and answer.right:
                found.setdefault(answer.life, answer)
        return {
            life: Solve(one.at, one.interaction, ranked=self.is_ranked(life, one.at))
            for life, one in found.items()
            if one.right
        }

    def accept(self, word: str, *, lower: bool) -> None:
        """An answer is found right after the fact."""
        self.rulings.add(word)
        for answer in self.answers:
            if answer.word == word and not answer.life.erased:
                answer.right = True
        if self.sealed and not self.settled:
            return
        standing, rows = self.standing(), self._rows_since()
        for life, now in standing.items():
            before = self.solves.get(life)
            earlier = before is not None and (now.at, now.interaction) < (
                before.at,
                before.interaction,
            )
            other = before is not None and now.interaction != before.interaction
            if before is None or earlier or (lower and other):
                self.solves[life] = now
        if lower:
            self.solves = {life: one for life, one in self.solves.items() if life in standing}
        self._correct(lower=lower)
        self._lengthen(rows)

    def void(self) -> None:
        """It counts for nobody."""
        rows = self._rows_since()
        self.voided = True
        self._correct(lower=True)
        self._lengthen(rows)

    def _correct(self, *, lower: bool) -> None:
        due = self.worth()
        for life, worth in due.items():
            self._pay(life, worth, in_parts=False)
        for life, pay in self.pay.items() if lower else ():
            if not life.erased:
                self._take_back(life, pay, due[life].total if life in due else 0)

    def grown_if_void(self) -> list[tuple[Life, int]]:
        """What later riddles would pay for rows that this one breaks."""
        rows, grown = self._rows_since(), list[tuple[Life, int]]()
        self.voided = True
        for later, life, was in rows:
            rest = later.worth()[life].total - later.paid(life).booked
            if later.run(life) > was and rest > 0 and not life.erased:
                grown.append((life, rest))
        self.voided = False
        return grown

    def _rows_since(self) -> list[tuple["Riddle", Life, int]]:
        """How long the rows of later riddles are."""
        return [
            (later, life, later.run(life))
            for later in self.since
            for life in later.solves
            if not later.voided and later.solved_ranked(life)
        ]

    def _lengthen(self, rows: list[tuple["Riddle", Life, int]]) -> None:
        """Whoever has a longer row than before is paid what it is worth; a shorter one stays."""
        for later, life, was in rows:
            if later.run(life) > was:
                later._pay(life, later.worth()[life], in_parts=False)

    def _pay(self, life: Life, worth: Worth, *, in_parts: bool) -> None:
        if life.erased:
            return
        pay = self.paid(life)
        rest, have = worth.total - pay.booked, {one.part for one in pay.credits}
        parts = {
            "solve": worth.sure,
            "decay": worth.award - worth.sure,
            "podium": worth.podium,
            "streak": worth.streak,
        }
        for part, points in parts.items() if in_parts else ():
            if part not in have and min(points, rest) > 0:
                self._credit(life, part, min(points, rest))
                rest -= min(points, rest)
        if rest > 0:
            self._credit(life, "rescore", rest)

    def _credit(self, life: Life, part: str, points: int) -> None:
        at = self.solves[life].at
        self.paid(life).credits.append(Credit(part, points, points, at))
        self.notebook.give(life, points, at)

    def _take_back(self, life: Life, pay: Pay, due: int) -> None:
        rest = pay.held - due
        for credit in reversed(pay.credits):
            points = min(rest, credit.left)
            if points > 0:
                credit.left -= points
                pay.corrected += points
                rest -= points
                self.notebook.take(life, points, credit.at)

    def readable(self, life: Life, now: int) -> set[int]:
        """Numbers of the hints that a member may read."""
        free = 3 if self.revealed else sum(at <= now for at in self.hints_free)
        return {*range(1, free + 1), *self.of(life).hints}

    def concerns(self, life: Life) -> bool:
        """Whether the member had anything to do with it."""
        return bool(self.of(life).hints) or life in self.shown or life in self.touched
