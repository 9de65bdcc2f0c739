"""What a solve earns follows from its inputs alone, and is never nothing."""

import json
import math
import re
import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.moments import to_ms
from engine.scoring import (
    Entitlement,
    Scoring,
    Solver,
    Streak,
    Terms,
    entitlements,
    hint_price,
    promise,
    row_length,
)

SCORING_PAGE = Path(__file__).parents[3] / "docs" / "scoring.md"
MINUTE, HOUR, WEEK = 60_000, 3_600_000, 7 * 86_400_000
PODIUM: dict[str, Any] = {"podium": (30, 20, 10)}
FALLING: dict[str, Any] = {"policy": "time", "minimum": 50}
LINEAR: dict[str, Any] = {"policy": "solves", "minimum": 50, "curve": "linear", "decay": 5}
PARABOLIC: dict[str, Any] = {"policy": "solves", "minimum": 50, "curve": "parabolic", "decay": 10}
STREAK: dict[str, Any] = {"streak": Streak(bonus=10, cap=25)}


def terms(value: int = 100, hint_cost: str = "0.1", **scoring: Any) -> Terms:
    """The terms of a round that opens at 0 and lasts a week."""
    return Terms(
        scoring=Scoring(**scoring),
        value=value,
        hint_cost=Decimal(hint_cost),
        opens_at=0,
        closes_at=WEEK,
    )


def at_moments(*moments: int, **facts: Any) -> list[Solver]:
    """Members 1, 2, 3 …, who solved at these moments."""
    return [Solver(account=n, at=at, **facts) for n, at in enumerate(moments, 1)]


def awards(of: Terms, solvers: Sequence[Solver]) -> list[int]:
    """What each is awarded once the round is settled."""
    found = entitlements(of, solvers)
    return [found[solver.account].award for solver in solvers]


def podium(of: Terms, *moments: int) -> list[tuple[int | None, int]]:
    """Each member's place and its bonus."""
    found = entitlements(of, at_moments(*moments))
    return [(found[n].place, found[n].podium) for n in range(1, len(moments) + 1)]


# Hints.


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
    earned = promise(terms(value, cost), Solver(account=1, at=0, hints=hints))

    assert earned.award == points


def test_hints_cost_a_share_of_the_whole_value_however_far_it_has_fallen() -> None:
    earned = promise(terms(**FALLING), Solver(account=1, at=WEEK, hints=2))

    assert (earned.base, earned.hint_cost, earned.award) == (50, 10, 30)


def test_an_entitlement_carries_the_inputs_that_explain_it() -> None:
    earned = promise(terms(99), Solver(account=1, at=0, hints=2))

    assert earned == Entitlement(value=99, base=99, hints=2, hint_cost=9, award=81, sure=81)


@pytest.mark.parametrize("policy", [{}, FALLING, LINEAR, PARABOLIC], ids=str)
@given(
    value=st.integers(1, 10**6),
    cost=st.decimals(Decimal(0), Decimal(1), places=3),
    hints=st.integers(0, 20),
    at=st.integers(-HOUR, 2 * WEEK),
    others=st.integers(0, 300),
)
def test_a_solve_is_worth_at_least_a_point_and_at_most_its_value(
    policy: dict[str, Any], *, value: int, cost: Decimal, hints: int, at: int, others: int
) -> None:
    of = terms(value, str(cost), **policy)
    me = Solver(account=0, at=at, hints=hints)
    crowd = [Solver(account=n, at=at + n) for n in range(1, others + 1)]
    whole = entitlements(of, [me, *crowd])[0]
    dearer = entitlements(of, [replace(me, hints=hints + 1), *crowd])[0]

    assert 1 <= dearer.award <= whole.award <= value
    assert whole.award == max(1, whole.base - hints * hint_price(value, cost))


@given(st.integers(0, 10**6), st.decimals(Decimal(0), Decimal(1), places=3))
def test_a_price_is_rounded_down_without_losing_a_digit(value: int, cost: Decimal) -> None:
    assert hint_price(value, cost) == value * int(cost * 1000) // 1000


# What is sure at solving stays sure.


@pytest.mark.parametrize("policy", [{}, FALLING, LINEAR, PARABOLIC], ids=str)
@given(
    value=st.integers(1, 500),
    mine=st.builds(Solver, account=st.just(0), at=st.integers(0, WEEK), hints=st.integers(0, 4)),
    others=st.lists(st.integers(0, WEEK), max_size=40),
)
def test_whatever_others_do_nobody_ends_below_what_was_promised(
    policy: dict[str, Any], value: int, mine: Solver, others: list[int]
) -> None:
    of = terms(value, **policy, **PODIUM, **STREAK)
    sure = promise(of, mine)
    whole = entitlements(of, [mine, *at_moments(*others)])[0]

    assert sure.sure == sure.award == whole.sure
    assert sure.award <= whole.award <= sure.most
    assert sure.total <= whole.total
    assert (whole.streak, whole.hints) == (sure.streak, sure.hints)


