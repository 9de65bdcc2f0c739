"""What is noted about a riddle: what may be answered, what was, and what it paid."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.engine.machine.notebook import Life

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
"""What may be answered, and the verdict by the riddle's key."""
SAME = {"HEAP  SORT": "heap sort"}
"""Answers that are the same try as another."""
RULED = ("heap sort", "shell sort", "merge sort")
"""What may be found right afterwards."""


@dataclass(frozen=True)
class Policy:
    """What a solve pays."""

    name: str = "fixed"
    value: int = 100
    hint: int = 10
    """What a hint costs."""
    least: int = 100
    grace: int = 0
    curve: str = ""
    decay: int = 1
    podium: tuple[int, ...] = ()
    podium_grace: int = 0
    bonus: int = 0
    """Of a streak: for each riddle after its first; 0: streaks are not paid."""
    cap: int = 0
    forgiven: int = 0


@dataclass
class Said:
    """What a member hears of a try."""

    outcome: str
    free_at: int | None = None
    sealed: bool = False
    practice: bool = False
    replaced: bool = False


@dataclass(eq=False)
class Answer:
    """A try that was judged."""

    life: Life
    at: int
    interaction: int
    word: str
    outcome: str
    right: bool


@dataclass(frozen=True)
class Solve:
    at: int
    interaction: int
    ranked: bool


@dataclass
class Credit:
    """A payment, and what nobody has taken back of it."""

    part: str
    points: int
    left: int
    at: int


@dataclass
class Pay:
    """What a riddle has paid one member."""

    credits: list[Credit] = field(default_factory=list[Credit])
    corrected: int = 0
    """What the riddle's own corrections took back."""

    @property
    def booked(self) -> int:
        return sum(one.points for one in self.credits) - self.corrected

    @property
    def held(self) -> int:
        return sum(one.left for one in self.credits)


@dataclass(frozen=True)
class Worth:
    """What a solve is worth, part by part."""

    sure: int
    award: int
    streak: int
    podium: int = 0
    place: int | None = None

    @property
    def total(self) -> int:
        return self.award + self.streak + self.podium


@dataclass
class Tries:
    """What one member tried, as far as it decides what they may do next."""

    judged: list[int] = field(default_factory=list[int])
    wrong: list[int] = field(default_factory=list[int])
    given: set[str] = field(default_factory=set[str])
    near: int = 0
    last: tuple[int, int] = (0, 0)
    hints: dict[int, int] = field(default_factory=dict[int, int])


def free_from(judged: Sequence[int], wrong: Sequence[int]) -> int:
    """Five seconds after a try; and the nth wrong answer before blocks for n²/1.5 minutes."""
    waits = [max(judged) + 5 * SECOND] if judged else [0]
    for n, at in enumerate(sorted(wrong, reverse=True)):
        waits.append(at + min(n * n * 40 * SECOND, 30 * MINUTE))
    return max(waits)


def same_word(text: str) -> str:
    """The word that an answer is, however it is written."""
    return SAME.get(text, text)
