"""What is left of a cell really goes where the film shows, and this is what keeps the shades."""

from collections.abc import Iterable
from itertools import product
from statistics import fmean
from typing import Any, TypeAlias

import pytest

from tests.content.drawings import drawing

film = drawing("06-points-noirs")
# The script is no package, so its types are known only when it runs.
Step: TypeAlias = Any
Rows: TypeAlias = Any
BLOCK = 10


def slow_steps() -> Iterable[Step]:
    """The steps slow enough for their drops to be followed."""
    for k in range(len(film.STARTS) - 1):
        if film.STARTS[k + 1] - film.STARTS[k] >= film.SHORTEST_SEEN:
            yield film.steps()[film.OPENS_AT + k]


def chosen() -> list[list[int]]:
    rows = [[0] * film.COLUMNS for _ in range(film.ROWS)]
    for step in film.steps():
        rows[step.y][step.x] = step.chosen
    return rows


def lights(rows: Rows) -> list[float]:
    """How much light each block of cells sends, on average."""
    corners = product(range(0, film.ROWS, BLOCK), range(0, film.COLUMNS, BLOCK))
    return [fmean(v for row in rows[y : y + BLOCK] for v in row[x : x + BLOCK]) for y, x in corners]


def farthest(rows: Rows) -> float:
    """How far the block that is worst off is from the grey picture, as a share of white."""
    pairs = zip(lights(rows), lights(film.picture()), strict=True)
    return max(abs(after - before) for after, before in pairs) / film.WHITE


def test_cells_are_read_row_by_row_from_left_to_right() -> None:
    order = [(step.y, step.x) for step in film.steps()]

    assert order == list(product(range(film.ROWS), range(film.COLUMNS)))


def test_every_cell_takes_the_nearer_of_two_colours() -> None:
    for step in film.steps():
        assert step.chosen in {0, film.WHITE}
        assert abs(step.left_over) <= film.WHITE / 2


def test_seven_three_five_and_one_sixteenths_of_what_is_left_reach_four_unread_neighbours() -> None:
    inner = [s for s in film.steps() if 0 < s.x < film.COLUMNS - 1 and s.y < film.ROWS - 1]
    for step in inner:
        received = {(x - step.x, y - step.y): 16 * amount for x, y, amount in step.drops}

        assert received == {
            (1, 0): 7 * step.left_over,
            (-1, 1): 3 * step.left_over,
            (0, 1): 5 * step.left_over,
            (1, 1): step.left_over,
        }


def test_no_light_is_lost_but_at_the_edges() -> None:
    over_the_edge = sum(
        step.left_over - sum(amount for _, _, amount in step.drops) for step in film.steps()
    )
    before, after = (sum(map(sum, rows)) for rows in (film.picture(), chosen()))

    assert before - after == pytest.approx(over_the_edge)


def test_from_afar_the_dots_give_back_the_greys_and_the_plain_cut_does_not() -> None:
    assert farthest(chosen()) < 0.05
    assert farthest(film.nearest(film.picture())) > 0.4


@pytest.mark.parametrize("side", [1, 2, 3, 4, 8, 16])
def test_no_fixed_screen_makes_the_same_choices(side: int) -> None:
    """A screen gives the same shade at the same place of its pattern the same colour."""
    outcomes: dict[tuple[int, int, int], set[int]] = {}
    for step in film.steps():
        key = (film.picture()[step.y][step.x], step.x % side, step.y % side)
        outcomes.setdefault(key, set()).add(step.chosen)

    assert {0, film.WHITE} in outcomes.values()


def test_the_drops_that_can_be_followed_are_all_there_and_of_both_kinds() -> None:
    shown = list(slow_steps())

    assert all(len(step.drops) == 4 for step in shown)
    assert {step.left_over > 0 for step in shown} == {True, False}
    assert {step.y for step in shown} == {0, 1}


def test_sixteen_drops_are_drawn_in_the_shares_that_flow() -> None:
    parts = [count for _, _, count in film.SHARES]

    assert [len(nest) for nest in film.NESTS] == [len(g) for g in film.GATHERED] == parts
    assert len({place for nest in film.NESTS for place in nest}) == film.PARTS == sum(parts)


def test_the_whole_picture_is_read_before_the_comparison_begins() -> None:
    assert film.OPENS_AT + len(film.STARTS) - 1 == len(film.steps())
    assert film.values_at(film.progress(film.READING)[0]) == chosen()
