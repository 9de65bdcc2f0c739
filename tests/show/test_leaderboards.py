"""Boards as members see them: pages, their own place, circles, and nobody who is gone."""

import dataclasses
from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from engine.storage.database import READERS
from riddles.config import Settings, load_settings
from riddles.rehearsal.discord import MemberSpec, Reply, aged
from riddles.rehearsal.stage import Stage
from tests.show.conftest import RIDDLE, SETTINGS, StageSetter, published
from tests.show.test_week import play_to_the_end, seen

CIRCLES = """
[[circle]]
id = "réseau"
name = "Le réseau"
role = 100000000000000031
[[circle]]
id = "web"
name = "Le web"
role = 100000000000000032
[season]
cup_best = 2
"""
NET, WEB = 100000000000000031, 100000000000000032


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two servers, and two circles."""
    path = tmp_path / "scheduler.toml"
    path.write_text(SETTINGS + CIRCLES, encoding="utf-8")
    return load_settings(path)


@dataclass(frozen=True, slots=True)
class Scene:
    """A stage on which a riddle of the circle "réseau" is out."""

    stage: Stage

    @property
    def guild(self) -> int:
        return self.stage.program.show.settings.server[0].guild

    @property
    def channel(self) -> int:
        return self.stage.program.show.settings.server[0].channel

    def member(self, name: str) -> MemberSpec:
        return next(each for each in self.stage.cast.members if each.name == name)

    async def answers(self, *names: str) -> None:
        """Members solve the riddle, one after another."""
        for name in names:
            await self.solved_by(self.member(name))

    async def solved_by(self, member: MemberSpec) -> None:
        answer = {"text": "quicksort"}
        reply = await self.stage.standin.command(member, self.channel, "answer", answer)
        assert reply.text.startswith("✅")

    async def crowd(self, count: int) -> list[MemberSpec]:
        """More members, who solved the riddle."""
        members = [
            MemberSpec(id=aged(self.stage.clock, days=90, serial=500 + n), name=f"m{n:02}")
            for n in range(count)
        ]
        for member in members:
            self.stage.standin.join(self.guild, member)
            await self.solved_by(member)
        return members

    async def board(self, name: str, **options: str) -> Reply:
        return await self.stage.standin.command(
            self.member(name), self.channel, "leaderboard", options
        )

    async def press(self, name: str, reply: Reply, button: str) -> Reply:
        return await self.stage.standin.press(self.member(name), reply, button)


@pytest.fixture
async def scene(queue: Callable[..., Path], on_stage: StageSetter) -> AsyncGenerator[Scene, None]:
    queue("01-first", 'circle = "réseau"', text=RIDDLE)
    async with published(on_stage) as stage:
        yield Scene(stage)


async def test_one_finds_the_own_place_however_far_down(scene: Scene) -> None:
    await scene.crowd(25)
    await scene.answers("ada")
    board = await scene.board("ada")
    first, ways = board.text, set(board.buttons.values())
    mine = await scene.press("ada", board, "Ma place")

    assert ways == {"Suivants", "Ma place"}
    assert "Ada" not in first
    assert "rang 1 sur 26" in first
    assert "Ada" in mine.text
    assert set(mine.buttons.values()) == {"Précédents"}


async def test_a_board_covers_a_riddle_a_month_a_season_or_all_time(scene: Scene) -> None:
    await scene.answers("ada")
    titles = {
        window: (await scene.board("ada", window=window)).text.splitlines()[0]
        for window in ("week", "month", "season", "all")
    }
    # The next month, in the same season.
    await scene.stage.move_to(scene.stage.clock.now() + timedelta(days=12))
    later = await scene.board("ada", window="month")
    season = await scene.board("ada")

    assert titles == {
        "week": "**🏆 Cette énigme** · ce serveur",
        "month": "**🏆 Ce mois-ci** · ce serveur",
        "season": "**🏆 La saison** · ce serveur",
        "all": "**🏆 Depuis toujours** · ce serveur",
    }
    assert "Ada" not in later.text
    assert "Ada" in season.text


async def test_the_board_of_a_circle_shows_what_its_riddles_gave(scene: Scene) -> None:
    await scene.answers("ada", "linus")
    network = await scene.board("ada", circle="réseau")
    by_name = await scene.board("ada", circle="LE RÉSEAU", scope="all")
    web = await scene.board("ada", circle="web", window="all")

    assert network.text.startswith("**🏆 La saison** · Le réseau · ce serveur\n🥇 **Ada**")
    assert "Linus" in by_name.text
    assert "Ada" not in web.text


async def test_the_pages_of_a_circles_board_are_its_own(scene: Scene) -> None:
    await scene.crowd(12)
    board = await scene.board("ada", circle="réseau")
    second = await scene.press("ada", board, "Suivants")

    assert "· Le réseau ·" in second.text
    assert "m11" in second.text


async def test_circles_are_offered_while_one_types(scene: Scene) -> None:
    standin, ada = scene.stage.standin, scene.member("ada")

    async def offered(typed: str) -> list[tuple[str, str]]:
        reply = await standin.autocomplete(
            ada, scene.channel, "leaderboard", "circle", {"circle": typed}
        )
        return [(each["name"], each["value"]) for each in reply.choices]

    assert await offered("") == [
        ("🏆 La coupe des cercles", "*"),
        ("Le réseau", "réseau"),
        ("Le web", "web"),
    ]
    assert await offered("WEB") == [("Le web", "web")]
    assert await offered("x") == []


async def test_the_cup_compares_the_circles(scene: Scene) -> None:
    grace = dataclasses.replace(scene.member("grace"), roles=frozenset({WEB}))
    scene.stage.standin.join(scene.guild, grace)
    await scene.answers("ada", "linus")
    await scene.solved_by(grace)
    wrong = {"text": "bogosort"}
    await scene.stage.standin.command(scene.member("hedy"), scene.channel, "answer", wrong)
    cup = await scene.board("ada", circle="*")
    english = await scene.board("grace", circle="the circles’ cup", window="week")

    assert cup.text == (
        "**🏆 La coupe des cercles** · 🏆 La saison\n"
        "🥇 **Le réseau** · **100** points · 100\u00a0% participent\n"
        "🥈 **Le web** · **50** points · 100\u00a0% participent\n"
        "-# Points\u00a0: la moyenne de 2 membres, les meilleurs de chaque cercle."
    )
    assert english.text.startswith("**🏆 The circles’ cup** · 🏆 This riddle\n🥇 **Le réseau**")


async def test_the_riddle_and_the_teaser_name_the_circle_as_members_know_it(
    scene: Scene, queue: Callable[..., Path]
) -> None:
    queue("02-second", 'circle = "web"', text=RIDDLE)
    stage = scene.stage
    open_now = seen(stage)[0].text
    await play_to_the_end(stage)
    told = [message.text for message in seen(stage)]

    assert "-# Le réseau · " in open_now
    assert "-# Le réseau · " in told[0]
    assert "(Le web · " in told[-1]
    assert not any("réseau ·" in text.replace("Le réseau ·", "") for text in told)


async def test_a_circle_that_there_is_not_is_refused_in_words(scene: Scene) -> None:
    reply = await scene.board("ada", circle="cuisine")

    assert reply.text == "⛔ Ce cercle n’existe pas\u202f; il y a\u00a0: Le réseau, Le web."
    assert reply.ephemeral


async def test_whoever_left_the_server_is_off_its_board_and_back_with_their_next_step(
    scene: Scene,
) -> None:
    bot = scene.stage.program.bot
    await scene.answers("ada", "linus")
    await scene.stage.move_to(scene.stage.clock.now() + timedelta(days=2))
    scene.stage.standin.leave(scene.guild, scene.member("linus").id)
    first = await scene.board("ada")
    await bot.roll_call.idle()
    second = await scene.board("ada")
    await bot.roll_call.idle()
    there = {str(scene.member(name).id) for name in ("ada", "linus")}
    asked = [each for each in scene.stage.standin.requests if each.path.split("/")[-1] in there]
    scene.stage.standin.join(scene.guild, scene.member("linus"))
    await scene.stage.standin.command(
        scene.member("linus"), scene.channel, "answer", {"text": "quicksort"}
    )
    third = await scene.board("ada")

    assert "Linus" in first.text
    assert "Linus" not in second.text
    assert "rang 1 sur 1" in second.text
    assert "Linus" in third.text
    assert len(asked) == 2


async def test_a_board_that_takes_its_time_comes_when_it_is_there(scene: Scene) -> None:
    await scene.answers("ada")
    database = scene.stage.program.show.database
    async with AsyncExitStack() as busy:
        for _ in range(READERS):
            await busy.enter_async_context(database.reading())
        reply = await scene.board("ada")
        at_first = reply.kind
    reply = await reply.final()

    assert at_first == "deferred"
    assert "🥇 **Ada**" in reply.text
    assert reply.ephemeral


async def test_old_buttons_still_turn_the_page(scene: Scene) -> None:
    await scene.crowd(12)
    board = await scene.board("ada")
    (button,) = [id_ for id_, label in board.buttons.items() if label == "Suivants"]
    second = await scene.press("ada", board, button)

    assert button == "v1:board:season:server:11"
    assert "m11" in second.text
