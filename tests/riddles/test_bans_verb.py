"""The verbs about members: lists of bans that cannot be read, ids that are none, no traces."""

from pathlib import Path

import pytest

from engine.storage.database import Database
from tests.builders import a_person, a_round, hand_in_one
from tests.riddles.shell import riddles, with_books

MEMBER = a_person().id
LIST = f"id,reason\n{MEMBER},spam\n"


@pytest.fixture
def books(tmp_path: Path) -> Path:
    path = tmp_path / "books.db"

    async def fill(database: Database) -> None:
        await a_round(database)
        await hand_in_one(database)

    with_books(path, fill)
    return path


@pytest.mark.parametrize(
    ("file", "says"),
    [
        (None, "cannot be read: No such file or directory"),
        ("a folder", "cannot be read: Is a directory"),
        (b"\xff\xfe\x00id", "is not a table in UTF-8: save it as CSV"),
        (b"id,reason\n12\x00,x\n5,y", "is not a Discord id"),
        (b"who,why\n5,x\n", 'the first line must name the columns "id" and "reason"'),
        (b"id,reason\nAda,x\n", ':2: "Ada" is not a Discord id: a number of 17 to 19 digits'),
    ],
)
def test_a_list_that_cannot_be_read_is_refused_in_words(
    books: Path, tmp_path: Path, file: bytes | str | None, says: str
) -> None:
    path = tmp_path / "friends.csv"
    if isinstance(file, bytes):
        path.write_bytes(file)
    elif file is not None:
        path.mkdir()
    said = riddles(books, "bans", "import", path, "--origin", "friends")

    assert (said.code, says in said.err, "Errno" in said.err) == (1, True, False), said.err


@pytest.mark.parametrize("origin", ["", "  ", "x" * 61])
def test_a_list_needs_a_name_that_members_can_read(
    books: Path, tmp_path: Path, origin: str
) -> None:
    path = tmp_path / "friends.csv"
    path.write_text(LIST, "utf-8")
    said = riddles(books, "bans", "import", path, "--origin", origin, "--apply")

    assert (said.code, "in 60 characters at most" in said.err) == (1, True)
    assert riddles(books, "bans", "list", "--json").facts == []


@pytest.mark.parametrize("member", ["Ada", str(2**63), "9" * 30, "-1"])
@pytest.mark.parametrize(
    "verb", ["members export", "members erase --yes", "bans lift", "ledger statement"]
)
def test_what_is_no_id_is_wrong_usage(
    books: Path, verb: str, member: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "400")
    said = riddles(books, *verb.split(), "--", member)

    assert (said.code, f"“{member}” is no Discord id" in said.err) == (2, True), said.err


@pytest.mark.parametrize("member", [str(MEMBER), f"<@{MEMBER}>", f"<@!{MEMBER}>"])
def test_a_member_is_named_as_discord_names_them(books: Path, member: str) -> None:
    assert riddles(books, "members", "export", member).facts
    assert riddles(books, "ledger", "statement", member, "--json").facts


@pytest.mark.parametrize(
    "words",
    [
        ["bans", "lift", "5"],
        ["members", "erase", "5", "--yes"],
        ["ledger", "verify", "--rebuild"],
        ["rejudge", "07-x", "--accept", "y", "--apply"],
        ["ledger", "import", "points.csv", "--origin", "x", "--apply"],
        ["restore", "copy.db"],
    ],
)
def test_a_verb_that_is_refused_leaves_nothing_behind(
    tmp_path: Path, words: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RIDDLES_SECRET", "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE=")
    said = riddles(tmp_path / "nowhere" / "deep" / "x.db", *words)
    beside = riddles(tmp_path / "x.db", *words)

    assert (said.code, beside.code) == (1, 1)
    assert ("there is no " in said.err, list(tmp_path.iterdir())) == (True, []), said.err


def test_an_amount_beyond_every_book_is_all_of_it(books: Path) -> None:
    said = riddles(books, "ledger", "statement", str(MEMBER), "--limit", str(2**63), "--json")

    assert (said.code, len(said.facts)) == (0, 1)


def test_one_is_not_counted_as_several(books: Path, tmp_path: Path) -> None:
    path, out = tmp_path / "friends.csv", tmp_path / "ledger.csv"
    path.write_text(LIST, "utf-8")
    words = ["bans", "import", path, "--origin", "friends"]

    assert riddles(books, *words).out.startswith("1 person would be on the list")
    assert riddles(books, *words, "--apply").out == (
        "1 banned; 0 were on the list “friends” already\n"
    )
    assert riddles(books, "bans", "list").out.endswith("1 ban stands\n")
    assert riddles(books, "ledger", "export", "--out", out).err == f"1 transfer is in {out}.\n"
