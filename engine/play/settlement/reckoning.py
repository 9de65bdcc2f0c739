"""Reckoning: from solves to what each is entitled to, and from there to the ledger."""

import json
from collections.abc import Collection, Mapping, Sequence

from engine.books.owing import take_back
from engine.play import solves
from engine.play.rounds import Round
from engine.play.settlement.bookings import Booked, Mode, excess, missing, pay
from engine.play.solves import Solve
from engine.play.streaks import Otherwise
from engine.scoring import Entitlement, entitlements, promises
from engine.storage.database import Reader, Transaction


async def entitled_to(
    reader: Reader,
    round_: Round,
    everyone: Sequence[Solve],
    *,
    otherwise: Otherwise | None = None,
) -> dict[int, Entitlement]:
    """What each is entitled to as things stand; `everyone` are all of a settled round's.

    Of an earlier round things may be taken `otherwise` than they stand.
    """
    if round_.voided_at is not None:
        return {}
    found, terms = await solves.solvers(reader, round_, everyone, otherwise), round_.terms
    if round_.is_settled:
        return entitlements(terms, found)
    return promises(terms, found)


async def book(
    tx: Transaction,
    round_: Round,
    everyone: Sequence[Solve],
    mode: Mode,
    *,
    entitled: Mapping[int, Entitlement],
    booked: Mapping[int, Booked],
) -> dict[int, int]:
    """Book the differences, and keep what explains them; who was paid how much, by account."""
    held = await members_of(tx, {*entitled, *booked})
    transfers = [
        transfer
        for solve in everyone
        if solve.account in held and solve.account in entitled
        for transfer in missing(
            round_.id, solve, entitled[solve.account], booked.get(solve.account, Booked()), mode
        )
    ]
    await pay(tx, transfers)
    if mode.lower:
        await take_back(
            tx,
            [
                transfer
                for account, had in booked.items()
                if account in held
                for transfer in excess(round_.id, account, entitled.get(account), had, mode)
            ],
        )
    if round_.is_settled:
        await tx.many(
            "UPDATE solves SET settled = ? WHERE round = ? AND account = ?",
            [
                (due.to_json(), round_.id, account)
                for account, due in entitled.items()
                if account in held
                # Who keeps more than that keeps what explains it.
                and (mode.lower or due.total >= booked.get(account, Booked()).points)
            ],
        )
    paid: dict[int, int] = {}
    for transfer in transfers:
        paid[transfer.target] = paid.get(transfer.target, 0) + transfer.points
    return paid


async def members_of(reader: Reader, accounts: Collection[int]) -> set[int]:
    """Those of `accounts` that a member holds: the erased keep their place and earn nothing."""
    rows = await reader.all(
        "SELECT account FROM members WHERE account IN (SELECT value FROM json_each(?))",
        (json.dumps(list(accounts)),),
    )
    return {row["account"] for row in rows}
