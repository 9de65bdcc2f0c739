"""Killed before any statement, a redemption is found whole: one charge, one role, one code.

What a process that is killed leaves behind are its files as they are at that moment. So each
history is played once, its files are copied before every statement, and every copy is opened as
after a crash: it has to be sound as it is, and come to the same end when everything is tried again.
"""

import hashlib
import shutil
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from engine import posts
from engine.books.ledger import HELD, SPENT, balance
from engine.errors import EngineError
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.posts import Owed
from engine.shop import codes, fulfilment, loans
from engine.shop.proof import misfit
from engine.shop.redeeming import Manner, RedemptionDesk, Wish
from engine.shop.redemptions import Redemption
from engine.shop.rewards import Reward
from engine.storage.database import Database, open_database
from riddles.shop.rewarding import role_given, role_refused
from tests.audit import assert_books_fit
from tests.builders import MONDAY, PARIS, a_person
from tests.rewards import DAY_MS, SECRET, a_code, a_reward, a_role, a_wish, endow, fill

NOW = to_ms(MONDAY) + 3_600_000
HAD = 250
COST = 100


@dataclass(slots=True)
class Discord:
    """As much of Discord as roles need; it outlives the bot."""

    roles: list[str] = field(default_factory=list[str])
    refuses: bool = False


@dataclass(frozen=True, slots=True)
class World:
    """The books as a process has them open, and what lies outside."""

    database: Database
    discord: Discord
    wish: Wish

    @property
    def desk(self) -> RedemptionDesk:
        """The counter, as it stands after a start."""
        return RedemptionDesk(self.database, Manner(PARIS, _owed, SECRET))


def _owed(one: Redemption) -> list[Owed]:
    if one.terms.kind != "role":
        return []
    return [Owed(key=f"role:{one.id}", kind="reward_role", lane="1:role", server=1)]


Step = Callable[[World], Awaitable[object]]


async def redeem(world: World) -> object:
    return await world.desk.redeem(world.wish)


async def claim(world: World) -> object:
    async with world.database.transaction() as tx:
        staff = await meet_one(tx, a_person(77), NOW)
        return await fulfilment.claim(tx, 1, staff, NOW)


async def hand_over(world: World) -> object:
    async with world.database.transaction() as tx:
        staff = await meet_one(tx, a_person(77), NOW)
        return await fulfilment.hand_over(
            tx, 1, staff, NOW, consent=True, note="by post", secret=SECRET
        )


async def cancel(world: World) -> object:
    async with world.database.transaction() as tx:
        staff = await meet_one(tx, a_person(77), NOW)
        return await fulfilment.cancel(tx, 1, NOW, actor=staff, note="none left")


async def neglect(world: World) -> object:
    async with world.database.transaction() as tx:
        return await fulfilment.cancel_neglected(tx, NOW + 30 * DAY_MS)


async def save(world: World) -> object:
    async with world.database.transaction() as tx:
        owner = await tx.value("SELECT account FROM redemptions WHERE id = 1")
        return await fulfilment.save_code(tx, 1, owner, NOW)


async def deliver(world: World) -> object:
    """What the courier does: release what was lost, claim, make, confirm."""
    async with world.database.transaction() as tx:
        await posts.release_claims(tx, ["1:role"])
    async with world.database.reading() as reader:
        ready = await posts.ready(reader, NOW)
    for post in ready:
        async with world.database.transaction() as tx:
            await posts.claim(tx, post.id, NOW)
        if not world.discord.refuses and "gold" not in world.discord.roles:
            world.discord.roles.append("gold")
        async with world.database.transaction() as tx:
            if world.discord.refuses:
                await posts.fail(tx, post.id, error="gone")
                await role_refused(tx, 1, NOW)
            else:
                await posts.confirm(tx, post.id, channel=None, message=None, now_ms=NOW)
                await role_given(tx, 1, NOW)
    return ready


async def end(world: World) -> object:
    async with world.database.transaction() as tx:
        return await loans.end_roles(tx, NOW + 30 * DAY_MS)


ADULT = {"en": "16 years"}
HISTORIES: dict[str, tuple[Reward, list[Step], int]] = {
    "a code": (a_code(), [redeem, save], COST),
    "a code with a condition": (a_code(consent=ADULT), [redeem, claim, hand_over, save], COST),
    "handed over": (a_reward(), [redeem, claim, hand_over], COST),
    "canceled": (a_reward(), [redeem, claim, cancel], 0),
    "neglected": (a_reward(), [redeem, neglect], 0),
    "a role": (a_role(), [redeem, deliver], COST),
    "a role on loan": (a_role(lasts_ms=DAY_MS), [redeem, deliver, end], COST),
    "a role that is refused": (a_role(), [redeem, deliver], 0),
}


