"""The film's run is the fault it claims, and none of its neighbours."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, TypeAlias

import pytest

from tests.content.drawings import drawing

film = drawing("05-trois-taches")
# The script is no package, so its types are known only when it runs.
Run: TypeAlias = Any
WITHOUT_WATCHDOG = 1_000


def waits(run: Run) -> list[int]:
    """How long the important task waited for the key, each time."""
    lengths = [0]
    for unit in run.units:
        if unit.states[film.HIGH] == film.State.WAITS:
            lengths[-1] += 1
        elif lengths[-1]:
            lengths.append(0)
    return [length for length in lengths if length]


def spans_with_key(run: Run, task: int) -> Iterator[tuple[int, int]]:
    """From the first unit to the last that a task worked between its brackets, for each call."""
    moments = iter([at for at, unit in enumerate(run.units) if unit.states[task] == "runs"])
    work = film.WORK[task]
    while True:
        worked = [
            at for _, at in zip(work.replace("(", "").replace(")", ""), moments, strict=False)
        ]
        if not worked:
            return
        if "(" in work:
            first = work.index("(")
            yield worked[first], worked[work.index(")") - 2] + 1


def test_in_the_second_round_the_watchdog_restarts_the_machine() -> None:
    run = film.simulate(film.RELEASES)

    assert run.restarted_at == film.END
    assert [task for task, _ in run.finished] == [film.HIGH, film.LOW, film.MEDIUM]


def test_at_the_restart_high_waits_for_the_key_of_low_which_medium_keeps_from_working() -> None:
    unit = film.RUN.units[-1]

    assert unit.holder == film.LOW
    assert unit.states[film.HIGH] == film.State.WAITS
    assert unit.states[film.MEDIUM] == film.State.RUNS
    assert unit.states[film.LOW] == film.State.READY


def test_medium_never_has_the_key() -> None:
    assert all(unit.holder != film.MEDIUM for unit in film.RUN.units)


def test_the_waits_are_as_long_as_the_hint_says() -> None:
    assert waits(film.RUN) == [3, 10]


def test_without_medium_in_the_way_the_second_wait_is_as_short_as_the_first() -> None:
    harmless = [call for call in film.RELEASES if call != (film.MEDIUM, 32)]

    run = film.simulate(harmless)

    assert waits(run) == [3, 3]


@pytest.mark.parametrize("work", [13, 40, 400])
def test_high_waits_as_long_as_medium_pleases(work: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(film.WORK, film.MEDIUM, "w" * work)
    calls = [call for call in film.RELEASES if call != (film.MEDIUM, 13)]

    run = film.simulate(calls, length=500, patience=WITHOUT_WATCHDOG)

    assert waits(run) == [3, 3 + work]


def test_lending_importance_to_whoever_has_the_key_cures_it() -> None:
    run = film.simulate(film.RELEASES, lends=True)

    assert (film.HIGH, 37) in run.finished
    assert waits(run) == [3, 3]


def test_it_is_no_deadlock_and_no_starvation_for_without_the_watchdog_all_tasks_finish() -> None:
    run = film.simulate(film.RELEASES, patience=WITHOUT_WATCHDOG)

    assert len(run.finished) == len(film.RELEASES)


def test_it_is_no_race_for_two_tasks_are_never_between_taking_the_key_and_giving_it_back() -> None:
    run = film.simulate(film.RELEASES, patience=WITHOUT_WATCHDOG)
    spans = sorted(span for task in film.WORK for span in spans_with_key(run, task))

    assert len(spans) == 4
    assert all(end <= start for (_, end), (start, _) in pairwise(spans))


@pytest.mark.parametrize("lends", [False, True])
def test_exactly_the_most_important_task_that_can_work_does(lends: bool) -> None:  # noqa: FBT001 - a parameter of the case
    for unit in film.simulate(film.RELEASES, lends=lends).units:
        running = [task for task, state in enumerate(unit.states) if state == film.State.RUNS]
        ready = [task for task, state in enumerate(unit.states) if state == film.State.READY]
        borrows = lends and film.State.WAITS in unit.states

        assert len(running) == any(state != film.State.IDLE for state in unit.states)
        assert all(task < running[0] or (borrows and running == [unit.holder]) for task in ready)
