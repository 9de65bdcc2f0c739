"""Bookings: what a round has paid a member so far, and the transfers still missing.

What counts are the round's own transfers, told by their keys. What staff adjusted or reversed
by hand is left out of what was booked, so that no rescore repays it; and it is known to be gone,
so that nothing is taken back twice.
"""

import json
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import NamedTuple

from engine.books.ledger import HOUSE, Kind, Transfer, post_all
from engine.errors import EngineError
from engine.play.solves import Solve
from engine.scoring import Entitlement
from engine.storage.database import Reader, Transaction

OWN = ("solve", "decay", "podium", "streak", "rescore")
"""What the keys of a round's own transfers begin with."""
AT_ONCE = 1000
"""Transfers made without letting others have the event loop."""


class Portion(NamedTuple):
    """What one transfer pays of an entitlement."""

    name: str
    """How its key begins."""
    kind: Kind
    points: int


@dataclass(slots=True)
class Credit:
    """A transfer that paid a member for a round."""

    id: int
    key: str
    counts_at: int
    left: int
    """Points of it that nobody has taken back."""


@dataclass(slots=True)
class Booked:
    """What a round has paid one member."""

    points: int = 0
    """By the round's own transfers."""
    credits: list[Credit] = field(default_factory=list[Credit])
    """Oldest first."""

    @property
    def held(self) -> int:
        """What is left of it after everything that was taken back, by whomever."""
        return sum(credit.left for credit in self.credits)

    @property
    def parts(self) -> set[str]:
        """Which parts have a transfer of their own."""
        return {credit.key.split(":")[0] for credit in self.credits}


@dataclass(frozen=True, slots=True)
class Mode:
    """How differences are booked, and in whose name."""

    booked_at: int
    _: KW_ONLY
    tag: str = ""
    """What tells this booking's corrections from those of another; empty for a late answer's."""
    in_parts: bool = True
    """Whether a part that was never booked is paid as what it is, or all of it as an adjustment."""
    lower: bool = False
    """Whether what somebody has beyond what they are entitled to is taken back."""
    batch: str | None = None
    actor: int | None = None
    note: bytes | None = None


def is_own(key: str) -> bool:
    """Whether a transfer of a round was made by the rules, and not by somebody's hand."""
    return key.split(":", maxsplit=1)[0] in OWN


async def read_booked(
    reader: Reader, round_id: int, accounts: Collection[int] | None = None
) -> dict[int, Booked]:
    """What the round has paid by account: everybody, or the holders of `accounts`."""
    found: dict[int, Booked] = {}
    by_id: dict[int, tuple[Booked, Credit]] = {}
    for row in await reader.all(
        """
        SELECT id, key, target, points, counts_at FROM transfers
        -- The + keeps SQLite from going through all that the house ever gave.
        WHERE round = ?1 AND +source = ?2
          AND (?3 IS NULL OR target IN (SELECT value FROM json_each(?3)))
        ORDER BY id
        """,
        (round_id, HOUSE, None if accounts is None else json.dumps(list(accounts))),
    ):
        if is_own(row["key"]):
            booked = found.setdefault(row["target"], Booked())
            credit = Credit(row["id"], row["key"], row["counts_at"], row["points"])
            booked.points += row["points"]
            booked.credits.append(credit)
            by_id[credit.id] = booked, credit
    for row in await reader.all(
        """
        SELECT taken.corrects, taken.key, taken.points FROM transfers AS paid
        JOIN transfers AS taken ON taken.corrects = paid.id AND taken.kind = 'reversal'
        WHERE paid.round = ?
        """,
        (round_id,),
    ):
        if row["corrects"] in by_id:
            booked, credit = by_id[row["corrects"]]
            credit.left -= row["points"]
            booked.points -= row["points"] * row["key"].startswith("rescore:")
    return found


async def pay(tx: Transaction, transfers: Sequence[Transfer]) -> None:
    """Make transfers from the house.

    Raises:
        KeyReused: one stands for something else already.
    """
    for start in range(0, len(transfers), AT_ONCE):
        for result in await post_all(tx, transfers[start : start + AT_ONCE]):
            if isinstance(result, EngineError):
                raise result


def missing(
    round_id: int, solve: Solve, entitled: Entitlement, booked: Booked, mode: Mode
) -> Iterator[Transfer]:
    """What is still to be paid of `entitled`: parts that never were, then the difference."""
    rest = entitled.total - booked.points
    if rest > 0 and mode.in_parts:
        due: list[Portion] = []
        for portion in portions(entitled):
            if rest > 0 and portion.name not in booked.parts:
                due.append(portion._replace(points=min(portion.points, rest)))
                rest -= due[-1].points
        yield from parts(round_id, solve, due, mode)
    if rest > 0:
        tag = mode.tag or f"late-{solve.submission}"
        yield _transfer(
            round_id,
            solve,
            mode,
            key=f"rescore:{tag}:{round_id}:{solve.account}",
            kind=Kind.ADJUSTMENT,
            points=rest,
            corrects=booked.credits[0].id if booked.credits else None,
        )


def excess(
    round_id: int, account: int, entitled: Entitlement | None, booked: Booked, mode: Mode
) -> Iterator[Transfer]:
    """What is to be taken back, the newest credit first; each reversal names its credit."""
    rest = booked.held - (entitled.total if entitled else 0)
    for credit in reversed(booked.credits):
        points = min(rest, credit.left)
        if points <= 0:
            continue
        rest -= points
        yield Transfer(
            key=f"rescore:{mode.tag}:{round_id}:{account}:{credit.id}",
            kind=Kind.REVERSAL,
            source=account,
            target=HOUSE,
            points=points,
            booked_at=mode.booked_at,
            counts_at=credit.counts_at,
            round=round_id,
            corrects=credit.id,
            batch=mode.batch,
            actor=mode.actor,
            note=mode.note,
        )


def parts(round_id: int, solve: Solve, due: Iterable[Portion], mode: Mode) -> Iterator[Transfer]:
    """The transfers that pay an entitlement portion by portion."""
    for name, kind, points in due:
        key = f"{name}:{round_id}:{solve.account}"
        yield _transfer(round_id, solve, mode, key=key, kind=kind, points=points)


def portions(entitled: Entitlement) -> list[Portion]:
    """What an entitlement is paid in; there is none of what is nothing."""
    found = (
        Portion("solve", Kind.AWARD, entitled.sure),
        Portion("decay", Kind.AWARD, entitled.award - entitled.sure),
        Portion("podium", Kind.BONUS, entitled.podium),
        Portion("streak", Kind.BONUS, entitled.streak),
    )
    return [portion for portion in found if portion.points > 0]


def _transfer(
    round_id: int,
    solve: Solve,
    mode: Mode,
    *,
    key: str,
    kind: Kind,
    points: int,
    corrects: int | None = None,
) -> Transfer:
    return Transfer(
        key=key,
        kind=kind,
        source=HOUSE,
        target=solve.account,
        points=points,
        booked_at=mode.booked_at,
        counts_at=solve.at,
        round=round_id,
        submission=solve.submission,
        server=solve.server,
        circle=solve.circle,
        corrects=corrects,
        batch=mode.batch,
        actor=mode.actor,
        note=mode.note,
    )