@given(st.lists(st.integers(0, 50), max_size=30), st.randoms(use_true_random=False))
def test_the_order_of_arrival_changes_nothing(moments: list[int], order: Any) -> None:
    solvers = at_moments(*moments)
    shuffled = order.sample(solvers, len(solvers))
    of = terms(**PARABOLIC, **PODIUM)

    assert entitlements(of, shuffled) == entitlements(of, solvers)


def test_who_is_not_ranked_has_nothing_and_takes_nothing_from_anybody() -> None:
    author = Solver(account=9, at=0, ranked=False)
    solvers = at_moments(10, 20)
    of = terms(**LINEAR, **PODIUM)

    assert entitlements(of, [author, *solvers]) == entitlements(of, solvers)


# Time.


@pytest.mark.parametrize(
    ("at", "points"),
    [
        (-1, 100),
        (0, 100),
        (HOUR, 100),
        (HOUR + 1, 100),
        (HOUR + (WEEK - HOUR) // 50, 99),
        (HOUR + (WEEK - HOUR) // 50 - 1, 100),
        (HOUR + (WEEK - HOUR) // 2, 75),
        (HOUR + (WEEK - HOUR) // 2 + 1, 75),
        (WEEK - 1, 51),
        (WEEK, 50),
        (2 * WEEK, 50),
    ],
)
def test_a_value_falls_in_a_straight_line_from_the_grace_to_the_closing(
    at: int, points: int
) -> None:
    assert promise(terms(**FALLING, grace=3600), Solver(account=1, at=at)).award == points


@given(
    value=st.integers(1, 1000),
    minimum=st.integers(1, 1000),
    grace=st.integers(0, 3600 * 24 * 7),
    first=st.integers(0, 2 * WEEK),
    later=st.integers(0, WEEK),
)
def test_waiting_never_pays(value: int, minimum: int, grace: int, first: int, later: int) -> None:
    of = terms(value, policy="time", minimum=minimum, grace=grace)
    soon, late = (promise(of, Solver(account=1, at=at)).award for at in (first, first + later))

    assert min(value, minimum) <= late <= soon <= value


@given(st.integers(1, 1000), st.integers(1, 1000), st.integers(0, WEEK))
def test_a_falling_value_is_the_exact_one_rounded_up(value: int, minimum: int, at: int) -> None:
    least = min(value, minimum)
    exact = least + Fraction((value - least) * (WEEK - at), WEEK)

    assert promise(
        terms(value, policy="time", minimum=minimum), Solver(account=1, at=at)
    ).award == math.ceil(exact)


def test_a_grace_longer_than_the_round_keeps_the_value_whole() -> None:
    of = replace(terms(**FALLING, grace=3600), closes_at=HOUR // 2)

    assert [promise(of, Solver(account=1, at=at)).award for at in (0, HOUR // 2, HOUR)] == [100] * 3
    assert promise(of, Solver(account=1, at=HOUR + 1)).award == 50


# Solves.


@pytest.mark.parametrize(
    ("policy", "points"),
    [
        (LINEAR, {1: 100, 2: 95, 3: 90, 10: 55, 11: 50, 12: 50, 100: 50}),
        (PARABOLIC, {1: 100, 2: 100, 3: 98, 6: 88, 10: 60, 11: 50, 12: 50, 100: 50}),
    ],
    ids=["linear", "parabolic"],
)
def test_a_value_falls_for_everybody_as_ctfds_does(
    policy: dict[str, Any], points: dict[int, int]
) -> None:
    found = {
        solvers: set(awards(terms(**policy), at_moments(*range(solvers)))) for solvers in points
    }

    assert found == {solvers: {value} for solvers, value in points.items()}


@given(st.integers(1, 2000), st.integers(1, 2000), st.integers(1, 500), st.integers(1, 600))
def test_the_parabola_is_ctfds_to_the_point(
    value: int, minimum: int, decay: int, solvers: int
) -> None:
    """The formula as CTFd writes it, in exact fractions, where CTFd uses floating point."""
    least = min(minimum, value)
    theirs = math.ceil(Fraction(least - value, decay**2) * (solvers - 1) ** 2 + value)
    of = terms(value, policy="solves", minimum=minimum, curve="parabolic", decay=decay)

    assert awards(of, at_moments(*range(solvers)))[0] == max(theirs, least)


@pytest.mark.parametrize("policy", [LINEAR, PARABOLIC], ids=["linear", "parabolic"])
@given(solvers=st.integers(1, 60))
def test_one_more_solver_never_makes_a_solve_dearer(policy: dict[str, Any], solvers: int) -> None:
    few = awards(terms(**policy), at_moments(*range(solvers)))
    more = awards(terms(**policy), at_moments(*range(solvers + 1)))

    assert len(set(few)) == 1
    assert more[0] <= few[0]


def test_at_solving_only_the_minimum_is_sure() -> None:
    sure = promise(terms(**LINEAR), Solver(account=1, at=0, hints=1))

    assert (sure.base, sure.award, sure.most, sure.settled) == (50, 40, 90, False)


# The podium.


@pytest.mark.parametrize(
    ("moments", "bonuses"),
    [
        ((1, 2, 3, 4), [(1, 30), (2, 20), (3, 10), (4, 0)]),
        ((4, 3, 2, 1), [(4, 0), (3, 10), (2, 20), (1, 30)]),
        ((1, 1, 2), [(1, 30), (1, 30), (3, 10)]),
        ((1, 2, 2, 3), [(1, 30), (2, 20), (2, 20), (4, 0)]),
        ((5, 5, 5, 5), [(1, 30)] * 4),
        ((7,), [(1, 30)]),
        ((), []),
    ],
    ids=str,
)
def test_equal_moments_share_a_place_and_each_has_its_whole_bonus(
    moments: tuple[int, ...], bonuses: list[tuple[int, int]]
) -> None:
    assert podium(terms(**PODIUM), *moments) == bonuses


def test_all_who_solve_within_the_grace_are_first() -> None:
    ten = 10 * MINUTE
    found = podium(terms(**PODIUM, podium_grace=600), 0, 5 * MINUTE, ten, ten + 1, ten + 2)

    assert found == [(1, 30), (1, 30), (1, 30), (4, 0), (5, 0)]


@given(st.lists(st.integers(0, 20), min_size=1, max_size=30))
def test_places_are_one_more_than_those_who_were_earlier(moments: list[int]) -> None:
    found = podium(terms(**PODIUM), *moments)

    assert [place for place, _ in found] == [
        1 + sum(other < at for other in moments) for at in moments
    ]


# Streaks.


@pytest.mark.parametrize(
    ("before", "forgiven", "length"),
    [
        ([], 1, 1),
        ([True], 0, 2),
        ([False, True], 0, 1),
        ([False, True], 1, 2),
        ([True, False, False, True], 1, 2),
        ([True, False, True, False, True], 1, 3),
        ([True, False, True, False, True], 2, 4),
        ([False, False, False], 2, 1),
    ],
    ids=str,
)
def test_a_missed_riddle_breaks_a_row_unless_it_is_forgiven(
    before: list[bool], forgiven: int, length: int
) -> None:
    assert row_length(before, forgiven) == length


@pytest.mark.parametrize(("run", "bonus"), [(1, 0), (2, 10), (3, 20), (4, 25), (5, 25), (99, 25)])
def test_a_row_pays_more_with_each_riddle_up_to_its_cap(run: int, bonus: int) -> None:
    assert promise(terms(**STREAK), Solver(account=1, at=0, run=run)).streak == bonus


@given(st.lists(st.booleans(), max_size=60), st.integers(1, 30), st.integers(1, 90), st.data())
def test_rounds_beyond_its_reach_change_nothing_about_a_streak(
    before: list[bool], bonus: int, cap: int, data: st.DataObject
) -> None:
    streak = Streak(bonus=bonus, cap=cap, forgiven=data.draw(st.integers(0, 4)))
    of = terms(streak=streak)

    def pays(rounds: list[bool]) -> int:
        run = row_length(rounds, streak.forgiven)
        return promise(of, Solver(account=1, at=0, run=run)).streak

    assert pays(before) == pays(before[: streak.reach])


# The settings.


@pytest.mark.parametrize("policy", [{}, FALLING, LINEAR, PARABOLIC], ids=str)
def test_a_frozen_policy_reads_back_as_it_was(policy: dict[str, Any]) -> None:
    scoring = Scoring(**policy, **PODIUM, **STREAK, podium_grace=600)

    assert Scoring.model_validate_json(scoring.model_dump_json()) == scoring


def test_a_policy_that_was_frozen_before_the_others_were_there_still_reads() -> None:
    assert Scoring.model_validate_json('{"policy":"fixed","version":1}') == Scoring()


def test_an_award_that_was_kept_before_the_others_were_there_still_reads() -> None:
    kept = '{"value": 100, "hints": 2, "hint_cost": 10, "points": 80}'

    assert Entitlement.from_json(kept) == Entitlement(
        value=100, base=100, hints=2, hint_cost=10, award=80, sure=80
    )


def test_an_entitlement_reads_back_as_it_was() -> None:
    for earned in entitlements(terms(**PARABOLIC, **PODIUM, **STREAK), at_moments(1, 2)).values():
        assert Entitlement.from_json(earned.to_json()) == earned


@pytest.mark.parametrize(
    ("written", "seconds"), [("10min", 600), ("10m", 600), ("1h", 3600), ("30s", 30), (90, 90)]
)
def test_a_length_of_time_is_written_as_text_or_in_seconds(
    written: str | int, seconds: int
) -> None:
    scoring = Scoring.model_validate(FALLING | {"grace": written}, strict=True)

    assert scoring.grace == seconds


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"policy": "generous"}, "Input should be 'fixed', 'time' or 'solves'"),
        ({"version": 2}, "Input should be 1"),
        ({"minimum": 50}, 'this belongs to "time" and "solves", and policy is "fixed"'),
        ({"grace": 50}, 'this belongs to "time", and policy is "fixed"'),
        (FALLING | {"decay": 3}, 'this belongs to "solves", and policy is "time"'),
        ({"policy": "time"}, '"time" needs minimum as well'),
        ({"policy": "solves"}, '"solves" needs minimum, curve, decay as well'),
        (FALLING | {"minimum": 0}, "greater than or equal to 1"),
        (LINEAR | {"decay": 0}, "greater than or equal to 1"),
        (FALLING | {"grace": "soon"}, '"soon" is not a length of time'),
        (FALLING | {"grace": "8d"}, "this is longer than a week"),
        (FALLING | {"grace": 604_801}, "less than or equal to 604800"),
        ({"podium": (10, 20)}, "a place cannot earn more than the place before it"),
        ({"podium": (10, 0)}, "greater than or equal to 1"),
        ({"podium_grace": 60}, "without a podium there is nothing to be first for"),
        ({"streak": {"bonus": 10}}, "Field required"),
        ({"initial": 500}, "Extra inputs are not permitted"),
    ],
    ids=str,
)
def test_what_makes_no_sense_is_refused_in_words(wrong: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError) as refused:
        Scoring.model_validate(wrong)

    assert says in str(refused.value)


# The page that tells it with numbers.


def docs_row(name: str) -> list[str]:
    """The cells of the first row of that name in docs/scoring.md, or of each of that name."""
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")]
        for line in SCORING_PAGE.read_text(encoding="utf-8").splitlines()
        if line.startswith("|")
    ]
    return next(row[1:] for row in rows if row[0] == name)


def test_the_page_tells_falling_values_as_they_are() -> None:
    monday = datetime(2026, 11, 23, tzinfo=UTC)
    of = replace(
        terms(**FALLING, grace=3600),
        opens_at=to_ms(monday + timedelta(hours=18)),
        closes_at=to_ms(monday + timedelta(days=6, hours=20)),
    )
    moments = [datetime.strptime(cell, "%a %H:%M") for cell in docs_row("solved")]  # noqa: DTZ007 - an hour of that week
    days = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    at = [
        to_ms(monday + timedelta(days=days.index(cell[:3]), hours=one.hour, minutes=one.minute))
        for cell, one in zip(docs_row("solved"), moments, strict=True)
    ]
    awarded = [promise(of, Solver(account=1, at=moment)).award for moment in at]

    assert [str(points) for points in awarded] == docs_row("points")


@pytest.mark.parametrize(
    ("row", "policy"),
    [("linear, `decay = 5`", LINEAR), ("parabolic, `decay = 10`", PARABOLIC)],
)
def test_the_page_tells_values_by_solvers_as_they_are(row: str, policy: dict[str, Any]) -> None:
    found = [awards(terms(**policy), at_moments(*range(int(n))))[0] for n in docs_row("solvers")]

    assert [str(points) for points in found] == docs_row(row)


def test_the_page_tells_places_as_they_are() -> None:
    units = {"s": 1000, "h": HOUR}
    cells = [cell.split() for cell in docs_row("solved after")]
    found = podium(terms(**PODIUM), *(round(float(n) * units[unit]) for n, unit in cells))

    assert [str(place) for place, _ in found] == docs_row("place")
    assert [str(bonus) for _, bonus in found] == docs_row("bonus")


def test_the_page_tells_streaks_as_they_are() -> None:
    fates = docs_row("")
    of = terms(streak=Streak(bonus=10, cap=50))
    found = [
        str(promise(of, Solver(account=1, at=0, run=row_length(before, forgiven=1))).streak)
        if fate == "solved"
        else ""
        for n, fate in enumerate(fates)
        for before in [[earlier == "solved" for earlier in fates[:n][::-1]]]
    ]

    assert found == docs_row("bonus, `forgiven = 1`")


def test_the_examples_of_the_page_are_valid() -> None:
    page = SCORING_PAGE.read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", page, re.DOTALL)
    tables = [tomllib.loads(block) for block in blocks]
    found = [
        Scoring.model_validate_json(json.dumps(table.get("scoring", table))) for table in tables
    ]

    assert len(found) >= 8
    assert {one.policy for one in found} == {"fixed", "time", "solves"}