@pytest.mark.parametrize("history", HISTORIES)
async def test_killed_anywhere_it_comes_to_the_same_end(folder: Path, history: str) -> None:
    reward, steps, spent = HISTORIES[history]
    wish = a_wish(reward, request=7)
    refuses = history == "a role that is refused"
    crashes: dict[str, tuple[Path, list[str]]] = {}
    async with a_world(folder / "books.db", Discord(refuses=refuses), wish) as world:
        await endow(world.database, HAD)
        await fill(world.database, 2)
        with watched(world, folder, crashes):
            for step in steps:
                await step(world)

    assert len(crashes) > len(steps)
    for crash, roles in crashes.values():
        # Whether Discord heard the last request is known to nobody: both are tried.
        for known in {tuple(roles), ("gold",) if reward.kind == "role" and not refuses else ()}:
            shutil.copytree(crash, again := folder / "again")
            discord = Discord(list(known), refuses=refuses)
            async with a_world(again / "books.db", discord, wish) as world:
                await assert_sound(world.database)
                for step in steps:
                    await as_far_as_it_goes(step, world)
                await assert_sound(world.database)
                await assert_came_to_its_end(world, reward, spent)
            shutil.rmtree(again)


@asynccontextmanager
async def a_world(path: Path, discord: Discord, wish: Wish) -> AsyncGenerator[World, None]:
    async with open_database(path, kind="live", now=MONDAY) as database:
        yield World(database, discord, wish)


class watched:  # noqa: N801 - reads as `with watched(…)`
    """Copies the files before every statement of the writer, where they differ from the last."""

    def __init__(
        self, world: World, folder: Path, crashes: dict[str, tuple[Path, list[str]]]
    ) -> None:
        self.world, self.folder, self.crashes = world, folder, crashes

    def __enter__(self) -> None:
        self._writer.set_trace_callback(self._keep)

    def __exit__(self, *_: object) -> None:
        self._writer.set_trace_callback(None)
        self._keep("the end")

    @property
    def _writer(self):  # noqa: ANN202 - sqlite's own connection, on its own thread
        sqlite = self.world.database._writer._sqlite  # pyright: ignore[reportPrivateUsage] # the very moment of a crash
        assert sqlite is not None
        return sqlite

    def _keep(self, _: str) -> None:
        files = [self.folder / f"books.db{suffix}" for suffix in ("", "-wal")]
        found = [(file, file.read_bytes()) for file in files if file.exists()]
        mark = hashlib.sha256(b"".join(data for _, data in found)).hexdigest()
        mark += str(self.world.discord.roles)
        if mark not in self.crashes:
            place = self.folder / f"crash-{len(self.crashes)}"
            place.mkdir()
            for file, data in found:
                (place / file.name).write_bytes(data)
            self.crashes[mark] = place, list(self.world.discord.roles)


async def as_far_as_it_goes(step: Step, world: World) -> None:
    """Somebody tries again; that it was done before is an answer, not a fault."""
    try:
        await step(world)
    except EngineError:
        return


async def assert_sound(database: Database) -> None:
    async with database.reading() as reader:
        await assert_books_fit(reader)
        assert await misfit(reader) is None
        waiting = await reader.value(
            "SELECT coalesce(sum(cost), 0) FROM redemptions WHERE state = 'unfulfilled'"
        )
        assert await balance(reader, HELD) == waiting
        assert await reader.value("SELECT count(redemption) FROM codes") <= 1


async def assert_came_to_its_end(world: World, reward: Reward, spent: int) -> None:
    async with world.database.reading() as reader:
        rows = await reader.all("SELECT account, state FROM redemptions")
        assert [row["state"] for row in rows] == ["fulfilled" if spent else "canceled"]
        assert await balance(reader, rows[0]["account"]) == HAD - spent
        assert (await balance(reader, HELD), await balance(reader, SPENT)) == (0, spent)
        given = await reader.value("SELECT count(redemption) FROM codes")
        assert given == (reward.kind == "code")
        assert not await codes.of_redemptions(reader, [1])  # It was saved, or there is none.
    assert world.discord.roles == (["gold"] if reward.kind == "role" and spent else [])
