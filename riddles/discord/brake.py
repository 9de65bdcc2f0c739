"""The brake: keeps a bot that is refused again and again from being banned for it.

Discord bans an address for ten thousand refusals (401, 403, 429) within ten minutes. Each post
by itself asks ever more seldom; the brake stops all of them long before that number. It counts in
real time, whatever the show's clock says.
"""

from collections import deque

import hikari

WINDOW_S = 600.0
MOST_REFUSALS = 1_000
"""A tenth of what Discord bans for: commands and buttons of the same bot are refused too."""
TOKEN_PAUSE_S = 300.0
"""Without a valid token every request is refused: ask once in a while whether it is back."""


class Brake:
    """Counts refusals; says how long to send nothing at all."""

    def __init__(self) -> None:
        self._refused_at: deque[float] = deque()
        self._until = 0.0

    def note(self, error: Exception, now: float) -> None:
        """An attempt at `now` (seconds of a clock that only goes forward) ended like that."""
        match error:
            case hikari.UnauthorizedError():
                self._until = max(self._until, now + TOKEN_PAUSE_S)
            case hikari.ForbiddenError() | hikari.RateLimitTooLongError():
                self._refused_at.append(now)
            case _:
                return
        while self._refused_at and self._refused_at[0] <= now - WINDOW_S:
            self._refused_at.popleft()
        if len(self._refused_at) >= MOST_REFUSALS:
            self._until = max(self._until, self._refused_at[0] + WINDOW_S)

    def pause(self, now: float) -> float:
        """For how many seconds nothing may be sent; 0 if anything may."""
        return max(self._until - now, 0.0)
