"""What a member types, presses and hears: alone, at once, in their own language."""

import asyncio
import dataclasses
from collections.abc import AsyncGenerator, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from riddles.rehearsal.discord import MemberSpec, Message, Reply, aged
from riddles.rehearsal.stage import House, Stage
from tests.builders import MONDAY
from tests.show.conftest import StageSetter, published

Queue = Callable[..., Path]


@dataclass(frozen=True, slots=True)
class Scene:
    """A stage with an open riddle, and short words for acting on it."""

    stage: Stage

    @property
    def channel(self) -> int:
        """The French server's channel."""
        return self.stage.program.show.settings.server[0].channel

    @property
    def publication(self) -> Message:
        """The riddle's message there."""
        return self.stage.standin.messages(self.channel)[0]

    def member(self, name: str) -> MemberSpec:
        """One of the cast."""
        return next(each for each in self.stage.cast.members if each.name == name)

    async def says(self, name: str, command: str, **options: str) -> Reply:
        """A member calls a command."""
        return await self.stage.standin.command(self.member(name), self.channel, command, options)

    async def answers(self, name: str, text: str, *, deliver_twice: bool = False) -> Reply:
        """A member answers."""
        return await self.stage.standin.command(
            self.member(name),
            self.channel,
            "answer",
            {"text": text},
            deliver_twice=deliver_twice,
        )

    async def passes(self, **span: float) -> None:
        """Time passes."""
        await self.stage.move_to(self.stage.clock.now() + timedelta(**span))


@pytest.fixture
async def scene(queue: Queue, on_stage: StageSetter) -> AsyncGenerator[Scene, None]:
    queue("01-first")
    async with published(on_stage) as stage:
        yield Scene(stage)


async def test_a_right_answer_is_heard_alone_and_earns_its_points(scene: Scene) -> None:
    reply = await scene.answers("ada", "Tri rapide")

    assert reply.text == "✅ C’est ça\u202f! Tu gagnes **100 points**."
    assert reply.ephemeral


async def test_a_wrong_answer_says_when_to_try_again_where_that_takes_a_while(
    scene: Scene,
) -> None:
    first = await scene.answers("ada", "bogosort")
    await scene.passes(seconds=6)
    second = await scene.answers("ada", "stalinsort")

    assert first.text == "❌ Ce n’est pas ça."
    assert second.text.startswith("❌ Ce n’est pas ça.\n-# Nouvel essai possible à partir de <t:")


async def test_the_authors_words_answer_a_near_miss(scene: Scene) -> None:
    reply = await scene.answers("grace", "a sort")

    assert reply.text.startswith("🟡 A sort, yes: which?")


async def test_the_button_opens_a_form_that_answers(scene: Scene) -> None:
    form = await scene.stage.standin.press(scene.member("ada"), scene.publication, "Répondre")
    reply = await scene.stage.standin.submit(scene.member("ada"), form, {"answer": "quicksort"})

    assert form.kind == "modal"
    assert reply.text.startswith("✅")


async def test_the_button_works_after_a_restart(
    queue: Queue, on_stage: StageSetter, house: House
) -> None:
    queue("01-first")
    async with on_stage(house=house) as stage:
        await stage.move_to(MONDAY)
    async with on_stage(house=house) as stage:
        scene = Scene(stage)
        form = await stage.standin.press(scene.member("ada"), scene.publication, "Répondre")

        assert form.kind == "modal"


async def test_each_hears_their_own_language_and_others_the_servers(scene: Scene) -> None:
    french = await scene.answers("ada", "bogosort")
    english = await scene.answers("grace", "bogosort")
    german = await scene.answers("radia", "bogosort")

    assert "Ce n’est pas ça" in french.text
    assert "That is not it" in english.text
    assert "Ce n’est pas ça" in german.text


async def test_an_interaction_delivered_twice_counts_once(
    scene: Scene, caplog: pytest.LogCaptureFixture
) -> None:
    reply = await scene.answers("ada", "quicksort", deliver_twice=True)
    balance = await scene.says("ada", "points balance")

    assert reply.text.startswith("✅")
    assert "**100 points**" in balance.text
    assert not caplog.records  # The second delivery is no failure either.


