"""Runs the ffmpeg program inside a worker and tells how far it is.

The program comes with imageio-ffmpeg; an operator's own stands in `IMAGEIO_FFMPEG_EXE`.
`-xerror` is on for every run: without it ffmpeg calls a damaged video a short one.
"""

import shutil
import subprocess
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from riddles.media.limits import MIB
from riddles.media.probe import CONTAINERS
from riddles.media.refusal import Kind, MediaRefusal

Advance = Callable[[float, int], bool]
"""Given the seconds and bytes written so far; False stops the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """How a run ended: its exit status, its log, the seconds and frames it wrote."""

    status: int
    log: str
    seconds: float
    frames: int
    stopped: bool

    @property
    def ok(self) -> bool:
        """Whether it ran to its end without an error."""
        return self.status == 0 and not self.stopped

    def out_of_space(self, folder: Path) -> bool:
        """Whether it failed because nothing more could be written to the folder."""
        # x264 writes its statistics itself and does not say why it could not.
        full = shutil.disk_usage(folder).free < MIB
        return not self.ok and (full or "No space left on device" in self.log)


def source(path: str, *, formats: str = CONTAINERS) -> list[str]:
    """The options that open `path` and nothing it may refer to."""
    return ["-protocol_whitelist", "file", "-format_whitelist", formats, "-i", f"file:{path}"]


def no_space() -> MediaRefusal:
    """What to say when the disk filled up half-way."""
    return MediaRefusal(
        "the disk filled up while the video was being prepared: free some space",
        Kind.SPACE,
    )


def ffmpeg(arguments: Sequence[str], advance: Advance = lambda _seconds, _size: True) -> Run:
    """Run ffmpeg to its end, or until `advance` says stop; it is called only when work moves on."""
    import imageio_ffmpeg  # noqa: PLC0415 # pyright: ignore[reportMissingTypeStubs] - late; has none

    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-nostdin", "-nostats", "-y"]
    command += [
        "-loglevel",
        "info",
        "-xerror",
        "-progress",
        "pipe:1",
        "-stats_period",
        "0.2",
        *arguments,
    ]
    process = subprocess.Popen(  # noqa: S603 - a list, no shell, our own words
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    assert process.stdout  # noqa: S101 - it was asked for
    log: list[str] = []
    reader = threading.Thread(target=_keep_tail, args=(process, log), daemon=True)
    reader.start()
    seconds, size, frames, stopped = 0.0, 0, 0, False
    for line in process.stdout:
        key, _, value = line.strip().partition("=")
        match key:
            case "frame" if value.isdigit():
                frames = int(value)
            case "total_size" if value.isdigit():
                size = int(value)
            case "out_time_us" if value.isdigit() and int(value) / 1e6 > seconds:
                seconds = int(value) / 1e6
                if not advance(seconds, size):
                    stopped = True
                    process.kill()
            case _:
                pass
    process.stdout.close()
    status = process.wait()
    reader.join()
    return Run(status=status, log="".join(log), seconds=seconds, frames=frames, stopped=stopped)


def _keep_tail(process: "subprocess.Popen[str]", log: list[str]) -> None:
    assert process.stderr  # noqa: S101 - it was asked for
    with process.stderr as stderr:
        for line in stderr:
            log.append(line)
            del log[:-200]
