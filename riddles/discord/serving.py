"""Serving: one way from an interaction to its answer, whatever was typed or pressed.

The work runs and its result is delivered; whoever waits longer than Discord does is told that an
answer is coming. A shutdown waits for those that are being answered.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import hikari

from riddles.discord.caller import Caller, Interaction
from riddles.discord.replies import Answer, announce, deliver, deliver_late, explained
from riddles.show import Show

log = logging.getLogger(__name__)

PATIENCE_S = 2.0
"""Work that takes longer, as where a large round is being settled, is announced."""

Work = Callable[[Show, Caller], Awaitable[Answer]]


@dataclass(slots=True)
class Counter:
    """How many interactions are being answered; a shutdown waits for them."""

    open: int = 0
    none_open: asyncio.Event = field(default_factory=asyncio.Event)

    def enter(self) -> None:
        """One more."""
        self.open += 1
        self.none_open.clear()

    def leave(self) -> None:
        """One fewer."""
        self.open -= 1
        if not self.open:
            self.none_open.set()

    async def drained(self, seconds: float) -> bool:
        """Wait until none is open, at most so long; whether that came about."""
        if not self.open:
            return True
        try:
            await asyncio.wait_for(self.none_open.wait(), seconds)
        except TimeoutError:
            return False
        return True


async def serve(show: Show, counter: Counter, interaction: Interaction, work: Work) -> None:
    """Answer one interaction with what `work` says."""
    counter.enter()
    patience = _Patience(interaction)
    try:
        try:
            answer = await work(show, Caller.of(show, interaction))
        except Exception as error:  # noqa: BLE001 - whoever asked is owed an answer, whatever it was
            answer = explained(show, interaction, error)
        if await patience.was_lost():
            await deliver_late(show, interaction, answer)
        else:
            await deliver(show, interaction, answer)
    except hikari.HTTPError as error:
        log.warning("an answer could not be delivered: %s", type(error).__name__)
    finally:
        patience.end()
        counter.leave()


class _Patience:
    """Announces an answer that does not come soon enough: "is thinking …".

    What is announced is a message of its own: one whose button was pressed stays as it is.
    """

    def __init__(self, interaction: Interaction) -> None:
        self._interaction = interaction
        self._announcing: asyncio.Task[bool] | None = None
        self._timer = asyncio.get_running_loop().call_later(PATIENCE_S, self._lose)

    async def was_lost(self) -> bool:
        """Whether the answer was announced; from here on it is not."""
        self.end()
        return self._announcing is not None and await self._announcing

    def end(self) -> None:
        """Announce nothing that was not announced."""
        self._timer.cancel()

    def _lose(self) -> None:
        self._announcing = asyncio.create_task(announce(self._interaction))
