"""The books, looked at beside a running bot: kind, schema, soundness, size; the lock; the clock.

The file is opened for reading only. Proving the books themselves, row by row, is the work of
`riddles ledger verify`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

from engine.moments import to_ms
from engine.storage.migrations import newest_version, version_of
from riddles.checkup.findings import Finding, bad, good, warning
from riddles.lock import is_held

MIB = 1024**2
LARGE_WAL = 512 * MIB
"""A running bot folds its log back at 80 MB; more means that something keeps it from that."""
SLACK = timedelta(minutes=2)
OLDEST_NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""This program is younger than any clock that shows an earlier moment."""


def findings(database: Path, now: datetime) -> Iterator[Finding]:
    """The database, whether the bot is running, and whether the clock can be right."""
    held = is_held(database)
    if not database.is_file():
        yield good("database", f"{database} is not there yet: the first start makes it")
        yield clock(now, None)
        return
    newest: int | None = None
    try:
        with closing(_read_only(database)) as sqlite:
            yield _nature(database, sqlite)
            yield _soundness(sqlite)
            newest = _newest_moment(sqlite)
    except sqlite3.DatabaseError as error:
        remedy = "if it is not the wrong file, go back to a backup: riddles restore FILE --force"
        yield bad("database", f"{database} cannot be read: {error}", remedy)
    yield _size(database, held=held)
    yield good("bot", "is running on this database" if held else "is not running on this database")
    yield clock(now, newest)


def clock(now: datetime, newest: int | None) -> Finding:
    """Whether the clock can be right: not before the program was written, nor before the books."""
    says = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    remedy = "set the machine's clock and keep it synchronised (timedatectl set-ntp true)"
    if now < OLDEST_NOW:
        return bad("clock", f"{says} is in the past", remedy)
    if newest is not None and newest > to_ms(now + SLACK):
        last = datetime.fromtimestamp(newest / 1000, UTC)
        return bad("clock", f"{says}; the books were written until {last:%Y-%m-%d %H:%M}", remedy)
    return good("clock", says)


def _read_only(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)


def _nature(database: Path, sqlite: sqlite3.Connection) -> Finding:
    """Whose it is, of which kind, and whether this version can use it."""
    tables = {name for (name,) in sqlite.execute("SELECT name FROM sqlite_schema")}
    if not tables:
        return good("database", f"{database} is empty: the first start fills it")
    if "instance" not in tables:
        remedy = "name another file with --database"
        return bad("database", f"{database} is another program's", remedy)
    (kind,) = sqlite.execute("SELECT kind FROM instance").fetchone() or ("live",)
    schema, known = version_of(sqlite), newest_version()
    says = f"{database}: {kind}, schema {schema} of {known}"
    if schema > known:
        remedy = "update the program, or restore a backup from before"
        return bad("database", f"{says}; a newer version wrote it", remedy)
    if kind != "live":
        remedy = "`riddles run` needs a live one: name another file with --database"
        return bad("database", says, remedy)
    if schema < known:
        remedy = "the next start brings it up to date; make a backup before"
        return warning("database", says, remedy)
    return good("database", says)


def _soundness(sqlite: sqlite3.Connection) -> Finding:
    """What SQLite's own quick look at every page says."""
    (found,) = sqlite.execute("PRAGMA quick_check(1)").fetchone()
    if found == "ok":
        return good("database file", "sound, by SQLite's quick check")
    remedy = "stop the bot, keep the file, go back to a backup: riddles restore FILE --force"
    return bad("database file", f"damaged: {found}", remedy)


def _newest_moment(sqlite: sqlite3.Connection) -> int | None:
    """When points last moved; milliseconds."""
    known = {name for (name,) in sqlite.execute("SELECT name FROM sqlite_schema")}
    if "transfers" not in known:
        return None
    rows = sqlite.execute("SELECT booked_at FROM transfers ORDER BY id DESC LIMIT 1").fetchall()
    return rows[0][0] if rows else None


def _size(database: Path, *, held: bool) -> Finding:
    log = database.with_name(f"{database.name}-wal")
    waiting = log.stat().st_size if log.exists() else 0
    says = f"{database.stat().st_size / MIB:,.1f} MiB, {waiting / MIB:,.1f} MiB in its log"
    if waiting <= LARGE_WAL:
        return good("database size", says)
    remedy = (
        "end programs that read the database for hours; a restart of the bot folds it back"
        if held
        else "start the bot once, which folds it back"
    )
    return warning("database size", says, remedy)
