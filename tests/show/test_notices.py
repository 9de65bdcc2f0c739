"""A notice is heard above the member's next reply, in their language, and until it has arrived."""

from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from engine.moments import to_ms
from engine.people import notices
from engine.people.members import Person, meet_one
from engine.people.notices import Notice
from riddles.rehearsal.discord import MemberSpec, Reply, faults
from riddles.rehearsal.stage import House, Stage
from riddles.sentence import Sentence
from tests.show.conftest import StageSetter, published

Queue = Callable[..., Path]
CALLBACK = "/interactions/.*/callback"
EDIT = "/webhooks/.*/messages/@original"
HEARD = "🔔 Ta réponse à l’énigme n° 7 est finalement acceptée."


@dataclass(frozen=True, slots=True)
class Scene:
    """A stage with an open riddle, and members who are owed a word."""

    stage: Stage

    def member(self, name: str) -> MemberSpec:
        return next(each for each in self.stage.cast.members if each.name == name)

    async def owe(self, name: str, key: str = "x", sentence: Sentence | None = None) -> None:
        words = sentence or Sentence(
            "Your answer to riddle no. {number} is accepted after all.", number=7
        )
        show, member = self.stage.program.show, self.member(name)
        guild, now = show.settings.server[0].guild, to_ms(show.clock.now())
        async with show.database.transaction() as tx:
            account = await meet_one(tx, Person(id=member.id, server=guild, name=name), now)
            notice = Notice(key=f"{name}:{key}", account=account, words=words.kept)
            await notices.owe(tx, [notice], now)

    async def says(self, name: str, command: str = "points balance", **options: Any) -> Reply:
        channel = self.stage.program.show.settings.server[0].channel
        reply = await self.stage.standin.command(
            self.member(name), channel, command, options, patience=8
        )
        await self.drained()
        return reply

    async def drained(self) -> None:
        """Wait until the bot has dealt with everything it was asked."""
        assert await self.stage.program.bot.counter.drained(20)

    async def open(self) -> int:
        """How many notices were not told."""
        async with self.stage.program.show.database.reading() as reader:
            return await reader.value("SELECT count(*) FROM notices WHERE told_at IS NULL")


@pytest.fixture
async def scene(queue: Queue, on_stage: StageSetter) -> AsyncGenerator[Scene, None]:
    queue("01-first")
    async with published(on_stage) as stage:
        yield Scene(stage)


async def test_each_member_hears_it_once_and_in_their_own_language(scene: Scene) -> None:
    await scene.owe("ada")
    await scene.owe("grace")
    french = await scene.says("ada")
    english = await scene.says("grace", "answer", text="bogosort")
    others = await scene.says("linus")
    again = await scene.says("ada")

    assert french.text.startswith(f"{HEARD}\n\n💰")
    assert english.text.startswith("🔔 Your answer to riddle no. 7 is accepted after all.\n\n❌")
    assert "🔔" not in others.text
    assert "🔔" not in again.text


async def test_several_are_told_together_the_oldest_first(scene: Scene) -> None:
    await scene.owe("ada")
    gift = Sentence("The staff gave you {points}: “{reason}”", points=1200, reason="fête")
    await scene.owe("ada", "y", gift)
    reply = await scene.says("ada")
    first, second, empty, *_ = reply.text.split("\n")

    assert first == HEARD
    assert second == "🔔 L’équipe t’a donné 1\u202f200 points\N{NO-BREAK SPACE}: «\u202ffête\u202f»"
    assert not empty


async def test_a_reason_is_shown_as_it_was_typed(scene: Scene) -> None:
    typed = "@everyone <@1> ```"
    gift = Sentence("The staff gave you {points}: “{reason}”", points=5, reason=typed)
    await scene.owe("linus", "x", gift)
    reply = await scene.says("linus")

    assert r"\@everyone \<\@1\> \`\`\`" in reply.text
    assert typed not in reply.text


@pytest.mark.parametrize(
    "weather",
    [faults.status(500), faults.status(404, 10062, "Unknown interaction"), faults.reset()],
    ids=["an error", "a reply that comes too late", "a broken connection"],
)
async def test_it_stands_until_discord_has_the_reply(scene: Scene, weather: faults.Action) -> None:
    await scene.owe("ada")
    scene.stage.standin.faults.add("POST", CALLBACK, weather, times=9)
    with pytest.raises(Exception, match=r"answer|respond"):
        await scene.stage.standin.command(
            scene.member("ada"),
            scene.stage.program.show.settings.server[0].channel,
            "points balance",
            patience=1,
        )
    await scene.drained()
    scene.stage.standin.faults.clear()
    still = await scene.open()
    reply = await scene.says("ada")

    assert still == 1
    assert reply.text.startswith(HEARD)
    assert await scene.open() == 0


async def test_a_reply_that_arrived_unseen_has_told_it(scene: Scene) -> None:
    await scene.owe("ada")
    scene.stage.standin.faults.add("POST", CALLBACK, faults.drop_reply())
    reply = await scene.says("ada")

    assert reply.text.startswith(HEARD)
    assert await scene.open() == 0


async def test_it_survives_a_restart(queue: Queue, on_stage: StageSetter, house: House) -> None:
    queue("01-first")
    async with published(on_stage, house) as stage:
        await Scene(stage).owe("ada")
    async with on_stage(house=house) as stage:
        reply = await Scene(stage).says("ada")

        assert reply.text.startswith(HEARD)


async def test_a_form_leaves_no_room_and_what_it_hands_in_does(scene: Scene) -> None:
    await scene.owe("ada")
    channel = scene.stage.program.show.settings.server[0].channel
    publication = scene.stage.standin.messages(channel)[0]
    form = await scene.stage.standin.press(scene.member("ada"), publication, "Répondre")
    before = await scene.open()
    reply = await scene.stage.standin.submit(
        scene.member("ada"), form, {"answer": "quicksort"}, patience=8
    )

    assert before == 1
    assert reply.text.startswith(f"{HEARD}\n\n✅")


async def test_what_takes_its_time_tells_it_when_it_is_ready(scene: Scene) -> None:
    show = scene.stage.program.show
    host, channel = scene.stage.cast.host, show.settings.server[0].channel
    asked = await scene.stage.standin.command(host, channel, "animate close")
    now = to_ms(show.clock.now())
    async with show.database.transaction() as tx:
        person = Person(id=host.id, server=show.settings.server[0].guild, name="x")
        notice = Notice(
            key="host",
            account=await meet_one(tx, person, now),
            words=Sentence(
                "Your answer to riddle no. {number} is accepted after all.", number=7
            ).kept,
        )
        await notices.owe(tx, [notice], now)
    reply = await scene.stage.standin.press(host, asked, "v1:close:1", patience=8)
    await reply.final()
    await scene.drained()

    assert reply.text.startswith(f"{HEARD}\n\n🔒")
    assert await scene.open() == 0


async def test_what_does_not_fit_waits_for_a_shorter_reply(scene: Scene) -> None:
    for number in range(9):
        long = Sentence("The staff gave you {points}: “{reason}”", points=number, reason="é" * 300)
        await scene.owe("ada", str(number), long)
    first = await scene.says("ada")
    left = await scene.open()
    second = await scene.says("ada")

    assert len(first.text) <= 2000
    assert first.text.count("🔔") == 9 - left
    assert 0 < left < 9
    assert second.text.count("🔔") == left
    assert await scene.open() == 0
