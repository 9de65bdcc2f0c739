"""What judging says of an answer: one outcome, and the named step that decided it."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

Reason = Literal["empty", "too_long", "several"]


class Outcome(StrEnum):
    """What becomes of a submission."""

    ACCEPT = "accept"
    CLOSE = "close"
    REJECT = "reject"
    INVALID = "invalid"
    REPEAT = "repeat"
    """Never returned by `judge`: only who keeps a member's earlier answers can tell."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """An outcome with its explanation. Only `outcome`, `reason` and `say` are for members."""

    outcome: Outcome
    rule: str
    """The deciding step, by a name that never changes once it is stored; see `rules`."""
    entry: str | None
    """The author's entry that matched, as it was written."""
    normal: str
    """The answer's normal form: two answers with the same one are the same try."""
    reason: Reason | None = None
    """Why nothing was judged; only with the outcome `invalid`."""
    say: Mapping[str, str] | None = None
    """The author's message by language; only where a `near` entry matched."""
