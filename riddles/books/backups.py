"""Backups: a consistent copy of the books while they are written to, and the way back.

A copy is checked before it gets its name, and a name is given at once or not at all. Restoring
checks the copy first and keeps the old file aside. Finished videos are no part of it: the program
makes them again.
"""

import asyncio
import os
import sqlite3
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from engine.books.audit import audit
from engine.errors import DatabaseUnusable
from engine.storage.database import open_existing
from engine.storage.migrations import newest_version, version_of
from riddles.books.drafts import draft_of, must_be_free, settle
from riddles.refusal import Refusal

PAGES_PER_STEP = 2048
BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a database that is in use."""

OnPart = Callable[[str, int, int], None]
"""Hears what is being done, how much of it is behind and how much there is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copy:
    """A copy that was checked."""

    path: Path
    kind: str
    schema: int
    transfers: int
    digest: str | None
    """The newest of the ledger; None where only the file was checked, not the books."""
    aside: Path | None = None
    """Where the books went that were there before."""

    @property
    def audited(self) -> bool:
        """Whether the books were replayed: those of another version cannot be."""
        return self.digest is not None


def back_up(books: Path, target: Path, *, overwrite: bool, on_part: OnPart) -> Copy:
    """Copy the books to `target`, as they are at one moment, and check the copy.

    Raises:
        Refusal: there are no books, `target` is there already, or the copy is not sound.
    """
    if not books.is_file():
        raise Refusal("there is no database {books}: name it with --database", books=books)
    must_be_free(target, force=overwrite)
    if target.exists() and target.samefile(books):
        raise Refusal("{target} is the database itself: name another file", target=target)
    with draft_of(target) as draft:
        _copy(books, draft, on_part)
        copy = _checked(draft, on_part, called=books)
        settle(draft, target)
    return replace(copy, path=target)


def restore(backup: Path, books: Path, *, overwrite: bool, now: datetime, on_part: OnPart) -> Copy:
    """Put a backup in the place of the books; those that were there are kept aside.

    The caller holds the lock of the books.

    Raises:
        Refusal: the backup is not sound or of the other kind, or there are books and `overwrite`
            does not say that they may go.
    """
    must_be_a_file(backup)
    if books.exists() and books.samefile(backup):
        raise Refusal("{backup} is the database itself", backup=backup)
    with draft_of(books) as draft:
        _copy(backup, draft, on_part)
        copy = _checked(draft, on_part, called=backup)
        if books.exists():
            _must_fit(books, copy)
            if not overwrite:
                raise _what_would_go(books, copy)
        _belong_as(books, draft)
        aside = _put_aside(books, now)
        settle(draft, books)
    return replace(copy, path=books, aside=aside)


def must_be_a_file(backup: Path) -> None:
    """Refuse what cannot be a backup.

    Raises:
        Refusal: it is not there, or a folder.
    """
    if backup.is_dir():
        raise Refusal("{backup} is a folder: name the file of the backup", backup=backup)
    if not backup.is_file():
        raise Refusal("there is no file {backup}", backup=backup)


def _copy(source: Path, draft: Path, on_part: OnPart) -> None:
    with closing(_read_only(source)) as books, closing(sqlite3.connect(draft)) as copy:
        # One reading transaction for the whole copy: it sees one moment, however long it takes.
        books.execute("BEGIN")
        books.execute("SELECT count(*) FROM sqlite_schema").fetchone()

        def on_step(_: int, left: int, total: int) -> None:
            on_part("Copying", total - left, total)

        books.backup(copy, pages=PAGES_PER_STEP, progress=on_step, sleep=0)
        # A backup is one file, so nothing of it may wait in another.
        copy.execute("PRAGMA journal_mode = DELETE").fetchone()


def _read_only(path: Path) -> sqlite3.Connection:
    sqlite = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)
    try:
        tables = {name for (name,) in sqlite.execute("SELECT name FROM sqlite_schema")}
    except sqlite3.DatabaseError as error:
        sqlite.close()
        raise Refusal("{path} cannot be read: {why}", path=path, why=str(error)) from None
    if not {"instance", "transfers"} <= tables:
        sqlite.close()
        raise Refusal("{path} is not a database of this program", path=path)
    return sqlite


