"""A rewritten past shows, wherever it was rewritten."""

import sqlite3
from pathlib import Path

import pytest

from engine.audit import audit, rebuild, replay
from engine.database import Database, open_database
from engine.ledger import ELSEWHERE, HOUSE, Kind, Transfer, open_account, post, write_note
from tests.builders import MONDAY


async def fill(database: Database, rows: int = 4) -> list[int]:
    """A few transfers of different kinds; the members' accounts."""
    async with database.transaction() as tx:
        members = [await open_account(tx) for _ in range(2)]
        for n in range(1, rows + 1):
            source, kind = (HOUSE, Kind.AWARD) if n % 2 else (ELSEWHERE, Kind.OPENING)
            await post(
                tx,
                Transfer(
                    key=f"k{n}",
                    kind=kind,
                    source=source,
                    target=members[n % 2],
                    points=10 * n,
                    booked_at=n,
                    counts_at=n,
                    circle="net",
                    batch="b",
                    note=await write_note(tx, f"reason {n}"),
                ),
            )
    return members


async def look(path: Path) -> str | None:
    """What an audit finds in a file."""
    async with (
        open_database(path, kind="live", now=MONDAY) as database,
        database.reading() as reader,
    ):
        return (await audit(reader)).trouble


def tamper(path: Path, sql: str) -> None:
    """Change the file behind the program's back, triggers dropped and rules suspended."""
    connection = sqlite3.connect(path)
    for (trigger,) in connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'trigger'"
    ).fetchall():
        connection.execute(f"DROP TRIGGER {trigger}")
    connection.execute("PRAGMA ignore_check_constraints = ON")
    connection.execute(sql)
    connection.commit()
    connection.close()


async def test_true_books_pass(database: Database) -> None:
    await fill(database)
    async with database.reading() as reader:
        found = await audit(reader)

    assert found.trouble is None
    assert found.rows == 4


async def test_a_posted_digest_is_found_again(database: Database) -> None:
    await fill(database, rows=2)
    async with database.reading() as reader:
        posted = (await audit(reader)).digest
    async with database.transaction() as tx:
        target = await open_account(tx)
        facts = Transfer(
            key="later",
            kind=Kind.AWARD,
            source=HOUSE,
            target=target,
            points=1,
            booked_at=9,
            counts_at=9,
        )
        await post(tx, facts)
    async with database.reading() as reader:
        assert (await audit(reader, wanted=posted)).contains
        assert not (await audit(reader, wanted=bytes(31) + b"x")).contains


@pytest.mark.parametrize(
    "change",
    [
        "key = 'other'",
        "kind = 'bonus'",
        "kind = 'gift'",
        "source = 5",
        "target = 5",
        "points = points + 1",
        "booked_at = booked_at - 1",
        "counts_at = counts_at + 1",
        "server = 7",
        "circle = 'Net'",
        "circle = NULL",
        "batch = NULL",
        "actor = 1",
        "note = zeroblob(32)",
        "digest = zeroblob(32)",
        "digest = CAST(substr(digest, 1, 31) || x'00' AS BLOB)",
    ],
)
@pytest.mark.parametrize("row", [1, 3, 4])
async def test_any_change_of_any_row_is_found_at_that_row(
    tmp_path: Path, change: str, row: int
) -> None:
    path = tmp_path / "books.db"
    async with open_database(path, kind="live", now=MONDAY) as database:
        await fill(database)
    tamper(path, f"UPDATE transfers SET {change} WHERE id = {row}")  # noqa: S608 - our own words

    assert (trouble := await look(path)) is not None
    assert trouble.startswith(f"transfer {row} ")


async def test_a_removed_row_is_found(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    async with open_database(path, kind="live", now=MONDAY) as database:
        await fill(database)
    tamper(path, "DELETE FROM transfers WHERE id = 2")

    assert await look(path) == "transfer 3 follows transfer 1: rows are missing or were added"


@pytest.mark.parametrize(
    ("sql", "word"),
    [
        ("UPDATE accounts SET balance = balance + 1 WHERE kind = 'member'", "shows"),
        ("UPDATE scores SET points = points + 1", "another score"),
        ("UPDATE scores SET reached_at = 0", "another score"),
        ("DELETE FROM scores", "another score"),
        ("UPDATE notes SET text = 'something else'", "the note"),
    ],
)
async def test_a_changed_cache_or_note_is_found(tmp_path: Path, sql: str, word: str) -> None:
    path = tmp_path / "books.db"
    async with open_database(path, kind="live", now=MONDAY) as database:
        await fill(database)
    tamper(path, sql)

    assert (trouble := await look(path)) is not None
    assert word in trouble


async def test_an_erased_note_is_no_trouble(database: Database) -> None:
    await fill(database)
    async with database.transaction() as tx:
        await tx.execute("UPDATE notes SET text = NULL")
    async with database.reading() as reader:
        assert (await audit(reader)).trouble is None


async def test_caches_are_rebuilt_from_the_rows(tmp_path: Path) -> None:
    path = tmp_path / "books.db"
    async with open_database(path, kind="live", now=MONDAY) as database:
        await fill(database)
    tamper(path, "UPDATE accounts SET balance = 0")
    tamper(path, "DELETE FROM scores")
    async with (
        open_database(path, kind="live", now=MONDAY) as database,
        database.transaction() as tx,
    ):
        await rebuild(tx, await replay(tx))

    assert await look(path) is None
