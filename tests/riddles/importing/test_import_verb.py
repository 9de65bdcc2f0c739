"""`riddles ledger import`, as an operator calls it: look, apply, again, undo."""

import asyncio
import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from engine.books.ledger import HELD, Kind, post
from engine.moments import to_ms
from engine.people.members import account_of
from engine.storage.database import Database, Reader, open_database
from riddles.importing.asking import rate_of
from riddles.importing.bringing import bring
from riddles.importing.converting import Source
from riddles.importing.text import inspect
from riddles.lock import hold
from tests.audit import assert_books_fit
from tests.builders import MONDAY, a_transfer
from tests.riddles.importing import exports
from tests.riddles.importing.exports import ALICE, BOB, CAROL, a_ctfd_export
from tests.riddles.importing.histories import play, worths
from tests.riddles.shell import Said, riddles, with_books


@pytest.fixture
def books(folder: Path) -> Path:
    """Books with nothing in them."""
    path = folder / "books.db"
    with_books(path, worths)
    return path


@pytest.fixture
def board(folder: Path) -> Path:
    path = folder / "board.json"
    path.write_text(json.dumps(exports.MEE6), "utf-8")
    return path


def table(folder: Path, *lines: str, header: str = "member,points,reason,key") -> Path:
    path = folder / "points.csv"
    path.write_text("\n".join([header, *lines]) + "\n", "utf-8")
    return path


def bring_in(books: Path, *words: str | Path) -> Said:
    return riddles(books, "ledger", "import", *words)


def balances(books: Path) -> dict[int, int]:
    return {member: worth.balance for member, worth in with_books(books, worths).items()}


LOOK = """\
origin             MEE6 (mee6)
rows               2
members            1, of whom 1 were never seen here
points there       7,025
rate               1/100 of ours for one of theirs
points here        70; rounding down cost 0.25
new                1 row, 70 points
less than a point  1
Nothing was booked: this was a look. Book it with --apply.
"""


def plain(text: str) -> str:
    return "".join(line.rstrip() + "\n" for line in text.splitlines())


def test_a_look_says_what_would_happen_and_books_nothing(books: Path, board: Path) -> None:
    before = books.read_bytes()
    said = bring_in(books, board, "--rate", "0.01")

    assert (said.code, said.err) == (0, "")
    assert plain(said.out) == LOOK
    assert books.read_bytes() == before
    assert balances(books) == {}


def test_what_is_applied_is_booked_once(books: Path, board: Path) -> None:
    first = bring_in(books, board, "--apply")
    again = bring_in(books, board, "--apply")

    assert first.out.splitlines()[-1] == (
        "Booked as import-1. To take it back: riddles ledger import --undo import-1"
    )
    assert again.out.splitlines()[-1] == "There is nothing new to book."
    assert "here already  2" in again.out
    assert balances(books) == {ALICE: 7005, BOB: 20}


def test_the_report_is_told_to_programs(books: Path, board: Path) -> None:
    said = bring_in(books, board, "--rate", "1/3", "--apply", "--json")

    assert said.facts == {
        "origin": "MEE6",
        "format": "mee6",
        "rate": "1/3",
        "rows": 2,
        "members": 2,
        "members_never_seen": 2,
        "points_there": "7025",
        "points_here": 2341,
        "rounded_off": "0.667",
        "new_rows": 2,
        "new_points": 2341,
        "here_already": 0,
        "repeated": 0,
        "less_than_a_point": 0,
        "nobody_behind": 0,
        "problems": 0,
        "problem_lines": [],
        "batch": "import-1",
    }


def test_problems_are_named_and_nothing_is_booked(books: Path, folder: Path) -> None:
    file = table(
        folder,
        f"{ALICE},10,,a",
        "alice,10,,b",
        f"{ALICE},10,,a",
        f"{ALICE},11,,a",
        f"{BOB},-1,,c",
        f"{CAROL},5,,d",
    )
    said = bring_in(books, file, "--origin", "Quiz", "--apply")

    assert said.code == 1
    assert said.err == (
        f'{file}:3: "alice" is not a Discord id: it has 17 to 19 digits\n'
        f"{file}:5: line 2 has the same member and key, and other points\n"
        f"{file}:6: -1 is below zero: nobody starts with a debt, so leave the line out\n"
    )
    assert "repeated in the file  1" in said.out
    assert "Nothing was booked. Mend these lines" in said.out
    assert balances(books) == {}


