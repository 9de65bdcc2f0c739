"""A backup is a moment of the books, whole and checked; restoring keeps what was there."""

import asyncio
import json
import shutil
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from engine.books.ledger import open_account, post, post_all, write_notes
from engine.storage.database import Database, open_database
from riddles.books.backups import back_up
from riddles.lock import hold
from riddles.refusal import Refusal
from tests.builders import MONDAY, a_transfer
from tests.riddles.importing.histories import play, worths
from tests.riddles.shell import riddles, with_books


@pytest.fixture
def books(tmp_path: Path) -> Path:
    return some_books(tmp_path / "books.db", 1)


def some_books(path: Path, seed: int, moves: int = 60) -> Path:
    with_books(path, lambda database: play(database, seed, range(4), moves))
    return path


def files(folder: Path) -> set[str]:
    """Names of what lies there; what SQLite keeps beside open books is no matter."""
    passing = ("-wal", "-shm", ".lock")
    return {path.name for path in folder.iterdir() if not path.name.endswith(passing)}


def test_a_backup_is_the_books(books: Path, tmp_path: Path) -> None:
    said = riddles(books, "backup", tmp_path / "copy.db", "--json")
    verified = riddles(tmp_path / "copy.db", "ledger", "verify", "--json")

    assert said.code == 0
    assert said.facts["digest"] == verified.facts["digest"]
    assert said.facts["transfers"] == verified.facts["transfers"] > 0
    assert with_books(tmp_path / "copy.db", worths) == with_books(books, worths)
    assert files(tmp_path) == {"books.db", "copy.db"}


def test_a_backup_is_one_file_that_only_its_owner_reads(books: Path, tmp_path: Path) -> None:
    riddles(books, "backup", tmp_path / "copy.db")

    assert (tmp_path / "copy.db").stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.glob("copy.db*")} == {"copy.db"}


def test_a_backup_made_while_points_move_is_one_moment(tmp_path: Path) -> None:
    """Writers are never stopped, and the copy is no mixture of before and after."""
    path, steps = tmp_path / "books.db", 0
    wrote, done = threading.Event(), threading.Event()

    def between_steps(what: str, _: int, __: int) -> None:
        nonlocal steps
        if what == "Copying":
            steps += 1
            wrote.clear()
            assert wrote.wait(20)

    def copy() -> int:
        try:
            return back_up(
                path, tmp_path / "copy.db", overwrite=False, on_part=between_steps
            ).transfers
        finally:
            done.set()

    async def write_meanwhile() -> tuple[int, int]:
        async with open_database(path, kind="live", now=MONDAY) as database:
            async with database.transaction() as tx:
                member, written = await open_account(tx), 0
                await write_notes(tx, ["long" * 100_000] * 30)
            copying = asyncio.create_task(asyncio.to_thread(copy))
            while not done.is_set():
                async with database.transaction() as tx:
                    await post_all(tx, [a_transfer(member, 1) for _ in range(20)])
                written += 20
                wrote.set()
                await asyncio.sleep(0)
            return await copying, written

    copied, written = asyncio.run(write_meanwhile())

    assert steps > 1
    assert copied % 20 == 0
    assert written - copied >= 20 * (steps - 1)


def test_books_that_were_killed_can_be_backed_up(books: Path, tmp_path: Path) -> None:
    """What waits beside the file belongs to it, though nobody closed it."""
    script = """
import asyncio, os, sys
from pathlib import Path
from engine.storage.database import open_database
from engine.books.ledger import open_account, post, post_all, write_notes
from tests.builders import MONDAY, a_transfer
async def main():
    async with open_database(Path(sys.argv[1]), kind="live", now=MONDAY) as database:
        async with database.transaction() as tx:
            await post(tx, a_transfer(await open_account(tx), 7, key="the last"))
        os._exit(9)
asyncio.run(main())
"""
    subprocess.run([sys.executable, "-c", script, str(books)], check=False, timeout=60)  # noqa: S603 - our own
    assert (tmp_path / "books.db-wal").stat().st_size > 0
    said = riddles(books, "backup", tmp_path / "copy.db")

    assert said.code == 0
    with closing(sqlite3.connect(tmp_path / "copy.db")) as copy:
        assert copy.execute("SELECT points FROM transfers WHERE key = 'the last'").fetchone() == (
            7,
        )


