"""The courier: makes the posts that Discord is owed, each once, in order within its lane.

A post is claimed before it is sent and confirmed after. If the process dies in between, or a
reply is lost, nobody knows whether Discord has it; then the next attempt looks for a message of
our own that carries the post's number before it sends again, and sends with the same nonce, so
that an attempt still under way cannot double it either.
"""

import asyncio
import logging
from dataclasses import dataclass

import hikari

from engine import posts
from engine.moments import from_ms, to_ms
from engine.posts import Owed, Post
from riddles.config import Settings
from riddles.discord.effects import Effects, PublicationToCome
from riddles.refusal import Refusal
from riddles.sentence import Sentence
from riddles.show import Show
from riddles.telling import to_staff

log = logging.getLogger(__name__)

BACK_OFF_MS = (1_000, 2_000, 5_000, 15_000, 60_000, 300_000)
REFUSED_BACK_OFF_MS = (60_000, 300_000, 900_000, 3_600_000)
"""Where permission or a channel is missing, a person has to act: ask seldom."""
IDLE_S = 30.0
BREATH_S = 1.0
"""How long a lane rests after a failure on our own side."""
AFTERTHOUGHTS = ("close", "thread")
"""What touches a publication that is there already: nothing else waits for its permission."""
ATTEMPTS_TO_TELL = 4
"""After so many, staff are told once that a post does not get through."""


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why an attempt failed, and when the next makes sense."""

    sentence: str
    wait_ms: int
    final: bool = False
    expected: bool = False
    """A matter of time, of which nobody needs to hear."""


class Courier:
    """Sends whatever is owed, lane by lane."""

    def __init__(self, show: Show, effects: Effects) -> None:
        self._settings = show.settings
        self._database = show.database
        self._clock = clock = show.clock
        self._effects = effects
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
            await asyncio.wait(self._busy.values(), timeout=seconds)

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
        now = to_ms(self._clock.now())
        async with self._database.reading() as reader:
            ready = await posts.ready(reader, now)
            next_try = await posts.next_try(reader)
        for post in ready:
            if post.lane not in self._busy and not self._stopping:
                task = asyncio.create_task(self._deliver(post))
                self._busy[post.lane] = task
                task.add_done_callback(lambda _, lane=post.lane: self._lane_free(lane))
        if not self._busy and not ready:
            self._idle.set()
        if next_try is None or self._busy:
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
        except Exception as error:  # noqa: BLE001 - whatever it was, the post stays owed
            trouble = diagnose(post, error)
            await self._put_off(post, trouble)
            return
        async with self._database.transaction() as tx:
            await posts.confirm(
                tx,
                post.id,
                channel=landed.channel,
                message=landed.message,
                now_ms=to_ms(self._clock.now()),
            )
        log.info("post %d (%s) is done", post.id, post.key)

    async def _put_off(self, post: Post, trouble: Trouble) -> None:
        level = logging.DEBUG if trouble.expected else logging.WARNING
        log.log(level, "post %d (%s): %s", post.id, post.key, trouble.sentence)
        async with self._database.transaction() as tx:
            if trouble.final:
                await posts.fail(tx, post.id, error=trouble.sentence)
            else:
                again = to_ms(self._clock.now()) + trouble.wait_ms
                await posts.put_off(tx, post.id, error=trouble.sentence, next_ms=again)
            stuck = trouble.final or post.attempts == ATTEMPTS_TO_TELL
            if stuck and post.kind != "staff" and not trouble.expected:
                await posts.owe(
                    tx, _for_staff(self._settings, post, trouble), to_ms(self._clock.now())
                )


def _for_staff(settings: Settings, post: Post, trouble: Trouble) -> list[Owed]:
    sentence = Sentence("{post}: {why}", post=post.key, why=trouble.sentence)
    return to_staff(settings, f"stuck:{post.id}", sentence, only=post.server)


def diagnose(post: Post, error: Exception) -> Trouble:  # noqa: C901, PLR0911 - a line each
    """What went wrong, in words, and how long to wait."""
    step = post.attempts - 1
    soon = BACK_OFF_MS[min(step, len(BACK_OFF_MS) - 1)]
    seldom = REFUSED_BACK_OFF_MS[min(step, len(REFUSED_BACK_OFF_MS) - 1)]
    match error:
        case PublicationToCome():
            return Trouble("it waits for the publication", BACK_OFF_MS[0], expected=True)
        case Refusal() | FileNotFoundError():
            return Trouble(f"the video is not there: {error}", seldom)
        case hikari.ForbiddenError() if post.kind in AFTERTHOUGHTS:
            return Trouble(f"Discord refuses it: {error.message}", 0, final=True)
        case hikari.ForbiddenError():
            return Trouble(
                f"Discord refuses it: {error.message} (is a permission missing?)", seldom
            )
        case hikari.NotFoundError():
            return Trouble(f"Discord does not find it: {error.message}", seldom)
        case hikari.UnauthorizedError():
            return Trouble("Discord no longer accepts the token", seldom)
        case hikari.ClientHTTPResponseError(status=413):
            return Trouble("the video is larger than the server takes: lower upload_limit", seldom)
        case hikari.BadRequestError():
            return Trouble(
                f"Discord does not accept it: {error.message} {error.errors or ''}", 0, final=True
            )
        case hikari.RateLimitTooLongError():
            return Trouble("Discord asks to wait", max(int(error.retry_after * 1000), soon))
        case hikari.HTTPError() | TimeoutError() | OSError():
            return Trouble(f"Discord could not be reached ({type(error).__name__})", soon)
        case _:
            log.error("post %d failed", post.id, exc_info=error)
            return Trouble(f"it failed on our side ({type(error).__name__})", soon)
