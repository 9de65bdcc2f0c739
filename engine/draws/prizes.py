"""Prizes: handed to whom they were drawn for, or to the next alternate, by rule and in public."""

import sqlite3
from dataclasses import dataclass
from typing import Literal

from engine.draws.record import Draw, DrawRefused, get, log
from engine.storage.database import Reader, Transaction

DAY_MS = 86_400_000

Passing = Literal["gone", "silent", "erased", "banned", "declined"]
"""Why a winner is passed over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Winner:
    """Who was drawn for one piece of a lot."""

    id: int
    draw: int
    lot: int
    piece: int
    reference: str
    account: int | None
    state: str
    drawn_at: int
    claimed_at: int | None
    reason: str | None


async def winners_of(reader: Reader, draw: int) -> list[Winner]:
    """Everybody who was drawn, those passed over included, in the order of the lots."""
    rows = await reader.all(
        "SELECT * FROM draw_winners WHERE draw = ? ORDER BY lot, piece, id", (draw,)
    )
    return [_winner(row) for row in rows]


async def waiting_for(reader: Reader, account: int) -> list[tuple[Draw, Winner]]:
    """The prizes that somebody was drawn for and does not have in hands yet, with their draws."""
    rows = await reader.all(
        "SELECT * FROM draw_winners WHERE account = ? AND state = 'drawn' ORDER BY id", (account,)
    )
    return [(await get(reader, row["draw"]), _winner(row)) for row in rows]


def passes_on_at(draw: Draw, winner: Winner) -> int:
    """The millisecond from which on a winner who stays silent is passed over."""
    return winner.drawn_at + draw.rules.claim_days * DAY_MS


async def claim(tx: Transaction, draw: int, account: int, now_ms: int) -> Winner | None:
    """A winner says that they are here; None for somebody who holds no prize."""
    await tx.execute(
        """
        UPDATE draw_winners SET claimed_at = ifnull(claimed_at, ?)
        WHERE draw = ? AND account = ? AND state = 'drawn'
        """,
        (now_ms, draw, account),
    )
    row = await tx.one(
        "SELECT * FROM draw_winners WHERE draw = ? AND account = ? AND state <> 'passed'",
        (draw, account),
    )
    return None if row is None else _winner(row)


async def settle(
    tx: Transaction, winner: int, now_ms: int, *, actor: int | None, note: str | None
) -> Winner:
    """The prize is in its winner's hands; with the last one the draw is settled.

    Raises:
        DrawRefused: it was settled or passed on before.
    """
    rows = await tx.execute(
        """
        UPDATE draw_winners SET state = 'settled', moved_at = ?, actor = ?, note = ?
        WHERE id = ? AND state = 'drawn' RETURNING *
        """,
        (now_ms, actor, note, winner),
    )
    if not rows:
        raise DrawRefused("moved")
    await log(tx, rows[0]["draw"], f"settle {winner}", now_ms, actor=actor)
    await _settle_if_done(tx, rows[0]["draw"], now_ms)
    return _winner(rows[0])


async def pass_over(
    tx: Transaction,
    winner: int,
    reason: Passing,
    now_ms: int,
    *,
    actor: int | None = None,
    note: str | None = None,
) -> Winner | None:
    """Hand a prize on to the next alternate; None where nobody is left.

    Raises:
        DrawRefused: it was settled or passed on before.
    """
    rows = await tx.execute(
        """
        UPDATE draw_winners SET state = 'passed', reason = ?, moved_at = ?, actor = ?, note = ?
        WHERE id = ? AND state = 'drawn' RETURNING *
        """,
        (reason, now_ms, actor, note, winner),
    )
    if not rows:
        raise DrawRefused("moved")
    passed = _winner(rows[0])
    await log(tx, passed.draw, f"pass over {winner}: {reason}", now_ms, actor=actor)
    draw = await get(tx, passed.draw)
    following = await _next_alternate(tx, draw)
    if following is None:
        await _settle_if_done(tx, draw.id, now_ms)
        return None
    (row,) = await tx.execute(
        """
        INSERT INTO draw_winners (draw, lot, piece, reference, account, state, drawn_at)
        SELECT ?1, ?2, ?3, reference, account, 'drawn', ?5 FROM draw_entries
        WHERE draw = ?1 AND reference = ?4 RETURNING *
        """,
        (draw.id, passed.lot, passed.piece, following, now_ms),
    )
    return _winner(row)


async def silent(reader: Reader, draw: Draw, now_ms: int) -> list[Winner]:
    """Winners who have not said that they are here for as long as the rules wait."""
    return [
        winner
        for winner in await winners_of(reader, draw.id)
        if winner.state == "drawn"
        and winner.claimed_at is None
        and passes_on_at(draw, winner) <= now_ms
    ]


async def nameless(reader: Reader, draw: int) -> list[Winner]:
    """Winners whose account is nobody's any more: they asked to be erased."""
    rows = await reader.all(
        """
        SELECT * FROM draw_winners
        WHERE draw = ? AND state = 'drawn'
          AND NOT EXISTS (SELECT 1 FROM members WHERE members.account = draw_winners.account)
        """,
        (draw,),
    )
    return [_winner(row) for row in rows]


async def _next_alternate(reader: Reader, draw: Draw) -> str | None:
    rows = await reader.all("SELECT reference FROM draw_winners WHERE draw = ?", (draw.id,))
    used = {row["reference"] for row in rows}
    alternates: list[str] = [] if draw.published is None else draw.published["alternates"]
    return next((one for one in alternates if one not in used), None)


async def _settle_if_done(tx: Transaction, draw: int, now_ms: int) -> None:
    if await tx.one("SELECT 1 FROM draw_winners WHERE draw = ? AND state = 'drawn'", (draw,)):
        return
    await tx.execute("UPDATE draws SET state = 'settled' WHERE id = ? AND state = 'drawn'", (draw,))
    await log(tx, draw, "settled", now_ms)


def _winner(row: sqlite3.Row) -> Winner:
    return Winner(**{name: row[name] for name in Winner.__slots__})
