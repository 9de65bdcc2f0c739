"""A draw as people live it: announced, entered, frozen, witnessed, drawn, checked, handed over."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from engine.draws.published import verify
from riddles.config import Settings
from riddles.rehearsal.discord import MemberSpec, Message, Reply
from riddles.rehearsal.discord.components import FILE
from riddles.rehearsal.stage import House, Stage
from tests.builders import MONDAY
from tests.show.conftest import StageSetter

Queue = Callable[..., Path]
PLAYERS = ("ada", "grace", "linus", "hedy", "radia")


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """The usual house, with a hash that takes no minutes."""
    draws = settings.draws.model_copy(update={"hash_time": timedelta(milliseconds=20)})
    return settings.model_copy(update={"draws": draws})


@dataclass(frozen=True, slots=True)
class Scene:
    """A stage on which everybody has solved the first riddle, and short words to act."""

    stage: Stage

    @property
    def channel(self) -> int:
        return self.stage.program.show.settings.server[0].channel

    def member(self, name: str) -> MemberSpec:
        if name == "margaret":
            return self.stage.cast.host
        return next(each for each in self.stage.cast.members if each.name == name)

    async def says(self, name: str, command: str, /, **options: Any) -> Reply:
        reply = await self.stage.standin.command(self.member(name), self.channel, command, options)
        return await reply.final()

    async def presses(self, name: str, on: Message | Reply, button: str) -> Reply:
        return await self.stage.standin.press(self.member(name), on, button)

    async def passes(self, **span: float) -> None:
        await self.stage.move_to(self.stage.clock.now() + timedelta(**span))

    def post(self, beginning: str) -> Message:
        """The newest public message that begins so."""
        messages = self.stage.standin.messages(self.channel)
        return next(each for each in reversed(messages) if each.text.startswith(beginning))

    async def drawn(self) -> Message:
        """The result, once the slow hash is done."""
        for _ in range(200):
            await self.stage.settle()
            messages = self.stage.standin.messages(self.channel)
            if any(each.text.startswith("# 🏆") for each in messages):
                return self.post("# 🏆")
            await asyncio.sleep(0.05)
        raise AssertionError("nothing was drawn")


async def announced(scene: Scene, **changes: Any) -> Message:
    options: dict[str, Any] = {
        "name": "noel",
        "title": "Noël / Christmas",
        "prizes": "Clavier / Keyboard; Autocollant / Sticker",
        "until": "2h",
        "tickets": "points",
        "price": 10,
        "most": 5,
    }
    reply = await scene.says("margaret", "lots create", **options | changes)
    assert "annoncé" in reply.text, reply.text
    await scene.stage.settle()
    return scene.post("# 🎟️")


async def entered(scene: Scene) -> None:
    message = await announced(scene)
    for name in PLAYERS:
        odds = await scene.presses(name, message, "v1:draw-odds:1")
        await scene.presses(name, odds, "v1:draw-enter:1:1")


async def witnessed(scene: Scene) -> None:
    await entered(scene)
    await scene.passes(hours=2, seconds=1)
    message = scene.post("# 🧊")
    for name in PLAYERS:
        await scene.presses(name, message, "v1:draw-witness:1")
    await scene.passes(minutes=15, seconds=5)


def the_file(scene: Scene, message: Message) -> dict[str, Any]:
    """The file that the message carries."""
    (file,) = (one["file"] for one in message.components if one["type"] == FILE)
    stored = scene.stage.standin.file(int(file["attachment_id"]))
    assert stored is not None
    return json.loads(stored.path.read_text(encoding="utf-8"))


@pytest.fixture
async def scene(queue: Queue, on_stage: StageSetter) -> AsyncGenerator[Scene, None]:
    queue("01-first")
    async with on_stage() as stage:
        await stage.move_to(MONDAY)
        scene = Scene(stage)
        for name in PLAYERS:
            await scene.says(name, "answer", text="quicksort")
        yield scene


async def test_the_odds_are_shown_before_anything_is_spent(scene: Scene) -> None:
    odds = await scene.presses("ada", await announced(scene), "v1:draw-odds:1")
    balance = await scene.says("ada", "points balance")

    assert "Avec un ticket de plus" in odds.text
    assert "100 points" in balance.text


async def test_tickets_are_paid_and_given_back(scene: Scene) -> None:
    odds = await scene.presses("ada", await announced(scene), "v1:draw-odds:1")
    inside = await scene.presses("ada", odds, "v1:draw-enter:1:5")
    heard = inside.text
    poorer = await scene.says("ada", "points balance")
    await scene.presses("ada", inside, "v1:draw-leave:1")
    again = await scene.says("ada", "points balance")

    assert "Tu as 5 tickets" in heard
    assert "50 points" in poorer.text
    assert "100 points" in again.text


async def test_what_was_drawn_can_be_checked_from_the_published_file(scene: Scene) -> None:
    await witnessed(scene)
    result = await scene.drawn()
    published = verify(the_file(scene, result))
    frozen, transcript = scene.post("# 🧊"), scene.post("# 📜")

    assert len(published.winners) == 2
    assert published.frozen in frozen.text
    assert published.transcript in transcript.text
    assert int(frozen.id) in published.messages
    assert the_file(scene, transcript)["presses"] == published.presses


async def test_nothing_is_known_before_the_transcript_is_out(scene: Scene) -> None:
    await witnessed(scene)
    await scene.drawn()
    texts = [message.text[:3] for message in scene.stage.standin.messages(scene.channel)]

    assert texts.index("# 🧊") < texts.index("# 📜") < texts.index("# 🏆")


async def test_too_few_witnesses_keep_the_window_open(scene: Scene) -> None:
    await entered(scene)
    await scene.passes(hours=2, seconds=1)
    await scene.presses("ada", scene.post("# 🧊"), "v1:draw-witness:1")
    await scene.passes(minutes=15, seconds=5)

    assert scene.post("👁️").text.startswith("👁️ Noël")


async def test_a_prize_is_handed_over_and_another_passes_on(scene: Scene) -> None:
    await witnessed(scene)
    result = await scene.drawn()
    claims = [await scene.presses(name, result, "v1:draw-claim:1") for name in PLAYERS]
    listed = await scene.says("margaret", "lots settle")
    listed = await scene.presses("margaret", listed, "v1:draw-done:1")
    listed = await scene.presses("margaret", listed, "v1:draw-pass:2")
    await scene.stage.settle()

    assert sum("🎉" in claim.text for claim in claims) == 2
    assert "✅" in listed.text
    assert "➡️" in listed.text
    assert scene.post("➡️")


async def test_a_draw_called_off_gives_every_point_back(scene: Scene) -> None:
    await entered(scene)
    await scene.says("margaret", "lots cancel", draw="noel", reason="Le clavier est cassé")
    await scene.stage.settle()
    balance = await scene.says("ada", "points balance")

    assert "Le clavier est cassé" in scene.post("🚫").text
    assert "100 points" in balance.text


async def test_only_staff_hold_draws(scene: Scene) -> None:
    with pytest.raises(Exception, match="lots"):
        await scene.says("ada", "lots settle")


async def test_a_restart_in_the_slow_hash_draws_once_and_the_same(
    queue: Queue, on_stage: StageSetter, house: House
) -> None:
    queue("01-first")
    async with on_stage(house=house) as stage:
        await stage.move_to(MONDAY)
        scene = Scene(stage)
        for name in PLAYERS:
            await scene.says(name, "answer", text="quicksort")
        await witnessed(scene)
    async with on_stage(house=house) as stage:
        result = await Scene(stage).drawn()
        published = verify(the_file(Scene(stage), result))
        texts = [each.text for each in stage.standin.messages(Scene(stage).channel)]

    assert sum(text.startswith("# 🏆") for text in texts) == 1
    assert len(published.winners) == 2


async def test_a_winner_who_left_is_passed_over_in_public(scene: Scene) -> None:
    await witnessed(scene)
    for name in PLAYERS:
        for server in scene.stage.program.show.settings.server:
            scene.stage.standin.leave(server.guild, scene.member(name).id)
    await scene.passes(days=2)
    await scene.drawn()
    for _ in range(100):
        await scene.stage.settle()
        if any(m.text.startswith("➡️") for m in scene.stage.standin.messages(scene.channel)):
            break
        await asyncio.sleep(0.05)

    assert "a quitté le serveur" in scene.post("➡️").text
