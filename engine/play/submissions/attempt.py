"""A try as the interaction shows it, and what to tell the member."""

from collections.abc import Mapping
from enum import StrEnum

from engine.people.members import Person
from engine.records import record
from engine.scoring import Entitlement


@record
class Attempt:
    """What a member sent, as the interaction shows it. Moments are milliseconds UTC."""

    interaction: int
    person: Person
    lang: str
    text: str
    at: int
    """The millisecond in the interaction's id: when Discord had it, not when we got to it."""
    received_at: int
    """When it was handed in, by our own clock; books are dated with it."""
    round: int | None = None
    """The round whose button was pressed; None: the one that was newest at that moment."""
    account_created_at: int = 0
    joined_at: int | None = None
    """When the member joined the server; None where Discord does not say."""


class Told(StrEnum):
    """What became of a try."""

    ACCEPT = "accept"
    CLOSE = "close"
    REJECT = "reject"
    INVALID = "invalid"
    REPEAT = "repeat"
    WAITING = "waiting"
    """A try before the pause was over; not judged."""
    SOLVED = "solved"
    """The member had solved it; not judged."""
    LATE = "late"
    """After the closing and before the reveal; not judged."""
    SPENT = "spent"
    """No tries left; not judged."""
    YOUNG = "young"
    """The account or the membership is too young; not judged."""
    NO_ROUND = "no_round"
    """There is no riddle to answer; not stored either."""


@record
class Reply:
    """What to tell the member."""

    told: Told
    round: int | None = None
    reason: str | None = None
    """Why an answer is invalid."""
    say: Mapping[str, str] | None = None
    """The author's words for a near answer, by language."""
    earned: Entitlement | None = None
    """What the solve is worth, as far as it is sure; None when it earns nothing, or is no solve."""
    podium: tuple[int, ...] = ()
    """Bonuses of the first places, where they are still to be given to this and other solves."""
    practice: bool = False
    sealed: bool = False
    """The verdict is told at the reveal: all the member hears is that it was received."""
    replaced: bool = False
    """The answer is right, and a later one of the member's stands in its place."""
    free_at: int | None = None
    """From when the next try is possible, where that lies ahead."""
