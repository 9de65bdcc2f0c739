"""A rewritten past shows, wherever it was rewritten."""

import contextlib
import json
import random
import shutil
import sqlite3
import tempfile
from collections.abc import AsyncGenerator, Generator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.books import scorebook
from engine.books.audit import CHUNK, audit, rebuild, replay
from engine.books.encoding import NO_DIGEST, chained, encode
from engine.books.ledger import (
    ELSEWHERE,
    HELD,
    HOUSE,
    SPENT,
    Kind,
    Transfer,
    open_account,
    post,
    post_all,
    write_note,
)
from engine.books.owing import owed_account
from engine.storage.database import Database, Transaction, open_database, open_existing
from tests.audit import wrong_scores
from tests.builders import MONDAY, a_transfer


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


@contextlib.contextmanager
def as_a_forger(path: Path) -> Generator[sqlite3.Connection, None, None]:
    """Behind the program's back: rules suspended, triggers dropped and put back afterwards."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall()
        for trigger, _ in triggers:
            connection.execute(f"DROP TRIGGER {trigger}")
        connection.execute("PRAGMA ignore_check_constraints = ON")
        yield connection
        for _, trigger in triggers:
            connection.execute(trigger)


def tamper(path: Path, sql: str) -> None:
    """Change something as a forger would."""
    with as_a_forger(path) as connection:
        connection.execute(sql)


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


CHANGES = (
    *("key = 'other'", "kind = 'bonus'", "kind = 'gift'", "source = 5", "target = 5"),
    *("points = points + 1", "booked_at = booked_at - 1", "counts_at = counts_at + 1"),
    *("server = 7", "circle = 'Net'", "circle = NULL", "batch = NULL", "actor = 1"),
    *("note = zeroblob(32)", "encoding = 2", "digest = zeroblob(32)"),
    "digest = CAST(substr(digest, 1, 31) || x'00' AS BLOB)",
)


@pytest.mark.parametrize("row", [1, 3, 4])
async def test_any_change_of_any_row_is_found_at_that_row(
    database: Database, folder: Path, row: int
) -> None:
    await fill(database)
    named: list[str | None] = []
    with as_a_forger(folder / "books.db") as connection:
        for change in CHANGES:
            connection.execute("SAVEPOINT before")
            connection.execute("CREATE TEMP TABLE kept AS SELECT * FROM transfers")
            connection.execute(f"UPDATE transfers SET {change} WHERE id = {row}")  # noqa: S608 - our own words
            connection.execute("RELEASE before")
            async with database.reading() as reader:
                named.append((await audit(reader)).trouble)
            connection.execute("REPLACE INTO transfers SELECT * FROM kept")
            connection.execute("DROP TABLE kept")

    assert [trouble for trouble in named if not f"{trouble} ".startswith(f"transfer {row} ")] == []


NEVER_ABSENT = {
    *("id", "key", "kind", "source", "target", "points", "booked_at", "counts_at"),
    *("encoding", "digest"),
}


def other_values(name: str, value: int | str | bytes) -> list[int | bytes | None]:
    """What a value becomes when one of its bytes is changed, or all of it is removed."""
    removed = [] if name in NEVER_ABSENT else [None]
    if isinstance(value, int):
        changed = [value ^ 4 << 8 * byte for byte in range(8)]
        return [*(one for one in changed if one < 1 << 63), *removed]
    raw = value.encode() if isinstance(value, str) else value
    return [
        *(
            bytes([*raw[:at], raw[at] ^ bit, *raw[at + 1 :]])
            for at in range(len(raw))
            for bit in (1, 128)
        ),
        *removed,
    ]


async def test_any_byte_of_a_row_that_is_changed_is_found(database: Database, folder: Path) -> None:
    keys = ("un", "deux", "trois")
    async with database.transaction() as tx:
        await tx.execute(
            """
            INSERT INTO rounds
                (id, week, slug, rules, opens_at, hints_at, closes_at, reveals_at, recaps_at)
            VALUES (7, 'w', 's', '{}', 0, '[]', 0, 0, 0)
            """
        )
        member = await open_account(tx)
        submission = (9, 1, 7, member, 1, 1, "fr", "accept", 0, 0)
        await tx.execute(
            """
            INSERT INTO submissions
                (id, interaction, round, account, server, at, lang, outcome, counted, practice)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            submission,
        )
        note = await write_note(tx, "because")
        for n in range(1, 4):
            facts = {"round": 7, "submission": 9, "server": 2**60, "circle": "é"}
            facts |= {"corrects": n - 1 or None, "batch": "b", "actor": member, "note": note}
            await post(tx, a_transfer(member, n, key=keys[n - 1], **facts))
    (row,) = await database.look("SELECT * FROM transfers WHERE id = 2")
    missed: list[tuple[str, object]] = []
    tried = 0
    with as_a_forger(folder / "books.db") as connection:
        for name in row.keys():  # noqa: SIM118 - a row's items are its values
            place = "CAST(? AS TEXT)" if isinstance(row[name], str) else "?"
            change = f"UPDATE transfers SET {name} = {place} WHERE rowid = ?"  # noqa: S608 - our own names
            for value in other_values(name, row[name]):
                connection.execute(change, (value, 2))
                async with database.reading() as reader:
                    found = await audit(reader)
                if found.trouble is None or not found.trouble.startswith("transfer "):
                    missed.append((name, value))
                tried += 1
                connection.execute(change, (row[name], value if name == "id" else 2))

    assert missed == []
    assert tried > 250
    async with database.reading() as reader:
        assert (await replay(reader)).trouble is None


