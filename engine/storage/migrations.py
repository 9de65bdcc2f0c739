"""The schema, brought up to date: numbered scripts, each committed together with its number."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing
from functools import cache
from importlib import resources

from engine.errors import DatabaseUnusable


def migrate(sqlite: sqlite3.Connection) -> None:
    """Bring the schema up to date.

    Raises:
        DatabaseUnusable: the file was written by a newer version of the program.
    """
    scripts = _scripts()
    version = version_of(sqlite)
    if version > len(scripts):
        raise DatabaseUnusable(
            "the database has schema {version} and this version of the program knows "
            "{known}: update the program, or restore an older backup",
            version=str(version),
            known=str(len(scripts)),
        )
    for number, script in enumerate(scripts[version:], version + 1):
        sqlite.execute("BEGIN IMMEDIATE")
        try:
            # Another program may have been here since the version was read.
            if version_of(sqlite) < number:
                for statement in _statements(script):
                    sqlite.execute(statement)
                sqlite.execute(f"PRAGMA user_version = {number}")
            sqlite.execute("COMMIT")
        except BaseException:
            if sqlite.in_transaction:
                sqlite.execute("ROLLBACK")
            raise


def version_of(sqlite: sqlite3.Connection) -> int:
    """How many scripts a database has seen."""
    (row,) = sqlite.execute("PRAGMA user_version")
    return int(row[0])


def newest_version() -> int:
    """How many scripts there are."""
    return len(_scripts())


@cache
def schema_of(table: str) -> Mapping[str, str]:
    """How the table, its indexes and its triggers are made, by name."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as sqlite:
        migrate(sqlite)
        rows = sqlite.execute(
            "SELECT name, sql FROM sqlite_schema WHERE tbl_name = ? AND sql IS NOT NULL", (table,)
        )
        return dict(rows)


def _statements(script: str) -> Iterator[str]:
    """The statements of a script; a trigger's body is part of its statement."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _scripts() -> list[str]:
    files = sorted(
        (file for file in resources.files("engine.schema").iterdir() if file.name.endswith(".sql")),
        key=lambda file: file.name,
    )
    return [file.read_text(encoding="utf-8") for file in files]
