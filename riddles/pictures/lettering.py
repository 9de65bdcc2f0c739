"""Lettering: any name, in whichever fonts have its letters, and never wider than its place.

Inter has the letters of Europe, Noto Sans Arabic those of Arabic; for the others the fonts of the
machine are asked, if it has any that cover them. What nobody can draw, emoji above all, is left
out: the same names stand in the text below the picture.
"""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import fontpkg  # pyright: ignore[reportMissingTypeStubs] # it has none
from PIL import Image, ImageDraw, ImageFont

Colour = tuple[int, int, int]
Font = ImageFont.FreeTypeFont

OWN_FONTS = ("Inter", "Noto Sans Arabic")
SYSTEM_FOLDERS = (Path("/usr/share/fonts"), Path("/usr/local/share/fonts"))
SYSTEM_FONTS = (
    "NotoSansCJK-Bold.ttc",
    "NotoSansCJK-Regular.ttc",
    "NotoSansHebrew-Bold.ttf",
    "NotoSansDevanagari-Bold.ttf",
    "NotoSansThai-Bold.ttf",
    "DejaVuSans-Bold.ttf",
)
"""Fonts that systems have, in the order in which they are asked."""
NOTHING = "···"
"""A name of which no letter can be drawn."""
PILED_UP = re.compile(r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]")
"""Marks above and below letters that no letter comes with: some names are towers of them."""
UNASSIGNED = "\U0010ffff"


@dataclass(frozen=True, slots=True)
class Run:
    """Letters that one font has."""

    text: str
    font: Font

    @property
    def width(self) -> float:
        """In pixels."""
        return self.font.getlength(self.text)


def write(
    pen: ImageDraw.ImageDraw,
    at: tuple[float, float],
    text: str,
    size: int,
    *,
    weight: int = 500,
    colour: Colour,
    room: float | None = None,
    right: bool = False,
) -> float:
    """Write on the base line at `at`, in `room` pixels at most; how wide it became.

    With `right`, it ends there instead of beginning.
    """
    runs = fitted(text, size, weight, room)
    width = sum(run.width for run in runs)
    x, y = at[0] - width if right else at[0], at[1]
    for run in runs:
        pen.text((x, y), run.text, font=run.font, fill=colour, anchor="ls")
        x += run.width
    return width


def fitted(text: str, size: int, weight: int = 500, room: float | None = None) -> list[Run]:
    """The text's runs, cut off with an ellipsis where it is wider than `room`."""
    letters = drawable(text, size, weight)
    runs = _runs(letters, size, weight)
    if room is None or sum(run.width for run in runs) <= room:
        return runs
    while letters:
        letters = letters[:-1].rstrip()
        runs = _runs(f"{letters}…", size, weight)
        if sum(run.width for run in runs) <= room:
            return runs
    return []


def drawable(text: str, size: int = 40, weight: int = 500) -> str:
    """The text with the letters that can be drawn; decorated ones become plain."""
    plain = PILED_UP.sub("", unicodedata.normalize("NFKC", text))
    kept = ""
    bare = True
    for letter in plain:
        kind = unicodedata.category(letter)[0]
        # A vowel sign or accent stands on a letter: it goes where its letter goes.
        if kind == "M" and bare:
            continue
        if kind != "C" and _font_of(letter, size, weight) is not None:
            kept += letter
            bare = letter.isspace()
        elif kind != "M":
            bare = True
    return " ".join(kept.split()) or NOTHING


def _runs(text: str, size: int, weight: int) -> list[Run]:
    """The text by font, in the order in which it is read from left to right."""
    found: list[Run] = []
    for letter in text:
        font = _font_of(letter, size, weight)
        if found and (letter.isspace() or font is found[-1].font):
            found[-1] = Run(found[-1].text + letter, found[-1].font)
        elif font is not None:
            _set_spaces_apart(found)
            found.append(Run(letter, font))
    return found[::-1] if _reads_from_the_right(text) else found


def _set_spaces_apart(found: list[Run]) -> None:
    """Keep the spaces between two runs: at the end of Arabic they would be on its left."""
    if found and (word := found[-1].text.rstrip()) and word != found[-1].text:
        last = found.pop()
        found += [Run(word, last.font), Run(last.text[len(word) :], last.font)]


def _reads_from_the_right(text: str) -> bool:
    for letter in text:
        match unicodedata.bidirectional(letter):
            case "R" | "AL":
                return True
            case "L":
                return False
            case _:
                continue
    return False


@lru_cache(maxsize=8192)
def _font_of(letter: str, size: int, weight: int) -> Font | None:
    """The first font that has the letter; None if none has."""
    for font in _fonts(size, weight):
        if letter.isspace() or _has(font, letter):
            return font
    return None


def _has(font: Font, letter: str) -> bool:
    """Whether a font draws the letter as something else than what it does not know."""
    return _drawn(font, letter) != _drawn(font, UNASSIGNED)


def _drawn(font: Font, letter: str) -> bytes:
    side = round(font.size * 2)
    picture = Image.new("L", (side, side))
    # Laid out plainly: shaping puts a circle under a sign, even where the font has not got it.
    plain = _plain(font)
    ImageDraw.Draw(picture).text((side / 2, side / 2), letter, fill=255, font=plain, anchor="ls")
    return picture.tobytes()


@lru_cache(maxsize=256)
def _plain(font: Font) -> Font:
    return font.font_variant(layout_engine=ImageFont.Layout.BASIC)


@lru_cache(maxsize=32)
def _fonts(size: int, weight: int) -> tuple[Font, ...]:
    return tuple(_load(path, size, weight) for path in _files())


def _load(path: Path, size: int, weight: int) -> Font:
    font = ImageFont.truetype(str(path), size)
    try:
        axes = font.get_variation_axes()
    except OSError:
        return font  # One weight, and that is it.
    wanted: dict[bytes, float] = {b"Weight": weight, b"Optical size": 32}
    font.set_variation_by_axes(
        [wanted.get(axis.get("name") or b"", axis.get("default") or 0) for axis in axes]
    )
    return font


@lru_cache(maxsize=1)
def _files() -> tuple[Path, ...]:
    return (*(fontpkg.path(name) for name in OWN_FONTS), *_system_fonts())


def _system_fonts() -> Iterator[Path]:
    for name in SYSTEM_FONTS:
        for folder in SYSTEM_FOLDERS:
            if found := next(folder.rglob(name), None):
                yield found
                break
