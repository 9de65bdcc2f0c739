"""A draw acted out step by step, by whoever would take the step: staff, members, the clock.

Discord is as little of itself as a draw needs, and outlives the bot. Every step may be tried
again after a crash; that it was done before is an answer, not a fault.
"""

import hashlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from engine import posts
from engine.books.audit import audit
from engine.books.ledger import HELD, SPENT, balance, post_all
from engine.draws import course, entries, prizes, record
from engine.draws.lottery import seeds
from engine.draws.prizes import Winner
from engine.draws.published import verify
from engine.draws.record import Draw
from engine.draws.rules import DrawRules, Lot, Seed, Tickets
from engine.errors import EngineError
from engine.moments import from_ms, to_ms
from engine.people.members import meet, meet_one
from engine.play.submissions import AnswerDesk
from engine.standings import Boards
from engine.storage.database import Database, open_database
from riddles.clock import RehearsalClock
from riddles.config import Settings
from riddles.drawing.loop import STRAGGLERS_MS, Drawing
from riddles.refusal import Refusal
from riddles.shop.counter import Shop
from riddles.show import Show
from tests.audit import assert_books_fit
from tests.builders import MONDAY, a_person, a_transfer

HAD, PRICE, TICKETS = 100, 10, 2
ENTRANTS, WITNESSES = range(1, 6), range(50, 55)
STAFF = a_person(99)
UNTIL = to_ms(MONDAY) + 3_600_000
ROUNDS = 4


@dataclass(slots=True)
class Discord:
    """As much of Discord as draws need: what was sent to it, by the number of the post."""

    sent: dict[int, str] = field(default_factory=dict[int, str])


@dataclass(frozen=True, slots=True)
class World:
    """The books as a process has them open, what moves draws on, and what lies outside."""

    show: Show
    drawing: Drawing
    discord: Discord
    clock: RehearsalClock

    @property
    def database(self) -> Database:
        return self.show.database

    async def draw(self) -> Draw:
        async with self.database.reading() as reader:
            return await record.get(reader, 1)


async def hashed_here(draw: Draw) -> AsyncGenerator[tuple[int, bytes], None]:
    """The slow hash without a process of its own."""
    seed = draw.rules.seed
    rest = seeds(
        draw.transcript or "",
        rounds=seed.rounds - draw.rounds_done,
        iterations=seed.iterations,
        after=draw.reached or b"",
    )
    for done, value in enumerate(rest, draw.rounds_done + 1):
        yield done, value


@asynccontextmanager
async def a_world(
    path: Path, settings: Settings, now: datetime, discord: Discord
) -> AsyncGenerator[World, None]:
    """A process on the books at `path`."""
    async with open_database(path, kind="rehearsal", now=MONDAY) as books:
        clock = RehearsalClock(now)
        show = Show(
            settings=settings,
            clock=clock,
            database=books,
            desk=AnswerDesk(books),
            boards=Boards(books),
            shop=Shop(path.parent, settings, books, None),
            content=path.parent,
            data=path.parent,
        )
        drawing = Drawing(show, lambda: None, hashed_here)
        try:
            yield World(show, drawing, discord, clock)
        finally:
            await drawing.stop()


Step = Callable[[World], Awaitable[object]]


def the_rules(**changes: object) -> DrawRules:
    """Two prizes, two alternates, tickets for points."""
    usual: dict[str, object] = {
        "title": {"fr": "Noël", "en": "Christmas"},
        "lots": (Lot(name={"en": "A keyboard"}), Lot(name={"en": "A sticker"})),
        "tickets": Tickets(per="points", price=PRICE, cap=5),
        "alternates": 2,
        "seed": Seed(rounds=ROUNDS, iterations=3),
    }
    return DrawRules.model_validate(usual | changes)


async def endow(world: World) -> None:
    """Give everybody points, before anything happens."""
    async with world.database.transaction() as tx:
        people = [a_person(number) for number in ENTRANTS]
        accounts = await meet(tx, people, to_ms(MONDAY))
        await post_all(tx, [a_transfer(account, HAD) for account in accounts.values()])


def announce(**changes: object) -> Step:
    async def step(world: World) -> None:
        await world.drawing.announce("noel", the_rules(**changes), UNTIL, STAFF)

    return step


async def enter(world: World) -> None:
    for number in ENTRANTS:
        async with world.database.transaction() as tx:
            draw = await record.get(tx, 1)
            person = a_person(number)
            if draw.state == "announced":
                await entries.enter(
                    tx,
                    draw.id,
                    draw.rules,
                    account=await meet_one(tx, person, to_ms(MONDAY)),
                    member=person.id,
                    tickets=TICKETS,
                    interaction=number,
                    at_ms=to_ms(MONDAY),
                )


async def deliver(world: World) -> None:
    """What the courier does: release what was lost, look, send, confirm."""
    server_lanes = [f"{server.guild}:channel" for server in world.show.settings.server]
    async with world.database.transaction() as tx:
        await posts.release_claims(tx, server_lanes)
    while True:
        now = to_ms(world.clock.now())
        async with world.database.reading() as reader:
            ready = await posts.ready(reader, now)
        if not ready:
            return
        for post in ready:
            async with world.database.transaction() as tx:
                await posts.claim(tx, post.id, now)
            world.discord.sent.setdefault(post.id, post.key)
            async with world.database.transaction() as tx:
                await posts.confirm(tx, post.id, channel=1, message=7_000 + post.id, now_ms=now)


async def freeze(world: World) -> None:
    if (await world.draw()).state == "announced":
        world.clock.reach(from_ms(UNTIL))
        await world.drawing.tick()


