"""CTFd's export: a zip with a JSON file for each table, and a list that says who is who on Discord.

A user has the value of every challenge they solved, as CTFd counts it today, and their awards,
which a bought hint makes smaller.
"""

import csv
import json
import zipfile
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

from riddles.importing.rows import TOTAL, Found, Row, Trouble, Unreadable, member_of, points_of
from riddles.importing.text import inspect, open_text
from riddles.refusal import Refusal

TABLE_MAX = 512 * 1024**2
"""No table of a real competition is larger; a zip made to burst is."""


@dataclass(frozen=True, slots=True)
class User:
    """Somebody on the CTF platform."""

    id: int
    names: tuple[str, ...]
    """Everything by which the list may call them: number, name, address."""
    shown: bool
    """On the scoreboard: neither hidden nor banned."""


def read_ctfd(path: Path, who: Mapping[str, int]) -> Found:
    """A row for each user on the scoreboard whom `who` knows, by number, name or address.

    Raises:
        Refusal: it is no export of CTFd's.
    """
    tables = _tables(path)
    users = [_user(fields) for fields in tables["users"]]
    points = _points(tables)
    names = Counter(name for user in users for name in user.names)
    for place, user in enumerate(users, 1):
        member = next((who[name] for name in user.names if name in who and names[name] == 1), None)
        total = points[user.id]
        if member is None:
            if total > 0 and user.shown:
                yield Trouble(place, f"user {user.id} of CTFd is not in the list of members")
        elif not user.shown:
            yield Trouble(place, f"user {user.id} is hidden or banned in CTFd")
        else:
            try:
                yield Row(place=place, member=member, points=points_of(total), key=TOTAL)
            except Unreadable as error:
                yield Trouble(place, str(error))


def read_members(path: Path) -> dict[str, int]:
    """The list of who is who: a CSV with `user` (number, name or address) and `member`.

    Raises:
        Refusal: it cannot be read, or a line of it is wrong.
    """
    who: dict[str, int] = {}
    with open_text(inspect(path)) as text:
        first = text.readline()
        separator = max(",;\t", key=first.count)
        header = [
            cell.strip().casefold() for cell in next(csv.reader([first], delimiter=separator))
        ]
        if not {"user", "member"} <= set(header):
            raise Refusal(
                '{path}:1: the first line must name the columns "user" and "member"', path=path
            )
        for number, cells in enumerate(csv.reader(text, delimiter=separator), 2):
            fields = dict(zip(header, cells, strict=False))
            if not any(cell.strip() for cell in cells):
                continue
            try:
                who[fields["user"].strip().casefold()] = member_of(fields.get("member", ""))
            except (KeyError, Unreadable) as error:
                raise Refusal(
                    "{path}:{number}: {why}", path=path, number=str(number), why=str(error)
                ) from None
    return who


def _tables(path: Path) -> dict[str, list[dict[str, Any]]]:
    try:
        with zipfile.ZipFile(path) as export:
            return {
                name: _table(export, f"db/{name}.json")
                for name in ("users", "challenges", "solves", "awards")
            }
    except (zipfile.BadZipFile, ValueError, KeyError, RecursionError):
        raise Refusal(
            "{path} is no export of CTFd: make one under Admin Panel, Config, Backup", path=path
        ) from None


def _table(export: zipfile.ZipFile, name: str) -> list[dict[str, Any]]:
    if export.getinfo(name).file_size > TABLE_MAX:
        raise Refusal(
            "{name} in the export is larger than {most} MiB", name=name, most=TABLE_MAX >> 20
        )
    text = export.read(name)
    # A table without rows is an empty file.
    return json.loads(text, parse_float=Decimal)["results"] if text.strip() else []


def _user(fields: Mapping[str, Any]) -> User:
    names = (fields["id"], fields.get("name"), fields.get("email"))
    return User(
        id=fields["id"],
        names=tuple(str(name).strip().casefold() for name in names if name is not None),
        shown=not (fields.get("hidden") or fields.get("banned")),
    )


def _points(tables: Mapping[str, list[dict[str, Any]]]) -> Counter[int]:
    values = {one["id"]: int(one["value"] or 0) for one in tables["challenges"]}
    points: Counter[int] = Counter()
    for solve in tables["solves"]:
        points[solve["user_id"]] += values.get(solve["challenge_id"], 0)
    for award in tables["awards"]:
        points[cast("int", award["user_id"])] += int(award["value"] or 0)
    return points
