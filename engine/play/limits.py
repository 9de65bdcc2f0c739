"""How often a member may try: the pause, the growing delay, the free near misses.

The limits keep guessing from paying without punishing thinking. They are pure: moments of
earlier tries go in, the millisecond from which one may try again comes out.
"""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

MINUTE_MS = 60_000


class Limits(BaseModel):
    """The `[submissions]` table."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pause_seconds: int = Field(default=5, ge=0, description="Least time between two tries.")
    free_misses: int = Field(
        default=3, ge=0, description="Near misses per member and riddle that count as no try."
    )
    longest_wait_minutes: int = Field(
        default=30, ge=0, description="The most that wrong answers can make a member wait."
    )
    most_tries: int | None = Field(
        default=None, ge=1, description="Counted tries per member and riddle; unset: no limit."
    )
    account_age_days: int = Field(
        default=0, ge=0, description="Least age of the Discord account; 0: none."
    )
    membership_age_days: int = Field(
        default=0, ge=0, description="Least time in the server; 0: none."
    )


def free_at_ms(limits: Limits, tries_ms: Sequence[int], wrong_ms: Sequence[int]) -> int:
    """The millisecond from which the next try is allowed.

    `tries_ms` are the moments of all judged tries, `wrong_ms` of those that counted as wrong;
    both oldest first, and the latter among the former. The i-th most recent wrong answer (the
    newest has i = 0) blocks for i²/1.5 minutes from its own moment, so the wait grows with
    guessing and fades with time.

    >>> free_at_ms(Limits(), [0], [0])
    5000
    >>> wrong = [0, 10_000, 20_000, 30_000]
    >>> free_at_ms(Limits(), wrong, wrong)   # three minutes squared over 1.5, from the oldest
    360000
    """
    free = tries_ms[-1] + limits.pause_seconds * 1000 if tries_ms else 0
    if len(wrong_ms) < 2:  # noqa: PLR2004 - the newest alone blocks for no time
        return free
    cap = limits.longest_wait_minutes * MINUTE_MS
    for i, at in enumerate(reversed(wrong_ms)):
        free = max(free, at + min(i * i * MINUTE_MS * 2 // 3, cap))
    return free
