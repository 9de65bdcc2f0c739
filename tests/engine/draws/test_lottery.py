"""A draw is arithmetic: each ticket is equally likely, and anyone can redo it from one file."""

import copy
import hashlib
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.draws.lottery import (
    Entry,
    frozen_digest,
    made_at,
    reference,
    seeds,
    transcript_digest,
    winners,
)
from engine.draws.published import DrawRejected, publish, verify
from engine.draws.rules import DrawRules, Lot, Seed

SCRIPT = Path(__file__).parents[3] / "docs" / "verify_draw.py"
RULES = DrawRules(
    title={"fr": "Noël", "en": "Christmas"},
    lots=(Lot(name={"fr": "Un clavier"}), Lot(name={"fr": "Un autocollant"}, count=2)),
    tickets={"per": "solve", "cap": 5},  # pyright: ignore[reportArgumentType] # pydantic reads it
    alternates=2,
    seed=Seed(rounds=2, iterations=3),
)
ENTRIES = [Entry(reference(bytes(16), n), 1 + n % 3) for n in range(8)]
MESSAGES, PRESSES = [11, 12], [21, 22, 23, 24, 25]
ENDS = made_at(0) + 60_000


def a_file(window_ends: int | None = ENDS, presses: list[int] = PRESSES) -> dict[str, Any]:
    """What an honest draw publishes; without the window's end, a file of version 1."""
    plain = RULES.model_dump(mode="json")
    frozen = frozen_digest("noel", plain, ENTRIES)
    transcript = transcript_digest(frozen, MESSAGES, presses, window_ends)
    *_, seed = seeds(transcript, rounds=2, iterations=3)
    file = publish(
        "noel",
        RULES,
        ENTRIES,
        messages=MESSAGES,
        presses=presses,
        window_ends=window_ends,
        seed=seed,
    )
    return json.loads(json.dumps(file))


FILE, OLD_FILE = a_file(), a_file(None)


@pytest.mark.parametrize("file", [FILE, OLD_FILE])
def test_an_honest_file_is_accepted(file: dict[str, Any]) -> None:
    heard: list[tuple[int, int]] = []
    published = verify(file, lambda done, of: heard.append((done, of)))

    assert published.version == 1 + ("window_ends" in file)
    assert len(published.winners) == 3
    assert len(published.alternates) == 2
    assert heard == [(1, 2), (2, 2)]


