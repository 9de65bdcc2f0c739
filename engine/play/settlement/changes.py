"""Changes: what counting a round again means for each member, told before anything is booked."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from engine.play.settlement.bookings import Booked
from engine.play.solves import Solve
from engine.scoring import Entitlement

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
    later: tuple["Changes", ...] = ()
    """What it means in rounds since then, by whose streak the round counts or does not."""

    @property
    def everywhere(self) -> Iterator[Change]:
        """In the round itself, and in those since then."""
        for changes in (self, *self.later):
            yield from changes.members

    @property
    def growing(self) -> set[int]:
        """Whose streak grows, and is paid more in a round since then."""
        return {one.account for changes in self.later for one in changes.gaining}

    @property
    def paid(self) -> int:
        """All that is paid, here and in rounds since then."""
        return sum(one.points for one in self.everywhere if one.points > 0)

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


def change(
    account: int,
    fate: Fate,
    before: Solve | None,
    entitled: Entitlement | None,
    booked: Booked,
    *,
    lower: bool,
) -> Change:
    """What a member's solve, worth `entitled` now, means beside what was `booked` for it."""
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
