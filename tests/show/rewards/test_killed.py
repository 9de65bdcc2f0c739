"""The real program, killed while it gives something: started again, it has given it once."""

import asyncio
import base64
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from engine.books.ledger import post_all
from engine.moments import to_ms
from engine.people.members import Person, meet
from engine.shop.proof import misfit
from engine.storage.database import open_database
from riddles.clock import SystemClock
from riddles.config import Settings
from riddles.rehearsal.discord import CannotDo, Reply, RoleSpec, StandIn, faults
from riddles.rehearsal.discord.faults import Action
from riddles.shop.loading import load_codes
from riddles.shop.vault import Vault
from tests.audit import assert_books_fit
from tests.builders import a_transfer
from tests.show.rewards.conftest import CHANNEL, GOLD, GUILD, STAFF
from tests.show.test_exactly_once import a_discord, due_settings, start_bot, until

assert due_settings  # A fixture.

SECRET = bytes(range(32))
MOMENTS: dict[str, tuple[str, str, str, Action]] = {
    "a role, while it is given": ("gold", "PUT", "/roles/", faults.delay(1.0)),
    "a role, before we know": ("gold", "PUT", "/roles/", faults.delay(1.0, after=True)),
    "a code, before it is said": ("key", "POST", "/callback", faults.delay(1.0)),
    "a request, before we know": (
        "sticker",
        "POST",
        f"/channels/{STAFF}/messages",
        faults.delay(1.0, after=True),
    ),
}


LONG = ("a role, while it is given", "a request, before we know")


@pytest.mark.parametrize(
    "moment",
    [pytest.param(one, marks=[pytest.mark.long] if one in LONG else []) for one in MOMENTS],
)
async def test_a_bot_that_is_killed_gives_it_once(
    shop_folder: Path,
    due_settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    moment: str,
) -> None:
    reward, method, path, action = MOMENTS[moment]
    assert shop_folder
    monkeypatch.setenv("RIDDLES_SECRET", base64.b64encode(SECRET).decode())
    async with a_discord(due_settings) as standin:
        standin.world.guilds[GUILD].roles[GOLD] = RoleSpec(id=GOLD, name="gold")
        ada, grace = (id_of(standin, name) for name in ("ada", "grace"))
        await endow(tmp_path / "riddles.db", ada, grace)
        bot = await start_bot(tmp_path, standin)
        await standin.online(30)
        asked = await standin.command(ada, CHANNEL, "rewards redeem", {"reward": reward})
        assert "v1:redeem" in str(asked.buttons), asked.text
        fault = standin.faults.add(method, path, action)
        pressing = asyncio.create_task(confirm(standin, ada, asked))
        await until(lambda: fault.hits > 0)
        bot.kill()
        await bot.wait()
        with suppress(CannotDo):
            await pressing
        bot = await start_bot(tmp_path, standin)
        await until(lambda: sum(r.path.endswith("/gateway/bot") for r in standin.requests) == 2)
        await standin.online(30)
        if any(button.startswith("v1:redeem:") for button in asked.buttons):
            again = await confirm(standin, ada, asked)  # Nobody had told them.
            assert "⛔" not in again.text
        mine = await standin.command(ada, CHANNEL, "rewards mine")
        other = await standin.command(grace, CHANNEL, "rewards redeem", {"reward": "key"})
        await confirm(standin, grace, other)
        hers = await standin.command(grace, CHANNEL, "rewards mine")
        await until(arrived(standin, reward, ada))
        await asyncio.sleep(1.2)  # Whatever was still under way may arrive now.
        bot.terminate()
        assert await asyncio.wait_for(bot.wait(), 20) == 0

        assert mine.text.count("`1`") == 1
        assert "`2`" not in mine.text
        if reward == "key":
            assert {code_in(mine), code_in(hers)} == {"AAAA-1111", "BBBB-2222"}
        requests = [m for m in standin.messages(STAFF) if m.text.startswith("### 📬")]
        assert len(requests) == (reward == "sticker")
        assert not standin.unexpected
    await assert_charged_once(tmp_path / "riddles.db", ada, reward)


def id_of(standin: StandIn, name: str) -> int:
    return next(user for user, spec in standin.world.users.items() if spec.name == name)


async def endow(path: Path, *members: int) -> None:
    now = SystemClock().now()
    async with open_database(path, kind="live", now=now) as database:
        async with database.transaction() as tx:
            people = [Person(id=member, server=GUILD, name="x") for member in members]
            accounts = await meet(tx, people, to_ms(now))
            await post_all(tx, [a_transfer(account, 500) for account in accounts.values()])
        codes = "AAAA-1111\nBBBB-2222"
        await load_codes(database, Vault(SECRET), "key", codes, to_ms(now))


async def confirm(standin: StandIn, member: int, asked: Reply) -> Reply:
    (button,) = [each for each in asked.buttons if each.startswith("v1:redeem:")]
    return await standin.press(member, asked, button)


def arrived(standin: StandIn, reward: str, member: int) -> Callable[[], bool]:
    def holds() -> bool:
        match reward:
            case "gold":
                return GOLD in standin.roles_of(GUILD, member)
            case "sticker":
                return any(m.text.startswith("### 📬") for m in standin.messages(STAFF))
            case _:
                return True

    return holds


def code_in(reply: Reply) -> str:
    return reply.text.split("```")[1]


async def assert_charged_once(path: Path, member: int, reward: str) -> None:
    cost = {"gold": 100, "key": 50, "sticker": 60}[reward]
    async with (
        open_database(path, kind="live", now=SystemClock().now()) as database,
        database.reading() as reader,
    ):
        await assert_books_fit(reader)
        assert await misfit(reader) is None
        balance = await reader.value(
            """
            SELECT balance FROM accounts JOIN members ON members.account = accounts.id
            WHERE members.id = ?
            """,
            (member,),
        )
        assert balance == 500 - cost
        states = await reader.all("SELECT state FROM redemptions WHERE reward = ?", (reward,))
        mine = "unfulfilled" if reward == "sticker" else "fulfilled"
        assert {row["state"] for row in states} == {mine}
