"""Another instance's ledger: an exported file, or its database. Verified row by row while read.

Each of its transfers becomes one row here for the member it touched, with what it was worth to
them; between a member's own accounts nothing moves for them.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass
from typing import Any, cast

from engine.books.imports import Line
from engine.books.ledger import COLUMNS, NO_DIGEST, SCORED_FOR_ALL_TIME, Kind, Transfer, digest
from engine.books.transcripts import SELECT, WITH_MEMBERS
from riddles.importing.text import Inspected, open_text
from riddles.refusal import Refusal

SQLITE = b"SQLite format 3\0"
HEADER = "riddles_ledger"
"""The field that marks the first line of an exported ledger; its value is the format's version."""

VERSION = 1
IDENTITY_DIGITS = 16

Fields = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Instance:
    """A ledger of another community, or of another server that joins this one."""

    kind: str
    """live or rehearsal."""
    identity: str
    """The beginning of its first digest: no two ledgers share it. Empty without transfers."""


def introduce(file: Inspected) -> Instance:
    """Whose ledger a file is.

    Raises:
        Refusal: it is no ledger, or one without members.
    """
    if file.head.startswith(SQLITE):
        with closing(_connect(file)) as sqlite:
            kind = sqlite.execute("SELECT kind FROM instance").fetchone()
    else:
        kind = (_header(file)["kind"],)
    first = next(iter(_lines(file)), None)
    identity = "" if first is None else str(first["digest"])[:IDENTITY_DIGITS]
    return Instance(kind[0] if kind else "live", identity)


def read_ledger(file: Inspected) -> Iterator[tuple[int, list[Line], int]]:
    """Each transfer: its number, what it brings, and how many of its sides nobody is behind.

    Raises:
        Refusal: a row does not fit the one before it.
    """
    for number, fields in _verified(file, _lines(file)):
        lines: list[Line] = []
        nobody = 0
        own = [fields[f"{side}_kind"] in ("member", "owed") for side in ("source", "target")]
        whose = (fields["source_member"], fields["target_member"])
        if all(own) and whose[0] == whose[1]:
            yield number, [], 0
            continue
        for is_own, member, sign in zip(own, whose, (-1, 1), strict=True):
            if is_own and member is None:
                nobody += 1
            elif is_own:
                lines.append(_line(fields, int(member), sign))
        yield number, lines, nobody


def _line(fields: Fields, member: int, sign: int) -> Line:
    kind = Kind(fields["kind"])
    return Line(
        member=member,
        key=f"row {fields['id']}",
        points=sign * fields["points"],
        kind=Kind.MERGE if kind in SCORED_FOR_ALL_TIME else kind,
        counts_at=fields["counts_at"],
        reason=fields["reason"] or fields["riddle"],
    )


def _verified(file: Inspected, lines: Iterable[Fields]) -> Iterator[tuple[int, Fields]]:
    """The rows, as long as each carries the digest that it must."""
    before = NO_DIGEST
    for number, fields in enumerate(lines, 1):
        try:
            kept = bytes.fromhex(fields["digest"])
            fits = digest(before, fields["id"], _transfer(fields)) == kept
        except (KeyError, TypeError, ValueError):
            fits, kept = False, before
        if not fits or fields["id"] != number:
            raise Refusal(
                "{path}: transfer {number} does not fit the one before it, so this ledger is "
                "not whole or was changed; nothing of it is brought in",
                path=file.path,
                number=str(number),
            )
        before = kept
        yield number, fields


def _transfer(fields: Fields) -> Transfer:
    facts = {name: fields[name] for name in COLUMNS}
    facts["kind"] = Kind(facts["kind"])
    facts["note"] = None if facts["note"] is None else bytes.fromhex(facts["note"])
    return Transfer(**facts)


def _lines(file: Inspected) -> Iterator[Fields]:
    return _from_database(file) if file.head.startswith(SQLITE) else _from_export(file)


def _from_export(file: Inspected) -> Iterator[Fields]:
    expected, number = _header(file)["transfers"], 1
    with open_text(file) as text:
        next(text)
        for number, line in enumerate(text, 2):
            try:
                found: Any = json.loads(line)
            except (ValueError, RecursionError):
                found = None
            if not isinstance(found, dict):
                raise Refusal(
                    "{path}:{number}: this is no transfer: the file is not whole",
                    path=file.path,
                    number=str(number),
                )
            yield cast("Fields", found)
    if number - 1 != expected:
        raise Refusal(
            "{path} has {count} transfers and should have {expected}: the file is not whole",
            path=file.path,
            count=number - 1,
            expected=expected,
        )


def _header(file: Inspected) -> Fields:
    with open_text(file) as text:
        try:
            found: Any = json.loads(next(text, ""))
        except (ValueError, RecursionError):
            found = None
    if not isinstance(found, dict) or HEADER not in found:
        raise Refusal(
            "{path} is no exported ledger: it has no first line that says so", path=file.path
        )
    header = cast("Fields", found)
    if header[HEADER] != VERSION:
        raise Refusal("{path} was exported by a newer version: update the program", path=file.path)
    if not header.get("members"):
        raise Refusal(
            "{path} tells no members, so nobody could be given their points: export it "
            "again with --with-members",
            path=file.path,
        )
    return header


def _from_database(file: Inspected) -> Iterator[Fields]:
    with closing(_connect(file)) as sqlite:
        for row in sqlite.execute(SELECT, (0, -1)):
            values = (value.hex() if isinstance(value, bytes) else value for value in row)
            yield dict(zip(WITH_MEMBERS, values, strict=True))


def _connect(file: Inspected) -> sqlite3.Connection:
    try:
        sqlite = sqlite3.connect(f"{file.path.resolve().as_uri()}?mode=ro", uri=True)
        tables = {name for (name,) in sqlite.execute("SELECT name FROM sqlite_schema")}
    except sqlite3.DatabaseError as error:
        raise Refusal("{path} cannot be read: {why}", path=file.path, why=str(error)) from error
    if not {"instance", "transfers", "members"} <= tables:
        sqlite.close()
        raise Refusal("{path} is another program's database", path=file.path)
    return sqlite
