"""The notebook: who has what, who owes what, and what everybody ever scored."""

from dataclasses import dataclass, field
from enum import Enum


class Counts(Enum):
    """Which scores a movement of points changes."""

    EVERYWHERE = "everywhere"
    ALL_TIME = "all time"
    NOWHERE = "nowhere"


@dataclass(eq=False)
class Life:
    """A member from the first time they were seen until they are erased."""

    number: int
    account: int
    balance: int = 0
    debt: int = 0
    moves: list[tuple[int, int, Counts]] = field(default_factory=list[tuple[int, int, Counts]])
    hidden: bool = False
    seen_at: int | None = None
    """None: points from elsewhere came before their owner."""
    gone_at: int | None = None
    erased: bool = False

    def score(self, start: int, end: int, *, everything: bool) -> tuple[int, int]:
        """Points within a span, and the moment since which they never were fewer."""
        counted = [
            (at, points)
            for at, points, counts in self.moves
            if start <= at < end and (counts is Counts.EVERYWHERE or everything)
        ]
        total = sum(points for _, points in counted)
        reached = 0
        for moment in {at for at, _ in counted}:
            just_before = sum(points for at, points in counted if at < moment)
            if just_before < total:
                reached = max(reached, moment)
        return total, reached


@dataclass
class Notebook:
    """All points, wherever they are."""

    house: int = 0
    held: int = 0
    spent: int = 0
    elsewhere: int = 0
    erased: int = 0
    lives: list[Life] = field(default_factory=list[Life])

    def give(self, life: Life, points: int, at: int, counts: Counts = Counts.EVERYWHERE) -> None:
        """Points for a member; a debt is repaid first."""
        if counts is Counts.ALL_TIME:
            self.elsewhere -= points
        else:
            self.house -= points
        self._receive(life, points)
        life.moves.append((at, points, counts))

    def take(self, life: Life, points: int, at: int, counts: Counts = Counts.EVERYWHERE) -> None:
        """Points from a member, who owes what is not there."""
        if counts is Counts.ALL_TIME:
            self.elsewhere += points
        else:
            self.house += points
        there = min(points, life.balance)
        life.balance -= there
        life.debt += points - there
        life.moves.append((at, -points, counts))

    def hold(self, life: Life, points: int) -> None:
        """Points wait."""
        life.balance -= points
        self.held += points

    def release(self, life: Life, points: int) -> None:
        """Points that waited come back."""
        self.held -= points
        self._receive(life, points)

    def spend(self, points: int) -> None:
        """Points that waited are spent."""
        self.held -= points
        self.spent += points

    def forfeit(self, points: int) -> None:
        """Points that waited belong to nobody any more."""
        self.held -= points
        self.erased += points

    def bury(self, life: Life) -> None:
        """A member is erased: what they could spend is nobody's; what they owe is never paid."""
        self.erased += life.balance
        life.balance = 0
        life.erased = True

    def _receive(self, life: Life, points: int) -> None:
        repaid = min(points, life.debt)
        life.debt -= repaid
        life.balance += points - repaid
