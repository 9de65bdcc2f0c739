"""The canvas: shapes and words on a dark picture that stays readable on a phone held upright.

Everything is drawn three times larger and averaged down, so edges are smooth and motion is finer
than a pixel. Coordinates are those of the 1280x720 picture, from its top left corner. Words that
would be too small, leave the picture or hide under a player's controls are refused.
"""

import importlib
import math
from collections.abc import Sequence
from functools import cache


class Late:
    """A module imported at its first use: a script can be read and tested without drawing."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> object:
        return getattr(importlib.import_module(self._name), attribute)


Image = Late("PIL.Image")
ImageDraw = Late("PIL.ImageDraw")
ImageFont = Late("PIL.ImageFont")

WIDTH, HEIGHT = 1280, 720
SAFE_BOTTOM = 600  # Players draw their controls over the lower sixth.
SMALLEST_TEXT = 34
MARGIN = 24
# Digits of one width, so that counters do not tremble; and code as it was typed: no ligatures.
FEATURES = ("tnum", "-liga", "-calt")

Colour = tuple[int, ...]
Point = tuple[float, float]

# Five colours, each lighter than the one before, so they stay apart in grey and for every kind
# of colour vision. NIGHT is the background and counts for none of them.
NIGHT: Colour = (13, 17, 28)
SLATE: Colour = (70, 84, 120)
BLUE: Colour = (84, 128, 255)
ORANGE: Colour = (244, 134, 40)
CYAN: Colour = (72, 204, 220)
CREAM: Colour = (255, 246, 222)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """The colour between two: `one` at share 0, `other` at share 1."""
    share = min(1.0, max(0.0, share))
    return tuple(round(a + (b - a) * share) for a, b in zip(one[:3], other[:3], strict=True))


def faint(colour: Colour, opacity: float) -> Colour:
    """The colour drawn as through tinted glass; overlapping shapes add up, unlike with `mix`."""
    return (*colour[:3], round(255 * min(1.0, max(0.0, opacity))))


@cache
def _font(size: float, weight: int, *, mono: bool) -> object:
    try:
        fontpkg = importlib.import_module("fontpkg")
        path = fontpkg.path("JetBrains Mono" if mono else "Inter")
    except ImportError as missing:
        raise SystemExit(
            "The lettering is missing. Install the drawing group: uv sync --group drawing"
        ) from missing
    font = ImageFont.truetype(str(path), size)
    font.set_variation_by_axes([weight] if mono else [32, weight])
    return font


def text_width(words: str, size: float, *, weight: int = 600, mono: bool = False) -> float:
    """How wide the words will be, in pixels of the picture."""
    # Measured large, so that a word is as wide here as on every canvas.
    return _font(200, weight, mono=mono).getlength(words, features=list(FEATURES)) * size / 200


def wrap(words: str, size: float, width: float, *, weight: int = 600) -> list[str]:
    """The words in lines no wider than `width`; a no-break space never ends a line."""
    lines = [""]
    for word in words.split(" "):
        longer = f"{lines[-1]} {word}".strip(" ")
        if lines[-1] and text_width(longer, size, weight=weight) > width:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


class Canvas:
    """One picture in the making; `picture()` hands it out at its final size."""

    def __init__(self, background: Colour = NIGHT, scale: int = 3) -> None:
        self.scale = scale
        self.image = Image.new("RGB", (WIDTH * scale, HEIGHT * scale), background)
        self._pen = ImageDraw.Draw(self.image, "RGBA")

    def picture(self) -> object:
        """The finished picture, 1280x720, as a Pillow image."""
        return self.image.reduce(self.scale)

    def _px(self, points: Sequence[Point]) -> list[Point]:
        return [(round(x * self.scale), round(y * self.scale)) for x, y in points]

    def rect(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        fill: Colour | None,
        *,
        radius: float = 0,
        outline: Colour | None = None,
        stroke: float = 0,
    ) -> None:
        """A rectangle from its top left corner, rounded by `radius`; empty ones are not drawn."""
        if width <= 0 or height <= 0:
            return
        (x0, y0), (x1, y1) = self._px([(x, y), (x + width, y + height)])
        self._pen.rounded_rectangle(
            (x0, y0, max(x0, x1 - 1), max(y0, y1 - 1)),
            round(min(radius, width / 2, height / 2) * self.scale),
            fill,
            outline,
            round(stroke * self.scale),
        )

    def line(self, points: Sequence[Point], fill: Colour, width: float = 4) -> None:
        """A thick line through the points, with round ends and corners."""
        self._pen.line(self._px(points), fill, round(width * self.scale), joint="curve")
        for x, y in (points[0], points[-1]):
            self.circle(x, y, width / 2, fill)

    def dashes(
        self, start: Point, end: Point, fill: Colour, width: float = 4, dash: float = 14
    ) -> None:
        """A dashed straight line; the gaps are as long as the dashes."""
        length = math.dist(start, end)
        for i in range(math.ceil(length / (2 * dash))):
            here, there = (min(1.0, d * dash / length) for d in (2 * i, 2 * i + 1))
            self.line([_along(start, end, here), _along(start, end, there)], fill, width)

    def arrow(
        self, start: Point, end: Point, fill: Colour, width: float = 6, head: float = 22
    ) -> None:
        """A straight arrow whose tip touches `end`."""
        length = math.dist(start, end)
        if length < 1:
            return
        neck = _along(start, end, max(0.0, 1 - head / length))
        across = (
            (end[1] - start[1]) / length * head * 0.6,
            (start[0] - end[0]) / length * head * 0.6,
        )
        self.line([start, neck], fill, width)
        self.polygon(
            [
                end,
                (neck[0] + across[0], neck[1] + across[1]),
                (neck[0] - across[0], neck[1] - across[1]),
            ],
            fill,
        )

    def polygon(self, points: Sequence[Point], fill: Colour) -> None:
        """A filled shape with the given corners."""
        self._pen.polygon(self._px(points), fill)

    def circle(
        self,
        x: float,
        y: float,
        radius: float,
        fill: Colour | None,
        *,
        outline: Colour | None = None,
        stroke: float = 0,
    ) -> None:
        """A disc, or a ring when only an outline is given; the ring grows inwards."""
        r = radius * self.scale
        cx, cy = x * self.scale, y * self.scale
        box = (cx - r, cy - r, cx + r, cy + r)
        self._pen.ellipse(box, fill, outline, round(stroke * self.scale))

    def arc(
        self,
        x: float,
        y: float,
        radius: float,
        degrees: tuple[float, float],
        *,
        fill: Colour,
        width: float,
    ) -> None:
        """A part of a ring, clockwise from three o'clock."""
        r = radius * self.scale
        cx, cy = x * self.scale, y * self.scale
        box = (cx - r, cy - r, cx + r, cy + r)
        self._pen.arc(box, *degrees, fill=fill, width=round(width * self.scale))

    def text(
        self,
        x: float,
        y: float,
        words: str,
        size: float,
        fill: Colour = CREAM,
        *,
        weight: int = 600,
        mono: bool = False,
        anchor: str = "mm",
        ornament: bool = False,
    ) -> None:
        """Words at a point: centred, or with anchor "lm" from the left, "rm" from the right.

        An ornament is not there to be read, so it may lie anywhere.

        Raises:
            ValueError: the words would be too small, outside the picture or under the controls.
        """
        if size < SMALLEST_TEXT:
            raise ValueError(
                f"{words!r} at {size} px: nothing under {SMALLEST_TEXT} px is readable"
            )
        s = self.scale
        style = {
            "font": _font(size * s, weight, mono=mono),
            "anchor": anchor,
            "features": list(FEATURES),
        }
        left, top, right, bottom = self._pen.textbbox((x * s, y * s), words, **style)
        outside = left < MARGIN * s or right > (WIDTH - MARGIN) * s or top < MARGIN * s
        if outside and not ornament:
            raise ValueError(f"{words!r} leaves the picture or its {MARGIN} px margin")
        if bottom > SAFE_BOTTOM * s and not ornament:
            raise ValueError(f"{words!r} lies in the lower sixth, under the player's controls")
        self._pen.text((x * s, y * s), words, fill, **style)

    def paste(self, image: object, x: float, y: float) -> None:
        """Another Pillow image at a point, as it is: bring it `scale` times larger."""
        self.image.paste(image, (round(x * self.scale), round(y * self.scale)))

    def veil(self, share: float, colour: Colour = NIGHT) -> None:
        """Everything drawn so far sinks into the colour, wholly at share 1."""
        if share <= 0:
            return
        self.rect(0, 0, WIDTH, HEIGHT, faint(colour, share))


def _along(start: Point, end: Point, share: float) -> Point:
    return (start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share)
