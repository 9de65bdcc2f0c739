"""Everything that people and servers hand in, and what they are told: tests/.artifacts/inputs.txt.

None hangs, none is answered by a traceback, none leaves anything behind but a result.
"""

import asyncio
import shutil
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from riddles.media import Bounds, MediaRefusal, Prepared, Progress, Source, prepare
from riddles.media.leaks import leaks
from riddles.media.probe import probe
from tests.media.clips import SECRET
from tests.media.conftest import LOOPBACK, Put, files_in
from tests.media.server import Server
from tests.media.test_cancel import at_work

pytestmark = pytest.mark.long

MIB = 1024 * 1024
TABLE = Path(__file__).parents[1] / ".artifacts" / "inputs.txt"
HASTY = Bounds(read_s=2, retries=2, fetch_s=15, source_bytes=8 * MIB, silence_s=30)

FILES = {
    "good": "remux",
    "uhd": "quality",
    "fps60": "remux",
    "portrait": "remux",
    "rotated": "remux",
    "anamorphic": "quality",
    "no_audio": "remux",
    "audio_only": "unsupported",
    "one_frame": "too_short",
    "cut_head": "damaged",
    "cut_tail": "damaged",
    "flipped": "damaged",
    "webm_named": "quality",
    "hevc": "quality",
    "av1": "quality",
    "deep444": "quality",
    "hdr": "quality",
    "interlaced": "quality",
    "cover": "remux",
    "two_sounds": "remux",
    "leaky": "remux",
    "noisy": "two-pass",
    "quiet": "remux",
    "zero": "file",
    "words": "damaged",
    "playlist": "damaged",
    "png_named": "damaged",
    "long": "too_big",
}
LINKS = {
    "/tiny.mp4": "remux",
    "/vp9.webm": "quality",
    "/hls.m3u8": "remux",
    "/dash.mpd": "remux",
    "/cut/tiny.mp4": "network",
    "/gap.m3u8": "link",
    "/far.m3u8": "link",
    "/live.m3u8": "link",
    "/loop": "link",
    "/redirect?to=http://127.0.0.2:{port}/tiny.mp4": "link",
    "/redirect?to=file:///etc/passwd": "link",
    "/page": "link",
    "/status/403": "link",
    "/status/404": "link",
    "/status/410": "link",
    "/status/429": "network",
    "/status/500": "network",
    "/trickle": "network",
    "/hang": "network",
    "/endless": "too_big",
    "/zero.mp4": "network",
    "/words.mp4": "damaged",
}


@pytest.mark.parametrize(("name", "outcome"), FILES.items())
async def test_every_file_has_its_outcome(put: Put, data: Path, name: str, outcome: str) -> None:
    limit = 350 * 1024 if name == "noisy" else 3 * MIB

    assert await handed_in(name, put(name), data, limit) == outcome


@pytest.mark.parametrize(("path", "outcome"), LINKS.items())
async def test_every_link_has_its_outcome(
    links: Server, folder: Path, data: Path, path: str, outcome: str
) -> None:
    url = links.url(path.format(port=links.server_port))

    assert await handed_in(path, Source(folder=folder, url=url), data, 3 * MIB) == outcome


async def test_a_disk_that_fills_up_half_way_has_its_outcome(put: Put, tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=140m", "none", str(disk)]
    if not shutil.which("mount") or subprocess.run(mount, check=False).returncode:  # noqa: ASYNC221, S603 - at once, our own words
        pytest.skip("needs the right to mount a small disk")

    def fill(progress: Progress) -> None:
        if progress.step == "fitting":
            with suppress(OSError), (disk / "filler").open("ab") as filler:
                while True:
                    filler.write(bytes(MIB // 4))

    try:
        outcome = await handed_in("disk full", put("noisy"), disk / "data", 350 * 1024, fill)
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)  # noqa: ASYNC221, S607, S603 - as above

    assert outcome == "space"


async def handed_in(
    name: str,
    source: Source,
    data: Path,
    limit: int,
    on_progress: Callable[[Progress], None] | None = None,
) -> str:
    """Prepare it, write its row, and look at what is left: the way it went, or the refusal."""
    started = time.monotonic()
    made: Prepared | None = None
    try:
        async with asyncio.timeout(60):
            made = await prepare(
                source,
                limit=limit,
                data=data,
                secrets=[SECRET],
                allow_private=LOOPBACK,
                bounds=HASTY,
                on_progress=on_progress,
            )
        outcome, says = made.way, f"{made.width}x{made.height} {made.size} bytes"
    except MediaRefusal as refusal:
        outcome, says = str(refusal.kind), str(refusal)
    left = files_in(data)
    row(name, outcome, time.monotonic() - started, says)
    assert (at_work(data), SECRET.lower() in says.lower()) == ([], False)
    if made:
        result = probe(made.video)
        assert (result.video, result.pixels, made.size <= limit) == ("h264", "yuv420p", True)
        assert not leaks(made.video, [SECRET])
        assert left <= {"hashes", "prepared", "sources"}
    else:
        # The beginning of a download that time may mend is kept for the next try.
        assert left <= {"hashes", *(["partial"] if outcome == "network" else [])}
    return outcome


def row(name: str, outcome: str, seconds: float, says: str) -> None:
    TABLE.parent.mkdir(exist_ok=True)
    with TABLE.open("a") as table:
        table.write(f"{name:<46} {outcome:<12} {seconds:5.1f} s  {says}\n")
