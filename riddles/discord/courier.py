"""The courier: makes the posts that Discord is owed, each once, in order within its lane.

A post is claimed before it is sent and confirmed after. If the process dies in between, or a
reply is lost, nobody knows whether Discord has it; then the next attempt looks for a message of
our own that carries the post's number before it sends again, and sends with the same nonce, so
that an attempt still under way cannot double it either.
"""

import asyncio
import logging

from engine import posts
from engine.moments import from_ms, to_ms
from engine.posts import Post
from engine.storage.database import Transaction
from riddles.discord.brake import Brake
from riddles.discord.effects import AFTER, Effects, Landed
from riddles.discord.effects.making import NotYet
from riddles.discord.troubles import Trouble, diagnose, told, told_as
from riddles.show import Show
from riddles.telling import to_staff

log = logging.getLogger(__name__)

IDLE_S = 30.0
A_MOMENT_MS = 250
"""Who waits no longer than this for something else is as good as ready."""
BREATH_S = 1.0
"""How long a lane rests after a failure on our own side."""


class Courier:
    """Sends whatever is owed, lane by lane."""

    def __init__(self, show: Show, effects: Effects) -> None:
        self._show = show
        self._database = show.database
        self._clock = clock = show.clock
        self._effects = effects
        self._brake = Brake()
        self._called = asyncio.Event()
        self._busy: dict[str, asyncio.Task[None]] = {}
        self._idle = asyncio.Event()
        self._stopping = False
        clock.on_jump(self.wake)

    def wake(self) -> None:
        """Something may be owed now."""
        self._idle.clear()
        self._called.set()

    async def run(self) -> None:
        """Send what is owed, until `stop`."""
        while not self._stopping:
            self._called.clear()
            try:
                await self._release_lost()
                wait = await self._start_lanes()
            except Exception:
                log.exception("the posts could not be looked at; once more in a second")
                wait = 1.0
            try:
                await asyncio.wait_for(self._called.wait(), wait)
            except TimeoutError:
                continue

    async def stop(self, seconds: float) -> None:
        """Finish the posts in hand, at most so long; the rest stays owed."""
        self._stopping = True
        self._called.set()
        if self._busy:
            _, late = await asyncio.wait(self._busy.values(), timeout=seconds)
            for task in late:  # Whether these took effect is found out at the next start.
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def idle(self) -> None:
        """Return once nothing is owed that may be sent now."""
        await self._idle.wait()

    async def _release_lost(self) -> None:
        """Take up again what a dead process, or a write that failed, left under way."""
        async with self._database.reading() as reader:
            lost = await posts.in_hand(reader) - self._busy.keys()
        if lost:
            async with self._database.transaction() as tx:
                count = await posts.release_claims(tx, lost)
            log.info("%d posts were under way, and nobody knows how they ended", count)

    async def _start_lanes(self) -> float:
        """Give every free lane its next post; how long until there may be more to do."""
        if pause := self._brake.pause(asyncio.get_running_loop().time()):
            self._idle.set()
            return min(pause, IDLE_S)
        now = to_ms(self._clock.now())
        async with self._database.reading() as reader:
            ready = await posts.ready(reader, now)
            next_try = await posts.next_try(reader)
        for post in ready:
            if post.lane not in self._busy and not self._stopping:
                task = asyncio.create_task(self._deliver(post))
                self._busy[post.lane] = task
                task.add_done_callback(lambda _, lane=post.lane: self._lane_free(lane))
        nothing_soon = next_try is None or next_try > now + A_MOMENT_MS
        # Whoever called since we looked may know of more.
        if nothing_soon and not (ready or self._busy or self._called.is_set()):
            self._idle.set()
        if next_try is None:
            return IDLE_S
        wait = (
            self._clock.wall(from_ms(next_try)) - self._clock.wall(from_ms(now))
        ).total_seconds()
        return min(max(wait, 0.02), IDLE_S)

    def _lane_free(self, lane: str) -> None:
        self._busy.pop(lane, None)
        self._called.set()

    async def _deliver(self, post: Post) -> None:
        try:
            async with self._database.transaction() as tx:
                claimed = await posts.claim(tx, post.id, to_ms(self._clock.now()))
            if claimed is not None:
                await self._attempt(claimed)
        except Exception:
            log.exception("post %d could not be handled", post.id)
            await asyncio.sleep(BREATH_S)

    async def _attempt(self, post: Post) -> None:
        try:
            landed = await self._effects.make(post)
        except NotYet as wait:
            log.debug("post %d (%s): %s", post.id, post.key, wait)
            async with self._database.transaction() as tx:
                await posts.put_back(tx, post, next_ms=self._now() + wait.wait_ms)
        except Exception as error:  # noqa: BLE001 - whatever it was, the post stays owed
            self._brake.note(error, asyncio.get_running_loop().time())
            await self._put_off(post, diagnose(post, self._show.server(post.server), error))
        else:
            async with self._database.transaction() as tx:
                await posts.confirm(
                    tx, post.id, channel=landed.channel, message=landed.message, now_ms=self._now()
                )
                await self._afterwards(tx, post, landed)
            log.info("post %d (%s) is done", post.id, post.key)

    async def _put_off(self, post: Post, trouble: Trouble) -> None:
        log.warning("post %d (%s): %s", post.id, post.key, trouble.why)
        async with self._database.transaction() as tx:
            if trouble.final:
                await posts.fail(tx, post.id, error=str(trouble.why))
                await self._afterwards(tx, post, None)
            else:
                again = self._now() + trouble.wait_ms
                await posts.put_off(tx, post.id, error=str(trouble.why), next_ms=again)
            if post.kind != "staff" and (trouble.final or post.attempts >= trouble.tell_after):
                word = told(post, trouble, behind=await posts.behind(tx, post))
                about = told_as(post, trouble, self._now())
                owed = to_staff(self._show.settings, about, word, only=post.server)
                await posts.owe(tx, owed, self._now())

    async def _afterwards(self, tx: Transaction, post: Post, landed: Landed | None) -> None:
        if after := AFTER.get(post.kind):
            await after(tx, post, landed, self._now())

    def _now(self) -> int:
        return to_ms(self._clock.now())
