"""The course of every draw, moved on by the clock: freeze, seal, hash, draw, pass prizes on.

`tick` may be called at any time, any number of times. What staff do by hand goes the same way,
one step at a time; a crash goes on from the last step and never draws again.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Collection
from datetime import datetime

from engine.draws import record
from engine.draws.prizes import Passing, Winner
from engine.draws.record import Draw
from engine.draws.rules import DrawRules
from engine.moments import from_ms, to_ms
from engine.people.members import Person
from riddles.drawing import steps
from riddles.drawing.owing import transcript_is_out
from riddles.drawing.slowhash import hash_slowly
from riddles.refusal import Refusal
from riddles.show import Show

log = logging.getLogger(__name__)

STRAGGLERS_MS = 2_000
"""How long after the window a press that Discord stamped within it may still arrive."""

Hashing = Callable[[Draw], AsyncGenerator[tuple[int, bytes], None]]
"""What does the rounds of the slow hash that are left: how many are done, and what was reached."""


class Drawing:
    """Every draw that is neither settled nor cancelled."""

    def __init__(
        self, show: Show, wake_courier: Callable[[], None], hashing: Hashing = hash_slowly
    ) -> None:
        self._show = show
        self._wake_courier = wake_courier
        self._hash_slowly = hashing
        self._one_at_a_time = asyncio.Lock()
        self._hashing: dict[int, asyncio.Task[None]] = {}
        self._find_out: Callable[[Collection[int]], None] = lambda _: None

    def ask_with(self, find_out: Callable[[Collection[int]], None]) -> None:
        """Use `find_out` to learn in the background which winners have left."""
        self._find_out = find_out

    async def tick(self) -> None:
        """Do whatever is due and not done."""
        async with self._one_at_a_time:
            async with self._show.database.reading() as reader:
                running = await record.running(reader)
            for draw in running:
                try:
                    await self._move_on(draw)
                except Exception:
                    log.exception("draw %d could not be moved on; it is tried again", draw.id)
        if running:
            self._wake_courier()

    async def next_moment(self) -> tuple[str, datetime] | None:
        """The next thing that will be due after now, and when."""
        now = to_ms(self._show.clock.now())
        async with self._show.database.reading() as reader:
            moments = [
                at for draw in await record.running(reader) if (at := _due_at(draw)) is not None
            ]
        ahead = min((at for at in moments if at > now), default=None)
        return None if ahead is None else ("draw", from_ms(ahead))

    async def idle(self) -> None:
        """Return once nothing is being hashed."""
        await asyncio.gather(*self._hashing.values(), return_exceptions=True)

    async def stop(self) -> None:
        """Leave what is being hashed for the next start."""
        for task in self._hashing.values():
            task.cancel()
        await self.idle()

    async def chosen(self, name: str) -> Draw:
        """The draw of that name.

        Raises:
            Refusal: there is none.
        """
        async with self._show.database.reading() as reader:
            draw = await record.named(reader, name)
        if draw is None:
            raise Refusal("there is no such draw")
        return draw

    async def announce(self, name: str, rules: DrawRules, freezes_at: int, host: Person) -> Draw:
        """Announce a draw; from here on its rules stand.

        Raises:
            DrawRefused: the name was used before, or the freezing lies behind.
        """
        draw = await steps.announce(self._show, name, rules, freezes_at, host)
        self._wake_courier()
        return draw

    async def freeze_now(self, draw: Draw, host: Person) -> Draw:
        """Freeze a draw by hand; the same transition as the clock's.

        Raises:
            DrawRefused: it is not announced.
        """
        async with self._one_at_a_time:
            after = await steps.freeze(self._show, draw, host)
        self._wake_courier()
        return after

    async def cancel_now(self, draw: Draw, host: Person, note: str) -> None:
        """Call a draw off for good; points come back, and everybody who had entered is told.

        Raises:
            DrawRefused: it was drawn or called off before.
        """
        if hashing := self._hashing.pop(draw.id, None):
            hashing.cancel()
        async with self._one_at_a_time:
            await steps.call_off(self._show, draw, host, note)
        self._wake_courier()

    async def pass_over_now(self, winner: Winner, reason: Passing, host: Person, note: str) -> None:
        """Hand a prize on by hand, in public.

        Raises:
            DrawRefused: it was settled or passed on before.
        """
        async with self._one_at_a_time:
            await steps.pass_over(self._show, winner, reason, host, note)
        self._wake_courier()

    async def _move_on(self, draw: Draw) -> None:
        now = to_ms(self._show.clock.now())
        match draw.state:
            case "announced" if now >= draw.freezes_at:
                await steps.freeze(self._show, draw)
            case "frozen" if now >= (draw.window_ends or 0) + STRAGGLERS_MS:
                await steps.seal(self._show, draw)
            case "sealed" if await self._is_told(draw):
                self._hash(draw)
            case "drawn":
                await steps.pass_prizes_on(self._show, draw)
            case _:
                pass

    async def _is_told(self, draw: Draw) -> bool:
        """Whether the transcript is out: nobody may compute what nobody else could yet."""
        async with self._show.database.reading() as reader:
            return await transcript_is_out(reader, draw.id)

    def _hash(self, draw: Draw) -> None:
        if draw.id not in self._hashing or self._hashing[draw.id].done():
            self._hashing[draw.id] = asyncio.create_task(self._hash_and_draw(draw))

    async def _hash_and_draw(self, draw: Draw) -> None:
        """Hash to the end, and draw; what was reached is saved after every round."""
        value = draw.reached or b""
        try:
            async for done, value in self._hash_slowly(draw):
                await steps.reach(self._show, draw, done, value)
            async with self._one_at_a_time:
                winners = await steps.fix(self._show, draw, value)
        except (ChildProcessError, OSError) as error:
            log.warning("the hash of draw %d is to be taken up again: %s", draw.id, error)
        except Exception:
            log.exception("draw %d could not be drawn; it is tried again", draw.id)
        else:
            log.info("draw %d is drawn", draw.id)
            self._find_out(winners)
        self._wake_courier()


def _due_at(draw: Draw) -> int | None:
    match draw.state:
        case "announced":
            return draw.freezes_at
        case "frozen":
            return (draw.window_ends or 0) + STRAGGLERS_MS
        case _:
            return None