def test_a_file_that_is_there_is_replaced_only_when_asked(books: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy.db"
    target.write_text("precious", "utf-8")
    said = riddles(books, "backup", target)
    kept = target.read_bytes()
    forced = riddles(books, "backup", target, "--force")

    assert (said.code, kept) == (1, b"precious")
    assert "is there already: name another file, or replace it with --force" in said.err
    assert forced.code == 0
    assert target.read_bytes().startswith(b"SQLite format 3")


def test_books_are_not_backed_up_into_themselves(books: Path) -> None:
    said = riddles(books, "backup", books, "--force")

    assert (said.code, "is the database itself" in said.err) == (1, True)


def tampered(path: Path) -> None:
    with closing(sqlite3.connect(path)) as sqlite:
        sqlite.execute("DROP TRIGGER transfers_are_not_edited")
        sqlite.execute("UPDATE transfers SET points = points + 1 WHERE id = 3")
        sqlite.commit()


def torn(path: Path) -> None:
    with closing(sqlite3.connect(path)) as sqlite:
        sqlite.execute("PRAGMA journal_mode = DELETE")
        (page,) = sqlite.execute(
            "SELECT rootpage FROM sqlite_schema WHERE name = 'posts_by_round'"
        ).fetchone()
        (size,) = sqlite.execute("PRAGMA page_size").fetchone()
    content = bytearray(path.read_bytes())
    content[(page - 1) * size : page * size] = b"\xa5" * size
    path.write_bytes(content)


def from_the_future(path: Path) -> None:
    with closing(sqlite3.connect(path)) as sqlite:
        sqlite.execute("PRAGMA user_version = 4000")


def empty(path: Path) -> None:
    path.write_bytes(b"SQLite format 3\0")


def a_text(path: Path) -> None:
    path.write_text("no database", "utf-8")


def another_programs(path: Path) -> None:
    with closing(sqlite3.connect(path)) as sqlite:
        sqlite.execute("DROP TABLE instance")


UNSOUND: list[tuple[Callable[[Path], None], str]] = [
    (tampered, "the books do not fit: transfer 3 is not what was booked"),
    (torn, "is damaged"),
    (from_the_future, ".db was made by a newer version of the program (schema 4000"),
    (empty, "cannot be read"),
    (a_text, "cannot be read"),
    (another_programs, "is not a database of this program"),
]


@pytest.mark.parametrize(("break_it", "says"), UNSOUND)
def test_a_copy_that_is_not_sound_gets_no_name(
    books: Path, tmp_path: Path, break_it: Callable[[Path], None], says: str
) -> None:
    break_it(books)
    said = riddles(books, "backup", tmp_path / "copy.db")

    assert (said.code, says in said.err) == (1, True), said.err
    assert files(tmp_path) == {"books.db"}


def test_books_of_an_older_version_are_copied_and_their_file_checked(
    books: Path, tmp_path: Path
) -> None:
    """So that a backup can be made between installing a version and starting it."""
    with closing(sqlite3.connect(books)) as sqlite:
        sqlite.execute("PRAGMA user_version = 2")
    said = riddles(books, "backup", tmp_path / "copy.db")

    assert said.code == 0
    assert "It is from an older version (schema 2), so the file was checked" in said.out


def test_a_disk_that_fails_leaves_no_half_copy(books: Path, tmp_path: Path) -> None:
    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with pytest.raises(Refusal, match=r"could not be written: .*No space left"):
        back_up(books, tmp_path / "copy.db", overwrite=False, on_part=fail)
    assert files(tmp_path) == {"books.db"}


# Restoring.


def test_a_backup_is_put_in_place_and_the_old_books_are_kept(books: Path, tmp_path: Path) -> None:
    riddles(books, "backup", tmp_path / "copy.db")
    then = with_books(books, worths)
    with_books(books, lambda database: play(database, 2, range(4)))
    now = with_books(books, worths)
    said = riddles(books, "restore", tmp_path / "copy.db", "--force", "--json")

    assert said.code == 0
    assert with_books(books, worths) == then != now
    assert with_books(Path(said.facts["aside"]), worths) == now
    assert len(files(tmp_path)) == 3


def test_what_was_not_yet_in_the_old_file_is_kept_with_it(books: Path, tmp_path: Path) -> None:
    """Books whose program was killed: their newest rows lie beside them."""
    riddles(books, "backup", tmp_path / "copy.db")
    there = tmp_path / "there"
    there.mkdir()

    def copy_all() -> None:
        for path in tmp_path.glob("books.db*"):
            shutil.copy(path, there)

    async def write_and_copy(database: Database) -> None:
        async with database.transaction() as tx:
            await post(tx, a_transfer(await open_account(tx), 7, key="the last"))
        await asyncio.to_thread(copy_all)

    with_books(books, write_and_copy)
    assert (there / "books.db-wal").stat().st_size > 0
    said = riddles(there / "books.db", "restore", tmp_path / "copy.db", "--force", "--json")

    assert said.code == 0
    assert not list(there.glob("*-wal"))
    with closing(sqlite3.connect(said.facts["aside"])) as kept:
        assert kept.execute("SELECT 1 FROM transfers WHERE key = 'the last'").fetchone()
    assert not list(there.glob("*-wal"))


def test_books_that_are_there_go_only_when_asked(books: Path, tmp_path: Path) -> None:
    riddles(books, "backup", tmp_path / "copy.db")
    with_books(books, lambda database: play(database, 2, range(4), 10))
    before = books.read_bytes()
    said = riddles(books, "restore", tmp_path / "copy.db")

    assert said.code == 1
    assert "--force puts the backup in its place and keeps it aside; it has " in said.err
    assert books.read_bytes() == before


def test_a_backup_is_restored_where_there_are_no_books(books: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    said = riddles(new / "riddles.db", "restore", books, "--json")

    assert (said.code, said.facts["aside"]) == (0, None)
    assert with_books(new / "riddles.db", worths) == with_books(books, worths)


def test_books_that_cannot_be_read_any_more_are_replaced(books: Path, tmp_path: Path) -> None:
    riddles(books, "backup", tmp_path / "copy.db")
    books.write_bytes(b"\0" * 8192)
    refused = riddles(books, "restore", tmp_path / "copy.db")
    said = riddles(books, "restore", tmp_path / "copy.db", "--force", "--json")

    assert (refused.code, said.code) == (1, 0)
    assert Path(said.facts["aside"]).read_bytes() == b"\0" * 8192


def test_nothing_is_restored_beside_a_running_bot(books: Path, tmp_path: Path) -> None:
    riddles(books, "backup", tmp_path / "copy.db")
    with hold(books):
        said = riddles(books, "restore", tmp_path / "copy.db", "--force")
        beside = riddles(books, "backup", tmp_path / "another.db")

    assert (said.code, "is in use by another `riddles`" in said.err) == (1, True)
    assert beside.code == 0


def test_a_rehearsal_never_takes_the_place_of_live_books(books: Path, tmp_path: Path) -> None:
    stage = tmp_path / "stage.db"
    with_books(stage, worths, kind="rehearsal")
    said = riddles(books, "restore", stage, "--force")

    assert said.code == 1
    assert "the backup is a rehearsal database" in said.err


def test_what_is_no_file_is_refused_before_anything_is_made(tmp_path: Path) -> None:
    (tmp_path / "copies").mkdir()
    folder = riddles(tmp_path / "riddles.db", "restore", tmp_path / "copies")
    nothing = riddles(tmp_path / "riddles.db", "restore", tmp_path / "copy.db")

    assert (folder.code, nothing.code) == (1, 1)
    assert "copies is a folder: name the file of the backup" in folder.err
    assert "there is no file" in nothing.err
    assert files(tmp_path) == {"copies"}


@pytest.mark.parametrize(("break_it", "says"), UNSOUND)
def test_an_unsound_backup_is_never_restored(
    books: Path, tmp_path: Path, break_it: Callable[[Path], None], says: str
) -> None:
    copy = some_books(tmp_path / "copy.db", 2)
    break_it(copy)
    before = books.read_bytes()
    said = riddles(books, "restore", copy, "--force")

    assert (said.code, says in said.err) == (1, True), said.err
    assert books.read_bytes() == before


def test_the_owner_and_permissions_of_the_books_stay(books: Path, tmp_path: Path) -> None:
    riddles(books, "backup", tmp_path / "copy.db")
    books.chmod(0o640)
    riddles(books, "restore", tmp_path / "copy.db", "--force")

    assert books.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize("verb", ["backup", "restore"])
def test_a_file_that_is_not_there_is_refused_in_words(tmp_path: Path, verb: str) -> None:
    said = riddles(tmp_path / "no.db", verb, tmp_path / "copy.db")

    assert said.code == 1
    assert "there is no " in said.err


def test_what_is_told_to_programs_is_json(books: Path, tmp_path: Path) -> None:
    said = riddles(books, "backup", tmp_path / "copy.db", "--json")

    assert set(json.loads(said.out)) == {
        "path",
        "kind",
        "schema",
        "transfers",
        "digest",
        "aside",
    }
