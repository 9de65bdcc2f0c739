"""A server that is added while a riddle is open gets it, as it was frozen, once it can be had."""

import subprocess
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import imageio_ffmpeg  # pyright: ignore[reportMissingTypeStubs] # it has none
import pytest

from riddles.config import Settings
from riddles.content import read_library
from riddles.rehearsal.stage import House, Stage, perform
from tests.builders import MONDAY
from tests.show.conftest import RIDDLE, StageSetter
from tests.show.test_course import staff
from tests.show.test_hosts import hosts

Queue = Callable[..., Path]
Play = Callable[[Settings], AbstractAsyncContextManager[Stage]]
FIRST, SECOND = 100000000000000002, 200000000000000002
DAY = timedelta(days=1)


@pytest.fixture
def alone(settings: Settings) -> Settings:
    """The settings before the second server was added."""
    return settings.model_copy(update={"server": settings.server[:1]})


@pytest.fixture
def play(on_stage: StageSetter, house: House, tmp_path: Path) -> Play:
    """Run the program with some settings in one house, on one database."""
    assert on_stage  # The finished video lies where the program looks for it.
    content, database = tmp_path / "content", tmp_path / "rehearsal.db"

    @asynccontextmanager
    async def playing(settings: Settings) -> AsyncGenerator[Stage, None]:
        async with perform(house, settings, content=content, database=database) as stage:
            await stage.settle()
            yield stage

    return playing


def heads(stage: Stage, channel: int = SECOND) -> list[str]:
    """How the messages there begin."""
    said = stage.standin.messages(channel)
    return [message.text.split("\n")[0].split(":")[0] for message in said]


FRENCH_ONLY = (RIDDLE[: RIDDLE.index("[text.en]")] + RIDDLE[RIDDLE.index("[answer]") :]).replace(
    ', en = "A sort, yes: which?"', ""
)


async def test_a_riddle_without_the_language_of_a_new_server_is_published_there_all_the_same(
    queue: Queue, play: Play, settings: Settings, alone: Settings
) -> None:
    queue("01-first", text=FRENCH_ONLY)
    async with play(alone) as stage:
        await stage.move_to(MONDAY + DAY)
    async with play(settings) as stage:
        (told,) = stage.standin.messages(SECOND)

        assert "Quel algorithme" in told.text
        assert told.files[0].filename == "riddle-1.mp4"
        assert not any("un serveur est nouveau" in word for word in staff(stage))


async def test_what_was_changed_in_the_folder_since_is_not_what_a_new_server_gets(
    queue: Queue, play: Play, settings: Settings, alone: Settings
) -> None:
    folder = queue("01-first")
    async with play(alone) as stage:
        await stage.move_to(MONDAY + DAY)
    text = (folder / "riddle.toml").read_text(encoding="utf-8")
    changed = text.replace("Which algorithm?", "Another question?")
    (folder / "riddle.toml").write_text(changed, encoding="utf-8")
    async with play(settings) as stage:
        (told,) = stage.standin.messages(SECOND)

        assert "Which algorithm?" in told.text


async def test_a_new_server_gets_the_riddle_as_soon_as_its_folder_is_mended(
    queue: Queue, play: Play, settings: Settings, alone: Settings
) -> None:
    folder = queue("01-first")
    async with play(alone) as stage:
        await stage.move_to(MONDAY + DAY)
    text = (folder / "riddle.toml").read_text(encoding="utf-8")
    (folder / "riddle.toml").write_text(f"{text}\nx = [", encoding="utf-8")
    async with play(settings) as stage:
        before, told = heads(stage), staff(stage)
        (folder / "riddle.toml").write_text(text, encoding="utf-8")
        await stage.settle()

        assert not before
        assert sum("ne peut pas encore y être publiée" in word for word in told) == 1
        assert heads(stage) == ["# Riddle no. 1"]


async def test_a_server_without_the_riddle_hears_nothing_of_how_it_goes_on(
    queue: Queue, play: Play, settings: Settings, alone: Settings
) -> None:
    folder = queue("01-first")
    async with play(alone) as stage:
        await stage.move_to(MONDAY + DAY)
    (folder / "riddle.toml").write_text("x = [", encoding="utf-8")
    async with play(settings) as stage:
        await hosts(stage, "erratum", text_fr="Lis « tri ».", text_en="Read “sort”.")
        await stage.move_to(MONDAY + 6 * DAY + timedelta(hours=5))

        assert len(heads(stage, FIRST)) == 3  # The riddle, its solution, the recap.
        assert not heads(stage)


async def test_a_server_that_is_added_after_the_closing_hears_of_the_next_riddle_first(
    queue: Queue, play: Play, settings: Settings, alone: Settings
) -> None:
    queue("01-first")
    queue("02-second")
    async with play(alone) as stage:
        await stage.move_to(MONDAY)
        await stage.move_to(MONDAY + 6 * DAY + timedelta(hours=2, minutes=10))
    async with play(settings) as stage:
        await stage.move_to(MONDAY + 6 * DAY + timedelta(hours=5))
        quiet = heads(stage)
        await stage.move_to(MONDAY + 7 * DAY)

        assert not quiet
        assert heads(stage) == ["# Riddle no. 2"]


# A draft that has the name of a riddle.


def shorter(clip: Path) -> None:
    """Another video than everybody's."""
    cut = clip.with_name("cut.mp4")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y", "-i", str(clip)]
    subprocess.run([*command, "-t", "1", "-c", "copy", str(cut)], check=True)  # noqa: S603 - our own arguments
    cut.rename(clip)


async def test_a_new_server_gets_the_riddle_and_not_the_draft_of_its_name(
    queue: Queue, play: Play, settings: Settings, alone: Settings
) -> None:
    queue("alpha")
    shorter(queue("_alpha", text=RIDDLE.replace("Qui trie", "Un brouillon")) / "video.mp4")
    async with play(alone) as stage:
        await stage.move_to(MONDAY + DAY)
    async with play(settings) as stage:
        videos = [stage.standin.messages(channel)[0].files[0] for channel in (FIRST, SECOND)]

        assert len({video.size for video in videos}) == 1


async def test_a_preview_shows_the_riddle_and_not_the_draft_of_its_name(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("alpha")
    queue("_alpha", text=RIDDLE.replace("Qui trie", "Un brouillon"))
    async with on_stage(timedelta(hours=-5)) as stage:
        assert "Qui trie ici" in (await hosts(stage, "preview", riddle="alpha")).text


def test_a_draft_with_the_name_of_a_riddle_is_told(
    queue: Queue, tmp_path: Path, settings: Settings
) -> None:
    queue("alpha")
    queue("_alpha")
    queue("_beta")
    told = [str(problem) for problem in read_library(tmp_path / "content", settings).problems]

    (twin,) = [line for line in told if "too" in line]
    assert twin.removeprefix(f"{tmp_path}/content/") == (
        '_alpha/riddle.toml:1: there is a folder "alpha", too: it goes out under that name, '
        "and the draft does not"
    )