@given(
    st.tuples(
        *(st.integers(1), st.text(), st.text()),
        *[st.integers(-(2**63), 2**63 - 1)] * 5,
        *[st.none() | st.integers(-(2**63), 2**63 - 1)] * 3,
        *(st.none() | st.text(), st.none() | st.integers(1), st.none() | st.text()),
        *(st.none() | st.integers(1), st.none() | st.binary(), st.just(1)),
    )
)
def test_the_encoding_is_the_one_that_is_documented(row: tuple[Any, ...]) -> None:
    facts = [fact.hex() if isinstance(fact, bytes) else fact for fact in row]
    documented = json.dumps(facts, ensure_ascii=True, separators=(",", ":")).encode("ascii")

    assert encode(*row) == documented


@pytest.mark.parametrize(
    ("column", "value", "words"),
    [
        (1, "k1", 'transfer 3 has the key of an earlier one, "k1"'),
        (2, "gift", "transfer 3 is not what was booked: its digest does not fit"),
    ],
)
async def test_a_row_that_no_program_books_is_found_under_any_digest(
    folder: Path, column: int, value: str, words: str
) -> None:
    """As after somebody took the rules away, and made all digests anew."""
    path = folder / "books.db"
    async with open_database(path, kind="live", now=MONDAY) as database:
        await fill(database)
    with as_a_forger(path) as connection:
        rows = connection.execute("SELECT * FROM transfers ORDER BY id").fetchall()
        (made,) = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE name = 'transfers'"
        ).fetchone()
        connection.execute("DROP TABLE transfers")
        connection.execute(made.replace("NOT NULL UNIQUE", "NOT NULL"))
        before = NO_DIGEST
        for row in rows:
            facts: list[Any] = [*row[:-1]]
            if row[0] == 3:
                facts[column] = value
            before = chained(before, encode(*facts))
            places = ", ".join("?" * len(row))
            connection.execute(f"INSERT INTO transfers VALUES ({places})", (*facts, before))  # noqa: S608 - as above

    assert await look(path) == words


@pytest.mark.parametrize(
    "change",
    [
        "DROP TRIGGER transfers_are_not_edited",
        "DROP INDEX transfers_by_target",
        "DROP TRIGGER transfers_are_only_added",
    ],
)
async def test_a_rule_that_was_taken_away_is_found(folder: Path, change: str) -> None:
    path = folder / "books.db"
    async with open_database(path, kind="live", now=MONDAY) as database:
        await fill(database)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute(change)

    assert (trouble := await look(path)) is not None
    assert trouble.startswith(f'"{change.rsplit(maxsplit=1)[-1]}" is missing')


async def test_a_file_that_is_damaged_is_named_in_a_sentence(folder: Path) -> None:
    path = folder / "books.db"
    async with open_database(path, kind="live", now=MONDAY) as database:
        await fill(database)
        (page,) = await database.look("SELECT rootpage FROM sqlite_schema WHERE name = 'transfers'")
        (size,) = await database.look("PRAGMA page_size")
    with path.open("r+b") as file:
        file.seek((page[0] - 1) * size[0])
        file.write(b"\xff" * size[0])

    assert (trouble := await look(path)) is not None
    assert "cannot be read" in trouble


