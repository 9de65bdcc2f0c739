"""The formulas of points: whole numbers in, whole numbers out, and no floating point between.

What a formula cannot say in whole points is rounded in the member's favour; only the price of
a hint is rounded down, which is in their favour too.
"""

from collections.abc import Iterable, Sequence
from decimal import ROUND_FLOOR, Decimal
from typing import Literal

LEAST_AWARD = 1
"""A solve is always worth something, whatever the hints cost."""


def hint_price(value: int, hint_cost: Decimal) -> int:
    """Points that one early hint costs: a share of the riddle's value, rounded down.

    >>> hint_price(99, Decimal("0.1"))
    9
    """
    return int((value * hint_cost).to_integral_value(ROUND_FLOOR))


def less_hints(base: int, hints: int, price: int) -> int:
    """What is left of `base` once the hints are paid for; never nothing.

    >>> less_hints(100, 2, 10), less_hints(5, 3, 2)
    (80, 1)
    """
    return max(base - hints * price, LEAST_AWARD)


def at_time(value: int, minimum: int, *, at: int, whole_until: int, ends_at: int) -> int:
    """The value at a moment: whole until `whole_until`, then in a straight line to the minimum.

    Moments are milliseconds. Points are rounded up, so each lasts until the next is due. A riddle
    worth less than the minimum keeps its value.

    >>> [at_time(100, 50, at=at, whole_until=60, ends_at=160) for at in (60, 61, 62, 110, 160)]
    [100, 100, 99, 75, 50]
    """
    minimum = min(minimum, value)
    if at <= whole_until:
        return value
    if at >= ends_at:
        return minimum
    return minimum - (value - minimum) * (at - ends_at) // (ends_at - whole_until)


def by_solvers(
    value: int, minimum: int, *, solvers: int, decay: int, curve: Literal["linear", "parabolic"]
) -> int:
    """The value for everyone once `solvers` have solved: CTFd's dynamic value, in whole numbers.

    With n further solvers after the first: linear, value − decay·n; parabolic (CTFd calls it
    logarithmic), ⌈(minimum − value) / decay² · n² + value⌉; at least the minimum. Source:
    `linear` and `logarithmic` in CTFd/plugins/dynamic_challenges/decay.py of CTFd/CTFd, later
    CTFd/plugins/challenges/decay.py; the first solver gets the whole value there too.

    >>> [by_solvers(100, 50, solvers=n, decay=5, curve="linear") for n in (1, 2, 11, 99)]
    [100, 95, 50, 50]
    >>> [by_solvers(100, 50, solvers=n, decay=10, curve="parabolic") for n in (1, 2, 6, 11, 99)]
    [100, 100, 88, 50, 50]
    """
    minimum, further = min(minimum, value), max(solvers - 1, 0)
    lost = decay * further
    if curve == "parabolic":
        lost = (value - minimum) * further**2 // decay**2
    return max(value - lost, minimum)


def places(moments: Iterable[int]) -> dict[int, int]:
    """The place of each moment, the earliest first; equal moments share one (1, 1, 3).

    >>> places([7, 3, 3, 9])
    {3: 1, 7: 3, 9: 4}
    """
    found: dict[int, int] = {}
    for place, moment in enumerate(sorted(moments), 1):
        found.setdefault(moment, place)
    return found


def of_place(podium: Sequence[int], place: int) -> int:
    """The bonus of a place; whoever shares it has the whole of it.

    >>> [of_place([30, 20, 10], place) for place in (1, 3, 4)]
    [30, 10, 0]
    """
    return podium[place - 1] if place <= len(podium) else 0


def of_row(run: int, *, bonus: int, cap: int) -> int:
    """The bonus of the `run`th riddle solved in a row; the first pays none.

    >>> [of_row(run, bonus=10, cap=25) for run in (1, 2, 3, 4, 9)]
    [0, 10, 20, 25, 25]
    """
    return min(bonus * (run - 1), cap)


def row_length(before: Iterable[bool], forgiven: int) -> int:
    """How many riddles in a row a solve completes, itself included.

    `before` says of each earlier round, the newest first, whether it was solved. A missed one
    breaks the row unless it is forgiven; forgiven, it neither adds nor breaks.

    >>> row_length([True, False, True, False, True], forgiven=1)
    3
    """
    length = 1
    for solved in before:
        if solved:
            length += 1
        elif forgiven:
            forgiven -= 1
        else:
            break
    return length
