"""Books from before refunds keep every step, and a role under way gets its day."""

import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest

from engine.shop import refunds, request_queue
from engine.shop.redemptions import get
from engine.storage.database import Database, open_database
from tests.builders import MONDAY

DAY_MS = 86_400_000
TERMS = """
    {"id": "gold", "kind": "role", "name": {"en": "Gold"}, "cost": 10, "role": 5, "server": 6}
"""
BEFORE = 15


@pytest.fixture
def old_books(folder: Path) -> Path:
    """A role on its way, and its log."""
    path = folder / "old.db"
    scripts = sorted(
        each.name for each in resources.files("engine.schema").iterdir() if each.name[:4].isdigit()
    )
    with closing(sqlite3.connect(path)) as sqlite:
        for name in scripts[: BEFORE - 1]:
            script = resources.files("engine.schema") / name
            sqlite.executescript(script.read_text(encoding="utf-8"))
        sqlite.execute(f"PRAGMA user_version = {BEFORE - 1}")
        sqlite.execute("INSERT INTO instance VALUES (1, 'live', 0)")
        sqlite.execute("INSERT INTO accounts (id, kind) VALUES (77, 'member')")
        for number, state, settled in ((1, "unfulfilled", None), (2, "canceled", 9)):
            sqlite.execute(
                """
                INSERT INTO redemptions VALUES
                    (?1, ?1, 77, 6, 'gold', 'role', ?2, 10, ?3, 1000, NULL, NULL, ?4, NULL, NULL)
                """,
                (number, TERMS, state, settled),
            )
        sqlite.execute("INSERT INTO notes VALUES (x'0102', x'03', 'why')")
        sqlite.executemany(
            "INSERT INTO redemption_steps VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (1, 1, "requested", 1000, None, None, None),
                (4, 2, "requested", 1000, None, None, None),
                (7, 2, "canceled", 9, 77, None, b"\1\2"),
            ],
        )
        sqlite.commit()
    return path


async def steps(database: Database, number: int) -> list[tuple[str, int, int | None, str | None]]:
    async with database.reading() as reader:
        found = await request_queue.steps(reader, number)
    return [(one.step, one.at, one.actor, one.note) for one in found]


async def test_the_log_is_what_it_was_and_stays_final(old_books: Path) -> None:
    async with open_database(old_books, kind="live", now=MONDAY) as database:
        kept = await steps(database, 2)
        for rewrite in (
            "UPDATE redemption_steps SET at = 1",
            "DELETE FROM redemption_steps",
            "INSERT OR REPLACE INTO redemption_steps SELECT * FROM redemption_steps",
        ):
            with pytest.raises(sqlite3.IntegrityError, match="is final"):
                async with database.transaction() as tx:
                    await tx.execute(rewrite)

    assert kept == [("requested", 1000, None, None), ("canceled", 9, 77, "why")]


async def test_a_role_under_way_has_a_day_from_its_request(old_books: Path) -> None:
    async with open_database(old_books, kind="live", now=MONDAY) as database:
        async with database.reading() as reader:
            waiting, over = [await get(reader, number) for number in (1, 2)]
        assert waiting is not None
        assert over is not None

        assert (waiting.deadline_at, over.deadline_at) == (1000 + DAY_MS, None)


async def test_only_what_was_fulfilled_is_refunded_and_once(old_books: Path) -> None:
    async with open_database(old_books, kind="live", now=MONDAY) as database:
        with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
            async with database.transaction() as tx:
                await tx.execute("UPDATE redemptions SET refunded_at = 5 WHERE id = 2")
        with pytest.raises(refunds.NotFulfilled):
            async with database.transaction() as tx:
                await refunds.refund(tx, 2, 77, 5, note="no")
