"""A look into the books from outside the running program: read-only, beside it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from engine.calendar import Week
from riddles.refusal import Refusal


def used_slugs(database: Path) -> set[str]:
    """The riddles that went out, by folder name; none where there is no database yet.

    Raises:
        Refusal: the file is not a database of this program.
    """
    return set(_column(database, "SELECT slug FROM rounds"))


def weeks_done(database: Path) -> set[Week]:
    """The weeks that have their round; none where there is no database yet.

    Raises:
        Refusal: the file is not a database of this program.
    """
    return {Week.parse(week) for week in _column(database, "SELECT week FROM rounds")}


def _column(database: Path, sql: str) -> list[str]:
    if not database.exists():
        return []
    try:
        with closing(
            sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
        ) as connection:
            return [value for (value,) in connection.execute(sql)]
    except sqlite3.DatabaseError as error:
        raise Refusal(f"{database} cannot be read: {error}") from error
