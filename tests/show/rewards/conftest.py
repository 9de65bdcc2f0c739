"""A stage with a shop: a catalogue of every kind, members with points, staff who see to them."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.books.ledger import post_all
from engine.moments import to_ms
from engine.people.members import Person, meet
from riddles.rehearsal.discord import MemberSpec, Message, Reply
from riddles.rehearsal.stage import Stage
from riddles.shop.loading import load_codes
from tests.builders import MONDAY, a_transfer
from tests.show.conftest import StageSetter

GUILD = 100000000000000001
CHANNEL, STAFF = 100000000000000002, 100000000000000003
GOLD, LENT = 555, 556
CATALOGUE = """
[[reward]]
id = "gold"
kind = "role"
name = { fr = "Rôle doré", en = "Golden role" }
description = { fr = "Il brille.", en = "It shines." }
cost = 100
role = 555
server = 100000000000000001
[[reward]]
id = "lent"
kind = "role"
name = { fr = "Rôle prêté", en = "Role on loan" }
cost = 30
role = 556
server = 100000000000000001
lasts = "3d"
[[reward]]
id = "sticker"
kind = "manual"
name = { fr = "Autocollant", en = "Sticker" }
picture = "sticker.png"
cost = 60
stock = 3
restock = "week"
[[reward]]
id = "key"
kind = "code"
name = { fr = "Clé de jeu", en = "Game key" }
cost = 50
[[reward]]
id = "film"
kind = "code"
name = { fr = "Film", en = "Movie" }
cost = 40
consent = { fr = "Avoir 16 ans.", en = "Be 16." }
deadline = "3d"
[[reward]]
id = "tombola"
kind = "entry"
name = { fr = "Tombola", en = "Raffle" }
cost = 10
draw = "noel"
"""
PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360f8ffff3f0005fe02fea72d6d0f0000000049454e44ae426082"
)


@dataclass(frozen=True, slots=True)
class Counter:
    """A stage with a shop, and short words for acting on it."""

    stage: Stage

    def member(self, name: str) -> MemberSpec:
        """One of the cast, or the host."""
        people = (*self.stage.cast.members, self.stage.cast.host)
        return next(each for each in people if each.name == name)

    async def endow(self, points: int, *names: str) -> None:
        """Give members points."""
        async with self.stage.program.show.database.transaction() as tx:
            people = [Person(id=self.member(name).id, server=GUILD, name=name) for name in names]
            accounts = await meet(tx, people, to_ms(MONDAY))
            await post_all(tx, [a_transfer(account, points) for account in accounts.values()])

    async def fill(self, *codes: str, reward: str = "key") -> None:
        """Load codes."""
        show = self.stage.program.show
        assert show.shop.vault is not None
        await load_codes(show.database, show.shop.vault, reward, "\n".join(codes), to_ms(MONDAY))

    async def says(self, name: str, command: str, **options: Any) -> Reply:
        """Somebody calls a command."""
        return await self.stage.standin.command(self.member(name), CHANNEL, command, options)

    async def presses(self, name: str, on: Reply | Message, button: str, **more: Any) -> Reply:
        """Somebody presses a button, and what follows comes about."""
        reply = await self.stage.standin.press(self.member(name), on, button, **more)
        await self.stage.settle()
        return reply

    async def has(self, name: str, reward: str) -> Reply:
        """A member redeems a reward, confirmation included."""
        asked = await self.says(name, "rewards redeem", reward=reward)
        (button,) = [each for each in asked.buttons if each.startswith("v1:redeem:")]
        return await self.presses(name, asked, button)

    async def balance(self, name: str) -> int:
        """What a member can spend."""
        async with self.stage.program.show.database.reading() as reader:
            return await reader.value(
                """
                SELECT balance FROM accounts JOIN members ON account = accounts.id
                WHERE members.id = ?
                """,
                (self.member(name).id,),
            )

    def roles(self, name: str) -> frozenset[int]:
        """The roles a member has."""
        return self.stage.standin.roles_of(GUILD, self.member(name).id)

    @property
    def requests(self) -> list[Message]:
        """The requests in the staff's channel."""
        messages = self.stage.standin.messages(STAFF)
        return [message for message in messages if message.text.startswith("### 📬")]

    @property
    def words(self) -> list[str]:
        """What else is said there about rewards."""
        told = [message.text for message in self.stage.standin.messages(STAFF)]
        return [text for text in told if "demande" in text and not text.startswith("### 📬")]

    async def passes(self, **span: float) -> None:
        """Time passes."""
        await self.stage.move_to(self.stage.clock.now() + timedelta(**span))


@pytest.fixture
def shop_folder(tmp_path: Path) -> Path:
    content = tmp_path / "content"
    content.mkdir()
    (content / "rewards.toml").write_text(CATALOGUE, encoding="utf-8")
    (content / "sticker.png").write_bytes(PIXEL)
    return content


@pytest.fixture
async def counter(shop_folder: Path, on_stage: StageSetter) -> AsyncGenerator[Counter, None]:
    assert shop_folder
    async with on_stage(timedelta(hours=-5)) as stage:
        yield Counter(stage)