async def past_the_freezing(world: World) -> None:
    """The clock comes to the next moment at which too few entrants are noticed."""
    world.clock.reach(from_ms((await world.draw()).freezes_at))
    await world.drawing.tick()


async def press(world: World) -> None:
    for number in WITNESSES:
        async with world.database.transaction() as tx:
            draw = await record.get(tx, 1)
            account = await meet_one(tx, a_person(number), to_ms(MONDAY))
            at_ms = (draw.window_ends or 0) - 1000
            await course.witness(tx, draw, account=account, interaction=10 + number, at_ms=at_ms)


async def seal(world: World) -> None:
    draw = await world.draw()
    if draw.state == "frozen":
        world.clock.reach(from_ms((draw.window_ends or 0) + STRAGGLERS_MS))
        await world.drawing.tick()


async def hash_and_draw(world: World) -> None:
    await world.drawing.tick()
    await world.drawing.idle()


async def claim(world: World) -> None:
    async with world.database.transaction() as tx:
        for winner in await prizes.winners_of(tx, 1):
            await prizes.claim(tx, 1, winner.account or 0, to_ms(world.clock.now()))


def settle(winner: int) -> Step:
    async def step(world: World) -> None:
        async with world.database.transaction() as tx:
            now = to_ms(world.clock.now())
            actor = await meet_one(tx, STAFF, now)
            await prizes.settle(tx, winner, now, actor=actor, note="by post")

    return step


async def pass_on(world: World) -> None:
    async with world.database.reading() as reader:
        winners = await prizes.winners_of(reader, 1)
    second = next(one for one in winners if one.id == 2)
    await world.drawing.pass_over_now(second, "declined", STAFF, "")


async def wait_for_the_silent(world: World) -> None:
    """Fourteen days and more, in which nobody says that they are here; as often as it takes."""
    for days in (15, 30, 45):
        world.clock.reach(from_ms(UNTIL) + timedelta(days=days))
        await world.drawing.tick()


async def cancel(world: World) -> None:
    await world.drawing.cancel_now(await world.draw(), STAFF, "the prize broke")


async def as_far_as_it_goes(step: Step, world: World) -> None:
    """Somebody tries again; that it was done before is an answer, not a fault."""
    try:
        await step(world)
    except (EngineError, Refusal):
        return


async def assert_sound(database: Database) -> None:
    """The books fit, and what the draw holds is what its state says."""
    async with database.reading() as reader:
        await assert_books_fit(reader)
        assert (await audit(reader)).trouble is None
        held = await reader.value("SELECT coalesce(sum(held), 0) FROM draw_entries")
        assert await balance(reader, HELD) == held
        row = await reader.one("SELECT state, published FROM draws WHERE id = 1")
        if row is None or row["state"] not in ("drawn", "settled"):
            assert await reader.value("SELECT count(*) FROM draw_winners") == 0
            assert await balance(reader, SPENT) == 0
        else:
            assert held == 0
            assert await balance(reader, SPENT) == len(ENTRANTS) * TICKETS * PRICE
        if row is not None and row["state"] == "cancelled":
            assert held == 0


def assert_as_published(draw: Draw, winners: Sequence[Winner]) -> None:
    """The published file verifies, and the prizes went to whom it names, in its order."""
    if draw.published is None:
        assert not winners
        return
    file = verify(draw.published)
    assert (file.frozen, file.transcript, file.seed) == (draw.frozen, draw.transcript, fate(draw))
    drawn = [*file.winners, *file.alternates]
    held = [one.reference for one in sorted(winners, key=lambda one: one.id)]
    assert held == drawn[: max(len(held), len(file.winners))]


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a draw, as far as it does not depend on chance or on the moment."""

    state: str
    steps: tuple[str, ...]
    told: tuple[str, ...]
    """The posts, each once in every server."""
    notices: tuple[str, ...]
    purses: tuple[int, ...]
    prizes: tuple[tuple[int, int, str], ...]


async def ending(world: World) -> Ending:
    """What became of the draw; the published file is what the transcript dictates."""
    draw = await world.draw()
    async with world.database.reading() as reader:
        keys = await reader.all("SELECT id, key, state FROM posts ORDER BY id")
        notices = await reader.all("SELECT key FROM notices")
        purses = await reader.all("SELECT balance FROM accounts WHERE kind = 'member' ORDER BY 1")
        steps = await reader.all("SELECT step FROM draw_steps ORDER BY id")
        winners = await prizes.winners_of(reader, 1)
    assert {row["state"] for row in keys} == {"done"}
    assert world.discord.sent == {row["id"]: row["key"] for row in keys}
    assert_as_published(draw, winners)
    return Ending(
        draw.state,
        tuple(row["step"] for row in steps),
        tuple(sorted(_without_moments(row["key"]) for row in keys)),
        tuple(sorted(row["key"].rsplit(":", 1)[0] for row in notices)),
        tuple(row["balance"] for row in purses),
        tuple((one.lot, one.piece, one.state) for one in winners),
    )


def _without_moments(key: str) -> str:
    """The key of a post; an edit carries the new moment, which no two runs share."""
    step, draw, *rest = key.split(":")
    return ":".join([step, draw, *rest[-1:]] if step == "draw-again" else [key])


def fate(draw: Draw | None) -> str | None:
    """What is certain from the sealing on: the seed that the transcript leads to."""
    if draw is None or draw.transcript is None:
        return None
    seed = draw.rules.seed
    *_, last = seeds(draw.transcript, rounds=seed.rounds, iterations=seed.iterations)
    return last.hex()


def mark_of(files: list[bytes], discord: Discord) -> str:
    """What tells one crash from another."""
    return hashlib.sha256(b"".join(files)).hexdigest() + str(sorted(discord.sent))
