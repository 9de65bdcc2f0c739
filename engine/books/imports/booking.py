"""Booking: lines that are new become transfers between a member and the account ELSEWHERE."""

from collections.abc import Sequence

from engine.books.imports.batches import Import
from engine.books.imports.lines import Line, State, resolve
from engine.books.ledger import ELSEWHERE, Transfer, post_all, write_notes
from engine.books.owing import take_back
from engine.errors import EngineError
from engine.people.members import admit
from engine.storage.database import Transaction


async def book(tx: Transaction, into: Import, lines: Sequence[Line], now_ms: int) -> list[State]:
    """Bring in the lines that are new; whoever was never seen gets an account to wait in."""
    accounts = await admit(tx, [line.member for line in lines], now_ms)
    found = await resolve(tx, into.source, lines, accounts)
    new = [
        (line, key) for line, (state, key) in zip(lines, found, strict=True) if state is State.NEW
    ]
    notes = iter(await write_notes(tx, [line.reason for line, _ in new if line.reason]))
    await move(
        tx,
        [
            _transfer(
                into,
                line,
                key=key,
                account=accounts[line.member],
                note=next(notes) if line.reason else None,
                now_ms=now_ms,
            )
            for line, key in new
        ],
    )
    return [state for state, _ in found]


async def move(tx: Transaction, transfers: Sequence[Transfer]) -> None:
    """Book gains before losses, so that nobody owes for a moment what they have anyway."""
    gains = [one for one in transfers if one.source == ELSEWHERE]
    for result in await post_all(tx, gains):
        if isinstance(result, EngineError):
            raise result
    await take_back(tx, [one for one in transfers if one.source != ELSEWHERE])


def _transfer(
    into: Import, line: Line, *, key: str, account: int, note: bytes | None, now_ms: int
) -> Transfer:
    return Transfer(
        key=key,
        kind=line.kind,
        source=ELSEWHERE if line.points > 0 else account,
        target=account if line.points > 0 else ELSEWHERE,
        points=abs(line.points),
        booked_at=now_ms,
        counts_at=into.begun_at if line.counts_at is None else line.counts_at,
        batch=into.batch,
        note=note,
    )
