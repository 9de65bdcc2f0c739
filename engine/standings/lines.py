"""What a board says: its lines, and where one member stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a board."""

    rank: int
    account: int
    name: str
    points: int


@dataclass(frozen=True, slots=True)
class Own:
    """Where one member stands."""

    points: int
    rank: int | None
    """None for somebody without points."""
    members: int
    """How many are on the board."""
    place: int | None = None
    """Which line of the board is theirs, counted from 1; None where they are not on it."""
