"""Whatever breaks around an effect, it is there once, in order, and nothing is lost."""

import shutil
from collections.abc import Callable, Sequence
from itertools import cycle
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from riddles.discord.effects import MAKERS
from tests.show.faults.runs import Outcome, Weather, run, weathers
from tests.show.faults.scene import ROWS, a_scene

Queue = Callable[..., Path]
RATE_LIMIT_S = 5.0
LOOKS = {"moved"}
"""What changes nothing on Discord by itself, and owes other effects where it finds a reason."""


@pytest.fixture
def folder(tmp_path: Path, queue: Queue, finished: Path) -> Path:
    """Two riddles whose videos are made."""
    queue("01-first")
    queue("02-second")
    shutil.copytree(finished, tmp_path / "rehearsal-data" / "prepared")
    return tmp_path


def test_every_kind_of_effect_has_a_row_in_the_matrix() -> None:
    assert {row.effect for row in ROWS} == MAKERS.keys() - LOOKS


async def test_each_effect_and_each_fault_leave_one_effect_in_order(folder: Path) -> None:
    """A cut through the matrix: each effect meets two faults, one of them deadly."""
    outcomes: list[Outcome] = []
    async with a_scene(folder) as scene:
        for number, killed in enumerate((False, True), 1):
            some = cycle([one for one in weathers(rate_limit_s=0.3) if one.killed is killed])
            weather_of = {row: next(some) for row in ROWS}
            outcomes += await run(scene, weather_of, number=number, forgotten=killed)
    show(outcomes)

    assert {one.weather.name for one in outcomes} == {one.name for one in weathers(0.3)}
    assert {one.row.effect for one in outcomes} == MAKERS.keys() - LOOKS
    assert not [one for one in outcomes if not one.is_right]


@pytest.mark.long
async def test_the_whole_matrix_leaves_one_effect_in_order_everywhere(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    outcomes: list[Outcome] = []
    async with a_scene(folder) as scene:
        for number, (weather, forgotten) in enumerate(all_weathers(), 1):
            weather_of = dict.fromkeys(ROWS, weather)
            outcomes += await run(scene, weather_of, number=number, forgotten=forgotten)
    with capsys.disabled():
        show(outcomes)

    assert len(outcomes) == len(ROWS) * len(weathers(RATE_LIMIT_S)) * 2
    assert not [one for one in outcomes if not one.is_right]


def all_weathers() -> list[tuple[Weather, bool]]:
    """Each fault, with the nonces kept and forgotten."""
    return [(one, forgotten) for one in weathers(RATE_LIMIT_S) for forgotten in (False, True)]


def show(outcomes: Sequence[Outcome]) -> None:
    """Print the matrix: how often each effect was seen, nonces kept / nonces forgotten."""
    names = list(dict.fromkeys(one.weather.name for one in outcomes))
    table = Table("effect", *names, title="Effects seen: nonces kept / nonces forgotten")
    for row in ROWS:
        cells = [
            " / ".join(
                cell(one)
                for one in sorted(outcomes, key=lambda one: one.forgotten)
                if one.row == row and one.weather.name == name
            )
            for name in names
        ]
        table.add_row(row.name, *cells)
    Console(width=200).print(table)


def cell(one: Outcome) -> str:
    """An outcome, with what is wrong about it."""
    troubles = {
        "not struck": not one.struck,
        "out of order": not one.in_order,
        one.state: one.state != "done",
    }
    return ", ".join([str(one.times_seen), *(name for name, holds in troubles.items() if holds)])
