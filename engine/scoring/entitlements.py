"""What a solver is entitled to: pure, part by part, with the inputs that explain each part.

`promise` says what is sure the moment a member solves; `entitlements` what everybody has once
the round is closed and all solves are known. No part of a promise is ever taken back by it.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from decimal import Decimal
from operator import attrgetter
from typing import Any

from engine.records import record
from engine.scoring.formulas import (
    at_time,
    by_solvers,
    hint_price,
    less_hints,
    of_place,
    of_row,
    places,
)
from engine.scoring.policy import Scoring


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a round promised when it opened. Moments are milliseconds UTC."""

    scoring: Scoring
    value: int
    hint_cost: Decimal
    opens_at: int
    closes_at: int
    """As planned at the opening: closing early or late changes no price."""


@record
class Solver:
    """A member who solved, with everything of theirs that decides what it earns."""

    account: int
    at: int
    """The millisecond of the solve, not before the opening."""
    ranked: bool = True
    hints: int = 0
    """Hints taken before they were free, and before the solve."""
    run: int = 1
    """Rounds solved in a row, this one included; where streaks are paid."""


@record
class Entitlement:
    """What a solve is worth: award, podium, streak, and how each came about."""

    value: int
    """The riddle's value."""
    base: int
    """What the policy makes of the value, before hints."""
    hints: int = 0
    hint_cost: int = 0
    """Points per hint."""
    award: int
    """The base less the hints, at least a point."""
    sure: int
    """The part of the award that was sure at solving."""
    solvers: int | None = None
    """Ranked solvers the base was reckoned with, where it depends on them."""
    place: int | None = None
    """Among ranked solvers; None until the round is settled."""
    podium: int = 0
    run: int = 1
    """Rounds solved in a row, this one included; where streaks are paid."""
    streak: int = 0
    settled: bool = False
    """Whether the parts that depend on others are in it."""
    policy: str = "fixed"
    version: int = 1

    @property
    def total(self) -> int:
        """All points of the solve."""
        return self.award + self.podium + self.streak

    @property
    def most(self) -> int:
        """The most that the award can still become."""
        if self.settled or self.policy != "solves":
            return self.award
        return less_hints(self.value, self.hints, self.hint_cost)

    def to_json(self) -> str:
        """As the books keep it."""
        return json.dumps(dict(zip(_NAMES, _parts(self), strict=True)))

    @classmethod
    def from_json(cls, text: str) -> "Entitlement":
        """Read what the books keep; the first version kept only what a fixed award needs."""
        kept: dict[str, Any] = json.loads(text)
        if "points" in kept:
            points = kept.pop("points")
            kept |= {"base": kept["value"], "award": points, "sure": points}
        return cls(**kept)


_NAMES = tuple(part.name for part in fields(Entitlement))
_parts = attrgetter(*_NAMES)


def promise(terms: Terms, solver: Solver) -> Entitlement:
    """What is sure the moment a ranked member solves, whatever others do."""
    scoring = terms.scoring
    price = hint_price(terms.value, terms.hint_cost)
    base = _base(terms, solver.at)
    award = less_hints(base, solver.hints, price)
    streak = scoring.streak
    return Entitlement(
        value=terms.value,
        base=base,
        hints=solver.hints,
        hint_cost=price,
        award=award,
        sure=award,
        run=solver.run,
        streak=of_row(solver.run, bonus=streak.bonus, cap=streak.cap) if streak else 0,
        policy=scoring.policy,
        version=scoring.version,
    )


def promises(terms: Terms, solvers: Iterable[Solver]) -> dict[int, Entitlement]:
    """What is sure for each ranked solver, by account.

    Who is promised the same shares one object: in a burst that is nearly everybody.
    """
    made: dict[tuple[int, int, int], Entitlement] = {}
    found: dict[int, Entitlement] = {}
    for solver in solvers:
        if solver.ranked:
            alike = _base(terms, solver.at), solver.hints, solver.run
            if alike not in made:
                made[alike] = promise(terms, solver)
            found[solver.account] = made[alike]
    return found


def entitlements(terms: Terms, solvers: Iterable[Solver]) -> dict[int, Entitlement]:
    """What each ranked solver of a closed round is entitled to, by account.

    The order of `solvers` does not matter, only their moments do.
    """
    ranked = [solver for solver in solvers if solver.ranked]
    place_at = places(_podium_moment(terms, solver.at) for solver in ranked)
    promised = promises(terms, ranked)
    full = {id(sure): _in_full(terms, sure, len(ranked)) for sure in _each_once(promised.values())}
    found: dict[int, Entitlement] = {}
    for solver in ranked:
        place = place_at[_podium_moment(terms, solver.at)]
        found[solver.account] = replace(
            full[id(promised[solver.account])],
            place=place,
            podium=of_place(terms.scoring.podium, place),
        )
    return found


def _each_once(entitled: Iterable[Entitlement]) -> Iterable[Entitlement]:
    return {id(one): one for one in entitled}.values()


def _in_full(terms: Terms, sure: Entitlement, solvers: int) -> Entitlement:
    """What becomes of a promise once all solves are known, but for the place."""
    scoring = terms.scoring
    if scoring.policy != "solves" or not (scoring.minimum and scoring.decay and scoring.curve):
        return replace(sure, settled=True)
    base = by_solvers(
        terms.value, scoring.minimum, solvers=solvers, decay=scoring.decay, curve=scoring.curve
    )
    award = less_hints(base, sure.hints, sure.hint_cost)
    return replace(sure, base=base, award=award, solvers=solvers, settled=True)


def _base(terms: Terms, at: int) -> int:
    """The value at a moment, as far as it is sure then."""
    scoring = terms.scoring
    least = min(scoring.minimum or terms.value, terms.value)
    match scoring.policy:
        case "fixed":
            return terms.value
        case "time":
            return at_time(
                terms.value,
                least,
                at=at,
                whole_until=terms.opens_at + 1000 * (scoring.grace or 0),
                ends_at=terms.closes_at,
            )
        case "solves":
            return least


def _podium_moment(terms: Terms, at: int) -> int:
    """The moment a place is given for: within the grace everybody came at its end."""
    return max(at, terms.opens_at + 1000 * (terms.scoring.podium_grace or 0))
