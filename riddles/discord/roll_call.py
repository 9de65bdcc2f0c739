"""The roll call: whether members whom a board names are still in its server.

Discord is asked in the background, after the reply, and about one member at most once a day.
Whoever is not there any more leaves the board until they play again.
"""

import asyncio
import logging
from collections.abc import Collection

import hikari

from engine.moments import to_ms
from engine.people import presence
from engine.people.presence import Asked
from engine.storage.database import Reader
from riddles.show import Show

log = logging.getLogger(__name__)

UNKNOWN_MEMBER, UNKNOWN_USER = 10007, 10013
NOT_THERE = frozenset({UNKNOWN_MEMBER, UNKNOWN_USER})


class RollCall:
    """Asks Discord who is there."""

    def __init__(self, show: Show, rest: hikari.api.RESTClient) -> None:
        self._show = show
        self._rest = rest
        self._named = set[int]()
        self._work: asyncio.Task[None] | None = None

    def about(self, accounts: Collection[int]) -> None:
        """Find out soon, where it is not known, whether the holders of `accounts` are there."""
        self._named.update(accounts)
        if self._named and self._work is None:
            self._work = asyncio.create_task(self._call())

    async def idle(self) -> None:
        """Return once nobody is being asked about."""
        while self._work is not None:
            await asyncio.wait([self._work])

    async def stop(self) -> None:
        """Ask no further; what is not known yet is asked another day."""
        if self._work is not None:
            self._work.cancel()
            await asyncio.gather(self._work, return_exceptions=True)

    async def _call(self) -> None:
        try:
            while self._named:
                named, self._named = list(self._named), set[int]()
                await self._ask_about(named)
        except (hikari.HTTPError, TimeoutError) as error:
            log.info("Discord could not say who is there: %s", type(error).__name__)
        except Exception:
            log.exception("the roll call failed")
        finally:
            self._work = None

    async def _ask_about(self, accounts: list[int]) -> None:
        servers = [server.guild for server in self._show.settings.server]
        now = to_ms(self._show.clock.now())

        async def unknown(reader: Reader) -> list[Asked]:
            return await presence.to_ask(reader, servers, accounts, now)

        for asked in await self._show.database.read(unknown):
            there = await self._is_there(asked)
            at = to_ms(self._show.clock.now())
            async with self._show.database.transaction() as tx:
                mark = presence.mark_here if there else presence.mark_gone
                await mark(tx, asked.server, asked.account, at)

    async def _is_there(self, asked: Asked) -> bool:
        try:
            await self._rest.fetch_member(asked.server, asked.member)
        except hikari.NotFoundError as error:
            if error.code in NOT_THERE:
                return False
            raise
        return True
