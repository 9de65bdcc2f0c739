"""The course of every draw, moved on by the clock: freeze, seal, hash, draw, pass prizes on.

`tick` may be called at any time, any number of times. Each transition writes, in one transaction,
the new state and the posts that tell it; a crash goes on from there and never draws again.
"""

import asyncio
import logging
from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from engine import posts
from engine.draws import course, prizes
from engine.draws.course import Draw
from engine.draws.prizes import Passing, Winner
from engine.draws.rules import DrawRules
from engine.moments import from_ms, to_ms
from engine.people.bans import banned_among
from engine.people.members import Person, meet_one
from engine.people.notices import Notice, owe
from engine.people.presence import gone_among
from engine.posts import Owed
from engine.storage.database import Reader, Transaction
from riddles.drawing.slowhash import hash_slowly
from riddles.refusal import Refusal
from riddles.sentence import Sentence
from riddles.show import Show

log = logging.getLogger(__name__)

STRAGGLERS_MS = 2_000
"""How long after the window a press that Discord stamped within it may still arrive."""
SAVE_EVERY_S = 10.0


class Drawing:
    """Every draw that is neither settled nor cancelled."""

    def __init__(self, show: Show, wake_courier: Callable[[], None]) -> None:
        self._show = show
        self._wake_courier = wake_courier
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
                running = await course.running(reader)
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
                at for draw in await course.running(reader) if (at := _due_at(draw)) is not None
            ]
        ahead = min((at for at in moments if at > now), default=None)
        return None if ahead is None else ("draw", from_ms(ahead))

    async def stop(self) -> None:
        """Leave what is being hashed for the next start."""
        for task in self._hashing.values():
            task.cancel()
        await asyncio.gather(*self._hashing.values(), return_exceptions=True)

    async def chosen(self, name: str) -> Draw:
        """The draw of that name.

        Raises:
            Refusal: there is none.
        """
        async with self._show.database.reading() as reader:
            draw = await course.named(reader, name)
        if draw is None:
            raise Refusal("there is no such draw")
        return draw

    async def announce(self, name: str, rules: DrawRules, freezes_at: int, host: Person) -> Draw:
        """Announce a draw; from here on its rules stand.

        Raises:
            DrawRefused: the name was used before, or the freezing lies behind.
        """
        now = to_ms(self._show.clock.now())
        async with self._show.database.transaction() as tx:
            actor = await meet_one(tx, host, now)
            draw = await course.announce(
                tx, name, rules, freezes_at=freezes_at, now_ms=now, actor=actor
            )
            await self._tell(tx, draw, "announced")
        self._wake_courier()
        return draw

    async def freeze_now(self, draw: Draw, host: Person) -> Draw:
        """Freeze a draw by hand; the same transition as the clock's.

        Raises:
            DrawRefused: it is not announced.
        """
        async with self._one_at_a_time:
            after = await self._freeze(draw, host)
        self._wake_courier()
        return after

    async def cancel_now(self, draw: Draw, host: Person, note: str) -> None:
        """Call a draw off for good; points come back, and everybody who had entered is told.

        Raises:
            DrawRefused: it was drawn or called off before.
        """
        now = to_ms(self._show.clock.now())
        if hashing := self._hashing.pop(draw.id, None):
            hashing.cancel()
        async with self._one_at_a_time, self._show.database.transaction() as tx:
            actor = await meet_one(tx, host, now)
            entrants = await course.cancel(tx, draw, now, note=note, actor=actor)
            await self._tell(tx, draw, "cancelled", reason=note)
            await self._notify(
                tx,
                f"draw-cancelled:{draw.id}",
                entrants,
                Sentence(
                    "the draw “{title}” was called off; points held for tickets are back",
                    title=draw.name,
                ),
            )
        self._wake_courier()

    async def pass_over_now(self, winner: Winner, reason: Passing, host: Person, note: str) -> None:
        """Hand a prize on by hand, in public.

        Raises:
            DrawRefused: it was settled or passed on before.
        """
        now = to_ms(self._show.clock.now())
        async with self._one_at_a_time, self._show.database.transaction() as tx:
            actor = await meet_one(tx, host, now)
            await self._pass_over(tx, winner, reason, actor=actor, note=note)
        self._wake_courier()

    async def _move_on(self, draw: Draw) -> None:
        now = to_ms(self._show.clock.now())
        match draw.state:
            case "announced" if now >= draw.freezes_at:
                await self._freeze(draw, None)
            case "frozen" if now >= (draw.window_ends or 0) + STRAGGLERS_MS:
                await self._seal(draw)
            case "sealed" if await self._is_told(draw):
                self._hash(draw)
            case "drawn":
                await self._pass_prizes_on(draw)
            case _:
                pass

    async def _freeze(self, draw: Draw, host: Person | None) -> Draw:
        now = to_ms(self._show.clock.now())
        async with self._show.database.transaction() as tx:
            actor = None if host is None else await meet_one(tx, host, now)
            after, dropped = await course.freeze(tx, draw, now, actor=actor)
            await self._notify(
                tx,
                f"draw-dropped:{draw.id}",
                dropped,
                Sentence(
                    "you no longer fulfil the conditions of the draw “{title}”; "
                    "points held for tickets are back",
                    title=draw.name,
                ),
            )
            match after.state:
                case "frozen":
                    await self._tell(tx, after, "frozen")
                case "cancelled":
                    await self._tell(tx, after, "cancelled", reason="")
                case _:
                    await self._tell(tx, after, "extended", name=str(after.freezes_at))
        return after

    async def _seal(self, draw: Draw) -> None:
        now = to_ms(self._show.clock.now())
        async with self._show.database.transaction() as tx:
            messages = await _messages(tx, draw.id)
            after = await course.seal(tx, draw, messages, now)
            if after.state == "sealed":
                minutes = int(self._show.settings.draws.hash_time.total_seconds() // 60)
                await self._tell(tx, after, "sealed", minutes=minutes)
            else:
                await self._tell(tx, after, "window", name=str(after.window_ends))

    async def _is_told(self, draw: Draw) -> bool:
        """Whether the transcript is out: nobody may compute what nobody else could yet."""
        row = await self._show.database.look_one(
            "SELECT 1 FROM posts WHERE key GLOB ? AND state = 'done'", (f"draw-sealed:{draw.id}:*",)
        )
        return row is not None

    def _hash(self, draw: Draw) -> None:
        if draw.id not in self._hashing or self._hashing[draw.id].done():
            self._hashing[draw.id] = asyncio.create_task(self._hash_and_draw(draw))

    async def _hash_and_draw(self, draw: Draw) -> None:
        """Hash to the end, and draw; what was reached is saved on the way."""
        loop = asyncio.get_running_loop()
        done, value, saved_at = draw.rounds_done, draw.reached or b"", loop.time()
        try:
            async for done, value in hash_slowly(draw):
                if loop.time() - saved_at >= SAVE_EVERY_S and done < draw.rules.seed.rounds:
                    saved_at = loop.time()
                    async with self._show.database.transaction() as tx:
                        await course.hashed(tx, draw, rounds_done=done, reached=value)
            async with self._one_at_a_time:
                await self._draw(draw, value)
        except (ChildProcessError, OSError) as error:
            log.warning("the hash of draw %d is to be taken up again: %s", draw.id, error)
        except Exception:
            log.exception("draw %d could not be drawn; it is tried again", draw.id)
        self._wake_courier()

    async def _draw(self, draw: Draw, seed: bytes) -> None:
        now = to_ms(self._show.clock.now())
        async with self._show.database.transaction() as tx:
            after = await course.drawn(tx, draw, seed, now)
            await self._tell(tx, after, "drawn")
            for winner in await prizes.winners_of(tx, draw.id):
                await self._tell_winner(tx, after, winner)
            winners = [one.account for one in await prizes.winners_of(tx, draw.id) if one.account]
        self._find_out(winners)
        log.info("draw %d is drawn", draw.id)

    async def _pass_prizes_on(self, draw: Draw) -> None:
        now = to_ms(self._show.clock.now())
        async with self._show.database.transaction() as tx:
            reasons: dict[int, Passing] = {
                winner.id: "silent" for winner in await prizes.silent(tx, draw, now)
            }
            drawn = [one for one in await prizes.winners_of(tx, draw.id) if one.state == "drawn"]
            left = await gone_among(tx, [one.account for one in drawn if one.account])
            reasons |= {one.id: "gone" for one in drawn if one.account in left}
            banned = await banned_among(tx, [one.account for one in drawn if one.account])
            reasons |= {one.id: "banned" for one in drawn if one.account in banned}
            reasons |= {one.id: "erased" for one in await prizes.nameless(tx, draw.id)}
            for winner in drawn:
                if reason := reasons.get(winner.id):
                    await self._pass_over(tx, winner, reason)

    async def _pass_over(
        self,
        tx: Transaction,
        winner: Winner,
        reason: Passing,
        *,
        actor: int | None = None,
        note: str | None = None,
    ) -> None:
        now = to_ms(self._show.clock.now())
        draw = await course.get(tx, winner.draw)
        heir = await prizes.pass_over(tx, winner.id, reason, now, actor=actor, note=note)
        await self._tell(
            tx,
            draw,
            "passed",
            name=str(winner.id),
            lot=winner.lot,
            reason=reason,
            passed=winner.reference,
            heir=heir and heir.reference,
        )
        if heir is not None:
            await self._tell_winner(tx, draw, heir)

    async def _tell_winner(self, tx: Transaction, draw: Draw, winner: Winner) -> None:
        await self._notify(
            tx,
            f"draw-won:{winner.id}",
            [] if winner.account is None else [winner.account],
            Sentence(
                "you were drawn in “{title}”: press “I am here” below the result, before the "
                "prize passes on",
                title=draw.name,
            ),
        )

    async def _notify(
        self, tx: Transaction, key: str, accounts: Sequence[int], sentence: Sentence
    ) -> None:
        now = to_ms(self._show.clock.now())
        notices = [Notice(key=f"{key}:{one}", account=one, words=sentence.kept) for one in accounts]
        await owe(tx, notices, now)

    async def _tell(
        self, tx: Transaction, draw: Draw, step: str, *, name: str = "", **facts: object
    ) -> None:
        """Owe the posts that tell a step of a draw, in every server."""
        what = f"draw-{step}:{draw.id}{name and f':{name}'}"
        owed = [
            Owed(
                key=f"{what}:{server.guild}",
                kind="draw",
                lane=f"{server.guild}:channel",
                server=server.guild,
                facts={"draw": draw.id, "step": step, **facts},
            )
            for server in self._show.settings.server
        ]
        await posts.owe(tx, owed, to_ms(self._show.clock.now()))


async def _messages(reader: Reader, draw: int) -> list[int]:
    """Discord's ids of the messages that told the freezing."""
    rows = await reader.all(
        "SELECT message FROM posts WHERE key GLOB ? AND state = 'done' AND message IS NOT NULL",
        (f"draw-frozen:{draw}:*",),
    )
    return [row["message"] for row in rows]


def _due_at(draw: Draw) -> int | None:
    match draw.state:
        case "announced":
            return draw.freezes_at
        case "frozen":
            return (draw.window_ends or 0) + STRAGGLERS_MS
        case _:
            return None