async def test_a_second_right_answer_is_told_so_and_changes_nothing(scene: Scene) -> None:
    await scene.answers("ada", "quicksort")
    again = await scene.answers("ada", "quicksort")
    balance = await scene.says("ada", "points balance")

    assert again.text.startswith("🎉")
    assert "**100 points**" in balance.text


async def test_an_answer_of_6000_characters_is_refused_in_words(scene: Scene) -> None:
    reply = await scene.answers("ada", "x" * 6000)

    assert reply.text.startswith("✋ C’est trop long")


@pytest.mark.parametrize("text", [" ", "\u200b", "||  ||", "...", "@everyone <@1> <#2>"])
async def test_nothing_a_member_can_type_breaks_the_reply(scene: Scene, text: str) -> None:
    reply = await scene.answers("ada", text)

    assert reply.text[0] in "✋❌"
    assert reply.message is not None
    assert not reply.message.pings.users
    assert not reply.message.pings.everyone


async def test_guessing_fast_is_slowed_and_not_counted(scene: Scene) -> None:
    await scene.answers("ada", "bogosort")
    reply = await scene.answers("ada", "stalinsort")

    assert reply.text.startswith("⏳ Pas si vite")


async def test_a_hint_taken_early_is_paid_for_by_the_solve(scene: Scene) -> None:
    offer = await scene.says("ada", "hint")
    offered = offer.text
    taken = await scene.stage.standin.press(scene.member("ada"), offer, "v1:take:1:1")
    solved = await scene.answers("ada", "quicksort")

    assert "Indice un." not in offered
    assert "Indice un." in taken.text
    assert "**90 points**" in solved.text
    assert "100 − 1 indice pris en avance × 10 = 90" in solved.text


async def test_a_hint_that_is_out_costs_nothing(scene: Scene) -> None:
    await scene.passes(days=2)
    hints = await scene.says("ada", "hint")
    solved = await scene.answers("ada", "quicksort")

    assert "Indice un." in hints.text
    assert "**100 points**" in solved.text


async def test_pressing_the_hint_button_twice_takes_one_hint(scene: Scene) -> None:
    offer = await scene.says("ada", "hint")
    press = scene.stage.standin.press
    await asyncio.gather(
        press(scene.member("ada"), offer, "v1:take:1:1"),
        press(scene.member("ada"), offer, "v1:take:1:1"),
    )
    solved = await scene.answers("ada", "quicksort")

    assert "**90 points**" in solved.text


async def test_after_the_closing_the_answer_waits_for_the_reveal(scene: Scene) -> None:
    await scene.passes(days=6, hours=2, minutes=1)
    reply = await scene.answers("ada", "quicksort")
    riddle = await scene.says("ada", "riddle show")

    assert reply.text.startswith("🔒")
    assert "🔒 Fermée" in riddle.text


async def test_after_the_reveal_answers_are_practice(scene: Scene) -> None:
    await scene.passes(days=6, hours=3)
    reply = await scene.answers("ada", "quicksort")
    balance = await scene.says("ada", "points balance")

    assert reply.text.startswith("✅ C’est ça")
    assert "Entraînement" in reply.text
    assert "**0 point**" in balance.text


async def test_the_leaderboard_shows_who_is_first_and_where_i_am(scene: Scene) -> None:
    await scene.answers("ada", "quicksort")
    await scene.answers("linus", "quicksort")
    board = await scene.says("linus", "leaderboard", window="week")

    assert "🥇 **Ada** · 100 points\n🥇 **Linus** · 100 points" in board.text
    assert "rang 1 sur 2" in board.text


