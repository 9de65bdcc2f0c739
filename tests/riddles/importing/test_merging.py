"""Two instances become one: nobody gains a point by it, and nobody loses one."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from engine.storage.database import Database
from tests.riddles.importing.histories import FIRST, Worth, play, worths
from tests.riddles.shell import riddles, with_books

HERE, THERE = range(6), range(3, 10)
"""Members of either; three belong to both."""


@pytest.fixture
def ours(folder: Path) -> Path:
    return an_instance(folder / "ours.db", 1, HERE)


@pytest.fixture
def theirs(folder: Path) -> Path:
    return an_instance(folder / "theirs.db", 2, THERE)


def an_instance(path: Path, seed: int, members: range) -> Path:
    async def work(database: Database) -> None:
        await play(database, seed, members)

    with_books(path, work)
    return path


def worth(books: Path) -> dict[int, Worth]:
    return with_books(books, worths)


def sums(one: dict[int, Worth], other: dict[int, Worth]) -> dict[int, Worth]:
    nothing = Worth(0, 0, 0)
    both = one.keys() | other.keys()
    return {member: one.get(member, nothing) + other.get(member, nothing) for member in both}


def as_database(books: Path) -> Path:
    return books


def as_export(books: Path) -> Path:
    out = books.with_suffix(".jsonl")
    riddles(books, "ledger", "export", "--format", "jsonl", "--with-members", "--out", out)
    return out


@pytest.mark.parametrize("carried", [as_database, as_export])
@pytest.mark.parametrize("seed", range(4))
def test_merging_keeps_every_balance_and_score(
    folder: Path, seed: int, carried: Callable[[Path], Path]
) -> None:
    ours = an_instance(folder / "ours.db", seed, HERE)
    theirs = an_instance(folder / "theirs.db", 100 + seed, THERE)
    before, expected = worth(ours), sums(worth(ours), worth(theirs))
    file = carried(theirs)

    first = riddles(ours, "ledger", "import", file, "--origin", "Theirs", "--apply", "--json")
    merged = worth(ours)
    again = riddles(ours, "ledger", "import", file, "--origin", "Theirs", "--apply", "--json")
    still = worth(ours)
    undone = riddles(ours, "ledger", "import", "--undo", "import-1", "--apply", "--json")
    restored = {member: one for member, one in worth(ours).items() if one != Worth(0, 0, 0)}

    assert (first.code, again.code, undone.code) == (0, 0, 0)
    assert merged == expected == still
    assert (again.facts["new_rows"], again.facts["batch"]) == (0, None)
    assert restored == {member: one for member, one in before.items() if one != Worth(0, 0, 0)}


def test_there_are_debts_and_members_of_both_in_these_histories(ours: Path, theirs: Path) -> None:
    """Or the test above would be content with less than it says."""
    both = worth(ours).keys() & worth(theirs).keys()

    assert len(both) == 3
    assert any(one.owed for books in (ours, theirs) for one in worth(books).values())


def test_what_happened_there_since_comes_in_by_a_second_import(ours: Path, theirs: Path) -> None:
    riddles(ours, "ledger", "import", theirs, "--apply")
    before = worth(ours)
    there = worth(theirs)

    async def later(database: Database) -> None:
        await play(database, 77, THERE, 30)

    with_books(theirs, later)
    grown = worth(theirs)
    said = riddles(ours, "ledger", "import", theirs, "--apply", "--json")

    assert said.code == 0
    assert said.facts["new_rows"] > 0
    for member, one in worth(ours).items():
        if member in grown:
            gained = grown[member].score - there[member].score
            assert one.score - before[member].score == gained


@pytest.mark.parametrize(("rate", "times"), [("3", 3), ("1/10", 0.1), ("0.37", 0.37)])
def test_at_a_rate_everybody_brings_their_share(
    folder: Path, theirs: Path, rate: str, times: float
) -> None:
    ours = folder / "new.db"
    with_books(ours, worths)
    said = riddles(ours, "ledger", "import", theirs, "--rate", rate, "--apply", "--json")
    merged = worth(ours)

    assert said.code == 0
    for member, one in worth(theirs).items():
        share = merged.get(member, Worth(0, 0, 0))
        assert -1e-6 <= one.score * times - share.score < 1
        assert -1e-6 <= (one.balance - one.owed) * times - (share.balance - share.owed) < 1
    again = riddles(ours, "ledger", "import", theirs, "--rate", rate, "--apply", "--json")
    assert again.facts["new_rows"] == 0
    assert worth(ours) == merged


def test_a_statement_tells_where_merged_points_came_from(ours: Path, theirs: Path) -> None:
    riddles(ours, "ledger", "import", theirs, "--origin", "The old server", "--apply")
    entries = riddles(ours, "ledger", "statement", str(FIRST + 9), "--json").facts

    assert {entry["origin"] for entry in entries if not entry["repays"]} == {"The old server"}
    assert {entry["kind"] for entry in entries} >= {"merge"}


def test_a_ledger_without_members_cannot_be_merged(ours: Path, theirs: Path) -> None:
    out = theirs.with_suffix(".jsonl")
    riddles(theirs, "ledger", "export", "--format", "jsonl", "--out", out)
    said = riddles(ours, "ledger", "import", out)

    assert said.code == 1
    assert "export it again with --with-members" in said.err


@pytest.mark.parametrize("copied", [False, True])
def test_a_ledger_is_not_merged_into_itself(ours: Path, copied: bool) -> None:  # noqa: FBT001 - a parameter of the test
    copy = ours.with_name("copy.db")
    riddles(ours, "backup", copy)
    said = riddles(ours, "ledger", "import", copy if copied else ours)

    assert said.code == 1
    assert "is this ledger's own" in said.err


def test_a_rehearsals_points_never_come_into_live_books(folder: Path, ours: Path) -> None:
    stage = folder / "stage.db"

    async def work(database: Database) -> None:
        await play(database, 3, THERE)

    with_books(stage, work, kind="rehearsal")
    for file in (stage, as_export(stage)):
        said = riddles(ours, "ledger", "import", file)

        assert said.code == 1
        assert "is the ledger of a rehearsal instance, and these books are live" in said.err


Lines = list[dict[str, Any]]


def one_is_missing(lines: Lines) -> Lines:
    return [*lines[:5], *lines[6:]]


def two_are_swapped(lines: Lines) -> Lines:
    return [*lines[:5], lines[6], lines[5], *lines[7:]]


def one_was(**changes: Any) -> Callable[[Lines], Lines]:
    return lambda lines: [*lines[:5], lines[5] | changes, *lines[6:]]


def one_is_empty(lines: Lines) -> Lines:
    return [*lines[:5], {"id": 5}, *lines[6:]]


TAMPERED = [
    one_is_missing,
    two_are_swapped,
    one_is_empty,
    one_was(points=1000),
    one_was(kind="gift"),
    one_was(note="zz"),
    one_was(digest=None),
]


@pytest.mark.parametrize("tamper", TAMPERED)
def test_an_exported_ledger_that_was_changed_brings_nothing(
    ours: Path, theirs: Path, tamper: Callable[[Lines], Lines]
) -> None:
    file = as_export(theirs)
    lines = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    file.write_text("\n".join(json.dumps(line) for line in tamper(lines)) + "\n", "utf-8")
    before = worth(ours)
    said = riddles(ours, "ledger", "import", file, "--apply")

    assert said.code == 1
    assert "transfer 5 does not fit the one before it" in said.err
    assert worth(ours) == before


@pytest.mark.parametrize("cut", [200, None], ids=["within a line", "at the end of one"])
def test_an_exported_ledger_that_was_cut_off_brings_nothing(
    ours: Path, theirs: Path, cut: int | None
) -> None:
    file = as_export(theirs)
    whole = file.read_bytes()
    file.write_bytes(whole[:-cut] if cut else whole[: whole.rindex(b"\n", 0, -1) + 1])
    before = worth(ours)
    said = riddles(ours, "ledger", "import", file, "--apply")

    assert said.code == 1
    assert "the file is not whole" in said.err
    assert worth(ours) == before


def test_accounts_that_nobody_is_behind_stay_where_they_are(ours: Path, theirs: Path) -> None:
    async def erase(database: Database) -> None:
        async with database.transaction() as tx:
            await tx.execute("DELETE FROM members WHERE id = ?", (FIRST + 9,))

    with_books(theirs, erase)
    expected = sums(worth(ours), worth(theirs))
    said = riddles(ours, "ledger", "import", theirs, "--apply", "--json")

    assert said.facts["nobody_behind"] > 0
    assert worth(ours) == expected
