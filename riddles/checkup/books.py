"""The books, looked at beside a running bot: kind, schema, soundness, size; the lock; the clock.

The file is opened for reading only. Proving the books themselves, row by row, is the work of
`riddles ledger verify`.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from engine.moments import to_ms
from engine.storage.migrations import newest_version, version_of
from riddles.checkup.findings import Finding, bad, good, warning
from riddles.lock import is_held
from riddles.sentence import Sentence

MIB = 1024**2
LARGE_WAL = 512 * MIB
"""A running bot folds its log back at 80 MB; more means that something keeps it from that."""
SLACK = timedelta(minutes=2)
OLDEST_NOW = datetime(2026, 1, 1, tzinfo=UTC)
"""This program is younger than any clock that shows an earlier moment."""


def findings(database: Path, now: datetime) -> Iterator[Finding]:
    """The database, whether the bot is running, and whether the clock can be right."""
    held = is_held(database)
    name = str(database)
    if database.exists() and not database.is_file():
        says = Sentence("{path} is no file: `riddles run` cannot use it", path=name)
        yield bad("database", says, Sentence("name another file with --database"))
        yield clock(now, None)
        return
    if not database.is_file():
        yield good(
            "database", Sentence("{path} is not there yet: the first start makes it", path=name)
        )
        yield clock(now, None)
        return
    newest: int | None = None
    try:
        with closing(_read_only(database)) as sqlite:
            yield _nature(database, sqlite)
            yield _soundness(sqlite)
            newest = _newest_moment(sqlite)
    except sqlite3.DatabaseError as error:
        remedy = Sentence(
            "if it is not the wrong file, go back to a backup: riddles restore FILE --force"
        )
        says = Sentence("{path} cannot be read: {why}", path=name, why=str(error))
        yield bad("database", says, remedy)
    yield _size(database, held=held)
    running = Sentence("is running on this database")
    yield good("bot", running if held else Sentence("is not running on this database"))
    yield clock(now, newest)


def clock(now: datetime, newest: int | None) -> Finding:
    """Whether the clock can be right: not before the program was written, nor before the books."""
    says = f"{now:%Y-%m-%d %H:%M:%S} UTC"
    remedy = Sentence("set the machine's clock and keep it synchronised (timedatectl set-ntp true)")
    if now < OLDEST_NOW:
        return bad("clock", Sentence("{now} is in the past", now=says), remedy)
    if newest is not None and newest > to_ms(now + SLACK):
        last = datetime.fromtimestamp(newest / 1000, UTC)
        until = f"{last:%Y-%m-%d %H:%M}"
        written = Sentence("{now}; the books were written until {until}", now=says, until=until)
        return bad("clock", written, remedy)
    return good("clock", says)


def _read_only(database: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"{database.resolve().as_uri()}?mode=ro", uri=True)


def _nature(database: Path, sqlite: sqlite3.Connection) -> Finding:
    """Whose it is, of which kind, and whether this version can use it."""
    tables = {name for (name,) in sqlite.execute("SELECT name FROM sqlite_schema")}
    name = str(database)
    if not tables:
        return good("database", Sentence("{path} is empty: the first start fills it", path=name))
    if "instance" not in tables:
        says = Sentence("{path} is another program's", path=name)
        return bad("database", says, Sentence("name another file with --database"))
    (kind,) = sqlite.execute("SELECT kind FROM instance").fetchone() or ("live",)
    schema, known = version_of(sqlite), newest_version()
    says = Sentence(
        "{path}: {kind}, schema {schema} of {known}",
        path=name,
        kind=str(kind),
        schema=schema,
        known=known,
    )
    if schema > known:
        remedy = Sentence("update the program, or restore a backup from before")
        return bad("database", Sentence("{found}; a newer version wrote it", found=says), remedy)
    if kind != "live":
        remedy = Sentence("`riddles run` needs a live one: name another file with --database")
        return bad("database", says, remedy)
    if schema < known:
        remedy = Sentence("the next start brings it up to date; make a backup before")
        return warning("database", says, remedy)
    return good("database", says)


def _soundness(sqlite: sqlite3.Connection) -> Finding:
    """What SQLite's own quick look at every page says."""
    (found,) = sqlite.execute("PRAGMA quick_check(1)").fetchone()
    if found == "ok":
        return good("database file", Sentence("sound, by SQLite's quick check"))
    remedy = Sentence(
        "stop the bot, keep the file, go back to a backup: riddles restore FILE --force"
    )
    return bad("database file", Sentence("damaged: {found}", found=str(found)), remedy)


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
    says = Sentence(
        "{size} MiB, {waiting} MiB in its log",
        size=Decimal(f"{database.stat().st_size / MIB:.1f}"),
        waiting=Decimal(f"{waiting / MIB:.1f}"),
    )
    if waiting <= LARGE_WAL:
        return good("database size", says)
    remedy = (
        Sentence(
            "end programs that read the database for hours; a restart of the bot folds it back"
        )
        if held
        else Sentence("start the bot once, which folds it back")
    )
    return warning("database size", says, remedy)
