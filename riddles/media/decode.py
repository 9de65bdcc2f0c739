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
        raise MediaRefusal(
            f"the video is damaged {_where(run.seconds)}: export or copy it again", Kind.DAMAGED
        )
    if run.seconds < 0.9 * probe.duration_s - 1:
        raise MediaRefusal(
            f"the video says {probe.duration_s:.1f} s but ends after {run.seconds:.1f} s: export "
            "it again",
            Kind.DAMAGED,
        )
    return Watched(
        seconds=run.seconds,
        frames=run.frames,
        loudness_lufs=_summary(run.log, "I", "LUFS"),
        peak_dbfs=_summary(run.log, "Peak", "dBFS"),
    )


def loudness_warnings(watched: Watched) -> list[str]:
    """What members would hear, if it is worth a word."""
    loudness, peak = watched.loudness_lufs, watched.peak_dbfs
    if loudness is None:
        return []
    if loudness <= SILENCE_LUFS:
        return ["the sound track is silent: leave it out, or check the export"]
    warnings: list[str] = []
    if not QUIET_LUFS <= loudness <= LOUD_LUFS:
        word = "quiet" if loudness < QUIET_LUFS else "loud"
        warnings.append(f"the sound is {word}: {loudness:.1f} LUFS, where about -16 is usual")
    if peak is not None and peak > PEAK_DBFS:
        warnings.append(f"the sound peaks at {peak:.1f} dBFS and may crackle: keep it below -3")
    return warnings


def _where(seconds: float) -> str:
    return f"after {seconds:.1f} s" if seconds else "from its beginning"


def _summary(log: str, label: str, unit: str) -> float | None:
    found = re.findall(rf"^\s*{label}:\s+(-?[\d.]+|-inf) {unit}", log, re.MULTILINE)
    return float(found[-1]) if found else None
