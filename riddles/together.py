"""What the scheduler wakes: several parts of the show, none of which can hold up another."""

import logging
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

log = logging.getLogger(__name__)


class Part(Protocol):
    """A part of the show that has moments of its own."""

    async def tick(self) -> None:
        """Do whatever is due and not done."""
        ...

    async def next_moment(self) -> tuple[str, datetime] | None:
        """The next thing that will be due after now, and when."""
        ...


class Together:
    """Several parts as one."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts

    async def tick(self) -> None:
        """Do whatever is due in each part; what fails in one is tried again at the next look."""
        for part in self._parts:
            try:
                await part.tick()
            except Exception:
                log.exception("%s failed; it is tried again soon", type(part).__name__)

    async def next_moment(self) -> tuple[str, datetime] | None:
        """The next thing that will be due in any part, and when."""
        moments = [await part.next_moment() for part in self._parts]
        found = [moment for moment in moments if moment is not None]
        return min(found, key=lambda moment: moment[1], default=None)