def _checked(draft: Path, on_part: OnPart, *, called: Path) -> Copy:
    """Check the copy: the file as SQLite sees it, and the books row by row.

    A refusal names the file that it was `called` by whoever asked.
    """
    on_part("Checking the file", 0, 1)
    with closing(_read_only(draft)) as sqlite:
        schema = version_of(sqlite)
        (found,) = sqlite.execute("PRAGMA integrity_check(1)").fetchone()
        (kind,) = sqlite.execute("SELECT kind FROM instance").fetchone() or ("live",)
        (rows,) = sqlite.execute("SELECT coalesce(max(id), 0) FROM transfers").fetchone()
    if found != "ok":
        raise Refusal("{path} is damaged: {found}", path=called, found=found)
    if schema > newest_version():
        raise Refusal(
            "{path} was made by a newer version of the program (schema {schema}, and this "
            "one knows {known}): update the program",
            path=called,
            schema=str(schema),
            known=str(newest_version()),
        )
    newest = None
    if schema == newest_version():
        newest = asyncio.run(_replayed(draft, lambda row: on_part("Replaying", row, rows)))
        with closing(sqlite3.connect(draft)) as sqlite:
            sqlite.execute("PRAGMA journal_mode = DELETE").fetchone()
    return Copy(path=draft, kind=kind, schema=schema, transfers=rows, digest=newest)


async def _replayed(draft: Path, on_row: Callable[[int], None]) -> str:
    """The newest digest of books that fit."""
    try:
        async with open_existing(draft) as database, database.reading() as reader:
            found = await audit(reader, on_row=on_row)
    except DatabaseUnusable as error:
        raise Refusal.told(error) from error
    if found.trouble is not None:
        raise Refusal("the books do not fit: {trouble}", trouble=found.trouble)
    return found.digest.hex()


def _must_fit(books: Path, copy: Copy) -> None:
    """Refuse a backup of the other kind; books that cannot be read have no kind."""
    try:
        with closing(_read_only(books)) as sqlite:
            (kind,) = sqlite.execute("SELECT kind FROM instance").fetchone() or (copy.kind,)
    except (Refusal, sqlite3.DatabaseError):
        return
    if kind != copy.kind:
        raise Refusal(
            "the backup is a {theirs} database and {books} a {ours} one: name another file with "
            "--database",
            theirs=copy.kind,
            books=books,
            ours=kind,
        )


def _what_would_go(books: Path, copy: Copy) -> Refusal:
    replaces = Refusal(
        "{books} is there already: --force puts the backup in its place and keeps it aside",
        books=books,
    )
    try:
        with closing(_read_only(books)) as sqlite:
            (rows,) = sqlite.execute("SELECT coalesce(max(id), 0) FROM transfers").fetchone()
    except (Refusal, sqlite3.DatabaseError):
        return replaces
    return Refusal(
        "{replaces}; it has {rows} transfers, the backup {copied}",
        replaces=replaces.kept,
        rows=rows,
        copied=copy.transfers,
    )


def _belong_as(books: Path, draft: Path) -> None:
    """Give the copy the owner and the permissions of the books it replaces."""
    if books.exists():
        there = books.stat()
        draft.chmod(there.st_mode & 0o777)
        with suppress(PermissionError):
            os.chown(draft, there.st_uid, there.st_gid)


def _put_aside(books: Path, now: datetime) -> Path | None:
    """Give the books a second name, so that there is no moment without any."""
    if not books.exists():
        return None
    aside = books.with_name(f"{books.name}.before-restore-{now:%Y%m%d-%H%M%S}")
    while aside.exists():
        aside = aside.with_name(f"{aside.name}-again")
    _into_one_file(books)
    os.link(books, aside)
    for name, new in zip(_beside(books), _beside(aside), strict=True):
        if name.exists():
            name.rename(new)
    return aside


def _into_one_file(books: Path) -> None:
    """Have SQLite bring home what waits beside the books; what it cannot read stays as it is."""
    try:
        with closing(sqlite3.connect(books)) as sqlite:
            sqlite.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.DatabaseError:
        return


def _beside(path: Path) -> tuple[Path, ...]:
    return tuple(path.with_name(path.name + suffix) for suffix in BESIDE)
