"""Books from before rounds were settled go on as if they always had been."""

import sqlite3
from contextlib import closing
from importlib import resources
from pathlib import Path

import pytest

from engine.calendar import Step
from engine.moments import to_ms
from engine.play import rounds
from engine.play.settlement import entitlement_of
from engine.storage.database import open_database
from tests.builders import MONDAY, a_rhythm, rules

OPENS = to_ms(MONDAY)
AWARD = '{"value": 100, "hints": 1, "hint_cost": 10, "points": 90}'


@pytest.fixture
def old_books(folder: Path) -> Path:
    """Three rounds of the second version: revealed, closed, and open; the first is sealed."""
    path, plan = folder / "old.db", a_rhythm()
    with closing(sqlite3.connect(path)) as sqlite:
        for number in ("0001_books", "0002_rounds"):
            script = resources.files("engine.schema") / f"{number}.sql"
            sqlite.executescript(script.read_text(encoding="utf-8"))
        sqlite.execute("PRAGMA user_version = 2")
        sqlite.execute("INSERT INTO instance VALUES (1, 'live', 0)")
        sqlite.execute("INSERT INTO accounts (id, kind) VALUES (77, 'member')")
        week = plan.week_of(MONDAY)
        for number, taken in enumerate((("close", "reveal"), ("close",), ()), 1):
            verdict = "at_reveal" if number == 1 else "instant"
            at = plan.plan(week)
            moments = [at.publishes_at, at.closes_at, at.reveals_at, at.recaps_at]
            opens, closes, reveals, recaps = (to_ms(moment) for moment in moments)
            frozen = rules(verdict=verdict).model_dump_json(exclude={"test_solvers"})
            sqlite.execute(
                "INSERT INTO rounds VALUES (?, ?, ?, ?, ?, '[]', NULL, ?, ?, ?)",
                (number, str(week), f"r{number}", frozen, opens, closes, reveals, recaps),
            )
            for step in ("publish", *taken):
                sqlite.execute(
                    "INSERT INTO steps VALUES (?, ?, 1, ?, ?, NULL)", (number, step, reveals, 5)
                )
            for n, outcome in enumerate(("accept", "invalid", "late"), 10 * number):
                sqlite.execute(
                    "INSERT INTO submissions VALUES (?, ?, ?, 77, 1, NULL, ?, 'en', 'x', 'x', ?, "
                    "NULL, NULL, NULL, 0, 0, NULL, 1)",
                    (n, n, number, opens + 9, outcome),
                )
            sqlite.execute(
                "INSERT INTO solves VALUES (?, 77, ?, ?, 1, ?)",
                (number, 10 * number, opens + 9, AWARD),
            )
            week = week.next()
        sqlite.commit()
    return path


async def test_what_was_revealed_counts_as_settled_and_nothing_else(old_books: Path) -> None:
    async with (
        open_database(old_books, kind="live", now=MONDAY) as books,
        books.reading() as reader,
    ):
        first, second, third = [await rounds.get(reader, n) for n in (1, 2, 3)]
        steps = await reader.all("SELECT * FROM steps WHERE step = 'settle'")

    assert (first.is_settled, second.is_settled, third.is_settled) == (True, False, False)
    assert [(row["round"], row["due_at"]) for row in steps] == [(1, to_ms(first.reveals_at))]
    assert [due.step for due in first.progress.remaining()] == [Step.RECAP]
    assert next(due.step for due in second.progress.remaining()) is Step.SETTLE


async def test_prices_and_places_of_old_rounds_stay_what_they_were(old_books: Path) -> None:
    async with (
        open_database(old_books, kind="live", now=MONDAY) as books,
        books.reading() as reader,
    ):
        round_ = await rounds.get(reader, 1)
        kept = await entitlement_of(reader, 1, 77)
        sealed = await reader.all("SELECT id FROM submissions WHERE sealed ORDER BY id")

    assert round_.planned_closes_at == round_.closes_at
    assert round_.voided_at is None
    assert round_.rules.scoring.policy == "fixed"
    assert kept is not None
    assert (kept.total, kept.hints, kept.policy) == (90, 1, "fixed")
    assert [row["id"] for row in sealed] == [10]
