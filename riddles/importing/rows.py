"""What a reader hands over: rows of points, and whatever kept a line from being one."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

OLDEST_MEMBER = 10**16
"""Ids are moments; before this one there was no Discord."""

POINTS_MAX = 10**12
DIGITS_MAX = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Points of one member, as the other side counted them."""

    place: int
    """Line of the file, or number of the item; from 1."""
    member: int
    """Discord's user id."""
    points: Decimal
    key: str
    """What tells this row from others of the same member, today and in a later export."""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a line brings no points."""

    place: int
    message: str


Found = Iterator[Row | Trouble]

TOTAL = "total"
"""The key of a row that holds all points of a member."""


class Unreadable(Exception):  # noqa: N818 - a sentence about a value, caught where lines are counted
    """What is wrong with a value, and what to write instead."""


def member_of(value: Any) -> int:  # noqa: ANN401 - whatever stands in somebody's file
    """The Discord id that a value tells.

    Raises:
        Unreadable: it tells none.
    """
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise Unreadable(f"{_shown(value)} is not a Discord id: write its digits, in quotes")
    text = str(value).strip().removeprefix("<@").removeprefix("!").removesuffix(">")
    if re.fullmatch(r"\d([.,]\d+)?[eE]\+?\d+", text):
        raise Unreadable(
            f"{text} was a Discord id until a spreadsheet rounded it: "
            "import that column as text, not as numbers"
        )
    if not re.fullmatch(r"[0-9]{1,20}", text):
        raise Unreadable(f"{_shown(text)} is not a Discord id: it has 17 to 19 digits")
    if not OLDEST_MEMBER <= int(text) < 2**63:
        raise Unreadable(f"{text} is not a Discord id: it has 17 to 19 digits")
    return int(text)


def points_of(value: Any) -> Decimal:  # noqa: ANN401 - as above
    """The points that a value tells, whole or with a decimal point.

    Raises:
        Unreadable: it is no number, below zero, or larger than any score.
    """
    if isinstance(value, bool) or not isinstance(value, int | str | Decimal):
        raise Unreadable(f"{_shown(value)} is not a number of points")
    text = str(value).strip()
    if len(text) > DIGITS_MAX or not re.fullmatch(r"[+-]?[0-9]+(\.[0-9]+)?", text):
        raise Unreadable(
            f"{_shown(text)} is not a number of points: write digits, like 120 or 12.5"
        )
    points = Decimal(text)
    if points < 0:
        raise Unreadable(f"{text} is below zero: nobody starts with a debt, so leave the line out")
    if points > POINTS_MAX:
        raise Unreadable(f"{text} points are more than {POINTS_MAX}, the most that a row may bring")
    return points


def _shown(value: object) -> str:
    text = value if isinstance(value, str) else repr(value)
    return f'"{text[:30]}…"' if len(text) > DIGITS_MAX else f'"{text}"'
