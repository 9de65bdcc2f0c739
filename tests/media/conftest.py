"""Clips, a folder to put them into, and a place for results."""

import asyncio
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Protocol

import pytest

from riddles.media import Source
from tests.media.clips import Clips
from tests.media.server import Server, serving

LOOPBACK = ("127.0.0.1/32",)
"""Our server; 127.0.0.2, which reaches it too, stands for a private address."""


class Put(Protocol):
    """Puts a clip into the riddle's folder."""

    def __call__(self, name: str, file: str = "video.mp4") -> Source: ...


def files_in(data: Path) -> set[str]:
    """The shelves of the data folder on which something lies."""
    return {path.name for path in data.iterdir() if any(path.iterdir())} if data.exists() else set()


async def eventually(holds: Callable[[], bool], within_s: float = 10) -> None:
    """Return as soon as it holds."""
    async with asyncio.timeout(within_s):
        while not holds():
            await asyncio.sleep(0.02)


def paths_in(data: Path) -> list[str]:
    """Every path in the data folder."""
    return [str(path) for path in data.rglob("*")]


@pytest.fixture(scope="session")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Clips:
    return Clips(tmp_path_factory.mktemp("clips"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A riddle's folder."""
    folder = tmp_path / "content" / "01-riddle"
    folder.mkdir(parents=True)
    return folder


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder beside the database."""
    return tmp_path / "riddles-data"


@pytest.fixture
def put(clips: Clips, folder: Path) -> Put:
    """Put a clip into the riddle's folder, under the name animators use unless told."""

    def put(name: str, file: str = "video.mp4") -> Source:
        shutil.copyfile(clips(name), folder / file)
        return Source(folder=folder, file=file)

    return put


@pytest.fixture
def server(clips: Clips) -> Iterator[Server]:
    with serving(clips.folder) as server:
        yield server


@pytest.fixture
def links(clips: Clips, server: Server) -> Server:
    """The server with more to offer: segments elsewhere, one missing, and no end in sight."""
    for name in ("tiny", "zero", "words", "vp9.webm", "dash.mpd"):
        clips(name)
    playlist = clips("hls.m3u8").read_text()
    far = f"http://127.0.0.2:{server.server_port}/hls1.ts"
    (clips.folder / "far.m3u8").write_text(playlist.replace("hls1.ts", far))
    (clips.folder / "gap.m3u8").write_text(playlist.replace("hls1.ts", "gone.ts"))
    live = playlist.replace("#EXT-X-ENDLIST", "").replace("#EXT-X-PLAYLIST-TYPE:VOD\n", "")
    (clips.folder / "live.m3u8").write_text(live)
    return server
