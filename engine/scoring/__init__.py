"""What a solve earns: pure policies, frozen into a round when it opens.

The same inputs give the same points for ever, and whatever is paid keeps the inputs that
explain it. `docs/scoring.md` tells it with numbers.
"""

from engine.scoring.entitlements import (
    Entitlement,
    Solver,
    Terms,
    entitlements,
    promise,
    promises,
)
from engine.scoring.formulas import LEAST_AWARD, hint_price, row_length
from engine.scoring.policy import Scoring, Streak

__all__ = [
    "LEAST_AWARD",
    "Entitlement",
    "Scoring",
    "Solver",
    "Streak",
    "Terms",
    "entitlements",
    "hint_price",
    "promise",
    "promises",
    "row_length",
]
