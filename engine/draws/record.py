"""A draw as the books have it: how far it has come, its entries, its transcript, its log."""

import json
import sqlite3
from dataclasses import dataclass
from typing import Any

from engine.draws.lottery import Entry, transcript_digest
from engine.draws.rules import DrawRules
from engine.errors import EngineError
from engine.storage.database import Reader, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """A draw as the books have it. Moments are milliseconds UTC."""

    id: int
    name: str
    rules: DrawRules
    state: str
    announced_at: int
    freezes_at: int
    frozen: str | None
    window_ends: int | None
    transcript: str | None
    rounds_done: int
    reached: bytes | None
    published: dict[str, Any] | None


class DrawRefused(EngineError):  # noqa: N818 - named for what became of it
    """A step of a draw cannot be taken now."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


async def get(reader: Reader, draw: int) -> Draw:
    """The draw of that number.

    Raises:
        LookupError: there is none.
    """
    row = await reader.one("SELECT * FROM draws WHERE id = ?", (draw,))
    if row is None:
        raise LookupError(f"there is no draw {draw}")
    return _draw(row)


async def named(reader: Reader, name: str) -> Draw | None:
    """The draw of that name, if there is one."""
    row = await reader.one("SELECT * FROM draws WHERE name = ?", (name,))
    return None if row is None else _draw(row)


async def running(reader: Reader) -> list[Draw]:
    """Draws that are neither settled nor cancelled, oldest first."""
    rows = await reader.all(
        "SELECT * FROM draws WHERE state NOT IN ('settled', 'cancelled') ORDER BY id"
    )
    return [_draw(row) for row in rows]


async def as_it_is(reader: Reader, draw: Draw, *states: str) -> Draw:
    """The draw as the books have it now: whoever read it earlier may be wrong about it."""
    now = await get(reader, draw.id)
    if now.state not in states:
        raise DrawRefused(now.state)
    return now


async def entries_of(reader: Reader, draw: int) -> list[Entry]:
    """Every entry, in the order of the references."""
    rows = await reader.all(
        "SELECT reference, tickets FROM draw_entries WHERE draw = ? ORDER BY reference", (draw,)
    )
    return [Entry(row["reference"], row["tickets"]) for row in rows]


async def transcript_of(reader: Reader, draw: Draw) -> dict[str, Any]:
    """What the transcript's digest was taken of, and the draw's name.

    A draw that was sealed before the window's end was part of it has none in it.
    """
    row = await reader.one("SELECT messages, presses FROM draws WHERE id = ?", (draw.id,))
    if row is None or draw.frozen is None or row["presses"] is None:
        raise LookupError(f"there is no sealed draw {draw.id}")
    messages, presses = json.loads(row["messages"]), json.loads(row["presses"])
    facts = {"draw": draw.name, "frozen": draw.frozen, "messages": messages, "presses": presses}
    if transcript_digest(draw.frozen, messages, presses) != draw.transcript:
        facts["window_ends"] = draw.window_ends
    return facts


async def log(
    tx: Transaction,
    draw: int,
    step: str,
    at_ms: int,
    *,
    actor: int | None = None,
    note: str | None = None,
) -> None:
    """Write down what was done, by whom, and why."""
    await tx.execute(
        "INSERT INTO draw_steps (draw, step, at, actor, note) VALUES (?, ?, ?, ?, ?)",
        (draw, step, at_ms, actor, note),
    )


def _draw(row: sqlite3.Row) -> Draw:
    facts: dict[str, Any] = {name: row[name] for name in Draw.__slots__}
    facts["rules"] = DrawRules.model_validate_json(row["rules"])
    facts["published"] = None if row["published"] is None else json.loads(row["published"])
    return Draw(**facts)
