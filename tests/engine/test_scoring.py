"""What a solve earns follows from its inputs alone, and is never nothing."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.scoring import Award, Scoring, award, hint_price

costs = st.decimals(Decimal(0), Decimal(1), places=3)


@pytest.mark.parametrize(
    ("value", "cost", "hints", "points"),
    [
        (100, "0.1", 0, 100),
        (100, "0.1", 1, 90),
        (100, "0.1", 3, 70),
        (105, "0.1", 1, 95),
        (100, "0.5", 2, 1),
        (100, "1", 1, 1),
        (100, "0", 9, 100),
        (1, "0.1", 3, 1),
    ],
)
def test_a_solve_earns_the_value_less_what_its_hints_cost(
    value: int, cost: str, hints: int, points: int
) -> None:
    earned = award(Scoring(), value=value, hint_cost=Decimal(cost), hints=hints)

    assert earned.points == points


def test_an_award_carries_the_inputs_that_explain_it() -> None:
    earned = award(Scoring(), value=99, hint_cost=Decimal("0.1"), hints=2)

    assert earned == Award(value=99, hints=2, hint_cost=9, points=81)


@given(st.integers(1, 10**6), costs, st.integers(0, 20))
def test_a_solve_is_worth_at_least_a_point_and_at_most_its_value(
    value: int, cost: Decimal, hints: int
) -> None:
    earned = award(Scoring(), value=value, hint_cost=cost, hints=hints)
    one_more = award(Scoring(), value=value, hint_cost=cost, hints=hints + 1)

    assert 1 <= one_more.points <= earned.points <= value
    assert earned.points == max(1, value - hints * earned.hint_cost)


@given(st.integers(0, 10**6), costs)
def test_a_price_is_rounded_down_without_losing_a_digit(value: int, cost: Decimal) -> None:
    assert hint_price(value, cost) == value * int(cost * 1000) // 1000


def test_a_policy_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValidationError):
        Scoring.model_validate({"policy": "generous"})
    with pytest.raises(ValidationError):
        Scoring.model_validate({"version": 2})
