"""Killed for real at every step of a refund and of an erasure, the program finishes it once.

The program runs in a process of its own that kills itself (SIGKILL) at a statement of the step,
before its commit, or right after it. Another program goes on, and whoever asked asks again.
"""

import asyncio
import json
import sys
from collections.abc import Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

import pytest

from engine.shop.proof import misfit
from engine.storage.database import Database
from riddles.config import Settings, load_settings
from riddles.rehearsal.discord import CannotDo
from riddles.rehearsal.stage import House, Stage
from tests.audit import assert_books_fit
from tests.show.conftest import SETTINGS, StageSetter
from tests.show.rewards.conftest import CHANNEL, GOLD, GUILD, LENT, STAFF, Counter

Phase = Literal["statement", "commit", "after"]
PHASES: tuple[Phase, ...] = ("statement", "commit", "after")
EARNED = 100_000_000_000_000_005
MILESTONE = f"""
[[milestone]]
guild = {GUILD}
role = {EARNED}
score = 100
"""
ROOT = Path(__file__).parents[3]
CHILD = Path(__file__).parents[1] / "draws" / "child.py"

Hand = Callable[[House], Coroutine[Any, Any, None]]


@dataclass(frozen=True, slots=True)
class Blow:
    """A step at which the program is killed."""

    name: str
    words: str
    """A part of the statement."""
    nth: int = 1


REFUNDING = (
    Blow("proposing", "INSERT INTO corrections"),
    Blow("booking", "UPDATE corrections SET state = 'booked'"),
    Blow("noting the refund", "UPDATE redemptions SET refunded_at"),
    Blow("writing the step", "INSERT INTO redemption_steps"),
    Blow("paying back", "INSERT INTO transfers"),
    Blow("telling the member", "INSERT INTO notices"),
    Blow("owing what follows", "INSERT INTO posts"),
    Blow("taking the role", "UPDATE posts SET state = 'sending'"),
    Blow("having taken it", "UPDATE posts SET state = 'done'"),
    Blow("having told the staff", "UPDATE posts SET state = 'done'", 2),
)
ERASING = (
    Blow("ending the loan", "UPDATE redemptions SET ended_at"),
    Blow("losing what was earned", "UPDATE milestone_roles SET held = 0"),
    Blow("moving the balance", "INSERT INTO transfers"),
    Blow("forgetting who it was", "DELETE FROM members"),
    Blow("owing what follows", "INSERT INTO posts"),
    Blow("taking a role", "UPDATE posts SET state = 'sending'"),
    Blow("forgetting it in the post", "UPDATE posts SET facts = '{}'", 2),
    Blow("having taken it", "UPDATE posts SET state = 'done'"),
    Blow("having taken both", "UPDATE posts SET state = 'done'", 2),
)
A_CUT: dict[tuple[str, str], Phase] = {
    ("refund", "paying back"): "commit",
    ("refund", "having taken it"): "statement",
    ("erasure", "forgetting who it was"): "after",
    ("erasure", "forgetting it in the post"): "after",
}
"""What is killed in the ordinary run, and when."""


def every(what: str, blows: tuple[Blow, ...]) -> list[object]:
    """Each blow in each phase."""
    return [
        pytest.param(
            blow,
            phase,
            id=f"{blow.name}-{phase}",
            marks=() if A_CUT.get((what, blow.name)) == phase else pytest.mark.long,
        )
        for blow in blows
        for phase in PHASES
    ]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """A role for a hundred points, in the file that the other process reads too."""
    path = tmp_path / "scheduler.toml"
    path.write_text(SETTINGS + MILESTONE, encoding="utf-8")
    return load_settings(path)


