"""Rescoring: what a round has paid, held against what its solves are worth now."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from engine.books.ledger import write_note
from engine.play import solves
from engine.play.rounds import Round
from engine.play.settlement import following
from engine.play.settlement.bookings import Booked, Mode, read_booked
from engine.play.settlement.changes import Change, Changes, Fate, change
from engine.play.settlement.following import Following
from engine.play.settlement.reckoning import book, entitled_to, members_of
from engine.play.solves import Solve, recorded_solves
from engine.scoring import Entitlement
from engine.storage.database import Reader, Transaction


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
    While a sealed round is not settled it has no solves, and nothing happens. Whose streak is
    longer by it is paid the difference in the rounds since then; no shorter one is taken back.
    `batch` names this booking: asked again under the same name, what was made is made.

    Raises:
        KeyReused: under this name something else was booked for one of these members.
    """
    plan = await _plan(tx, round_, lower=lower, standing=standing)
    await solves.write(tx, round_, plan.of("new"), plan.entitled)
    await solves.write(tx, round_, plan.of("moved"), plan.entitled, replacing=True)
    await solves.remove(tx, round_, [solve.account for solve in plan.of("ceased")])
    pays = any(one.points for one in plan.changes.everywhere)
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
    for each in plan.following:
        await following.book(tx, each, replace(mode, lower=False))
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
    following: Sequence[Following] = ()
    """Rounds since then in which a streak grows."""

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
    if round_.sealed and not round_.is_settled and round_.voided_at is None:
        return _Plan({}, {}, {}, Changes(round_.id, ()))
    recorded = {solve.account: solve for solve in await recorded_solves(reader, round_)}
    fates = _fates(recorded, recorded.values() if standing is None else standing, lower=lower)
    stands = [solve for solve, fate in fates.values() if fate != "ceased"]
    entitled = await entitled_to(reader, round_, stands)
    booked = await read_booked(reader, round_.id)
    held = await members_of(reader, {*fates, *booked})
    changes = (
        change(
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
    later = await following.grown(reader, round_, _counted(recorded, fates))
    told = Changes(round_.id, tuple(changed), tuple(each.changes for each in later))
    return _Plan(fates, entitled, booked, told, later)


def _counted(recorded: Mapping[int, Solve], fates: Fates) -> dict[int, bool]:
    """By account, whether it solves the round for its streak; only where that changes."""
    after = {account: fate != "ceased" and solve.ranked for account, (solve, fate) in fates.items()}
    return {
        account: counts
        for account, counts in after.items()
        if counts != (account in recorded and recorded[account].ranked)
    }


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


def _matters(change: Change) -> bool:
    return bool(
        change.fate != "kept"
        or change.points
        or change.spared
        or change.place != change.place_before
    )
