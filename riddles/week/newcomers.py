"""Newcomers: servers that were added since the open riddle went out get it after all.

Their videos may have to be made first, to another size; nothing else waits for that.
"""

import asyncio
import logging
from collections.abc import Callable

from engine import posts
from engine.moments import to_ms
from engine.play import rounds
from engine.play.rounds import Round
from riddles.config import Server
from riddles.refusal import Refusal
from riddles.sentence import Sentence
from riddles.show import Show
from riddles.week.preparing import Preparations, TellStaff
from riddles.week.transitions import publication

log = logging.getLogger(__name__)


class Newcomers:
    """Looks once a start: settings do not change while the program runs."""

    def __init__(
        self,
        show: Show,
        preparations: Preparations,
        tell_staff: TellStaff,
        wake_courier: Callable[[], None],
    ) -> None:
        self._show = show
        self._preparations = preparations
        self._tell_staff = tell_staff
        self._wake_courier = wake_courier
        self._serving: asyncio.Task[None] | None = None

    def serve(self) -> None:
        """Look for them aside, unless that was done; again if it failed."""
        if self._serving is None or (self._serving.done() and self._serving.exception()):
            self._serving = asyncio.create_task(self._serve())

    async def stop(self) -> None:
        """Leave it for the next start."""
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)

    async def _serve(self) -> None:
        try:
            round_, servers = await self._owed()
            if round_ is not None and servers:
                await self._publish(round_, servers)
        except Exception:
            log.exception("new servers could not be served; once more at the next look")
            raise

    async def _owed(self) -> tuple[Round | None, list[Server]]:
        """The open round, and the servers in which it was never to be published."""
        async with self._show.database.reading() as reader:
            newest = await rounds.newest(reader)
            if newest is None or not newest.is_open:
                return None, []
            if newest.closes_at <= self._show.clock.now():
                return None, []
            return newest, [
                server
                for server in self._show.settings.server
                if not await posts.known(reader, f"publication:{newest.id}:{server.guild}")
            ]

    async def _publish(self, round_: Round, servers: list[Server]) -> None:
        try:
            riddle = await self._preparations.named(round_.slug)
            finished = await self._preparations.finish(riddle)
        except Refusal as refusal:
            sentence = Sentence(
                "a server is new, and riddle no. {number} cannot be published there: {why}",
                number=round_.id,
                why=refusal.kept,
            )
            await self._tell_staff(f"newcomers:{round_.id}", sentence)
            return
        owed = [
            post
            for server in servers
            for post in publication(self._show, round_, server, finished, due_at=round_.opens_at)
        ]
        async with self._show.database.transaction() as tx:
            if not (await rounds.get(tx, round_.id)).is_open:
                return  # It was closed while their videos were made.
            await posts.owe(tx, owed, to_ms(self._show.clock.now()))
        log.info("round %d goes out in %d more servers", round_.id, len(servers))
        self._wake_courier()
