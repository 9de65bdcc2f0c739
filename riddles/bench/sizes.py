"""How large the measurements are."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """So many callers at once, and what they hand in per round."""

    in_flight: int
    answers: int
    naive_answers: int
    """For the obvious design, which would take minutes for as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rush:
    """So many requests at once for too few rewards."""

    requests: int
    members: int
    items: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """Everything that decides how long a run takes."""

    rounds: int
    members: int
    history: int
    """Transfers that are there already when answers are measured."""
    levels: tuple[Level, ...]
    boards: tuple[int, ...]
    """Members on the boards that are measured, from the smallest to the largest."""
    reads: int
    """Looks at a board per round."""
    verified: int
    """Transfers of the ledger that is verified as a person would."""
    grown: tuple[int, int]
    """Transfers of the ledgers that are compared, the small and the large."""
    rush: Rush
    """On the shop."""
    bot_answers: int
    """Answers in each turn of a bot."""
    bot_in_flight: int

    @property
    def disk_mb(self) -> int:
        """Room that is needed for it, with some to spare."""
        return 200 + (sum(self.grown) + self.verified + 4 * self.history) // 2_500


FULL = Sizes(
    rounds=5,
    members=20_000,
    history=100_000,
    levels=(
        Level(in_flight=1, answers=400, naive_answers=400),
        Level(in_flight=64, answers=6_400, naive_answers=640),
        Level(in_flight=1_024, answers=16_384, naive_answers=1_024),
    ),
    boards=(10_000, 100_000, 1_000_000),
    reads=200,
    verified=1_000_000,
    grown=(100_000, 10_000_000),
    rush=Rush(requests=10_000, members=1_000, items=100),
    bot_answers=3_000,
    bot_in_flight=64,
)
QUICK = Sizes(
    rounds=2,
    members=1_200,
    history=2_400,
    levels=(
        Level(in_flight=1, answers=20, naive_answers=20),
        Level(in_flight=64, answers=256, naive_answers=64),
        Level(in_flight=1_024, answers=1_100, naive_answers=64),
    ),
    boards=(100, 1_000),
    reads=10,
    verified=5_000,
    grown=(2_400, 9_600),
    rush=Rush(requests=400, members=40, items=10),
    bot_answers=40,
    bot_in_flight=16,
)
