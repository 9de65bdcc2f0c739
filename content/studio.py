"""The drawing kit of the riddle films: what a folder's `draw.py` imports.

A film is a question and a list of scenes; the kit puts an opening card before them and a closing
card after, both holding the question, so the film can play in a loop. A scene is a function of
its canvas and of the seconds since it began: any instant can be drawn by itself.

    uv run --group drawing python content/<slug>/draw.py              # video.mp4 and captions
    uv run --group drawing python content/<slug>/draw.py --frame 12.5 --to look.png
    uv run --group drawing python content/<slug>/draw.py --sheet --to sheet.png
    uv run --group drawing python content/<slug>/draw.py --draft --to rough.mp4

This module imports numpy and Pillow only when something is drawn, so that a test can import a
script and run what it shows.
"""

import argparse
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from studio_canvas import (
    BLUE,
    CREAM,
    CYAN,
    HEIGHT,
    NIGHT,
    ORANGE,
    SAFE_BOTTOM,
    SLATE,
    WIDTH,
    Canvas,
    Colour,
    Late,
    Point,
    faint,
    mix,
    text_width,
    wrap,
)
from studio_sound import RATE, Track, note, np, pitch
from studio_video import contact_sheet, encode, save_frames

__all__ = [
    "BLUE",
    "CLOSING_SECONDS",
    "CREAM",
    "CYAN",
    "FPS",
    "HEIGHT",
    "NIGHT",
    "OPENING_SECONDS",
    "ORANGE",
    "RATE",
    "SAFE_BOTTOM",
    "SLATE",
    "WIDTH",
    "Canvas",
    "Colour",
    "Cue",
    "Film",
    "Late",
    "Point",
    "Scene",
    "Track",
    "captions",
    "contact_sheet",
    "ease",
    "ease_in",
    "ease_out",
    "faint",
    "french",
    "lerp",
    "mix",
    "note",
    "np",
    "pitch",
    "produce",
    "ramp",
    "text_width",
    "visible",
    "wrap",
]

FPS = 30
OPENING_SECONDS = 3.0
CLOSING_SECONDS = 2.5  # Two to read, and a little to rise from the dark.
FADE_SECONDS = 0.25

Cue = tuple[float, float, str]


def ramp(t: float, start: float, end: float) -> float:
    """How far `t` has come from start to end: 0 before, 1 after."""
    if end <= start:
        return float(t >= end)
    return min(1.0, max(0.0, (t - start) / (end - start)))


def ease(x: float) -> float:
    """Slow at both ends."""
    return x * x * (3 - 2 * x)


def ease_in(x: float) -> float:
    """Slow at the beginning."""
    return x**3


def ease_out(x: float) -> float:
    """Slow at the end."""
    return 1 - (1 - x) ** 3


def lerp(a: float, b: float, x: float) -> float:
    """The value between `a` at 0 and `b` at 1."""
    return a + (b - a) * x


def visible(t: float, start: float, end: float, fade: float = 0.3) -> float:
    """The opacity of something that fades in at `start` and is gone at `end`."""
    return ease(ramp(t, start, start + fade)) * (1 - ease(ramp(t, end - fade, end)))


@dataclass(frozen=True, slots=True)
class Scene:
    """A stretch of film: `draw(canvas, t)` with `t` in seconds from the scene's own start.

    With `cut`, it continues the scene before it; otherwise it rises from the background.
    """

    name: str
    seconds: float
    draw: Callable[[Canvas, float], None]
    cut: bool = False


@dataclass(frozen=True, kw_only=True)
class Film:
    """A question in two languages, the scenes between its cards, their sound and captions.

    The French question and captions are typed plainly; `french` prints them.
    """

    question_fr: str
    question_en: str
    body: Sequence[Scene]
    sound: Callable[[Track], None]
    captions: dict[str, Sequence[Cue]] = field(default_factory=dict)

    @property
    def scenes(self) -> list[Scene]:
        """All scenes, the two cards included."""
        return [
            Scene("opening", OPENING_SECONDS, lambda c, t: self._card(c, 1 - t / OPENING_SECONDS)),
            *self.body,
            Scene("closing", CLOSING_SECONDS, lambda c, t: self._card(c, t / CLOSING_SECONDS)),
        ]

    @property
    def seconds(self) -> float:
        """The film's whole length."""
        return sum(scene.seconds for scene in self.scenes)

    def start(self, name: str) -> float:
        """When the scene of that name begins, for its sounds and captions."""
        names = [scene.name for scene in self.scenes]
        return sum(scene.seconds for scene in self.scenes[: names.index(name)])

    def frame(self, at: float, scale: int = 3) -> object:
        """The picture at an instant; from scene to scene it dips into the background."""
        scenes = self.scenes
        i, t = 0, at
        while i < len(scenes) - 1 and t >= scenes[i].seconds:
            t -= scenes[i].seconds
            i += 1
        canvas = Canvas(scale=scale)
        scenes[i].draw(canvas, t)
        if i > 0 and not scenes[i].cut:
            canvas.veil(1 - ease(ramp(t, 0, FADE_SECONDS)))
        if i < len(scenes) - 1 and not scenes[i + 1].cut:
            canvas.veil(ease(ramp(t, scenes[i].seconds - FADE_SECONDS, scenes[i].seconds)))
        return canvas.picture()

    def _card(self, c: Canvas, share: float) -> None:
        """The question, big; the line under it shows how long the card will stay."""
        left, width = 104, WIDTH - 208
        c.text(1010, 330, "?", 760, mix(NIGHT, SLATE, 0.3), weight=900, ornament=True)
        above, size_fr = _fitted(french(self.question_fr), 84, 56, width, lines=2, weight=800)
        below, size_en = _fitted(self.question_en, 56, 40, width, lines=2, weight=500)
        height = len(above) * size_fr * 1.2 + 64 + len(below) * size_en * 1.25
        y = (SAFE_BOTTOM + 40 - height) / 2
        for line in above:
            c.text(left, y + size_fr * 0.6, line, size_fr, CREAM, weight=800, anchor="lm")
            y += size_fr * 1.2
        c.rect(left, y + 22, width, 8, mix(NIGHT, SLATE, 0.6), radius=4)
        c.rect(left, y + 22, max(8, width * min(1.0, max(0.0, share))), 8, ORANGE, radius=4)
        y += 64
        for line in below:
            c.text(left, y + size_en * 0.6, line, size_en, CYAN, weight=500, anchor="lm")
            y += size_en * 1.25


