"""Waiting grows with guessing, fades with time, and is exact to the millisecond."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.play.limits import MINUTE_MS, Limits, free_at_ms

USUAL = Limits()


def test_who_never_tried_may_try_at_once() -> None:
    assert free_at_ms(USUAL, [], []) == 0


def test_the_pause_runs_from_the_last_try() -> None:
    assert free_at_ms(USUAL, [0, 1000, 9000], []) == 14_000


@pytest.mark.parametrize(
    ("wrong", "minutes"),
    [(1, 0), (2, 2 / 3), (3, 8 / 3), (4, 6), (5, 32 / 3), (6, 50 / 3), (7, 24), (8, 30), (20, 30)],
)
def test_a_burst_of_wrong_answers_blocks_by_its_oldest(wrong: int, minutes: float) -> None:
    moments = [0] * wrong
    expected = max(round(minutes * MINUTE_MS), 5000)

    assert free_at_ms(USUAL, moments, moments) == expected


def test_the_longest_wait_is_a_setting() -> None:
    limits = Limits(longest_wait_minutes=1, pause_seconds=0)

    assert free_at_ms(limits, [0] * 9, [0] * 9) == MINUTE_MS
    assert free_at_ms(Limits(longest_wait_minutes=0), [7] * 9, [7] * 9) == 5007


def test_without_a_pause_the_first_wrong_answer_costs_no_time() -> None:
    assert free_at_ms(Limits(pause_seconds=0), [70], [70]) == 70


moments = st.lists(st.integers(0, 10**9), min_size=1, max_size=12).map(sorted)


@given(moments)
def test_the_reckoning_is_the_one_of_the_rules(wrong: list[int]) -> None:
    waits = [min(i * i * 60_000 / 1.5, 30 * 60_000) for i in range(len(wrong))]
    blocks = [at + wait for at, wait in zip(reversed(wrong), waits, strict=True)]

    assert free_at_ms(USUAL, wrong, wrong) == max(*blocks, wrong[-1] + 5000)


@given(moments, st.integers(0, 10**6))
def test_another_wrong_answer_never_shortens_the_wait(wrong: list[int], later: int) -> None:
    more = [*wrong, wrong[-1] + later]

    assert free_at_ms(USUAL, more, more) >= free_at_ms(USUAL, wrong, wrong)


@given(moments)
def test_nobody_waits_longer_than_half_an_hour_from_their_last_try(wrong: list[int]) -> None:
    assert free_at_ms(USUAL, wrong, wrong) <= wrong[-1] + 30 * MINUTE_MS


@pytest.mark.parametrize(
    "wrong",
    [
        {"pause_seconds": -1},
        {"free_misses": -1},
        {"most_tries": 0},
        {"longest_wait_minutes": -1},
        {"account_age_days": -1},
        {"typo": 1},
    ],
    ids=str,
)
def test_limits_that_make_no_sense_are_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Limits.model_validate(wrong)


def test_ages_and_a_maximum_of_tries_default_to_none() -> None:
    assert (USUAL.most_tries, USUAL.account_age_days, USUAL.membership_age_days) == (None, 0, 0)
