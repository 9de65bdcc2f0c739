"""Watching a finished video to its end, which is the only proof that it plays.

The same pass hears how loud it is (EBU R128), since every sample goes by anyway.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from riddles.media import tool
from riddles.media.probe import Probe
from riddles.media.refusal import Kind, MediaRefusal
from riddles.sentence import Sentence

QUIET_LUFS, LOUD_LUFS, PEAK_DBFS = -24.0, -12.0, -0.5
SILENCE_LUFS = -69.0
"""The meter's floor is -70; below this there is nothing to hear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watched:
    """What a full decode found; loudness is None without sound."""

    seconds: float
    frames: int
    loudness_lufs: float | None
    peak_dbfs: float | None


def watch(path: Path, probe: Probe, advance: Callable[[float], None]) -> Watched:
    """Decode everything.

    Raises:
        MediaRefusal: damaged somewhere, or shorter than it says.
    """
    maps = ["-map", "0:V:0", *(["-map", "0:a:0"] if probe.audio else [])]
    meter = ["-af", "ebur128=framelog=quiet:peak=true"] if probe.audio else []

    def step(seconds: float, _size: int) -> bool:
        advance(min(1.0, seconds / probe.duration_s))
        return True

    run = tool.ffmpeg(
        [*tool.source(str(path)), *maps, *meter, "-fps_mode", "passthrough", "-f", "null", "-"],
        step,
    )
    if not run.ok or run.frames < 2:  # noqa: PLR2004 - one picture does not move
        raise damaged(run.seconds)
    if run.seconds < 0.9 * probe.duration_s - 1:
        raise MediaRefusal(
            "the video says {says} s but ends after {ends} s: export it again",
            Kind.DAMAGED,
            says=f"{probe.duration_s:.1f}",
            ends=f"{run.seconds:.1f}",
        )
    return Watched(
        seconds=run.seconds,
        frames=run.frames,
        loudness_lufs=_summary(run.log, "I", "LUFS"),
        peak_dbfs=_summary(run.log, "Peak", "dBFS"),
    )


def damaged(seconds: float) -> MediaRefusal:
    """A video that could be read for so many seconds only."""
    if not seconds:
        return MediaRefusal(
            "the video is damaged from its beginning: export or copy it again", Kind.DAMAGED
        )
    return MediaRefusal(
        "the video is damaged after {seconds} s: export or copy it again",
        Kind.DAMAGED,
        seconds=f"{seconds:.1f}",
    )


def loudness_warnings(watched: Watched) -> list[Sentence]:
    """What members would hear, if it is worth a word."""
    loudness, peak = watched.loudness_lufs, watched.peak_dbfs
    if loudness is None:
        return []
    if loudness <= SILENCE_LUFS:
        return [Sentence("the sound track is silent: leave it out, or check the export")]
    warnings: list[Sentence] = []
    lufs = f"{loudness:.1f}"
    if loudness < QUIET_LUFS:
        warnings.append(
            Sentence("the sound is quiet: {lufs} LUFS, where about -16 is usual", lufs=lufs)
        )
    elif loudness > LOUD_LUFS:
        warnings.append(
            Sentence("the sound is loud: {lufs} LUFS, where about -16 is usual", lufs=lufs)
        )
    if peak is not None and peak > PEAK_DBFS:
        dbfs = f"{peak:.1f}"
        warnings.append(
            Sentence("the sound peaks at {dbfs} dBFS and may crackle: keep it below -3", dbfs=dbfs)
        )
    return warnings


def _summary(log: str, label: str, unit: str) -> float | None:
    found = re.findall(rf"^\s*{label}:\s+(-?[\d.]+|-inf) {unit}", log, re.MULTILINE)
    return float(found[-1]) if found else None
