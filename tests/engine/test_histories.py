"""Any history of a community, played beside a plain notebook of it, leaves books that fit.

The notebook knows the rules of the game and nothing of the engine (see `machine`). After each
step balances, debts, scores, boards, solves, redemptions and tickets are compared, the new rows of
the ledger are chained by hand, and all points together are nothing.
"""

from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from tests.engine.machine import bringing, correcting, leaving, playing, spending
from tests.engine.machine.community import Community
from tests.engine.machine.comparing import compare_in_depth
from tests.engine.machine.steps import STEPS, go_on, play

WHATEVER_HAPPENS = (playing, correcting, spending, bringing, leaving)


class History(RuleBasedStateMachine):
    """Hypothesis throws the dice, and remembers the histories that broke something."""

    def __init__(self) -> None:
        super().__init__()
        self.community = Community()

    @rule(dice=st.randoms(use_true_random=False))
    def something_happens(self, dice: Any) -> None:
        go_on(self.community, dice)

    def teardown(self) -> None:
        try:
            compare_in_depth(self.community)
        finally:
            self.community.close()


usual = settings(
    # Making a failing history shorter takes minutes; it is printed as it was found.
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
    report_multiple_bugs=False,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestHistories = History.TestCase
TestHistories.settings = settings(
    usual, max_examples=12, stateful_step_count=25, derandomize=True, database=None
)


# Hypothesis looks for short histories that break; dice make long ones that go everywhere.


@pytest.mark.parametrize("seed", range(4))
def test_a_long_history_by_the_dice_breaks_nothing(seed: int) -> None:
    play(seed, 150)


def test_histories_hold_every_kind_of_step() -> None:
    taken = {line.split()[1] for seed in range(8) for line in play(100 + seed, 120).diary}

    assert {one.name for one in STEPS} - taken == set()


@pytest.mark.long
class TestLongHistories(History.TestCase):
    settings = settings(usual, max_examples=200, stateful_step_count=100)


@pytest.mark.long
@pytest.mark.parametrize("block", range(60))
def test_two_hundred_thousand_steps_by_the_dice_break_nothing(block: int) -> None:
    for seed in range(1000 + 15 * block, 1015 + 15 * block):
        play(seed, 200)