def test_lines_with_problems_may_be_left_out(books: Path, folder: Path) -> None:
    file = table(folder, f"{ALICE},10,,a", "alice,10,,b", f"{ALICE},11,,a", f"{CAROL},5,,d")
    said = bring_in(books, file, "--origin", "Quiz", "--apply", "--skip-problems", "--json")

    assert (said.code, said.facts["problems"], said.facts["batch"]) == (0, 2, "import-1")
    assert [one["line"] for one in said.facts["problem_lines"]] == [3, 4]
    assert balances(books) == {ALICE: 10, CAROL: 5}


def test_many_problems_are_counted_and_some_are_shown(books: Path, folder: Path) -> None:
    said = bring_in(books, table(folder, *["x,1"] * 1500), "--origin", "Quiz")

    assert len(said.err.splitlines()) == 21
    assert said.err.splitlines()[-1] == "… and 1,480 more; --json has them"
    assert "problems      1,500" in said.out


def test_points_that_grew_at_their_source_are_named(books: Path, board: Path) -> None:
    bring_in(books, board, "--apply")
    grown = json.loads(board.read_text("utf-8"))
    grown["players"][0]["xp"] += 10
    board.write_text(json.dumps(grown), "utf-8")
    refused = bring_in(books, board, "--apply")
    bring_in(books, "--undo", "import-1", "--apply")
    said = bring_in(books, board, "--apply")

    assert refused.code == 1
    assert "this row came in before with other points: undo that import" in refused.err
    assert said.code == 0
    assert balances(books) == {ALICE: 7015, BOB: 20}


def test_an_import_is_looked_at_before_it_is_taken_back(books: Path, board: Path) -> None:
    bring_in(books, board, "--apply")

    async def spend(database: Database) -> None:
        async with database.transaction() as tx:
            account = await account_of(tx, BOB)
            assert account is not None
            await post(tx, a_transfer(HELD, 15, source=account, kind=Kind.HOLD))

    with_books(books, spend)
    look = bring_in(books, "--undo", "import-1")
    untouched = balances(books)
    done = bring_in(books, "--undo", "import-1", "--apply", "--json")

    assert plain(look.out) == (
        "import                import-1, MEE6 at a rate of 1\n"
        "rows to take back     2\n"
        "members               2\n"
        "points they lose      7,025\n"
        "members who will owe  1\n"
        "This was a look. Take it back with --apply.\n"
    )
    assert untouched == {ALICE: 7005, BOB: 5}
    assert done.facts["applied"] is True
    assert {m: w.owed for m, w in with_books(books, worths).items()} == {ALICE: 0, BOB: 15}


def test_ctfd_is_brought_with_a_list_of_members(books: Path, folder: Path) -> None:
    export = a_ctfd_export(folder / "export.zip")
    who = folder / "who.csv"
    who.write_text(f"user,member\nalice,{ALICE}\nbob@example.org,{BOB}\ndave,{CAROL}\n", "utf-8")
    without = bring_in(books, export)
    said = bring_in(books, export, "--members", who, "--apply")

    assert "name a CSV with the columns user and member with --members" in without.err
    assert said.code == 0
    assert balances(books) == {ALICE: 500, BOB: 125, CAROL: 100}


REFUSED: list[tuple[list[str], str]] = [
    (["{board}", "--rate", "0"], '--rate "0" is no rate: write 2, 0.1 or 1/3'),
    (["{board}", "--rate", "1/0"], '--rate "1/0" is no rate'),
    (["{board}", "--rate", "-1"], '--rate "-1" is no rate'),
    (["{board}", "--rate", "ten"], '--rate "ten" is no rate'),
    (["{board}", "--rate", "1001"], "above 0 and up to 1000"),
    (["{board}", "--format", "xls"], "there is no format xls; there are: lines, csv, ledger"),
    (["{board}", "--format", "tatsu"], "does not look like an export of tatsu"),
    (["{board}", "--format", "ledger"], "is no exported ledger"),
    (["{board}", "--columns", "x"], '--columns "x" is not understood'),
    (["{folder}/nothing"], "there is no file"),
    (["{folder}/empty.csv"], "empty.csv is empty: export it again"),
    (["{folder}/image.csv"], "image.csv is not text: bring in what"),
    (["{folder}/words.csv"], 'words.csv:1: the first line names no column "member"'),
    (["{folder}/points.csv"], "say where these points come from"),
    (["--undo", "import-9"], "there is no import import-9; there are: none"),
]


@pytest.mark.parametrize(("words", "says"), REFUSED)
def test_what_cannot_be_done_is_refused_in_words(
    books: Path, folder: Path, board: Path, words: list[str], says: str
) -> None:
    table(folder, f"{ALICE},1")
    (folder / "empty.csv").touch()
    (folder / "image.csv").write_bytes(b"GIF89a\x01\x00\x01\x00")
    (folder / "words.csv").write_text("good morning\n", "utf-8")
    origin = ["--origin", "x"] if words[0].endswith("words.csv") else []
    said = bring_in(books, *origin, *(word.format(board=board, folder=folder) for word in words))

    assert said.code == 1
    assert said.err.startswith("riddles: ")
    assert says in said.err


