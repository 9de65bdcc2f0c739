"""The lifeline: holds the bot on Discord's gateway for as long as the program runs.

The library resumes and reconnects by itself, without end, with pauses of a minute at most. But it
lets go of a connection that Discord closes with a code it takes for final, or on which it reads
nonsense, and it waits for ever for a greeting that does not come. Then everything is opened anew.
"""

import asyncio
import itertools
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import hikari

from riddles.clock import Clock
from riddles.discord.bot import FOR_GOOD, RiddleBot
from riddles.refusal import Refusal

log = logging.getLogger(__name__)

SILENT_S = 300.0
"""A connection that is down for so long may be waiting for something that never comes."""
LOOK_S = 5.0
PAUSES_S = (1.0, 5.0, 15.0, 60.0)
LONG_AWAY = timedelta(seconds=30)
"""After so long, what is owed is tried at once and not at the end of its pause."""


class Lifeline:
    """Watches one bot's connection."""

    def __init__(
        self,
        bot: RiddleBot,
        clock: Clock,
        is_back: Callable[[], Awaitable[None]],
        *,
        silent_s: float = SILENT_S,
    ) -> None:
        self._bot = bot
        self._clock = clock
        self._is_back = is_back
        self._silent_s = silent_s
        self._lost_at: datetime | None = None
        bot.subscribe(hikari.ShardDisconnectedEvent, self._disconnected)
        bot.subscribe(hikari.ShardConnectedEvent, self._connected)

    async def hold(self) -> None:
        """Keep the bot connected, until cancelled.

        Raises:
            Refusal: Discord closed the connection for good.
        """
        while True:
            why = await self._until_lost()
            log.warning("the connection to Discord is lost (%s); it is opened anew", why)
            for pause in itertools.chain(PAUSES_S, itertools.repeat(PAUSES_S[-1])):
                try:
                    await self._bot.reopen()
                except Refusal as refusal:
                    if self._bot.is_unwelcome:
                        raise
                    log.warning("%s; once more in %d seconds", refusal, pause)
                    await asyncio.sleep(pause)
                else:
                    break

    async def _until_lost(self) -> str:
        """Return why, once the library will not bring the connection back."""
        joined = asyncio.create_task(self._bot.join())
        silent = asyncio.create_task(self._until_silent())
        try:
            await asyncio.wait([joined, silent], return_when=asyncio.FIRST_COMPLETED)
            if not joined.done():
                return f"it has been down for {self._silent_s:.0f} seconds"
            error = joined.exception()
        finally:
            joined.cancel()
            silent.cancel()
            await asyncio.gather(joined, silent, return_exceptions=True)
        if isinstance(error, hikari.GatewayServerClosedConnectionError) and error.code in FOR_GOOD:
            raise Refusal("Discord closed the connection: {why}", why=error.reason) from error
        return "closed" if error is None else f"{type(error).__name__}: {error}"

    async def _until_silent(self) -> None:
        loop = asyncio.get_running_loop()
        heard_at = loop.time()
        while loop.time() - heard_at < self._silent_s:
            await asyncio.sleep(min(LOOK_S, self._silent_s / 4))
            if self._bot.is_connected:
                heard_at = loop.time()

    async def _disconnected(self, _: hikari.ShardDisconnectedEvent) -> None:
        self._lost_at = self._lost_at or self._clock.now()

    async def _connected(self, _: hikari.ShardConnectedEvent) -> None:
        lost_at, self._lost_at = self._lost_at, None
        if lost_at is not None and self._clock.now() - lost_at > LONG_AWAY:
            log.info("Discord is back")
            await self._is_back()
