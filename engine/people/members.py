"""Members: the one place where a Discord user meets an account."""

import json
from collections.abc import Mapping, Sequence

from engine.books.ledger import open_account
from engine.records import record
from engine.storage.database import Reader, Transaction


@record
class Person:
    """A member as an interaction shows them: who, where, and under which name."""

    id: int
    server: int
    name: str
    circle: str | None = None
    mark: bytes | None = None
    """By which somebody who was erased is recognised; see `engine/people/erasure`."""


async def account_of(reader: Reader, member: int) -> int | None:
    """The account of a Discord user id; None for somebody never seen."""
    return await reader.value("SELECT account FROM members WHERE id = ?", (member,))


async def meet(tx: Transaction, people: Sequence[Person], at_ms: int) -> dict[int, int]:
    """The account of each person, opened where there is none; their names are remembered."""
    known = await admit(tx, [person.id for person in people], at_ms)
    if marks := {person.mark: person.id for person in people if person.mark}:
        await _recognise(tx, marks, known)
    await tx.many(
        """
        INSERT INTO sightings VALUES (?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET name = excluded.name, seen_at = excluded.seen_at
        WHERE excluded.seen_at >= seen_at
        """,
        [(person.server, known[person.id], person.name, at_ms) for person in people],
    )
    return known


async def meet_one(tx: Transaction, person: Person, at_ms: int) -> int:
    """The account of one person."""
    return (await meet(tx, [person], at_ms))[person.id]


async def admit(tx: Transaction, members: Sequence[int], at_ms: int) -> dict[int, int]:
    """The account of each Discord user id, opened where there is none: points may wait in it."""
    known = await accounts_of(tx, members)
    opened = {
        member: await open_account(tx) for member in dict.fromkeys(members) if member not in known
    }
    if opened:
        await tx.many(
            "INSERT INTO members (id, account, first_at) VALUES (?, ?, ?)",
            [(member, account, at_ms) for member, account in opened.items()],
        )
    return known | opened


async def accounts_of(reader: Reader, members: Sequence[int]) -> dict[int, int]:
    """The accounts of those Discord user ids that were ever seen."""
    rows = await reader.all(
        "SELECT id, account FROM members WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(members),),
    )
    return dict(map(tuple, rows))


async def _recognise(
    tx: Transaction, marks: Mapping[bytes, int], accounts: Mapping[int, int]
) -> None:
    """Hold members who were erased, by their marks, to what they cannot leave behind.

    They are not ranked twice on a riddle that is open, and a ban goes on.
    """
    rows = await tx.all(
        "SELECT mark, slug FROM forgotten "
        "UNION ALL SELECT mark, NULL FROM bans WHERE member IS NULL"
    )
    back = [(marks[row["mark"]], row["slug"], row["mark"]) for row in rows if row["mark"] in marks]
    await tx.many(
        "INSERT INTO insiders VALUES (?, ?, 0) ON CONFLICT DO UPDATE SET at = 0",
        [(slug, accounts[member]) for member, slug, _ in back if slug is not None],
    )
    for member, slug, mark in back:
        if slug is None:
            await _ban_again(tx, member, mark)


async def _ban_again(tx: Transaction, member: int, mark: bytes) -> None:
    """A ban that stood when its member was erased stands again, unless it does already."""
    await tx.execute(
        """
        INSERT INTO bans (member, origin, reason, since, actor)
        SELECT ?1, origin, reason, min(since), actor FROM bans AS old
        WHERE mark = ?2 AND lifted_at IS NULL AND NOT EXISTS (
            SELECT 1 FROM bans WHERE member = ?1 AND origin = old.origin AND lifted_at IS NULL)
        GROUP BY origin
        """,
        (member, mark),
    )
    await tx.execute("DELETE FROM bans WHERE mark = ?", (mark,))


async def hide(tx: Transaction, account: int, *, hidden: bool) -> None:
    """Take a member off every board, or put them back; they keep all they have either way."""
    await tx.execute("UPDATE members SET hidden = ? WHERE account = ?", (hidden, account))
