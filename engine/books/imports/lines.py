"""Lines of points from elsewhere, and what the books know of each by its key."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from engine.books.ledger import ELSEWHERE, Kind
from engine.people.members import accounts_of
from engine.storage.database import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One row of points, in our points."""

    member: int
    """Discord's user id."""
    key: str
    """What tells this row from others of the same member and source."""
    points: int
    """What the member gains, or loses where it is below zero; never 0."""
    kind: Kind = Kind.OPENING
    counts_at: int | None = None
    """In milliseconds UTC; None: when the import began."""
    reason: str | None = None


class State(StrEnum):
    """What the books know of a line."""

    NEW = "new"
    PRESENT = "present"
    DIFFERENT = "different"
    """The row is there with other points: it changed at its source since."""


async def assess(reader: Reader, source: str, lines: Sequence[Line]) -> list[State]:
    """What the books know of each line, without writing anything."""
    accounts = await accounts_of(reader, [line.member for line in lines])
    known = [line for line in lines if line.member in accounts]
    found = iter(await resolve(reader, source, known, accounts))
    return [next(found)[0] if line.member in accounts else State.NEW for line in lines]


@dataclass(frozen=True, slots=True)
class _Standing:
    """A row of an import that is in the books."""

    kind: str
    points: int
    undone: bool


async def resolve(
    reader: Reader, source: str, lines: Sequence[Line], accounts: Mapping[int, int]
) -> list[tuple[State, str]]:
    """What the books know of each line, and the key under which it stands or would stand.

    A row that was taken back may come in again, under the next key of its row.
    """
    keys = [_key(source, line, accounts[line.member]) for line in lines]
    found: dict[int, tuple[State, str]] = {}
    waiting = dict.fromkeys(range(len(lines)), 1)
    while waiting:
        tried = {at: keys[at] if nth == 1 else f"{keys[at]}:{nth}" for at, nth in waiting.items()}
        standing = await _standing(reader, tried.values())
        for at, key in tried.items():
            row = standing.get(key)
            if row is not None and row.undone:
                waiting[at] += 1
                continue
            found[at] = (State.NEW if row is None else _same(row, lines[at])), key
            del waiting[at]
    first: dict[str, _Standing] = {}
    for at, line in enumerate(lines):
        state, key = found[at]
        if state is State.NEW and key in first:
            found[at] = _same(first[key], line), key
        first.setdefault(key, _Standing(line.kind, line.points, undone=False))
    return [found[at] for at in range(len(lines))]


def _same(row: _Standing, line: Line) -> State:
    same = row.points == line.points and row.kind == line.kind
    return State.PRESENT if same else State.DIFFERENT


async def _standing(reader: Reader, keys: Iterable[str]) -> dict[str, _Standing]:
    # What a member had lost beyond their balance stands in a second row, behind `:owed`.
    wanted = {key: key for key in keys}
    wanted |= {f"{key}:owed": key for key in wanted}
    rows = await reader.all(
        """
        SELECT key, kind, iif(source = ?, points, -points) AS points, EXISTS (
            SELECT 1 FROM transfers AS undo
            WHERE undo.key IN ('undo:' || transfers.id, 'undo:' || transfers.id || ':owed')
        ) AS undone
        FROM transfers WHERE key IN (SELECT value FROM json_each(?))
        """,
        (ELSEWHERE, json.dumps(list(wanted))),
    )
    found: dict[str, _Standing] = {}
    for row in rows:
        part = _Standing(row["kind"], row["points"], bool(row["undone"]))
        whole = found.get(wanted[row["key"]])
        if whole is not None:
            part = _Standing(part.kind, part.points + whole.points, part.undone and whole.undone)
        found[wanted[row["key"]]] = part
    return found


def _key(source: str, line: Line, account: int) -> str:
    """A row's key: it tells the account, which is random, and never the member's Discord id."""
    own = line.key.replace(str(line.member), "member")
    return f"import:{source}:{account}:{hashlib.sha256(own.encode()).hexdigest()[:20]}"