MEMBERS = 4
SIDES = st.integers(-1, 2 * MEMBERS - 1)
"""A member or a member's debt; -1: the house."""


@given(
    st.lists(
        st.tuples(st.sampled_from(list(Kind)), SIDES, SIDES, st.integers(1, 9), st.integers(0, 30)),
        max_size=25,
    ),
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 15)), max_size=3),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_scores_are_what_an_independent_reckoning_says(
    folder: Path,
    moves: list[tuple[Kind, int, int, int, int]],
    seasons: list[tuple[int, int]],
) -> None:
    async with (
        a_ledger(folder, moves, seasons) as database,
        database.reading() as reader,
    ):
        assert await wrong_scores(reader) == {}
        assert await scorebook.wrong_score(reader) is None


@contextlib.asynccontextmanager
async def a_ledger(
    folder: Path, moves: list[tuple[Kind, int, int, int, int]], seasons: list[tuple[int, int]]
) -> AsyncGenerator[Database, None]:
    """Books with these transfers and seasons, their scores written anew."""
    empty = folder / "empty.db"
    if not empty.exists():
        async with open_database(empty, kind="live", now=MONDAY):
            pass
    with tempfile.TemporaryDirectory(dir=folder) as place:
        path = Path(shutil.copy(empty, place))
        async with open_existing(path) as database:
            await database.write(lambda tx: set_up(tx, moves, seasons))
            yield database


FORGERIES = (
    "SELECT 1",
    "UPDATE scores SET points = points + 1 WHERE (season, account) = (:season, :account)",
    "UPDATE scores SET reached_at = reached_at + 1 WHERE (season, account) = (:season, :account)",
    "DELETE FROM scores WHERE (season, account) = (:season, :account)",
    "INSERT INTO peaked (season, account) VALUES (:season, :account) ON CONFLICT DO NOTHING",
    "DELETE FROM peaked",
    "UPDATE scores SET points = "  # noqa: ISC004 - one statement
    "ifnull((SELECT sum(points) FROM transfers WHERE target = account), 7)",
)


async def set_up(
    tx: Transaction, moves: list[tuple[Kind, int, int, int, int]], seasons: list[tuple[int, int]]
) -> None:
    members = [await open_account(tx) for _ in range(MEMBERS)]
    accounts = dict(enumerate(members)) | {-1: HOUSE}
    for _, source, target, _, _ in moves:
        for side in {source, target} - accounts.keys():
            accounts[side] = await owed_account(tx, members[side - MEMBERS])
    await tx.many(
        "INSERT INTO seasons (label, starts_at, ends_at) VALUES ('', ?, ?)",
        [(start, start + length) for start, length in seasons],
    )
    rows = [
        (str(kind), accounts[source], accounts[target], points, at)
        for kind, source, target, points, at in moves
        # Points are never given by one member to another.
        if source != target and not {source, target} <= set(range(MEMBERS))
    ]
    await tx.many(
        """
        INSERT INTO transfers
            (id, key, kind, source, target, points, booked_at, counts_at, encoding, digest)
        VALUES (?1, ?1, ?2, ?3, ?4, ?5, 0, ?6, 1, zeroblob(32))
        """,
        [(number, *row) for number, row in enumerate(rows, 1)],
    )
    await scorebook.write_scores(tx)


