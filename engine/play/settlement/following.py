"""What follows: the streaks of later rounds, when an earlier one counts otherwise than it did.

A riddle that turns out to be solved after all joins the row of those that were solved since; one
that is void breaks no row any more. What a row is worth then is paid in the round that it
belongs to. A row that becomes shorter costs nobody what later rounds have paid.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engine.play import rounds, streaks
from engine.play.rounds import Round
from engine.play.settlement import reckoning
from engine.play.settlement.bookings import Booked, Mode, read_booked
from engine.play.settlement.changes import Changes, change
from engine.play.settlement.reckoning import entitled_to, members_of
from engine.play.solves import Solve, recorded_solves
from engine.play.streaks import Otherwise
from engine.scoring import Entitlement
from engine.storage.database import Reader, Transaction


@dataclass(frozen=True, slots=True)
class Following:
    """A later round in which streaks grow, before that is booked."""

    round: Round
    solves: Sequence[Solve]
    entitled: Mapping[int, Entitlement]
    booked: Mapping[int, Booked]
    changes: Changes


async def grown(reader: Reader, round_: Round, counted: Mapping[int, bool]) -> list[Following]:
    """The rounds since `round_` in which somebody's streak is worth more now, the oldest first.

    `counted` tells whether the holders of these accounts solve `round_` now, other than the books
    have it; nothing of it need be written yet. A voided round counted for everybody before.
    """
    if round_.voided_at is not None:
        return await _since(reader, round_, Otherwise(round_.id, counts=True), None)
    if not counted:
        return []
    return await _since(reader, round_, None, Otherwise(round_.id, solved=counted), list(counted))


async def if_void(reader: Reader, round_: Round) -> list[Following]:
    """As `grown`, if `round_` were void."""
    return await _since(reader, round_, None, Otherwise(round_.id, counts=False))


async def book(tx: Transaction, each: Following, mode: Mode) -> None:
    """Pay the difference, as adjustments of that later round."""
    await reckoning.book(
        tx, each.round, each.solves, mode, entitled=each.entitled, booked=each.booked
    )


async def _since(
    reader: Reader,
    round_: Round,
    before: Otherwise | None,
    after: Otherwise | None,
    accounts: Sequence[int] | None = None,
) -> list[Following]:
    found: list[Following] = []
    # Where the whole round comes to nothing, no row grows of which it was a part.
    kept = set[int]() if accounts is not None else await _solvers(reader, round_)
    for later in await rounds.since(reader, round_.id):
        solvers = await _solvers(reader, later, accounts) - kept
        longer = await _longer(reader, round_, later, sorted(solvers), before=before, after=after)
        if longer:
            found += await _following(reader, later, after, longer)
    return found


async def _solvers(
    reader: Reader, round_: Round, accounts: Sequence[int] | None = None
) -> set[int]:
    solves = await recorded_solves(reader, round_, accounts)
    return {solve.account for solve in solves if solve.ranked}


async def _longer(
    reader: Reader,
    round_: Round,
    later: Round,
    solvers: Sequence[int],
    *,
    before: Otherwise | None,
    after: Otherwise | None,
) -> set[int]:
    """Whose row, with that later round in it, becomes longer."""
    streak = later.rules.scoring.streak
    if streak is None or not solvers:
        return set()
    solvers = await streaks.reaching(reader, later, streak, solvers, round_.id)
    was = await streaks.runs(reader, later, streak, solvers, otherwise=before)
    now = await streaks.runs(reader, later, streak, solvers, otherwise=after)
    return {account for account in solvers if now[account] > was[account]}


async def _following(
    reader: Reader, later: Round, after: Otherwise | None, longer: set[int]
) -> list[Following]:
    everyone = await recorded_solves(reader, later)
    everybodys = await entitled_to(reader, later, everyone, otherwise=after)
    held = await members_of(reader, longer & everybodys.keys())
    booked = await read_booked(reader, later.id, held)
    theirs = {solve.account: solve for solve in everyone if solve.account in held}
    changes = [
        change(
            account,
            "kept",
            solve,
            everybodys[account],
            booked.get(account, Booked()),
            lower=False,
        )
        for account, solve in sorted(theirs.items())
    ]
    paid = tuple(one for one in changes if one.points)
    if not paid:
        return []
    entitled = {one.account: everybodys[one.account] for one in paid}
    return [
        Following(
            later,
            [theirs[one.account] for one in paid],
            entitled,
            booked,
            Changes(later.id, paid),
        )
    ]
