"""What the film shows is the run it claims, and no neighbour of it would look the same."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import pytest

from tests.content.drawings import drawing

film = drawing("01-barres")
# The script is no package, so its types are known only when it runs.
Run: TypeAlias = Any
Event: TypeAlias = Any
runs = pytest.mark.parametrize("run", [film.FIRST, film.SECOND], ids=["many", "few"])


def children(parent: int) -> tuple[int, int]:
    return 2 * parent + 1, 2 * parent + 2


def rounds(run: Run) -> Iterator[list[Event]]:
    """The events between one bar's arrival at its place and the next one's."""
    current: list[Event] = []
    for event in run.events[run.split + 1 :]:
        if event.kind == "settle":
            yield current
            current = []
        else:
            current.append(event)


@runs
def test_before_the_first_bar_leaves_every_parent_is_taller_than_its_children(
    run: Run,
) -> None:
    bars = film.replay(run.values, run.events[: run.split])

    for parent, tall in enumerate(bars):
        assert all(tall > bars[child] for child in children(parent) if child < len(bars))


@runs
def test_bars_are_only_compared_with_their_sibling_or_their_parent(run: Run) -> None:
    for event in run.events:
        if event.kind == "compare":
            assert event.j in children(event.i) or (event.i % 2 == 1 and event.j == event.i + 1)


@runs
def test_the_tallest_bar_left_goes_from_the_first_place_to_the_last_open_one(
    run: Run,
) -> None:
    bars = film.replay(run.values, run.events[: run.split])
    open_end = len(bars)
    for event in run.events[run.split :]:
        bars = film.replay(bars, [event])
        if event.kind == "settle":
            open_end -= 1
            assert (event.i, bars[event.i]) == (open_end, max(bars[: open_end + 1]))

    assert open_end == 0


def test_no_round_looks_at_all_the_bars_that_remain() -> None:
    comparisons = [
        sum(event.kind == "compare" for event in events) for events in rounds(film.FIRST)
    ]

    assert max(comparisons) <= 10
    assert comparisons[1] < film.MANY - 2


@runs
def test_the_run_ends_in_order_with_every_bar_in_place(run: Run) -> None:
    bars = film.replay(run.values, run.events)

    assert bars == sorted(run.values)
    assert {event.i for event in run.events if event.kind == "settle"} == set(range(len(bars)))


def test_the_numbers_named_in_the_description_are_those_the_second_run_begins_with() -> None:
    numbers = [
        (event.i + 1, event.j + 1) for event in film.SECOND.events if event.kind == "compare"
    ]

    assert numbers[:6] == [(14, 15), (7, 14), (12, 13), (6, 12), (10, 11), (5, 10)]
