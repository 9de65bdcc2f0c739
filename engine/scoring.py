"""What a solve earns: pure policies, frozen into a round when it opens.

A policy is data with a name and a version; the same inputs give the same points for ever, and
every award keeps the inputs that explain it.
"""

from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

LEAST_AWARD = 1
"""A solve is always worth something, whatever the hints cost."""


class Scoring(BaseModel):
    """How solves are rewarded: the `[scoring]` table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: Literal["fixed"] = Field(
        default="fixed", description="fixed: everyone who solves gets the riddle's value."
    )
    version: Literal[1] = Field(default=1, description="Version of the policy's formula.")


@dataclass(frozen=True, slots=True)
class Award:
    """What one solve earns, with the inputs of its formula."""

    value: int
    hints: int
    """Hints taken before they were free, that this solve pays for."""
    hint_cost: int
    """Points per hint, rounded down."""
    points: int


def hint_price(value: int, hint_cost: Decimal) -> int:
    """Points that one early hint costs: a share of the riddle's value, rounded down."""
    return int((value * hint_cost).to_integral_value(ROUND_FLOOR))


def award(scoring: Scoring, *, value: int, hint_cost: Decimal, hints: int) -> Award:
    """What a solve earns that was helped by `hints` early hints.

    >>> award(Scoring(), value=100, hint_cost=Decimal("0.1"), hints=2).points
    80
    >>> award(Scoring(), value=5, hint_cost=Decimal("0.5"), hints=3).points
    1
    """
    match scoring.policy:
        case "fixed":
            base = value
    price = hint_price(value, hint_cost)
    return Award(value, hints, price, max(base - hints * price, LEAST_AWARD))
