"""The books read out: every transfer in a file that proves itself, one member's in a table."""

import csv
import hashlib
import json
import re
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.books.ledger import Kind, post, write_note
from engine.people.members import account_of
from engine.storage.database import Database
from tests.builders import a_person, a_round, a_transfer, hand_in_one
from tests.riddles.importing.histories import FIRST, play
from tests.riddles.shell import riddles, with_books

DIGESTED = (
    *("id", "key", "kind", "source", "target", "points", "booked_at", "counts_at", "round"),
    *("submission", "server", "circle", "corrects", "batch", "actor", "note", "encoding"),
)
PUBLIC = (*DIGESTED, "digest", "source_kind", "target_kind", "riddle")
MEMBER = a_person().id
DOCS = Path(__file__).parents[2] / "docs" / "importing.md"


@pytest.fixture
def books(tmp_path: Path) -> Path:
    """A solved riddle, an adjustment with a reason, and a random history."""
    path = tmp_path / "books.db"

    async def fill(database: Database) -> None:
        await a_round(database, slug="07-sorting", circle="réseau")
        await hand_in_one(database, person=a_person(circle="réseau 🛰"))
        async with database.transaction() as tx:
            account = await account_of(tx, MEMBER)
            assert account is not None
            note = await write_note(tx, 'a "second" chance\n[bold]for Ada[/]')
            await post(tx, a_transfer(account, 5, kind=Kind.ADJUSTMENT, note=note, key="fix"))
        await play(database, 1, range(4), 40)

    with_books(path, fill)
    return path


def exported(books: Path, *words: str) -> list[dict[str, Any]]:
    out = riddles(books, "ledger", "export", "--format", "jsonl", *words).out
    return [json.loads(line) for line in out.splitlines()]


def test_a_file_proves_itself_with_nothing_but_sha256(books: Path) -> None:
    """As `docs/importing.md` tells it."""
    header, *transfers = exported(books)
    digest = bytes(32)
    for transfer in transfers:
        row = json.dumps([transfer[name] for name in DIGESTED], separators=(",", ":"))
        digest = hashlib.sha256(digest + row.encode()).digest()

        assert transfer["digest"] == digest.hex()
    assert header == {
        "riddles_ledger": 1,
        "kind": "live",
        "members": False,
        "transfers": len(transfers),
        "digest": digest.hex(),
    }
    verified = riddles(books, "ledger", "verify", "--contains", digest.hex())
    assert verified.code == 0


def test_the_documented_proof_proves_it(books: Path, tmp_path: Path) -> None:
    (proof,) = re.findall(r"```python\n(.*?)```", DOCS.read_text("utf-8"), re.DOTALL)
    out = tmp_path / "ledger.jsonl"
    riddles(books, "ledger", "export", "--format", "jsonl", "--out", out)
    told = [run_proof(proof, out)]
    out.write_text(out.read_text("utf-8").replace('"points":5,', '"points":6,'), "utf-8")
    told.append(run_proof(proof, out))

    verified = riddles(books, "ledger", "verify", "--json").facts["digest"]
    assert told[0] == (0, f"{verified}\n")
    assert told[1][0] == 1


