"""Settling: what is paid as answers come in, and what once the round is closed."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from engine.books.ledger import post_all
from engine.errors import EngineError
from engine.play import solves
from engine.play.rounds import Round
from engine.play.settlement.bookings import Mode, parts, portions, read_booked
from engine.play.settlement.reckoning import book, entitled_to
from engine.play.solves import Solve, recorded_solves, standing_solves
from engine.scoring import Entitlement
from engine.storage.database import Reader, Transaction


@dataclass(frozen=True, slots=True)
class Settled:
    """What a settlement booked."""

    solved: int
    """How many solved, ranked or not."""
    paid: int
    """How many of them were paid something now."""
    points: int
    """All that was paid now."""


async def settled(tx: Transaction, round_: Round, now_ms: int) -> Settled:
    """Give places, and book what depends on other members; nobody is lowered.

    `round_` has taken `Step.SETTLE`. In a sealed round each member's last answer becomes a solve
    here, if it is right, with its own millisecond. Asked twice, it books once.
    """
    recorded = await recorded_solves(tx, round_)
    fresh: list[Solve] = []
    if round_.sealed:
        known = {solve.account for solve in recorded}
        standing = await standing_solves(tx, round_)
        fresh = [one for one in standing if one.account not in known]
    everyone = sorted([*recorded, *fresh], key=lambda solve: solve.order)
    entitled = await entitled_to(tx, round_, everyone)
    await solves.write(tx, round_, fresh, entitled)
    booked = await read_booked(tx, round_.id)
    paid = await book(
        tx, round_, everyone, Mode(now_ms, tag="settle"), entitled=entitled, booked=booked
    )
    return Settled(len(everyone), len(paid), sum(paid.values()))


async def arrive(
    tx: Transaction,
    round_: Round,
    arrivals: Sequence[Solve],
    now_ms: int,
    *,
    replacing: Collection[int] = (),
) -> dict[int, Entitlement]:
    """Record right answers as they arrive and pay what is sure of them; once settled, all of it.

    `replacing` are the accounts whose solve was a later answer of theirs so far. Returns what
    each account is entitled to; who is not ranked has no entry.
    """
    arrivals = await solves.ranked(tx, round_, arrivals)
    others = await recorded_solves(tx, round_) if round_.is_settled else []
    accounts = {solve.account for solve in arrivals}
    everyone = [*arrivals, *(one for one in others if one.account not in accounts)]
    everybodys = await entitled_to(tx, round_, everyone)
    entitled = {account: everybodys[account] for account in accounts & everybodys.keys()}
    await solves.write(tx, round_, arrivals, entitled, replacing=bool(replacing))
    late = {one.account for one in arrivals if round_.is_settled or one.account in replacing}
    first = entitled.keys() - late
    at_once = [one for one in arrivals if one.account in first]
    late |= await _pay_at_once(tx, round_, at_once, entitled, now_ms)
    if late:
        booked = await read_booked(tx, round_.id, late)
        await book(
            tx,
            round_,
            [one for one in arrivals if one.account in late],
            Mode(now_ms),
            entitled=entitled,
            booked=booked,
        )
    return entitled


async def entitlement_of(reader: Reader, round_id: int, account: int) -> Entitlement | None:
    """What a member's solve is worth, as it was last booked; None: no solve, or not ranked."""
    row = await reader.one(
        """
        SELECT coalesce(settled, award) AS kept FROM solves JOIN rounds ON rounds.id = round
        WHERE round = ? AND account = ? AND voided_at IS NULL
        """,
        (round_id, account),
    )
    return None if row is None or row["kept"] is None else Entitlement.from_json(row["kept"])


async def _pay_at_once(
    tx: Transaction,
    round_: Round,
    arrivals: Sequence[Solve],
    entitled: Mapping[int, Entitlement],
    now_ms: int,
) -> set[int]:
    """Pay who solves for the first time; returns who had been paid for another solve before."""
    mode = Mode(now_ms)
    # In a burst nearly everybody is entitled to one and the same.
    due = {id(one): portions(one) for one in {id(one): one for one in entitled.values()}.values()}
    transfers = [
        part
        for solve in arrivals
        for part in parts(round_.id, solve, due[id(entitled[solve.account])], mode)
    ]
    results = await post_all(tx, transfers)
    return {
        transfer.target
        for transfer, result in zip(transfers, results, strict=True)
        if isinstance(result, EngineError)
    }
