"""Any history of a game, played beside a plain model of the rules, leaves books that fit.

The model knows nothing of the engine: members are letters, a round is a dictionary, and what a
member has earned is a number. After each step the two are compared.
"""

import asyncio
import contextlib
import os
import random
import tempfile
from collections.abc import Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine import rounds, seasons
from engine.calendar import Step
from engine.database import Database, open_database
from engine.errors import RoundExists, RoundStillOpen
from engine.hints import state, take
from engine.judging import parse_answer
from engine.members import meet_one
from engine.moments import from_ms, to_ms
from engine.rounds import Round, open_round, take_step
from engine.solves import settle_sealed
from engine.standings import Window, own, page
from engine.submissions import AnswerDesk, Attempt
from tests.audit import assert_books_fit
from tests.builders import MONDAY, PARIS, WEEK, a_person, a_rhythm, a_try, rules

SECOND, MINUTE, HOUR = 1000, 60_000, 3_600_000
ANSWERS = {
    "quicksort": "accept",
    "a sort": "close",
    "alpha": "close",
    "beta": "close",
    "gamma": "close",
    "delta": "close",
    "bogosort": "reject",
    "heap sort": "reject",
    "HEAP  SORT": "reject",
    "shell sort": "reject",
    "merge sort": "reject",
    "   ": "invalid",
}
KEY = parse_answer(
    {
        "accept": ["quicksort"],
        "reject": ["bogosort"],
        "near": [
            {"when": text, "say": {"fr": "Presque !", "en": "Nearly!"}}
            for text, outcome in ANSWERS.items()
            if outcome == "close"
        ],
    }
)
SAME = {"HEAP  SORT": "heap sort"}
"""Answers that are the same try as another."""
LATER = [1, SECOND, 5 * SECOND, 40 * SECOND, 3 * MINUTE]
"""Between two tries."""
PASSING = [0, 1, 5 * SECOND, MINUTE, 40 * MINUTE, 9 * HOUR]
MEMBERS = (1, 2, 3)
AUTHOR = 3
HINT_COST = 10

Result = TypeVar("Result")


@dataclass
class Tries:
    """What one member did in one round."""

    judged: list[int] = field(default_factory=list[int])
    wrong: list[int] = field(default_factory=list[int])
    given: set[str] = field(default_factory=set[str])
    near: int = 0
    hints: dict[int, int] = field(default_factory=dict[int, int])
    last: tuple[int, bool] | None = None
    """Of a sealed round: the last answer's moment, and whether it is right."""
    solved_at: int | None = None

    def free_at(self) -> int:
        """From when the next try is allowed, as the rules say it."""
        moments = [0, *(at + 5 * SECOND for at in self.judged[-1:])]
        for i, at in enumerate(self.wrong[::-1]):
            moments.append(at + min(i * i * 40 * SECOND, 30 * MINUTE))
        return max(moments)


@dataclass
class Model:
    """One round, as a spectator with a notebook would keep it."""

    sealed: bool
    opens: int
    closes: int
    hints_free: list[int]
    revealed: bool = False
    closed: bool = False
    busy: int = 0
    """How often answers came; a round that nobody tried is soon told."""
    tries: dict[int, Tries] = field(default_factory=dict[int, Tries])

    def of(self, member: int) -> Tries:
        return self.tries.setdefault(member, Tries())

    def judge(self, member: int, text: str, at: int) -> str:
        """What becomes of a try; moments only ever grow."""
        tries = self.of(member)
        if at >= self.closes:
            return ANSWERS[text] + " in practice" if self.revealed else "late"
        if self.sealed:
            if ANSWERS[text] == "invalid":
                return "invalid"
            tries.last = (at, ANSWERS[text] == "accept")
            return "received"
        if tries.solved_at is not None:
            return "solved"
        if at < tries.free_at():
            return "waiting"
        return self._judged(tries, text, at)

    def wait(self, member: int, outcome: str, at: int) -> int | None:
        """From when the member may go on, if they are told so."""
        free = self.of(member).free_at()
        counts = outcome in ("waiting", "close", "reject", "invalid", "repeat")
        return free if counts and free > at and not self.sealed else None

    def _judged(self, tries: Tries, text: str, at: int) -> str:
        outcome, word = ANSWERS[text], SAME.get(text, text)
        if word in tries.given and outcome in ("close", "reject"):
            outcome = "repeat"
        tries.judged.append(at)
        tries.given.add(word)
        tries.near += outcome == "close"
        if outcome == "reject" or (outcome == "close" and tries.near > 3):
            tries.wrong.append(at)
        if outcome == "accept":
            tries.solved_at = at
        return outcome

    def settle(self) -> None:
        """At the reveal, the last answer of each member stands."""
        for tries in self.tries.values():
            if self.sealed and tries.last is not None and tries.last[1]:
                tries.solved_at = tries.last[0]

    def earned(self, member: int) -> int:
        tries = self.of(member)
        if tries.solved_at is None or member == AUTHOR:
            return 0
        paid_for = sum(at < tries.solved_at for at in tries.hints.values())
        return max(100 - HINT_COST * paid_for, 1)


