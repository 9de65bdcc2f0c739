"""Roles that the game gave go with whoever is erased, and so does the id that takes them."""

from datetime import timedelta

import pytest

from engine import posts
from engine.moments import to_ms
from engine.people.erasure import Erased
from engine.people.members import Person, meet_one
from riddles.config import Settings
from riddles.config.settings import MilestoneTable
from riddles.rehearsal.discord import faults
from riddles.shop import leaving
from riddles.week.owing import role_change
from tests.show.rewards.conftest import GOLD, GUILD, LENT, Counter

EARNED = 100_000_000_000_000_005
SECRET = bytes(range(32))


@pytest.fixture
def settings(settings: Settings) -> Settings:
    earned = MilestoneTable(guild=GUILD, role=EARNED, score=100, keep=True)
    return settings.model_copy(update={"milestone": (earned,)})


async def forget(counter: Counter, name: str = "ada") -> Erased:
    show = counter.stage.program.show
    async with show.database.transaction() as tx:
        now = to_ms(show.clock.now())
        gone = await leaving.forget(tx, counter.member(name).id, SECRET, now)
    await show.database.scrub()
    assert gone is not None
    return gone


def keeps(counter: Counter, name: str = "ada") -> bool:
    """Whether the id is anywhere in the files of the database."""
    path = counter.stage.program.show.database.path
    files = [path, path.with_name(path.name + "-wal")]
    raw = b"".join(file.read_bytes() for file in files if file.exists())
    member = counter.member(name).id
    return str(member).encode() in raw or member.to_bytes(8, "big") in raw


async def states(counter: Counter) -> list[tuple[str, str, str | None]]:
    async with counter.stage.program.show.database.reading() as reader:
        rows = await reader.all(
            "SELECT state, facts, error FROM posts WHERE key LIKE 'role_take:erasure:%'"
        )
    return [tuple(row) for row in rows]


async def test_what_was_lent_and_what_was_earned_is_taken_and_what_was_bought_stays(
    counter: Counter,
) -> None:
    await counter.endow(200, "ada")
    await counter.has("ada", "gold")
    await counter.has("ada", "lent")
    await counter.passes(minutes=1)
    before = counter.roles("ada")
    gone = await forget(counter)
    owed_with_it = keeps(counter)
    await counter.stage.settle()

    assert {GOLD, LENT, EARNED} <= before
    assert [one.role for one in gone.roles] == [LENT, EARNED]
    assert owed_with_it
    assert GOLD in counter.roles("ada")
    assert not {LENT, EARNED} & counter.roles("ada")
    assert await states(counter) == [("done", "{}", None)] * 2
    assert not keeps(counter)


async def test_a_role_on_its_way_is_taken_once_it_has_arrived(counter: Counter) -> None:
    await counter.endow(50, "ada")
    counter.stage.standin.faults.add("PUT", "/roles/", faults.drop_reply(), times=99)
    await counter.has("ada", "lent")
    arrived = LENT in counter.roles("ada")
    gone = await forget(counter)
    counter.stage.standin.faults.clear()
    for _ in range(3):
        await counter.passes(minutes=5)

    assert arrived
    assert gone.redemptions == 1
    assert LENT not in counter.roles("ada")
    assert not keeps(counter)


async def test_a_role_that_was_about_to_be_taken_still_is(counter: Counter) -> None:
    show = counter.stage.program.show
    ada = counter.member("ada")
    refused = faults.status(403, 50013)
    counter.stage.standin.faults.add("DELETE", "/roles/", refused, times=1)
    counter.stage.standin.world.guilds[GUILD].members[ada.id].roles.add(EARNED)
    async with show.database.transaction() as tx:
        account = await meet_one(tx, Person(id=ada.id, server=GUILD, name="ada"), 1)
        take = role_change("lost", server=GUILD, account=account, role=EARNED, give=False)
        await posts.owe(tx, [take], to_ms(show.clock.now()))
    await counter.stage.settle()
    held = EARNED in counter.roles("ada")
    await forget(counter)
    await counter.passes(minutes=5)

    assert held
    assert EARNED not in counter.roles("ada")


async def test_after_a_week_of_refusals_nobody_knows_who_it_was(counter: Counter) -> None:
    await counter.endow(50, "ada")
    await counter.has("ada", "lent")
    refused = faults.status(403, 50013)
    counter.stage.standin.faults.add("DELETE", "/roles/", refused, times=999)
    await forget(counter)
    await counter.stage.settle()
    await counter.passes(days=6)
    during = keeps(counter)
    await counter.passes(days=1, hours=2)

    assert during
    assert LENT in counter.roles("ada")
    assert await states(counter) == [("done", "{}", None)]
    assert not keeps(counter)


async def test_an_end_that_was_not_noted_is_noted_at_the_next_attempt(counter: Counter) -> None:
    await counter.endow(50, "ada")
    await counter.has("ada", "lent")
    await forget(counter)
    async with counter.stage.program.show.database.transaction() as tx:
        await tx.execute("UPDATE posts SET facts = '{}' WHERE key LIKE 'role_take:erasure:%'")
    await counter.stage.settle()

    assert await states(counter) == [("done", "{}", None)]


async def test_a_role_that_is_gone_is_no_reason_to_keep_an_id(counter: Counter) -> None:
    await counter.endow(50, "ada")
    await counter.has("ada", "lent")
    unknown = faults.status(404, 10011, "Unknown Role")
    counter.stage.standin.faults.add("DELETE", "/roles/", unknown, times=9)
    await forget(counter)
    await counter.stage.settle()
    await counter.stage.program.show.database.scrub()

    assert await states(counter) == [("failed", "{}", None)]
    assert not keeps(counter)


async def test_who_comes_back_earns_the_role_again(counter: Counter) -> None:
    await counter.endow(200, "ada")
    await counter.passes(minutes=1)
    await forget(counter)
    await counter.passes(minutes=1)
    lost = EARNED not in counter.roles("ada")
    await counter.endow(100, "ada")
    await counter.stage.move_to(counter.stage.clock.now() + timedelta(minutes=1))

    assert lost
    assert EARNED in counter.roles("ada")
