"""Lines that people write or spreadsheets save: CSV, JSON lines, a JSON list.

Each has a member (Discord id) and points; a reason and a key are optional. Without a key, a
member's nth line is the same row as their nth line in a later file.
"""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO, cast

from riddles.importing.rows import Found, Row, Trouble, Unreadable, member_of, points_of
from riddles.refusal import Refusal

MEMBER, POINTS, REASON, KEY = "member", "points", "reason", "key"
ALSO = {
    "user_id": MEMBER,
    "userid": MEMBER,
    "discord_id": MEMBER,
    "membre": MEMBER,
    "raison": REASON,
    "motif": REASON,
    "clé": KEY,
    "cle": KEY,
}
"""Other names that a column may have."""

SEPARATORS = ",;\t|"
CELL_MAX = 1 << 17
REASON_MAX = 500
KEY_MAX = 200

Names = Mapping[str, str]
"""Columns by their meaning, where a file calls them otherwise: {"member": "User ID"}."""


def read_csv(text: TextIO, names: Names, path: Path) -> Found:
    """Rows of a table whose first line names its columns; separators are found out.

    Raises:
        Refusal: the first line names no member or no points.
    """
    csv.field_size_limit(CELL_MAX)
    first = text.readline()
    separator = max(SEPARATORS, key=first.count)
    columns = _columns(next(csv.reader([first or "-"], delimiter=separator)), names, path)
    table = csv.reader(text, delimiter=separator)
    to_row = _row_maker()
    while True:
        place = table.line_num + 2
        try:
            cells = next(table)
        except StopIteration:
            return
        except csv.Error as error:
            yield Trouble(place, f"this is no line of a table: {error}")
            continue
        if any(cell.strip() for cell in cells):
            fields = {what: cells[at] for what, at in columns.items() if at < len(cells)}
            yield to_row(place, fields)


def read_json_lines(text: TextIO, names: Names) -> Found:
    """Rows of a file with one JSON object on each line."""
    to_row, renamed = _row_maker(), _renamer(names)
    for place, line in enumerate(text, 1):
        if not line.strip():
            continue
        try:
            found: Any = json.loads(line, parse_float=Decimal)
        except (ValueError, RecursionError):
            yield Trouble(place, "this is not JSON: write one object on each line")
            continue
        if isinstance(found, dict):
            yield to_row(place, renamed(cast("dict[str, Any]", found)))
        else:
            yield Trouble(place, 'write an object: {"member": "…", "points": 120}')


def read_json_list(items: Iterable[Mapping[str, Any]], names: Names) -> Found:
    """Rows of a JSON list of objects."""
    to_row, renamed = _row_maker(), _renamer(names)
    for place, item in enumerate(items, 1):
        yield to_row(place, renamed(item))


def _columns(header: list[str], names: Names, path: Path) -> dict[str, int]:
    wanted = {name.strip().casefold(): what for what, name in names.items()}
    columns: dict[str, int] = {}
    for at, cell in enumerate(header):
        name = cell.strip().casefold()
        what = wanted.get(name) or (name if name in (MEMBER, POINTS, REASON, KEY) else None)
        what = what or ALSO.get(name)
        if what and what not in columns and (what not in names or name in wanted):
            columns[what] = at
    missing = [what for what in (MEMBER, POINTS) if what not in columns]
    if missing:
        raise Refusal(
            '{path}:1: the first line names no column "{column}": it must say which column is the '
            'member and which the points, or --columns must, like --columns "member=User '
            'ID,points=XP"',
            path=path,
            column=names.get(missing[0], missing[0]),
        )
    return columns


def _renamer(names: Names) -> Callable[[Mapping[str, Any]], dict[str, Any]]:
    wanted = {name: what for what, name in names.items()}

    def renamed(found: Mapping[str, Any]) -> dict[str, Any]:
        plain = {ALSO.get(name, name): value for name, value in found.items()}
        return plain | {what: found[name] for name, what in wanted.items() if name in found}

    return renamed


def _row_maker() -> Callable[[int, Mapping[str, Any]], Row | Trouble]:
    """Makes rows, and numbers the lines of each member that have no key of their own."""
    lines: Counter[int] = Counter()

    def to_row(place: int, fields: Mapping[str, Any]) -> Row | Trouble:
        try:
            member, points = member_of(fields.get(MEMBER, "")), points_of(fields.get(POINTS, ""))
            key, reason = _words(fields.get(KEY), KEY_MAX), _words(fields.get(REASON), REASON_MAX)
        except Unreadable as error:
            return Trouble(place, str(error))
        if key is None:
            lines[member] += 1
        return Row(
            place=place,
            member=member,
            points=points,
            key=f"line {lines[member]}" if key is None else f"key {key}",
            reason=reason,
        )

    return to_row


def _words(value: Any, most: int) -> str | None:  # noqa: ANN401 - as above
    if value is None or value == "":
        return None
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise Unreadable(f"{value!r} is no text: write it in quotes")
    text = str(value).strip()
    if len(text) > most:
        raise Unreadable(f'"{text[:30]}…" has {len(text)} characters, and {most} are allowed')
    return text or None


def columns_from(text: str) -> dict[str, str]:
    """The `--columns` option: `member=User ID,points=XP`.

    Raises:
        Refusal: it names something else than member, points, reason and key.
    """
    names: dict[str, str] = {}
    for part in _parts(text):
        what, _, name = (half.strip() for half in part.partition("="))
        if what not in (MEMBER, POINTS, REASON, KEY) or not name:
            raise Refusal(
                '--columns "{part}" is not understood: write pairs like "member=User ID", '
                "for member, points, reason and key, with commas between them",
                part=part,
            )
        names[what] = name
    return names


def _parts(text: str) -> Iterator[str]:
    yield from (part.strip() for part in text.split(",") if part.strip())
