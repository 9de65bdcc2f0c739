"""The real program on the stand-in, with a short real video."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncGenerator, Callable
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from datetime import timedelta
from pathlib import Path

import imageio_ffmpeg  # pyright: ignore[reportMissingTypeStubs] # it has none
import pytest

from riddles.config import Settings, load_settings
from riddles.media.prepare import prepare
from riddles.media.store import Source
from riddles.rehearsal.stage import House, Stage, a_house, perform
from tests.builders import MONDAY

SETTINGS = """
timezone = "Europe/Paris"
[week]
hints = ["wed 18:00", "fri 18:00"]
remind = "sat 10:00"
[[server]]
guild = 100000000000000001
channel = 100000000000000002
staff_channel = 100000000000000003
animator_roles = [100000000000000004]
ping_role = 100000000000000005
[[server]]
guild = 200000000000000001
channel = 200000000000000002
language = "en"
discussion = "none"
"""

RIDDLE = """
title = "Qui trie ici ?"
author = "Ada"
difficulty = 2
value = 100
[video]
file = "video.mp4"
captions = { fr = "captions.fr.vtt" }
alt = { fr = "Des barres bougent.", en = "Bars move." }
[text.fr]
prompt = "Quel algorithme ?"
hints = ["Indice un.", "Indice deux.", "Indice trois."]
solution = "C'était le tri rapide : https://example.org/tri"
[text.en]
prompt = "Which algorithm?"
hints = ["First hint.", "Second hint.", "Third hint."]
solution = "It was the quick one: https://example.org/sort"
[answer]
accept = ["quicksort", "tri rapide"]
reject = ["bogosort"]
near = [{ when = "a sort", say = { fr = "Un tri, oui : lequel ?", en = "A sort, yes: which?" } }]
"""


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two seconds of real video."""
    path = tmp_path_factory.mktemp("clip") / "video.mp4"
    subprocess.run(  # noqa: S603 - our own arguments
        [
            *(imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-y"),
            *("-f", "lavfi", "-i", "testsrc2=s=320x180:r=15:d=2"),
            *("-f", "lavfi", "-i", "sine=f=440:d=2", "-shortest"),
            *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p"),
            *("-c:a", "aac", "-ac", "2", "-ar", "48000", "-movflags", "+faststart", str(path)),
        ],
        check=True,
    )
    return path


@pytest.fixture(scope="session")
def finished(clip: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The clip, made ready to upload once for all tests: the results are found by content."""
    data = tmp_path_factory.mktemp("finished")
    source = Source(folder=clip.parent, file=clip.name)
    asyncio.run(prepare(source, limit=10 * 1024**2, data=data, secrets=()))
    return data / "prepared"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Two servers, French and English."""
    path = tmp_path / "scheduler.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    return load_settings(path)


@pytest.fixture
def queue(tmp_path: Path, clip: Path) -> Callable[..., Path]:
    """Queue a riddle folder: `queue("01-first", 'week = "2026-W48"')`."""

    def add(slug: str, top: str = "", *, text: str = RIDDLE) -> Path:
        folder = tmp_path / "content" / slug
        folder.mkdir(parents=True)
        (folder / "video.mp4").write_bytes(clip.read_bytes())
        (folder / "captions.fr.vtt").write_text(
            "WEBVTT\n\n00:00.000 --> 00:01.500\nDes barres bougent.\n", encoding="utf-8"
        )
        (folder / "riddle.toml").write_text(f"{top}\n{text}", encoding="utf-8")
        return folder

    return add


StageSetter = Callable[..., AbstractAsyncContextManager[Stage]]


@pytest.fixture
def on_stage(tmp_path: Path, settings: Settings, finished: Path) -> StageSetter:
    """Set up a stage, as a rule two seconds before the first publication."""
    shutil.copytree(finished, tmp_path / "rehearsal-data" / "prepared")

    @asynccontextmanager
    async def set_stage(
        start: timedelta = timedelta(seconds=-2), *, house: House | None = None
    ) -> AsyncGenerator[Stage, None]:
        content, database = tmp_path / "content", tmp_path / "rehearsal.db"
        content.mkdir(exist_ok=True)
        async with AsyncExitStack() as stack:
            if house is None:
                house = await stack.enter_async_context(a_house(settings, MONDAY + start))
            yield await stack.enter_async_context(
                perform(house, settings, content=content, database=database)
            )

    return set_stage


@pytest.fixture
async def house(settings: Settings) -> AsyncGenerator[House, None]:
    """A Discord in which programs come and go, two seconds before the first publication."""
    async with a_house(settings, MONDAY - timedelta(seconds=2)) as built:
        yield built


@asynccontextmanager
async def published(
    set_stage: StageSetter, house: House | None = None
) -> AsyncGenerator[Stage, None]:
    """A stage on which the first riddle is out."""
    async with set_stage(house=house) as stage:
        await stage.move_to(MONDAY)
        yield stage
