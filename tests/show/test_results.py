"""What a week came to is told in full, in each server's language, to the letter."""

import struct
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from riddles.config import Settings
from riddles.rehearsal.discord import Message, faults
from riddles.rehearsal.stage import Stage
from tests.builders import MONDAY
from tests.openapi import discord_description
from tests.show.conftest import RIDDLE, StageSetter, published
from tests.show.test_course import a_manager
from tests.show.test_week import play_to_the_end, seen

__all__ = ["discord_description"]

Queue = Callable[..., Path]
FRENCH, ENGLISH = 100000000000000002, 200000000000000002
REVEAL = MONDAY + timedelta(days=6, hours=2, minutes=30)
RECAP = REVEAL + timedelta(minutes=15)
STAFF = 100000000000000003
SHARED = "1. Ada, 100 points; 1. Grace, 100 points; 1. Linus, 100 points."
"""How the picture is read to who cannot see it."""


async def play(stage: Stage, *, english: bool = False, tie: bool = False) -> None:
    """Five members: three miss first, three solve, the first two of them perhaps at once."""
    channel = ENGLISH if english else FRENCH
    ada, grace, linus, hedy, radia = stage.cast.members
    for member in (hedy, linus, radia):
        await stage.standin.command(member, channel, "answer", {"text": "bogosort"})
    stage.clock.jump(stage.clock.now() + timedelta(minutes=5))
    moment = stage.clock.now()
    for seconds, member in ((0, ada), (0 if tie else 1, grace), (2, linus)):
        at = moment + timedelta(seconds=seconds)
        await stage.standin.command(member, channel, "answer", {"text": "quicksort"}, at=at)


def revealed(stage: Stage, server: int = 0) -> Message:
    (message,) = [m for m in seen(stage, server) if m.text.startswith("# Solution")]
    return message


def recapped(stage: Stage, server: int = 0) -> Message:
    heading = ("# Semaine", "# Week")
    return [m for m in seen(stage, server) if m.text.startswith(heading)][-1]


def galleries(message: Message) -> list[dict[str, object]]:
    return [item for c in message.components if c["type"] == 12 for item in c["items"]]


