"""What may happen in a community: everything that members, staff and the clock do."""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.engine.machine.community import Community
from tests.engine.machine.comparing import compare, compare_in_depth

Dice = Random


@dataclass(frozen=True)
class Step:
    """Something that may happen, how often, and when it is possible."""

    name: str
    weight: int
    possible: Callable[[Community], bool]
    take: Callable[[Community, Dice], None]


STEPS: list[Step] = []


def step(
    weight: int, possible: Callable[[Community], bool] = lambda _: True
) -> Callable[[Callable[[Community, Dice], None]], Callable[[Community, Dice], None]]:
    """Let a function be one of the steps."""

    def listed(
        take: Callable[[Community, Dice], None],
    ) -> Callable[[Community, Dice], None]:
        STEPS.append(Step(take.__name__, weight, possible, take))
        return take

    return listed


def go_on(community: Community, dice: Dice) -> None:
    """One step that is possible now, and both worlds compared."""
    possible = [one for one in STEPS if one.possible(community)]
    (chosen,) = dice.choices(possible, weights=[one.weight for one in possible])
    community.diary.append(f"{community.now} {chosen.name}")
    chosen.take(community, dice)
    compare(community)


IN_DEPTH = 40
"""Steps between two audits of everything."""


def play(seed: int, steps: int) -> Community:
    """A whole history by the dice; closed, to be looked at."""
    dice = Random(seed)
    with Community() as community:
        for n in range(1, steps + 1):
            go_on(community, dice)
            if n % IN_DEPTH == 0 or n == steps:
                compare_in_depth(community)
    return community