class Game(RuleBasedStateMachine):
    """A community that plays week after week."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.stack = contextlib.AsyncExitStack()
        self.books = self.run(self._open())
        self.desk = AnswerDesk(self.books)
        self.now = to_ms(MONDAY)
        self.week = WEEK
        self.games: list[tuple[Round, Model]] = []

    def run(self, doing: Coroutine[Any, Any, Result]) -> Result:
        return self.runner.run(doing)

    async def _open(self) -> Database:
        place = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None  # noqa: S108 - a folder of our own in it
        folder = self.stack.enter_context(tempfile.TemporaryDirectory(dir=place))
        opening = open_database(Path(folder) / "books.db", kind="rehearsal", now=MONDAY)
        return await self.stack.enter_async_context(opening)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()

    @property
    def newest(self) -> tuple[Round, Model]:
        return self.games[-1]

    def before_the_closing(self) -> bool:
        return bool(self.games) and not self.games[-1][1].closed

    def waits_for_its_reveal(self) -> bool:
        return bool(self.games) and self.games[-1][1].closed and not self.games[-1][1].revealed

    def is_worth_trying(self) -> bool:
        """Or most of a history would be answers that are too late."""
        return bool(self.games) and self.games[-1][1].busy < 6

    # What may happen.

    @rule(ms=st.sampled_from(PASSING))
    def time_passes(self, ms: int) -> None:
        self.now += ms

    @initialize(sealed=st.booleans())
    def the_first_riddle_goes_out(self, *, sealed: bool) -> None:
        self.publish(sealed=sealed)

    @rule(sealed=st.booleans())
    def publish(self, *, sealed: bool) -> None:
        plan = a_rhythm().plan(self.week)
        if not self.before_the_closing():
            self.now = max(self.now, to_ms(plan.publishes_at))
        verdict = "at_reveal" if sealed else "instant"
        frozen = rules(verdict=verdict, answer=KEY, author_id=a_person(AUTHOR).id)

        async def opening() -> Round:
            async with self.books.transaction() as tx:
                await seasons.ensure(tx, from_ms(self.now), PARIS, 3)
                return await open_round(
                    tx,
                    plan=plan,
                    slug=f"riddle-{self.week}",
                    rules=frozen,
                    now=from_ms(min(self.now, to_ms(plan.closes_at))),
                )

        if self.before_the_closing():
            with pytest.raises((RoundStillOpen, RoundExists)):
                self.run(opening())
            return
        round_ = self.run(opening())
        hints = [to_ms(at) for at in plan.hints_at]
        self.games.append(
            (round_, Model(sealed, to_ms(round_.opens_at), to_ms(plan.closes_at), hints))
        )
        self.week = self.week.next()

    @precondition(lambda self: self.is_worth_trying())
    @rule(
        tries=st.lists(
            st.tuples(
                st.sampled_from(MEMBERS),
                st.sampled_from(list(ANSWERS)),
                st.sampled_from(LATER),
            ),
            min_size=10,
            max_size=30,
        ),
        order=st.randoms(use_true_random=False),
        again=st.booleans(),
    )
    def answers_arrive(self, tries: list[tuple[int, str, int]], order: Any, *, again: bool) -> None:
        round_, model = self.newest
        model.busy += 1
        attempts: list[Attempt] = []
        expected: list[tuple[str, int | None]] = []
        for member, text, later in tries:
            self.now += later
            attempts.append(a_try(text, member=member, at=self.now))
            outcome = model.judge(member, text, self.now)
            expected.append((outcome, model.wait(member, outcome, self.now)))
        self.run(self._season_starts())
        shuffled = order.sample(attempts, len(attempts))

        async def hand_in() -> dict[int, Any]:
            sent = shuffled + (shuffled if again else [])
            replies = await asyncio.gather(*(self.desk.submit(one) for one in sent))
            told = dict(zip((one.interaction for one in sent), replies, strict=True))
            assert [told[one.interaction] for one in sent] == replies
            return told

        replies = self.run(hand_in())
        told: list[tuple[str, int | None]] = []
        for attempt in attempts:
            reply = replies[attempt.interaction]
            practice = " in practice" if reply.practice else ""
            outcome = "received" if reply.sealed else reply.told + practice
            told.append((outcome, reply.free_at))
            assert reply.round == round_.id
        assert told == expected

    async def _season_starts(self) -> None:
        async with self.books.transaction() as tx:
            await seasons.ensure(tx, from_ms(self.now), PARIS, 3)

    @precondition(lambda self: self.games)
    @rule(member=st.sampled_from(MEMBERS), n=st.integers(1, 4))
    def a_hint_is_asked_for(self, member: int, n: int) -> None:
        round_, model = self.newest
        tries = model.of(member)
        free = 3 if model.revealed else sum(at <= self.now for at in model.hints_free)
        readable = {*range(1, free + 1), *tries.hints}
        if n <= 3 and n not in readable and readable >= set(range(1, n)):
            tries.hints[n] = self.now
            readable.add(n)

        async def asking() -> tuple[int, ...]:
            async with self.books.transaction() as tx:
                account = await meet_one(tx, a_person(member), self.now)
                current = await rounds.get(tx, round_.id)
                after = await take(tx, current, account, n, self.now)
                assert after == await state(tx, current, account, self.now)
                return after.open

        assert self.run(asking()) == tuple(sorted(readable))

    @precondition(lambda self: self.before_the_closing() and self.newest[1].busy >= 3)
    @rule(early=st.booleans())
    def close(self, *, early: bool) -> None:
        _, model = self.newest
        if not early:
            self.now = max(self.now, model.closes)
        model.closes = max(min(model.closes, self.now), model.opens)
        model.closed = True
        self._step(Step.CLOSE)

    @precondition(lambda self: self.waits_for_its_reveal())
    @rule(later=st.sampled_from([0, HOUR]))
    def reveal(self, later: int) -> None:
        _, model = self.newest
        self.now += later
        model.revealed = True
        model.settle()
        self._step(Step.REVEAL)

    def _step(self, step: Step) -> None:
        round_, model = self.newest

        async def taking() -> Round:
            async with self.books.transaction() as tx:
                now = from_ms(self.now)
                after = await take_step(tx, round_.id, step, due_at=now, now=now)
                if step is Step.REVEAL and model.sealed:
                    await settle_sealed(tx, after, self.now)
                return after

        after = self.run(taking())
        assert to_ms(after.closes_at) == model.closes
        assert after.is_open != model.closed

    # What must hold after each step.

    @invariant()
    def the_books_fit(self) -> None:
        async def audit() -> None:
            async with self.books.reading() as reader:
                await assert_books_fit(reader)

        self.run(audit())

    @invariant()
    def everybody_has_what_they_earned(self) -> None:
        expected = {m: sum(model.earned(m) for _, model in self.games) for m in MEMBERS}
        scores = {f"Member {m}": points for m, points in expected.items() if points}

        async def look() -> dict[str, int]:
            async with self.books.reading() as reader:
                lines = await page(reader, Window(season=0), server=None)
                for line in lines:
                    mine = await own(reader, Window(season=0), line.account, server=None)
                    above = sum(points > line.points for points in scores.values())
                    assert (mine.points, mine.rank, line.rank) == (
                        line.points,
                        above + 1,
                        above + 1,
                    )
                return {line.name: line.points for line in lines}

        assert self.run(look()) == scores

    @invariant()
    def solves_stand_with_their_own_moments(self) -> None:
        expected = {
            (round_.id, a_person(member).id, tries.solved_at)
            for round_, model in self.games
            for member, tries in model.tries.items()
            if tries.solved_at is not None
        }

        async def look() -> set[tuple[int, int, int]]:
            async with self.books.reading() as reader:
                rows = await reader.all(
                    "SELECT round, members.id, at FROM solves JOIN members USING (account)"
                )
            return {(row["round"], row["id"], row["at"]) for row in rows}

        assert self.run(look()) == expected


# Hypothesis looks for short histories that break; dice make long ones that go everywhere.


@pytest.mark.parametrize("seed", range(12))
def test_a_long_history_by_the_dice_breaks_nothing(seed: int) -> None:
    dice, game = random.Random(seed), Game()
    try:
        for _ in range(120):
            roll(dice, game)
            game.the_books_fit()
            game.everybody_has_what_they_earned()
            game.solves_stand_with_their_own_moments()
    finally:
        game.teardown()

    assert sum(model.revealed for _, model in game.games) >= 3


def roll(dice: random.Random, game: Game) -> None:
    """One step that is possible now."""
    if not game.before_the_closing() and not game.waits_for_its_reveal() and dice.random() < 0.7:
        game.publish(sealed=dice.random() < 0.5)
    elif game.waits_for_its_reveal() and dice.random() < 0.5:
        game.reveal(later=dice.choice([0, HOUR]))
    elif game.before_the_closing() and game.newest[1].busy > 3 and dice.random() < 0.5:
        game.close(early=dice.random() < 0.5)
    elif game.games and dice.random() < 0.3:
        game.a_hint_is_asked_for(member=dice.choice(MEMBERS), n=dice.randrange(1, 5))
    elif game.games and dice.random() < 0.9:
        tries = [
            (dice.choice(MEMBERS), dice.choice(list(ANSWERS)), dice.choice(LATER))
            for _ in range(dice.randrange(1, 20))
        ]
        game.answers_arrive(tries=tries, order=dice, again=dice.random() < 0.3)
    else:
        game.time_passes(ms=dice.choice(PASSING))


usual = settings(
    deadline=None,
    # Making a failing history shorter takes minutes; it is printed as it was found.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
)

TestHistories = Game.TestCase
TestHistories.settings = settings(
    usual, max_examples=8, stateful_step_count=30, derandomize=True, database=None
)


@pytest.mark.long
class TestLongHistories(Game.TestCase):
    settings = settings(usual, max_examples=300, stateful_step_count=120)
