"""Members: the one place where a Discord user meets an account."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from engine.database import Reader, Transaction
from engine.ledger import open_account


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """A member as an interaction shows them: who, where, and under which name."""

    id: int
    server: int
    name: str
    circle: str | None = None


async def account_of(reader: Reader, member: int) -> int | None:
    """The account of a Discord user id; None for somebody never seen."""
    return await reader.value("SELECT account FROM members WHERE id = ?", (member,))


async def meet(tx: Transaction, people: Sequence[Person], at_ms: int) -> dict[int, int]:
    """The account of each person, opened where there is none; their names are remembered."""
    known = await _accounts(tx, [person.id for person in people])
    for person in people:
        if person.id not in known:
            known[person.id] = await open_account(tx)
            await tx.execute(
                "INSERT INTO members (id, account, first_at) VALUES (?, ?, ?)",
                (person.id, known[person.id], at_ms),
            )
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


async def _accounts(reader: Reader, members: Sequence[int]) -> dict[int, int]:
    rows = await reader.all(
        "SELECT id, account FROM members WHERE id IN (SELECT value FROM json_each(?))",
        (json.dumps(members),),
    )
    return {row["id"]: row["account"] for row in rows}