async def test_a_board_of_many_has_pages(scene: Scene) -> None:
    guild = scene.stage.program.show.settings.server[0].guild
    crowd = [
        MemberSpec(id=aged(scene.stage.clock, days=90, serial=500 + n), name=f"m{n:02}")
        for n in range(25)
    ]
    for member in crowd:
        scene.stage.standin.join(guild, member)
        reply = await scene.stage.standin.command(
            member, scene.channel, "answer", {"text": "quicksort"}
        )
        assert reply.text.startswith("✅")
    board = await scene.says("ada", "leaderboard")
    first = board.text
    second = await scene.stage.standin.press(scene.member("ada"), board, "Suivants")

    assert first.count("100 points") == 10
    assert "m09" in first
    assert "m10" in second.text
    assert "m09" not in second.text


async def test_names_are_shown_as_plain_text(scene: Scene) -> None:
    guild = scene.stage.program.show.settings.server[0].guild
    joker = MemberSpec(
        id=aged(scene.stage.clock, days=90, serial=600),
        name="joker",
        nick="\u202e**@everyone** ||x||",
    )
    scene.stage.standin.join(guild, joker)
    await scene.stage.standin.command(joker, scene.channel, "answer", {"text": "quicksort"})
    board = await scene.says("ada", "leaderboard")

    assert "\u202e" not in board.text
    assert r"\*\*\@everyone\*\* \|\|x\|\|" in board.text


async def test_the_transcript_tells_what_is_seen_and_heard(scene: Scene) -> None:
    reply = await scene.stage.standin.press(scene.member("ada"), scene.publication, "Transcription")

    assert "`0:00` Des barres bougent." in reply.text


async def test_a_button_of_a_round_that_is_not_known_is_answered_in_words(scene: Scene) -> None:
    message = scene.publication
    for component in message.components:
        if component.get("custom_id") == "v1:open:1":
            component["custom_id"] = "v1:open:99"
    reply = await scene.stage.standin.press(scene.member("ada"), message, "v1:open:99")

    assert "ne connaît plus" in reply.text


async def test_three_hundred_members_answer_at_once(scene: Scene) -> None:
    guild = scene.stage.program.show.settings.server[0].guild
    crowd = [
        MemberSpec(id=aged(scene.stage.clock, days=90, serial=1000 + n), name=f"crowd{n}")
        for n in range(300)
    ]
    for member in crowd:
        scene.stage.standin.join(guild, member)
    replies = await asyncio.gather(
        *(
            scene.stage.standin.command(member, scene.channel, "answer", {"text": "quicksort"})
            for member in crowd
        )
    )
    board = await scene.says("ada", "leaderboard")

    assert all(reply.text.startswith("✅") for reply in replies)
    assert board.text.count("🥇") == 10


async def test_one_account_serves_in_every_server(scene: Scene) -> None:
    await scene.answers("ada", "quicksort")
    other = scene.stage.program.show.settings.server[1].channel
    again = await scene.stage.standin.command(
        scene.member("ada"), other, "answer", {"text": "quicksort"}
    )

    assert again.text.startswith("🎉")


async def test_members_do_not_see_the_hosts_command(scene: Scene) -> None:
    with pytest.raises(Exception, match="hidden"):
        await scene.says("ada", "animate queue")


async def test_a_button_of_a_round_that_is_over_says_so(scene: Scene) -> None:
    await scene.passes(days=5)
    reminder = scene.stage.standin.messages(scene.channel)[-1]
    await scene.passes(days=1, hours=2, minutes=1)
    reply = await scene.stage.standin.press(scene.member("ada"), reminder, "v1:open:1")

    assert reply.text == "🔒 Cette énigme est fermée. La solution arrive bientôt."


async def test_somebody_from_another_server_is_told_where_the_show_is_played(
    scene: Scene,
) -> None:
    world = scene.stage.standin.world
    settings = scene.stage.program.show.settings
    guild = world.guilds[settings.server[1].guild]
    world.guilds[4242] = guild  # The same people in a server that is not in the settings.
    guild.spec = dataclasses.replace(guild.spec, id=4242)
    reply = await scene.stage.standin.command(
        scene.member("grace"), settings.server[1].channel, "points balance"
    )

    assert "played in its own servers" in reply.text
