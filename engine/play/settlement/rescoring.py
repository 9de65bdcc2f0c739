"""Rescoring: what a round has paid, held against what its solves are worth now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from engine.books.ledger import write_note
from engine.play import solves
from engine.play.rounds import Round
from engine.play.settlement.bookings import Booked, Mode, read_booked
from engine.play.settlement.reckoning import book, entitled_to, members_of
from engine.play.solves import Solve, recorded_solves
from engine.scoring import Entitlement
from engine.storage.database import Reader, Transaction

Fate = Literal["kept", "new", "moved", "ceased"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What a rescore means for one member."""

    account: int
    fate: Fate
    """Whether the member's solve stays, is new, becomes an earlier answer, or is none any more."""
    booked: int
    """What the round has paid so far."""
    entitled: int
    """What the member is entitled to now."""
    points: int
    """What is booked: above zero paid, below zero taken back, zero where nothing moves."""
    spared: int
    """What the member has beyond that, and keeps."""
    place_before: int | None
    place: int | None
    """Among ranked solvers, once the round is settled."""
    podium_before: int
    podium: int
    """The bonus of the place."""


@dataclass(frozen=True, slots=True)
class Changes:
    """What a rescore means: only members for whom something changes."""

    round: int
    members: tuple[Change, ...]

    @property
    def new_solvers(self) -> list[Change]:
        """Who solves now and did not before."""
        return [one for one in self.members if one.fate == "new"]

    @property
    def no_solvers(self) -> list[Change]:
        """Who does not solve any more."""
        return [one for one in self.members if one.fate == "ceased"]

    @property
    def gaining(self) -> list[Change]:
        """Who is paid."""
        return [one for one in self.members if one.points > 0]

    @property
    def losing(self) -> list[Change]:
        """Who has something taken back."""
        return [one for one in self.members if one.points < 0]

    @property
    def spared(self) -> list[Change]:
        """Who has more than they are entitled to, and keeps it."""
        return [one for one in self.members if one.spared]

    @property
    def podium_moves(self) -> list[Change]:
        """Whose place on the podium changes, or who comes onto it or leaves it."""
        return [
            one
            for one in self.members
            if one.place != one.place_before and (one.podium or one.podium_before)
        ]


async def preview_rescore(
    reader: Reader,
    round_: Round,
    *,
    lower: bool = False,
    standing: Sequence[Solve] | None = None,
) -> Changes:
    """What `rescore` would mean, and nothing is moved."""
    return (await _plan(reader, round_, lower=lower, standing=standing)).changes


async def rescore(
    tx: Transaction,
    round_: Round,
    now_ms: int,
    *,
    batch: str,
    lower: bool = False,
    reason: str | None = None,
    actor: int | None = None,
    standing: Sequence[Solve] | None = None,
) -> Changes:
    """Book the difference between what members are entitled to and what the round has paid them.

    `standing` are the solves as they should be (`solves.standing_solves` after a ruling);
    without it, those that are recorded. Who is entitled to more gets an adjustment, dated with
    the solve. Who is entitled to less keeps it, unless `lower` asks for it back: then reversals
    take it, and solves that are none any more are forgotten. A voided round entitles nobody.
    While a sealed round is not settled it has no solves, and nothing happens.
    `batch` names this booking: asked again under the same name, what was made is made.

    Raises:
        KeyReused: under this name something else was booked for one of these members.
    """
    plan = await _plan(tx, round_, lower=lower, standing=standing)
    await solves.write(tx, round_, plan.of("new"), plan.entitled)
    await solves.write(tx, round_, plan.of("moved"), plan.entitled, replacing=True)
    await solves.remove(tx, round_, [solve.account for solve in plan.of("ceased")])
    pays = any(one.points for one in plan.changes.members)
    mode = Mode(
        now_ms,
        tag=batch,
        in_parts=False,
        lower=lower,
        batch=batch,
        actor=actor,
        note=await write_note(tx, reason) if reason and pays else None,
    )
    await book(tx, round_, plan.stands, mode, entitled=plan.entitled, booked=plan.booked)
    return plan.changes


Fates = Mapping[int, tuple[Solve, Fate]]
"""Each account's solve, and what becomes of it."""


@dataclass(frozen=True, slots=True)
class _Plan:
    """A rescore before it is booked."""

    fates: Fates
    entitled: Mapping[int, Entitlement]
    booked: Mapping[int, Booked]
    changes: Changes

    @property
    def stands(self) -> list[Solve]:
        """The solves as they are afterwards."""
        return [solve for solve, fate in self.fates.values() if fate != "ceased"]

    def of(self, wanted: Fate) -> list[Solve]:
        """The solves with that fate."""
        return [solve for solve, fate in self.fates.values() if fate == wanted]


async def _plan(
    reader: Reader, round_: Round, *, lower: bool, standing: Sequence[Solve] | None
) -> _Plan:
    if round_.sealed and not round_.is_settled:
        return _Plan({}, {}, {}, Changes(round_.id, ()))
    recorded = {solve.account: solve for solve in await recorded_solves(reader, round_)}
    fates = _fates(recorded, recorded.values() if standing is None else standing, lower=lower)
    stands = [solve for solve, fate in fates.values() if fate != "ceased"]
    entitled = await entitled_to(reader, round_, stands)
    booked = await read_booked(reader, round_.id)
    held = await members_of(reader, {*fates, *booked})
    changes = (
        _change(
            account,
            fates[account][1] if account in fates else "kept",
            recorded.get(account),
            entitled.get(account),
            booked.get(account, Booked()),
            lower=lower,
        )
        for account in held
    )
    changed = sorted((one for one in changes if _matters(one)), key=lambda one: one.account)
    return _Plan(fates, entitled, booked, Changes(round_.id, tuple(changed)))


def _fates(recorded: Mapping[int, Solve], standing: Iterable[Solve], *, lower: bool) -> Fates:
    """What becomes of each solve; for the worse only where `lower` allows it."""
    stands = {solve.account: solve for solve in standing}
    fates: dict[int, tuple[Solve, Fate]] = {}
    for account, before in recorded.items():
        after = stands.get(account)
        if after is None:
            fates[account] = (before, "ceased" if lower else "kept")
        elif after.submission != before.submission and (lower or after.order < before.order):
            fates[account] = (after, "moved")
        else:
            fates[account] = (before, "kept")
    for account, solve in stands.items():
        if account not in recorded:
            fates[account] = (solve, "new")
    return fates


def _change(
    account: int,
    fate: Fate,
    before: Solve | None,
    entitled: Entitlement | None,
    booked: Booked,
    *,
    lower: bool,
) -> Change:
    due = entitled.total if entitled else 0
    beyond = max(booked.held - due, 0)
    was = before.settled if before else None
    return Change(
        account=account,
        fate=fate,
        booked=booked.points,
        entitled=due,
        points=max(due - booked.points, 0) - (beyond if lower else 0),
        spared=0 if lower else beyond,
        place_before=was.place if was else None,
        place=entitled.place if entitled else None,
        podium_before=was.podium if was else 0,
        podium=entitled.podium if entitled else 0,
    )


def _matters(change: Change) -> bool:
    return bool(
        change.fate != "kept"
        or change.points
        or change.spared
        or change.place != change.place_before
    )
