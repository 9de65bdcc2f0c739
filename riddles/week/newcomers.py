"""Newcomers: servers that were added since the open riddle went out get it after all.

The riddle is the round's, word for word; its folder is asked for nothing but the video, which may
have to be made first, to another size. Nothing else waits for that. Where it cannot be made staff
are told, and it is tried again, at once if somebody changes the folders.

A server whose channel was replaced while a riddle is open gets it once more, if the channel that
it stood in is gone.
"""

import asyncio
import logging
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from engine import posts
from engine.moments import to_ms
from engine.play import rounds
from engine.play.rounds import Round
from engine.posts import Owed
from riddles.config import Server
from riddles.content import Library
from riddles.refusal import Refusal
from riddles.sentence import Sentence
from riddles.show import Show
from riddles.week import owing
from riddles.week.preparing import TRY_AGAIN_AFTER, Preparations, TellStaff
from riddles.week.transitions import publication
from riddles.week.workshop import Workshop

log = logging.getLogger(__name__)


class Newcomers:
    """Looks as often as the clock does: what was in the way once may be gone by the next look."""

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
        self._failed: tuple[Library, datetime] | None = None
        """With which folders it failed, and until when it is not tried again with the same."""
        self._moves_seen = False

    def serve(self) -> None:
        """Look for them aside, unless somebody is looking."""
        if self._serving is None or self._serving.done():
            self._serving = asyncio.create_task(self._serve())

    async def served(self) -> None:
        """Return once nobody is looking."""
        if self._serving is not None:
            await asyncio.wait({self._serving})

    async def stop(self) -> None:
        """Leave it for the next start."""
        if self._serving is not None:
            self._serving.cancel()
            await asyncio.gather(self._serving, return_exceptions=True)

    async def _serve(self) -> None:
        try:
            round_ = await self._open_round()
            if round_ is None:
                return
            if not self._moves_seen:
                await self._look_after_the_moved(round_)
                self._moves_seen = True
            servers = await self._unserved(round_)
            library = await self._preparations.library()
            if servers and not self._is_hopeless(library):
                await self._publish(round_, servers, library)
        except Exception:
            log.exception("new servers could not be served; once more at the next look")

    async def _open_round(self) -> Round | None:
        async with self._show.database.reading() as reader:
            newest = await rounds.newest(reader)
        if newest is None or not newest.is_open or newest.closes_at <= self._show.clock.now():
            return None
        return newest

    async def _unserved(self, round_: Round) -> list[Server]:
        """The servers in which the round was never to be published."""
        async with self._show.database.reading() as reader:
            served = await owing.served(reader, self._show.settings, round_)
        return [server for server in self._show.settings.server if server not in served]

    async def _look_after_the_moved(self, round_: Round) -> None:
        """Let servers be looked at whose channel is another than when the round went out there.

        Settings do not change while the program runs, so once is enough.
        """
        now = to_ms(self._show.clock.now())
        async with self._show.database.transaction() as tx:
            for server in self._show.settings.server:
                post = await posts.find(tx, f"publication:{round_.id}:{server.guild}")
                if post is None or post.state != "done":
                    continue
                if post.channel is None:  # The server was not in the settings when it was due.
                    await owing.publish_again(tx, round_, server, now)
                elif server.channel not in (post.channel, post.facts.get("channel")):
                    await posts.owe(tx, [owing.moved(round_, server)], now)
        self._wake_courier()

    def _is_hopeless(self, library: Library) -> bool:
        """Whether it failed a moment ago, and nobody has changed a folder since."""
        if self._failed is None:
            return False
        before, until = self._failed
        return library is before and self._show.clock.now() < until

    async def _publish(self, round_: Round, servers: Sequence[Server], library: Library) -> None:
        videos: dict[int, Path] = {}
        for server in servers:
            limit = self._show.uploads.limit_of(server)
            shop = Workshop.of(self._show)
            try:
                videos[server.guild] = await shop.uploaded(round_, self._show.content, limit=limit)
            except Refusal as refusal:
                self._failed = library, self._show.clock.now() + TRY_AGAIN_AFTER
                sentence = Sentence(
                    "a server is new, and riddle no. {number} cannot be published there yet: {why}",
                    number=round_.id,
                    why=refusal.kept,
                )
                await self._tell_staff(f"newcomers:{round_.id}", sentence)
        owed = [
            post
            for server in servers
            if (video := videos.get(server.guild))
            for post in publication(self._show, round_, server, video, due_at=round_.opens_at)
        ]
        if await self._owe(round_, owed):
            log.info("round %d goes out in %d more servers", round_.id, len(videos))

    async def _owe(self, round_: Round, owed: Sequence[Owed]) -> bool:
        """Owe it, unless the round was closed meanwhile. Whether it is owed."""
        if not owed:
            return False
        async with self._show.database.transaction() as tx:
            if not (await rounds.get(tx, round_.id)).is_open:
                return False
            await posts.owe(tx, owed, to_ms(self._show.clock.now()))
        self._wake_courier()
        return True