@pytest.mark.parametrize(("blow", "phase"), every("refund", REFUNDING))
async def test_killed_at_any_step_a_refund_is_paid_once(  # noqa: PLR0917 - fixtures
    tmp_path: Path,
    shop_folder: Path,
    on_stage: StageSetter,
    house: House,
    blow: Blow,
    phase: Phase,
) -> None:
    assert shop_folder
    async with on_stage(house=house) as stage:
        counter = Counter(stage)
        await counter.endow(100, "ada")
        await counter.has("ada", "gold")

    async def refund(house: House) -> None:
        options = {"request": 1, "why": "terni"}
        reply = await house.standin.command(house.cast.host, STAFF, "fulfil refund", options)
        await reply.final()

    await killed(tmp_path, house, blow, phase, refund)
    async with on_stage(house=house) as stage:
        counter = Counter(stage)
        await refund(house)  # Nobody had told them.
        await comes_to_rest(stage)
        database = stage.program.show.database
        async with database.reading() as reader:
            paid = await reader.value("SELECT count(*) FROM transfers WHERE kind = 'refund'")
            steps = await reader.value(
                "SELECT count(*) FROM redemption_steps WHERE step = 'refunded'"
            )
            booked = await reader.value("SELECT count(*) FROM corrections WHERE state = 'booked'")
            notices = await reader.value("SELECT count(*) FROM notices")

        assert (paid, steps, booked, notices) == (1, 1, 1, 1)
        assert await counter.balance("ada") == 100
        assert GOLD not in counter.roles("ada")
        assert len([m for m in house.standin.messages(STAFF) if m.text.startswith("🧾")]) == 1
        await assert_sound(database)


@pytest.mark.parametrize(("blow", "phase"), every("erasure", ERASING))
async def test_killed_at_any_step_an_erasure_takes_every_role_and_leaves_no_id(  # noqa: PLR0917 - fixtures
    tmp_path: Path,
    shop_folder: Path,
    on_stage: StageSetter,
    house: House,
    blow: Blow,
    phase: Phase,
) -> None:
    assert shop_folder
    async with on_stage(house=house) as stage:
        counter = Counter(stage)
        await counter.endow(200, "ada")
        await counter.has("ada", "lent")
        await counter.passes(minutes=1)
        assert {LENT, EARNED} <= counter.roles("ada")
        ada = counter.member("ada")

    async def erase(house: House) -> None:
        overview = await house.standin.command(ada, CHANNEL, "mydata")
        form = await house.standin.press(ada, overview, "v1:data-erase")
        await house.standin.submit(ada, form, {"word": "effacer"})

    await killed(tmp_path, house, blow, phase, erase)
    async with on_stage(house=house) as stage:
        counter = Counter(stage)
        with suppress(CannotDo):  # Whoever is forgotten is offered nothing to forget.
            await erase(house)
        await comes_to_rest(stage)
        database = stage.program.show.database
        await database.scrub()
        async with database.reading() as reader:
            left = await reader.all("SELECT state, facts FROM posts WHERE kind = 'role_take'")

        assert {tuple(row) for row in left} == {("done", "{}")}
        assert len(left) == len({LENT, EARNED})
        assert not {LENT, EARNED} & counter.roles("ada")
        assert not keeps(database, ada.id)
        await assert_sound(database)


async def killed(folder: Path, house: House, blow: Blow, phase: Phase, hand: Hand) -> None:
    """Run the program until it has killed itself; `hand` does what leads to it."""
    told = {
        "folder": str(folder),
        "ahead": (house.clock.now() - datetime.now(UTC)).total_seconds(),
        "token": house.standin.token,
        "api_url": house.standin.api_url,
        "words": blow.words,
        "nth": blow.nth,
        "phase": phase,
    }
    program = await asyncio.create_subprocess_exec(
        *(sys.executable, str(CHILD), json.dumps(told)),
        cwd=ROOT,
        env={"PYTHONPATH": str(ROOT)},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    assert program.stdout is not None
    await asyncio.wait_for(program.stdout.readline(), 60)
    acting = asyncio.create_task(hand(house))
    try:
        async with asyncio.timeout(60):
            _, words = await program.communicate()
    finally:
        acting.cancel()
        await asyncio.gather(acting, return_exceptions=True)
        if program.returncode is None:
            program.kill()
            await program.wait()
    assert program.returncode == -9, words.decode()[-3000:]


async def comes_to_rest(stage: Stage) -> None:
    """Let whatever is owed arrive."""
    for _ in range(3):
        await stage.settle()
        await Counter(stage).passes(minutes=1)


async def assert_sound(database: Database) -> None:
    async with database.reading() as reader:
        await assert_books_fit(reader)
        assert await misfit(reader) is None


def keeps(database: Database, member: int) -> bool:
    """Whether an id is anywhere in the files of the database."""
    path = database.path
    files = [path, path.with_name(path.name + "-wal")]
    raw = b"".join(file.read_bytes() for file in files if file.exists())
    return str(member).encode() in raw or member.to_bytes(8, "big") in raw