def places(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Every value in the file, by the way to it."""
    if isinstance(value, dict | list):
        for key, below in value.items() if isinstance(value, dict) else enumerate(value):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType] # JSON
            yield from places(below, (*path, key))  # pyright: ignore[reportUnknownArgumentType]
    yield path


def at(file: Any, path: tuple[str | int, ...]) -> Any:
    for key in path:
        file = file[key]
    return file


ALL_PLACES = [(file, path) for file in (FILE, OLD_FILE) for path in places(file) if path]
"""Every value in a file of each version."""


def other(value: Any, seed: int) -> Any:
    """A value of the same kind that is another."""
    match value:
        case int():
            return value + 1 + seed % 5
        case str() if value and set(value) <= set("0123456789abcdef"):
            k = seed % len(value)
            digit = "0123456789abcdef"[(int(value[k], 16) + 1 + seed % 15) % 16]
            return value[:k] + digit + value[k + 1 :]
        case str():
            return value + "x"
        case _:
            return {"x": 1} if not value or isinstance(value, dict) else value[1:]


@given(st.sampled_from(ALL_PLACES), st.integers(0, 1000))
def test_a_file_with_any_one_field_changed_is_rejected(
    place: tuple[dict[str, Any], tuple[str | int, ...]], seed: int
) -> None:
    file, path = place
    changed = copy.deepcopy(file)
    above, old = at(changed, path[:-1]), at(changed, path)
    above[path[-1]] = other(old, seed)

    with pytest.raises(DrawRejected):
        verify(changed)


@given(st.sampled_from(ALL_PLACES))
def test_a_file_with_any_one_field_left_out_is_rejected(
    place: tuple[dict[str, Any], tuple[str | int, ...]],
) -> None:
    file, path = place
    changed = copy.deepcopy(file)
    del at(changed, path[:-1])[path[-1]]

    with pytest.raises(DrawRejected):
        verify(changed)


def test_a_file_with_a_field_more_is_rejected() -> None:
    with pytest.raises(DrawRejected, match="more is not what belongs there"):
        verify(FILE | {"more": 1})
    for ends in (None, ENDS):
        with pytest.raises(DrawRejected, match="version"):
            verify(OLD_FILE | {"window_ends": ends})


def test_a_press_at_the_windows_end_is_rejected() -> None:
    at_the_end = 60_000 << 22

    assert verify(a_file(presses=[*PRESSES, at_the_end - 1]))
    with pytest.raises(DrawRejected, match="after the window's end"):
        verify(a_file(presses=[*PRESSES, at_the_end]))


def test_a_posts_id_says_how_long_after_the_window_it_was() -> None:
    posted = (60_000 + 3_500) << 22

    assert verify(FILE).late_ms(posted) == 3_500
    assert verify(OLD_FILE).late_ms(posted) is None


def test_fewer_iterations_than_announced_are_rejected() -> None:
    changed = FILE | {"iterations": 5}

    with pytest.raises(DrawRejected, match="fewer iterations than were announced"):
        verify(changed)


def test_a_press_left_out_changes_the_seed() -> None:
    frozen = FILE["frozen"]
    with_all = transcript_digest(frozen, MESSAGES, PRESSES)

    assert all(
        transcript_digest(frozen, MESSAGES, [p for p in PRESSES if p != left]) != with_all
        for left in PRESSES
    )


def test_the_slow_hash_goes_on_from_where_it_was() -> None:
    whole = list(seeds("ab", rounds=4, iterations=2))

    assert list(seeds("ab", rounds=2, iterations=2, after=whole[1])) == whole[2:]


@pytest.mark.parametrize("file", [FILE, OLD_FILE])
def test_the_script_of_the_docs_agrees(tmp_path: Path, file: dict[str, Any]) -> None:
    files = [
        file,
        file | {"winners": file["winners"][::-1]},
        a_file(presses=[*PRESSES, 60_000 << 22]),
    ]
    posted = str(63_500 << 22)

    def run(file: dict[str, Any]) -> subprocess.CompletedProcess[str]:
        path = tmp_path / "draw.json"
        path.write_text(json.dumps(file), encoding="utf-8")
        words = [str(path), *([posted] if "window_ends" in file else [])]
        return subprocess.run(  # noqa: S603 - our own script
            [sys.executable, "-I", str(SCRIPT), *words],
            check=False,
            capture_output=True,
            text=True,
        )

    said = [run(each) for each in files]

    assert [one.returncode for one in said] == [0, 1, 1]
    assert file["frozen"] in said[0].stdout
    assert file["transcript"] in said[0].stdout
    assert ("posted 3.5 seconds after" in said[0].stdout) is (file is FILE)


def test_the_script_of_the_docs_is_short() -> None:
    assert len(SCRIPT.read_text(encoding="utf-8").splitlines()) <= 60


@given(
    st.lists(st.integers(1, 9), min_size=1, max_size=12),
    st.integers(1, 6),
    st.integers(0, 6),
    st.binary(min_size=32, max_size=32),
)
def test_nobody_is_drawn_twice_and_nobody_is_forgotten(
    tickets: list[int], prizes: int, alternates: int, seed: bytes
) -> None:
    entries = [Entry(f"{n:032x}", count) for n, count in enumerate(tickets)]
    result = winners(seed, entries, prizes=prizes, alternates=alternates)
    drawn = result.winners + result.alternates

    assert len(set(drawn)) == len(drawn) == min(len(entries), prizes + alternates)
    assert len(result.winners) == min(len(entries), prizes)
    assert winners(seed, entries[::-1], prizes=prizes, alternates=alternates) == result


CHI_SQUARE_999 = {1: 10.83, 2: 13.82, 3: 16.27, 4: 18.47, 5: 20.52, 6: 22.46, 7: 24.32}
"""99.9 % quantiles by degrees of freedom."""


def chi_square(seen: Counter[str], expected: dict[str, float]) -> float:
    return sum((seen[name] - want) ** 2 / want for name, want in expected.items())


def expected_second(tickets: dict[str, int]) -> dict[str, float]:
    """The exact chance of each entry to be drawn second."""
    total = sum(tickets.values())
    return {
        name: sum(
            first / total * count / (total - first)
            for other_name, first in tickets.items()
            if other_name != name
        )
        for name, count in tickets.items()
    }


def frequencies(draws: int, first_seed: int) -> None:
    entries = [Entry(f"{n:032x}", 1 + n) for n in range(6)]
    tickets = {entry.reference: entry.tickets for entry in entries}
    total = sum(tickets.values())
    winner: Counter[str] = Counter()
    alternate: Counter[str] = Counter()
    for n in range(first_seed, first_seed + draws):
        seed = hashlib.sha256(n.to_bytes(8)).digest()
        result = winners(seed, entries, prizes=1, alternates=1)
        winner.update(result.winners)
        alternate.update(result.alternates)
    first = {name: draws * count / total for name, count in tickets.items()}
    second = {name: draws * chance for name, chance in expected_second(tickets).items()}

    assert chi_square(winner, first) < CHI_SQUARE_999[5]
    assert chi_square(alternate, second) < CHI_SQUARE_999[5]


def test_tickets_win_as_often_as_they_should() -> None:
    frequencies(20_000, 0)


@pytest.mark.long
def test_tickets_win_as_often_as_they_should_in_200_000_draws() -> None:
    frequencies(200_000, 1_000_000)