def _fitted(
    words: str, largest: int, smallest: int, width: float, *, lines: int, weight: int
) -> tuple[list[str], int]:
    for size in range(largest, smallest - 1, -2):
        wrapped = wrap(words, size, width, weight=weight)
        if len(wrapped) <= lines:
            break
    else:
        raise ValueError(f"{words!r} does not fit on a card: ask it in fewer words")
    # The narrowest column with as few lines: no word is left alone on the last one.
    for narrow in range(round(width), 0, -20):
        narrower = wrap(words, size, narrow, weight=weight)
        overflows = any(text_width(line, size, weight=weight) > narrow for line in narrower)
        if len(narrower) > len(wrapped) or overflows:
            break
        wrapped = narrower
    return wrapped, size


def french(words: str) -> str:
    """Typed French with its printed apostrophes and no-break spaces."""
    for typed, printed in (
        ("'", "\u2019"),
        (" :", "\u00a0:"),
        ("« ", "«\u00a0"),
        (" »", "\u00a0»"),
    ):
        words = words.replace(typed, printed)
    for mark in "?!;":
        words = words.replace(f" {mark}", f"\u202f{mark}")
    return words


def captions(path: Path, cues: Sequence[Cue]) -> None:
    """Write WebVTT captions.

    Raises:
        ValueError: a cue ends before it begins, or overlaps the one before.
    """
    out = ["WEBVTT", ""]
    last = 0.0
    for start, end, words in cues:
        if not last <= start < end:
            raise ValueError(f"captions must follow each other: {start} to {end}, {words!r}")
        last = end
        escaped = words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        out += [f"{_stamp(start)} --> {_stamp(end)}", escaped, ""]
    path.write_text("\n".join(out), encoding="utf-8")


def _stamp(seconds: float) -> str:
    ms = round(seconds * 1000)
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}.{ms % 1000:03}"


def produce(film: Film, script: str) -> None:
    """The command line of a script: call it with `__file__`."""
    folder = Path(script).resolve().parent
    parser = argparse.ArgumentParser(description="Draw this riddle's film beside this script.")
    parser.add_argument("--frame", type=float, metavar="SECOND", help="draw one instant only")
    parser.add_argument(
        "--sheet",
        nargs="*",
        type=float,
        metavar="SECOND",
        help="show instants of video.mp4 in one picture (default: twelve, evenly spread)",
    )
    parser.add_argument("--width", type=int, default=426, help="of each picture of the sheet")
    parser.add_argument("--to", type=Path, default=Path("look.png"), help="where it goes")
    parser.add_argument("--captions", action="store_true", help="write the captions only")
    parser.add_argument(
        "--draft", action="store_true", help="a rough film at --to, 15 frames per second"
    )
    wishes = parser.parse_args()
    scale = 1 if wishes.draft else 3
    if wishes.captions:
        _write_captions(film, folder)
    elif wishes.frame is not None:
        film.frame(wishes.frame, scale).save(wishes.to)
    elif wishes.sheet is not None:
        spread = [film.seconds * (i + 0.5) / 12 for i in range(12)]
        contact_sheet(folder / "video.mp4", wishes.sheet or spread, wishes.to, width=wishes.width)
    else:
        fps = FPS // 2 if wishes.draft else FPS
        video = wishes.to.with_suffix(".mp4") if wishes.draft else folder / "video.mp4"
        _render(film, video, fps, scale)
        if not wishes.draft:
            _write_captions(film, folder)


def _render(film: Film, video: Path, fps: int, scale: int) -> None:
    began = time.monotonic()
    track = Track(film.seconds)
    film.sound(track)
    with tempfile.TemporaryDirectory() as scratch:
        frames = Path(scratch) / "frames.mkv"
        save_frames(_frames(film, fps, scale), fps, frames)
        quality, measured = encode(frames, track.samples, video)
    print(
        f"\r{video.name}: {film.seconds:.1f} s, {video.stat().st_size / 1e6:.2f} MB at quality "
        f"{quality}, {measured.lufs:.1f} LUFS, peak {measured.peak_dbtp:.1f} dBTP, "
        f"drawn in {time.monotonic() - began:.0f} s"
    )


def _write_captions(film: Film, folder: Path) -> None:
    for language, cues in film.captions.items():
        printed = french if language == "fr" else str
        file = folder / f"captions.{language}.vtt"
        captions(file, [(start, end, printed(words)) for start, end, words in cues])


def _frames(film: Film, fps: int, scale: int) -> Iterator[bytes]:
    count = math.ceil(film.seconds * fps)
    for i in range(count):
        if i % fps == 0:
            print(f"\r{i}/{count} frames", end="", file=sys.stderr, flush=True)
        yield film.frame(i / fps, scale).tobytes()
