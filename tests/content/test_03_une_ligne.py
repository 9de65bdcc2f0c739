"""The film's wire says one word, and only when it is read the one way the hints lead to."""

import re
import tomllib
from typing import Any, TypeAlias

import pytest

from tests.content.drawings import CONTENT, drawing

film = drawing("03-une-ligne")
# The script is no package, so its types are known only when it runs.
Burst: TypeAlias = Any
ASCII_END = 128


def numbers(*, highest_first: bool = False, low_is_one: bool = False) -> list[int]:
    """The eight middle cells of each burst, read as a solver might."""
    read: list[int] = []
    for burst in film.BURSTS:
        bits = [level ^ low_is_one for level in burst.levels[1:-1]]
        ordered = bits if highest_first else bits[::-1]
        read.append(int("".join(map(str, ordered)), 2))
    return read


def test_a_receiver_that_sees_only_the_voltage_reads_the_word() -> None:
    read = film.receive(film.WIRE.voltage, film.WIRE.length)

    assert bytes(read).decode("ascii") == film.MESSAGE


def test_the_word_is_what_the_key_accepts() -> None:
    riddle = tomllib.loads((CONTENT / "03-une-ligne" / "riddle.toml").read_text("utf-8"))

    assert bytes(numbers()).decode("ascii") in riddle["answer"]["accept"]


@pytest.mark.parametrize(
    ("way", "not_ascii"),
    [
        ({"highest_first": True}, 4),
        ({"low_is_one": True}, 6),
        ({"highest_first": True, "low_is_one": True}, 2),
    ],
    ids=["highest bit first", "low for one", "both"],
)
def test_read_any_other_way_it_is_no_word(way: dict[str, bool], not_ascii: int) -> None:
    read = numbers(**way)

    assert sum(number >= ASCII_END for number in read) == not_ascii


@pytest.mark.parametrize("burst", film.BURSTS)
def test_each_burst_is_framed_by_a_low_and_a_high_cell_and_stands_alone_in_its_picture(
    burst: Burst,
) -> None:
    page = film.page(burst)
    around = [
        film.WIRE.voltage(t)
        for t in (page.start, burst.start - 1e-9, burst.end + 0.5, page.start + page.cells)
    ]

    assert (burst.levels[0], burst.levels[-1], len(burst.levels)) == (0, 1, film.CELLS)
    assert all(voltage > 0.99 for voltage in around)


@pytest.mark.parametrize("burst", film.BURSTS)
def test_the_dots_lie_on_the_level_of_their_cell(burst: Burst) -> None:
    dots = [film.WIRE.voltage(burst.start + k + 0.5) for k in range(film.CELLS)]

    assert dots == pytest.approx(burst.levels, abs=0.001)


def test_a_cell_lasts_as_long_as_at_9600_bits_a_second() -> None:
    assert round(1e6 / 9600) == film.CELL_MICROSECONDS


@pytest.mark.parametrize(("language", "letters"), [("fr", "BH"), ("en", "LH")])
def test_the_description_gives_the_same_levels_as_the_picture(language: str, letters: str) -> None:
    riddle = tomllib.loads((CONTENT / "03-une-ligne" / "riddle.toml").read_text("utf-8"))
    described = re.findall(
        rf"\d: ?([{letters}]{{10}})", riddle["video"]["alt"][language].replace("\u00a0", "")
    )

    assert described == ["".join(letters[v] for v in burst.levels) for burst in film.BURSTS]