@given(
    st.lists(
        st.tuples(st.sampled_from(list(Kind)), SIDES, SIDES, st.integers(1, 9), st.integers(0, 30)),
        min_size=1,
        max_size=15,
    ),
    st.lists(st.tuples(st.integers(0, 20), st.integers(1, 15)), max_size=3),
    st.sampled_from(FORGERIES),
    st.randoms(use_true_random=False),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
async def test_a_score_is_called_wrong_if_and_only_if_it_is(
    folder: Path,
    moves: list[tuple[Kind, int, int, int, int]],
    seasons: list[tuple[int, int]],
    forgery: str,
    chance: random.Random,
) -> None:
    async with a_ledger(folder, moves, seasons) as database:
        async with database.transaction() as tx:
            shown = await tx.all("SELECT season, account FROM scores")
            season, account = tuple(chance.choice(shown)) if shown else (0, 1)
            await tx.execute(forgery, {"season": season, "account": account})
        async with database.reading() as reader:
            wrong = await wrong_scores(reader)
            found = await scorebook.wrong_score(reader)

    assert (found in wrong) if wrong else (found is None)


@pytest.mark.parametrize("members", [1, CHUNK - 1, CHUNK, CHUNK + 1])
async def test_no_member_is_left_out(database: Database, members: int) -> None:
    async with database.transaction() as tx:
        accounts = sorted([await open_account(tx) for _ in range(members)])
        await post_all(tx, [a_transfer(account, 5) for account in accounts])
        await tx.execute("UPDATE scores SET points = 6 WHERE account = ?", accounts[-1:])
    async with database.reading() as reader:
        assert await scorebook.wrong_score(reader) == (0, accounts[-1])


@pytest.mark.parametrize(
    "forgery",
    [
        "UPDATE scores SET points = points + 1 WHERE season = 1",
        "UPDATE scores SET reached_at = reached_at + 1 WHERE season = 1",
        "DELETE FROM scores WHERE season = 1",
        "INSERT INTO peaked (season, account) SELECT season, account FROM scores WHERE season = 1",
    ],
)
async def test_a_wrong_score_of_one_who_only_gained_is_found(folder: Path, forgery: str) -> None:
    gains = [(Kind.AWARD, -1, 0, 5, at) for at in (3, 12, 14, 25)]
    async with a_ledger(folder, gains, [(10, 10)]) as database:
        async with database.transaction() as tx:
            await tx.execute(forgery)
        async with database.reading() as reader:
            assert (await scorebook.wrong_score(reader) or (0,))[0] == 1


DEBT = MEMBERS
"""The debt of the first member."""


@pytest.mark.parametrize(
    "rarer",
    [
        (Kind.REVERSAL, 0, -1, 2, 3),
        (Kind.REVERSAL, DEBT, -1, 2, 3),
        (Kind.ADJUSTMENT, -1, DEBT, 2, 3),
        (Kind.OPENING, -1, 0, 2, 3),
        (Kind.MERGE, -1, 0, 2, 3),
    ],
)
async def test_a_score_that_forgets_all_but_the_credits_is_found(
    folder: Path, rarer: tuple[Kind, int, int, int, int]
) -> None:
    moves = [(Kind.AWARD, -1, 0, 5, 7), rarer]
    async with a_ledger(folder, moves, []) as database:
        async with database.transaction() as tx:
            await tx.execute("UPDATE scores SET points = 5, reached_at = 7")
        async with database.reading() as reader:
            assert await scorebook.wrong_score(reader) is not None


async def test_each_of_two_seasons_at_the_same_time_is_looked_at(folder: Path) -> None:
    gains = [(Kind.AWARD, -1, 0, 5, at) for at in (3, 7)]
    async with a_ledger(folder, gains, [(0, 10), (0, 10)]) as database:
        async with database.reading() as reader:
            assert await scorebook.wrong_score(reader) is None
        async with database.transaction() as tx:
            await tx.execute("UPDATE scores SET points = 9 WHERE season = 2")
        async with database.reading() as reader:
            assert (await scorebook.wrong_score(reader) or (0,))[0] == 2


async def test_a_score_that_is_nobodys_is_found(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO scores VALUES (0, ?, 5, 5)", (SPENT,))
    async with database.reading() as reader:
        assert await scorebook.wrong_score(reader) == (0, SPENT)


async def test_points_that_are_held_for_nothing_are_found(database: Database) -> None:
    async with database.transaction() as tx:
        member = await open_account(tx)
        await post(tx, a_transfer(member, 50))
        hold = a_transfer(HELD, 20, source=member, kind=Kind.HOLD, key="redemption:7:hold")
        await post(tx, hold)
    async with database.reading() as reader:
        assert (await audit(reader)).trouble == (
            "transfer 2 (redemption:7:hold) belongs to no redemption"
        )


async def test_an_audit_lets_others_have_their_turn(database: Database) -> None:
    """It reads a little at a time, and tells how far it is."""
    async with database.transaction() as tx:
        account = await open_account(tx)
        await post_all(tx, [a_transfer(account, 1) for _ in range(2 * CHUNK + 1)])
    heard: list[int] = []
    async with database.reading() as reader:
        await audit(reader, on_row=heard.append)

    assert heard == [CHUNK, 2 * CHUNK, 2 * CHUNK + 1]


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
