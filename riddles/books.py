"""A look into the books from outside the running program: read-only, beside it."""

import sqlite3
from pathlib import Path

from riddles.refusal import Refusal


def used_slugs(database: Path) -> set[str]:
    """The riddles that went out, by folder name; none where there is no database yet.

    Raises:
        Refusal: the file is not a database of this program.
    """
    if not database.exists():
        return set()
    try:
        connection = sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)
        try:
            return {slug for (slug,) in connection.execute("SELECT slug FROM rounds")}
        finally:
            connection.close()
    except sqlite3.DatabaseError as error:
        raise Refusal(f"{database} cannot be read: {error}") from error