@pytest.mark.parametrize(
    ("words", "says"),
    [([], "to bring in, or an import"), (["x.csv", "--undo", "import-1"], "not both")],
)
def test_a_file_or_an_import_to_undo_must_be_named(
    books: Path, words: list[str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    said = bring_in(books, *words)

    assert (said.code, says in said.err) == (2, True), said.err


def test_an_import_is_taken_back_once(books: Path, board: Path) -> None:
    bring_in(books, board, "--apply")
    done = bring_in(books, "--undo", "import-1", "--apply")
    again = bring_in(books, "--undo", "import-1", "--apply")

    assert done.out.endswith("Taken back.\n")
    assert again.out.endswith("Nothing of it is left to take back.\n")


def test_books_that_are_not_there_are_not_made(folder: Path, board: Path) -> None:
    said = bring_in(folder / "none.db", board)

    assert (said.code, "there is no database" in said.err) == (1, True)
    assert not (folder / "none.db").exists()


def test_nothing_is_booked_beside_a_running_bot(books: Path, board: Path) -> None:
    with hold(books):
        look = bring_in(books, board)
        said = bring_in(books, board, "--apply")

    assert look.code == 0
    assert said.code == 1
    assert "is in use by another `riddles`" in said.err


@pytest.mark.parametrize("broken", [b"SQLite format 3\0rest", b"PK\x03\x04rest"])
def test_a_broken_file_is_refused_in_words(books: Path, folder: Path, broken: bytes) -> None:
    file = folder / "broken"
    file.write_bytes(broken)
    said = bring_in(books, file, "--members", table(folder, "2,1", header="user,member"))

    assert (said.code, said.err[:9]) == (1, "riddles: ")


@pytest.mark.parametrize(
    ("text", "rate"), [("2", 2), ("0.1", Fraction(1, 10)), ("1/3", Fraction(1, 3)), (" 1 ", 1)]
)
def test_a_rate_is_exact(text: str, rate: Fraction) -> None:
    assert rate_of(text) == rate


def test_an_import_that_broke_off_is_finished_by_asking_again(folder: Path, books: Path) -> None:
    """Chunks that were committed stay, and no row comes in twice."""
    count = 25
    file = table(folder, *(f"{ALICE + n % 7},1,,k{n}" for n in range(count)))
    source = Source(
        file=inspect(file),
        format="csv",
        origin="Quiz",
        identity="quiz",
        rate=Fraction(1),
        names={},
        who=None,
    )

    def break_off(rows: int) -> None:
        if rows >= 20:
            raise InterruptedError

    async def import_twice() -> tuple[Any, ...]:
        async with open_database(books, kind="live", now=MONDAY) as database:
            with pytest.raises(InterruptedError):
                await bring(database, source, to_ms(MONDAY), break_off, at_once=10)
            async with database.reading() as reader:
                halfway = await _booked(reader)
            into = await bring(database, source, to_ms(MONDAY) + 1)
            async with database.reading() as reader:
                await assert_books_fit(reader)
                return halfway, await _booked(reader), into.batch

    assert asyncio.run(import_twice()) == (20, count, "import-1")


async def _booked(reader: Reader) -> int:
    return await reader.value("SELECT total(points) FROM transfers WHERE batch = 'import-1'")


def test_a_ledger_that_does_not_fit_midway_brings_nothing(folder: Path, books: Path) -> None:
    theirs = folder / "theirs.db"
    with_books(theirs, lambda database: play(database, 5, range(3)))
    out = folder / "theirs.jsonl"
    riddles(theirs, "ledger", "export", "--format", "jsonl", "--with-members", "--out", out)
    out.write_text(out.read_text("utf-8").replace('"points":', '"points":1', 1), "utf-8")
    said = bring_in(books, out, "--apply")

    assert said.code == 1
    assert "nothing of it is brought in" in said.err
    assert balances(books) == {}


def test_an_origin_is_what_members_read(books: Path, board: Path) -> None:
    bring_in(books, board, "--origin", "  Levels of\n the old server ", "--apply")
    (entry,) = riddles(books, "ledger", "statement", str(BOB), "--json").facts

    assert entry["origin"] == "Levels of the old server"


def test_a_refusal_never_shows_what_stands_in_the_file(books: Path, folder: Path) -> None:
    file = folder / "notes.txt"
    file.write_text("the answer is quicksort\n", "utf-8")
    said = bring_in(books, file, "--origin", "x")

    assert said.code == 1
    assert "quicksort" not in said.err