def run_proof(proof: str, file: Path) -> tuple[int, str]:
    done = subprocess.run(  # noqa: S603 - our own text
        [sys.executable, "-c", proof, str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


def test_the_documented_columns_are_those_that_are_written(books: Path) -> None:
    _, first, *_ = exported(books, "--with-members")
    told = re.findall(r"`((?:id, key|source_member)[a-z_,\s]+)`", DOCS.read_text("utf-8"))

    assert [name for part in told for name in re.split(r",\s+", part)] == list(first)


def test_columns_are_stable(books: Path) -> None:
    _, first, *_ = exported(books)
    table = riddles(books, "ledger", "export").out.splitlines()

    assert tuple(first) == PUBLIC
    assert table[0] == ",".join(PUBLIC)


def test_a_table_and_the_lines_tell_the_same(books: Path) -> None:
    said = riddles(books, "ledger", "export", "--with-members")
    table = list(csv.DictReader(said.out.splitlines(keepends=True)))
    _, *lines = exported(books, "--with-members")

    assert table == [
        {name: "" if value is None else str(value) for name, value in line.items()}
        for line in lines
    ]
    assert next(line["circle"] for line in lines if line["kind"] == "award") == "réseau 🛰"


def test_nobody_can_be_told_from_what_is_published(books: Path) -> None:
    for form in ("csv", "jsonl"):
        public = riddles(books, "ledger", "export", "--format", form).out
        whole = riddles(books, "ledger", "export", "--format", form, "--with-members").out

        for secret in (str(FIRST), "second"):
            assert secret not in public
            assert secret in whole
    assert MEMBER not in [value for line in exported(books) for value in line.values()]


def test_a_file_is_written_whole_for_its_owner_alone(books: Path, tmp_path: Path) -> None:
    out = tmp_path / "ledger.csv"
    said = riddles(books, "ledger", "export", "--out", out)
    again = riddles(books, "ledger", "export", "--out", out)
    forced = riddles(books, "ledger", "export", "--out", out, "--force")

    assert (said.code, forced.code, again.code) == (0, 0, 1)
    assert "replace it with --force" in again.err
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert out.read_text("utf-8") == riddles(books, "ledger", "export").out
    assert [path.name for path in tmp_path.iterdir() if "draft" in path.name] == []


def test_a_folder_that_is_not_there_is_refused_in_words(books: Path, tmp_path: Path) -> None:
    said = riddles(books, "ledger", "export", "--out", tmp_path / "no" / "ledger.csv")

    assert (said.code, "cannot be written to: No such file" in said.err) == (1, True)


def test_books_with_nothing_in_them_are_exported(tmp_path: Path) -> None:
    async def nothing(_: Database) -> None:
        pass

    with_books(tmp_path / "empty.db", nothing)
    (header,) = exported(tmp_path / "empty.db")

    assert (header["transfers"], header["digest"]) == (0, "0" * 64)


# Statements.

STATEMENT = """\
No. | When (UTC) | Kind | Why | Points | Balance | Score
1 | 2026-11-23 17:01:00 | award | What sorts here? (07-sorting) | +100 | 100 | 100
2 | 2026-11-23 17:00:00 | adjustment | a "second" chance | +5 | 105 | 105
| [bold]for Ada[/]
"""


def cells(table: str) -> str:
    lines = [line for line in table.splitlines() if any(mark in line for mark in "┃│")]
    rows = [[cell.strip() for cell in line.replace("┃", "│").split("│")] for line in lines]
    return "".join(" | ".join(c for c in row[1:-1] if c or row[1]).strip() + "\n" for row in rows)


def test_a_statement_is_a_table(books: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "140")
    said = riddles(books, "ledger", "statement", str(MEMBER))

    assert said.code == 0
    assert cells(said.out).replace("\n[bold]", "\n| [bold]") == STATEMENT


def test_a_statement_is_found_by_account_too(books: Path) -> None:
    account = with_books(books, _account)

    assert (
        riddles(books, "ledger", "statement", str(account), "--json").facts
        == riddles(books, "ledger", "statement", str(MEMBER), "--json").facts
    )


async def _account(database: Database) -> int | None:
    async with database.reading() as reader:
        return await account_of(reader, MEMBER)


def test_a_statement_may_be_cut_to_the_latest(books: Path) -> None:
    entries = riddles(books, "ledger", "statement", str(MEMBER), "--limit", "1", "--json").facts

    assert [(entry["transfer"], entry["balance"]) for entry in entries] == [(2, 105)]


@pytest.mark.parametrize("member", ["424242", "1"])
def test_a_statement_of_nobody_is_refused_in_words(books: Path, member: str) -> None:
    said = riddles(books, "ledger", "statement", member)

    assert said.code == 1
    assert f"nobody in these books has the Discord id or the account {member}" in said.err
