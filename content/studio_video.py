"""From frames and sound to one small file that plays everywhere and says nothing about itself.

H.264 High with AAC, the index first, no metadata, at most three megabytes, about -16 LUFS with
peaks below -3 dBTP. Frames are kept without loss first, so that only the last step is repeated
when the file is too large. The same frames and sound always give the same bytes.
"""

import re
import subprocess
import tempfile
import wave
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from studio_canvas import HEIGHT, WIDTH, Image, Late
from studio_sound import RATE, limited

np = Late("numpy")
imageio_ffmpeg = Late("imageio_ffmpeg")

LARGEST_BYTES = 3_000_000
LOUDNESS_LUFS = -16.0
CEILING_DBTP = -3.0
# From near perfect to still clean; the first that fits is kept.
QUALITIES = (17, 19, 21, 23, 25, 27, 29, 31)
TO_TV_RANGE = "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p"
TAGGED = "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709"
NAMELESS = (
    *("-map_metadata", "-1", "-map_chapters", "-1"),
    *("-fflags", "+bitexact", "-movflags", "+faststart"),
)
THREADS = "2"  # The encoder's bytes depend on it, so it is part of the recipe.


@dataclass(frozen=True, slots=True)
class Loudness:
    """How loud a sound is over its whole length, and its highest peak between samples."""

    lufs: float
    peak_dbtp: float


def ffmpeg(*arguments: str | Path) -> str:
    """Run the bundled ffmpeg to its end and return what it said.

    Raises:
        SystemExit: ffmpeg failed; its last words are shown.
    """
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-hide_banner", "-y", *arguments]
    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=False)  # noqa: S603 - fixed program, own arguments
    if done.returncode:
        raise SystemExit(f"ffmpeg failed:\n{done.stderr[-1500:]}")
    return done.stderr


def loudness(file: Path) -> Loudness:
    """Measure a sound or film by EBU R 128, true peaks included."""
    said = ffmpeg("-i", file, "-map", "0:a", "-af", "ebur128=peak=true", "-f", "null", "-")
    summary = said[said.rindex("Summary:") :]
    lufs, peak = (re.search(p, summary) for p in (r"I:\s+(\S+) LUFS", r"Peak:\s+(\S+) dBFS"))
    return Loudness(float(lufs[1]), float(peak[1]))


def save_frames(frames: Iterable[bytes], fps: float, file: Path) -> None:
    """Keep raw RGB frames without loss."""
    command = [
        *(imageio_ffmpeg.get_ffmpeg_exe(), "-hide_banner", "-v", "error", "-y"),
        *("-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{WIDTH}x{HEIGHT}", "-r", str(fps)),
        *("-i", "-", "-c:v", "libx264rgb", "-preset", "ultrafast", "-qp", "0", str(file)),
    ]
    with subprocess.Popen(command, stdin=subprocess.PIPE) as encoder:  # noqa: S603 - as above
        for frame in frames:
            encoder.stdin.write(frame)
        encoder.stdin.close()
        if encoder.wait():
            raise SystemExit("ffmpeg could not keep the frames; see above.")


def save_sound(samples: object, file: Path) -> None:
    """Write a stereo array as a 16-bit WAV file."""
    whole = np.clip(np.round(samples * 32767), -32768, 32767).astype("<i2")
    with wave.open(str(file), "wb") as out:
        out.setnchannels(2)
        out.setsampwidth(2)
        out.setframerate(RATE)
        out.writeframes(whole.tobytes())


def mastered(samples: object, folder: Path, ceiling_dbtp: float) -> Path:
    """The sound at its final loudness, as a WAV file: one constant gain, then the limiter."""
    file = folder / "sound.wav"
    samples = samples * (0.5 / max(1e-9, float(np.abs(samples).max())))
    gain_db = 0.0
    for _ in range(5):
        save_sound(limited(samples * 10 ** (gain_db / 20), ceiling_dbtp), file)
        off = LOUDNESS_LUFS - loudness(file).lufs
        if abs(off) < 0.2:  # A difference nobody hears.
            break
        gain_db += min(off, 12.0)
    return file


def encode(frames: Path, samples: object, video: Path) -> tuple[int, Loudness]:
    """Write the final film and return its quality number and loudness.

    Raises:
        SystemExit: it would be too large even at the lowest quality.
    """
    with tempfile.TemporaryDirectory() as folder:
        for ceiling in (CEILING_DBTP - 1, CEILING_DBTP - 2, CEILING_DBTP - 3):
            sound = mastered(samples, Path(folder), ceiling)
            film = Path(folder) / "film.mp4"
            quality = _smallest_loss(frames, sound, film)
            # Copied once more, because the first writing notes which encoder was used.
            ffmpeg("-i", film, "-map", "0", "-c", "copy", *NAMELESS, video)
            measured = loudness(video)
            # The codec may raise a peak a little, so the finished file is what counts.
            if measured.peak_dbtp < CEILING_DBTP:
                break
    return quality, measured


def _smallest_loss(frames: Path, sound: Path, video: Path) -> int:
    for quality in QUALITIES:
        ffmpeg(
            *("-i", frames, "-i", sound, "-map", "0:v", "-map", "1:a", "-shortest"),
            *("-vf", f"{TO_TV_RANGE},{TAGGED}"),
            *("-c:v", "libx264", "-profile:v", "high", "-preset", "slow", "-tune", "animation"),
            *("-crf", str(quality), "-g", "60", "-threads", THREADS),
            # The encoder signs its work in SEI units; nobody needs them to play the film.
            *("-bsf:v", "filter_units=remove_types=6"),
            *("-c:a", "aac", "-b:a", "112k", "-ac", "2", "-ar", str(RATE)),
            *("-flags:v", "+bitexact", "-flags:a", "+bitexact", *NAMELESS, video),
        )
        if video.stat().st_size <= LARGEST_BYTES:
            return quality
    raise SystemExit(
        f"{video.name} is {video.stat().st_size} bytes at the lowest quality, over "
        f"{LARGEST_BYTES}: make it shorter or calmer."
    )


def contact_sheet(
    video: Path, times: Sequence[float], png: Path, *, width: int = 426, columns: int = 3
) -> None:
    """Frames of a film side by side, in reading order; `width` 390 shows them as on a phone."""
    height = round(width * HEIGHT / WIDTH)
    rows = -(-len(times) // columns)
    sheet = Image.new("RGB", (columns * (width + 6), rows * (height + 6)), (90, 90, 90))
    with tempfile.TemporaryDirectory() as folder:
        shot = Path(folder) / "shot.png"
        for i, at in enumerate(times):
            ffmpeg("-ss", f"{at:.3f}", "-i", video, "-frames:v", "1", shot)
            frame = Image.open(shot).convert("RGB").resize((width, height))
            sheet.paste(frame, (i % columns * (width + 6) + 3, i // columns * (height + 6) + 3))
    sheet.save(png)