async def test_the_reveal_tells_solution_first_solvers_ties_and_frequent_misses(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        await play(stage, tie=True)
        await stage.move_to(REVEAL)

        assert revealed(stage).text == (
            "# Solution de l’énigme n°\u00a01\u00a0: Qui trie ici ?\n"
            "C'était le tri rapide : https://example.org/tri\n"
            "**5** membres ont essayé, **3** ont trouvé.\n"
            "🏅 Les plus rapides\u00a0: 🥇 **Ada** = **Grace** (à égalité) · 🥉 **Linus**\n"
            "🙈 Souvent proposé\u00a0: bogosort (×3)"
        )
        assert revealed(stage, 1).text == (
            "# Solution of riddle no. 1: Qui trie ici ?\n"
            "It was the quick one: https://example.org/sort\n"
            "**5** members tried, **3** solved it.\n"
            "🙈 Often guessed: bogosort (×3)"
        )


async def test_the_week_of_a_void_riddle_honours_nobody(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        ada = stage.cast.members[0]
        await stage.standin.command(ada, FRENCH, "answer", {"text": "quicksort"})
        void = {"riddle": 1, "reason": "faux"}
        await stage.standin.command(a_manager(stage), FRENCH, "ledger void", void)
        await play_to_the_end(stage)

        assert revealed(stage, 1).text == (
            "# Solution of riddle no. 1: Qui trie ici ?\n"
            "It was the quick one: https://example.org/sort\n"
            "This riddle is void: it counts for nobody."
        )
        assert recapped(stage, 1).text.splitlines()[1:3] == [
            "### This riddle",
            "This riddle is void: it counts for nobody.",
        ]


async def test_a_server_that_wants_no_wrong_answers_gets_none(
    queue: Queue, on_stage: StageSetter, settings: Settings
) -> None:
    queue("01-first")
    for server in settings.server:
        object.__setattr__(server, "wrong_answers", False)  # Before anybody has read them.
    async with published(on_stage) as stage:
        await play(stage)
        await stage.move_to(REVEAL)

        assert "bogosort" not in revealed(stage).text


async def test_the_recap_tells_boards_climbers_rows_and_what_comes_next(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    queue("02-second", text=RIDDLE.replace("difficulty = 2", "difficulty = 4\ncircle = 'réseau'"))
    async with published(on_stage) as stage:
        await play(stage)
        await stage.move_to(RECAP)
        lines = recapped(stage).text.split("\n")

        assert lines[:10] == [
            "# Semaine 48\u00a0: le bilan",
            f"Saison octobre–décembre 2026. {SHARED}",
            "### Cette énigme",
            "🥇 **Ada** · 100 points",
            "🥇 **Grace** · 100 points",
            "🥇 **Linus** · 100 points",
            "### La saison",
            "🥇 **Ada** · 100 points",
            "🥇 **Grace** · 100 points",
            "🥇 **Linus** · 100 points",
        ]
        assert lines[10] == ("📅 Prochaine énigme le <t:1796058000:F> (réseau · difficulté ●●●●○).")
        assert lines[11].startswith("-# Registre\u00a0: `")


async def test_the_recap_comes_with_a_picture_of_the_season(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        await play(stage, english=True)
        await stage.move_to(RECAP)
        (item,) = galleries(recapped(stage, 1))
        (file,) = recapped(stage, 1).files
        width, height = struct.unpack(">II", file.path.read_bytes()[16:24])

        assert file.filename == "week-2026-W48.png"
        assert file.content_type == "image/png"
        assert (width, height) == (900, 524)
        assert item["description"] == (f"Season October–December 2026. {SHARED}")
        assert not galleries(recapped(stage, 0))  # Nobody scored there: there is nothing to draw.


async def test_a_picture_that_cannot_be_drawn_holds_nothing_up(
    queue: Queue, on_stage: StageSetter, monkeypatch: pytest.MonkeyPatch
) -> None:
    queue("01-first")
    monkeypatch.setattr("riddles.pictures.lettering.OWN_FONTS", ("No Such Font",))
    monkeypatch.setattr("riddles.pictures.lettering.SYSTEM_FONTS", ())
    async with published(on_stage) as stage:
        await play(stage)
        await stage.move_to(RECAP)

        assert recapped(stage).text.startswith("# Semaine 48")


async def test_a_solution_video_is_shown_behind_a_spoiler_under_a_neutral_name(
    queue: Queue, on_stage: StageSetter
) -> None:
    folder = queue("01-first")
    (folder / "solution.mp4").write_bytes((folder / "video.mp4").read_bytes())
    async with published(on_stage) as stage:
        await stage.move_to(REVEAL)
        (item,) = galleries(revealed(stage))
        (file,) = revealed(stage).files

        assert item["spoiler"]
        assert file.filename == "SPOILER_solution-1.mp4"
        assert not any("solution" in file.filename for file in seen(stage)[0].files)


async def test_a_broken_solution_video_is_left_out_and_staff_are_told_ahead(
    queue: Queue, on_stage: StageSetter
) -> None:
    folder = queue("01-first")
    (folder / "solution.mp4").write_bytes(b"no video")
    async with on_stage() as stage:
        await stage.settle()
        ahead = stage.program.weekly.preparations._ahead  # pyright: ignore[reportPrivateUsage] # to wait for it
        assert ahead is not None
        await ahead
        await stage.move_to(MONDAY)
        await stage.move_to(REVEAL)
        told = [message.text for message in stage.standin.messages(STAFF)]

        assert not revealed(stage).files
        assert any("01-first/solution.mp4 est inutilisable" in text for text in told)


async def test_a_solution_video_that_is_too_large_after_all_is_left_out(
    queue: Queue, on_stage: StageSetter
) -> None:
    folder = queue("01-first")
    (folder / "solution.mp4").write_bytes((folder / "video.mp4").read_bytes())
    async with published(on_stage) as stage:
        await stage.move_to(REVEAL - timedelta(minutes=1))
        too_large = faults.status(413, 40005, "Request entity too large")
        stage.standin.faults.add("POST", f"/channels/{FRENCH}/messages", too_large)
        await stage.move_to(REVEAL)

        assert revealed(stage).text.startswith("# Solution")
        assert not revealed(stage).files
        assert revealed(stage, 1).files


async def test_what_comes_late_says_when_it_was_due(queue: Queue, on_stage: StageSetter) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        await stage.move_to(REVEAL - timedelta(minutes=31))
        async with stage.standin.outage():
            stage.clock.jump(RECAP + timedelta(hours=1))
            await stage.program.weekly.tick()
        await stage.standin.online()
        await stage.move_to(RECAP + timedelta(hours=2))

        assert "-# Late: this was due <t:1795980600:F>." in revealed(stage, 1).text
        assert "-# En retard\u00a0: c’était prévu le <t:1795981500:F>." in recapped(stage).text


async def test_names_cannot_format_the_recap(queue: Queue, on_stage: StageSetter) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        ada = stage.cast.members[0]
        object.__setattr__(ada, "display_name", "**@everyone** [x](http://e.org)")
        stage.standin.world.guilds[100000000000000001].members[ada.id].spec = ada
        await play(stage)
        await play_to_the_end(stage)

        for message in (revealed(stage), recapped(stage)):
            assert "\\*\\*\\@everyone\\*\\* \\[x\\]\\(http\\://e.org\\)" in message.text
            assert not message.pings.everyone


async def test_every_request_is_known_to_discord(
    queue: Queue, on_stage: StageSetter, discord_description: Callable[..., list[str]]
) -> None:
    folder = queue("01-first")
    (folder / "solution.mp4").write_bytes((folder / "video.mp4").read_bytes())
    async with published(on_stage) as stage:
        await play(stage)
        await stage.move_to(RECAP)

        assert not [f for request in stage.standin.requests for f in discord_description(request)]
