"""What a solve is paid by: the `[scoring]` table, frozen into a round when it opens.

A policy is data with a name and a version. The version belongs to the formula: whoever changes
a formula gives it a new version and keeps the old one, so that a round keeps its promise.
"""

from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from engine.durations import parse_duration
from engine.errors import Misread

POINTS_MAX = 1_000_000
PLACES_MAX = 100
A_WEEK_S = 7 * 24 * 3600

Points = Annotated[int, Field(ge=1, le=POINTS_MAX)]


def _seconds(value: object) -> object:
    if not isinstance(value, str):
        return value  # Seconds, as the frozen copy has them.
    try:
        seconds = int(parse_duration(value).total_seconds())
    except Misread as error:
        raise PydanticCustomError("written", "{says}", {"says": error}) from None
    if seconds > A_WEEK_S:
        raise PydanticCustomError("written", "this is longer than a week, as no round is")
    return seconds


Seconds = Annotated[
    int,
    BeforeValidator(_seconds),
    Field(ge=0, le=A_WEEK_S),
    WithJsonSchema({"type": ["string", "integer"], "examples": ["10min", "1h"]}),
]
"""A length of time, written as text or as a number of seconds."""


class Streak(BaseModel):
    """A bonus for solving riddle after riddle. Rounds count, so a skipped week breaks nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    bonus: Points = Field(description="Points for each riddle of a row after its first.")
    cap: Points = Field(description="The most that a row pays for one riddle.")
    forgiven: int = Field(
        default=1, ge=0, le=52, description="Riddles one may miss without breaking the row."
    )

    @property
    def reach(self) -> int:
        """How many earlier rounds can matter: no longer row pays more."""
        return -(-self.cap // self.bonus) + self.forgiven


class Scoring(BaseModel):
    """How solves are rewarded: the `[scoring]` table."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    policy: Literal["fixed", "time", "solves"] = Field(
        default="fixed",
        description="fixed: everyone who solves gets the riddle's value. "
        "time: the value falls from the opening to the closing. "
        "solves: the value falls with the number of members who solve.",
    )
    version: Literal[1] = Field(default=1, description="Version of the policy's formula.")
    minimum: Points | None = Field(
        default=None, description="time, solves: below this the value does not fall."
    )
    grace: Seconds | None = Field(
        default=None,
        description="time: so long after the opening the value stays whole; unset: not at all.",
    )
    curve: Literal["linear", "parabolic"] | None = Field(
        default=None, description="solves: how the value falls; parabolic: slowly at first."
    )
    decay: int | None = Field(
        default=None,
        ge=1,
        le=POINTS_MAX,
        description="solves: linear: points lost with each further solver. "
        "parabolic: further solvers until the minimum is reached.",
    )
    podium: tuple[Points, ...] = Field(
        default=(),
        max_length=PLACES_MAX,
        description="Bonus of the first, second, … place; equal moments share a place.",
    )
    podium_grace: Seconds | None = Field(
        default=None,
        description="All who solve so soon after the opening are first; unset: not at all.",
    )
    streak: Streak | None = Field(default=None, description=Streak.__doc__)

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        for name in ("minimum", "grace", "curve", "decay"):
            if getattr(self, name) is not None and name not in _OF[self.policy]:
                says = _BELONGS[name]
                raise _misplaced(Misread(says, policy=self.policy), name)
        missing = [name for name in _NEEDED[self.policy] if getattr(self, name) is None]
        if missing:
            says = Misread(
                '"{policy}" needs {missing} as well', policy=self.policy, missing=", ".join(missing)
            )
            raise _misplaced(says, "policy")
        if list(self.podium) != sorted(self.podium, reverse=True):
            raise _misplaced(Misread("a place cannot earn more than the place before it"), "podium")
        if self.podium_grace is not None and not self.podium:
            says = Misread("without a podium there is nothing to be first for")
            raise _misplaced(says, "podium_grace")
        return self

    @property
    def depends_on_others(self) -> bool:
        """Whether a part of what a solve earns is settled only once the round is closed."""
        return self.policy == "solves" or bool(self.podium)


_OF = {"fixed": (), "time": ("minimum", "grace"), "solves": ("minimum", "curve", "decay")}
_NEEDED = {"fixed": (), "time": ("minimum",), "solves": ("minimum", "curve", "decay")}
"""Which parameters a policy has, and which it cannot do without."""
_BELONGS = {
    "minimum": 'this belongs to "time" and "solves", and policy is "{policy}"',
    "grace": 'this belongs to "time", and policy is "{policy}"',
    "curve": 'this belongs to "solves", and policy is "{policy}"',
    "decay": 'this belongs to "solves", and policy is "{policy}"',
}


def _misplaced(says: Misread, key: str) -> PydanticCustomError:
    """An error that belongs to one key of the table; who reads files finds its line."""
    return PydanticCustomError("misplaced", "{says}", {"says": says, "at": (key,)})
