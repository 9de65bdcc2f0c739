"""The books from outside the running program: a look beside it, or its place while it rests."""

import json
import sqlite3
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from engine.calendar import Week
from engine.errors import DatabaseUnusable, ImportRefused
from engine.play.course import Course
from engine.storage.database import Database, open_existing
from riddles.refusal import Refusal


@asynccontextmanager
async def opened(books: Path) -> AsyncGenerator[Database, None]:
    """The books of either kind, for a verb; whoever writes holds their lock.

    Raises:
        Refusal: they cannot be opened, or will not have what the block asked of them.
    """
    try:
        async with open_existing(books) as database:
            yield database
    except (DatabaseUnusable, ImportRefused) as error:
        raise Refusal.told(error) from error


def rules_by_slug(database: Path) -> dict[str, str | None]:
    """The rules of the riddles that went out, by folder; none where there is no database yet.

    Of one that is void only the name is told.

    Raises:
        Refusal: the file is not a database of this program.
    """
    columns = _column(database, "SELECT name FROM pragma_table_info('rounds')")
    counts = "voided_at IS NULL" if "voided_at" in columns else "true"
    (kept,) = _column(
        database,
        f"SELECT json_group_object(slug, iif({counts}, rules, NULL)) FROM rounds",  # noqa: S608 - our own names
    ) or ("{}",)
    return json.loads(kept)


def weeks_done(database: Path) -> set[Week]:
    """The weeks that have their round; none where there is no database yet.

    Raises:
        Refusal: the file is not a database of this program.
    """
    return {Week.parse(week) for week in _column(database, "SELECT week FROM rounds")}


def course_by_hand(database: Path) -> Course:
    """What hosts changed by hand; nothing where there is no database, or one from before that.

    Raises:
        Refusal: the file is not a database of this program.
    """
    there = set(_column(database, "SELECT name FROM sqlite_schema WHERE type = 'table'"))
    if not {"skipped", "places"} <= there:
        return Course()
    weeks = _column(database, "SELECT week FROM skipped")
    slugs = _column(database, "SELECT slug FROM places ORDER BY slug")
    places = _column(database, "SELECT place FROM places ORDER BY slug")
    return Course(frozenset(map(Week.parse, weeks)), dict(zip(slugs, places, strict=True)))


def _column(database: Path, sql: str) -> list[str]:
    if not database.exists():
        return []
    try:
        with closing(
            sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
        ) as connection:
            return [value for (value,) in connection.execute(sql)]
    except sqlite3.DatabaseError as error:
        raise Refusal(
            "{database} cannot be read: {why}", database=database, why=str(error)
        ) from error
