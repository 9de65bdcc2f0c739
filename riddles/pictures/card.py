"""The leaderboard card: ranks, names and points, to be read on a telephone."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from io import BytesIO

from PIL import Image, ImageDraw

from riddles.pictures.lettering import Colour, fitted, write

WIDTH = 900
"""Telephones show it about a third as wide: 48 pixels of letters become 16."""
MARGIN = 56
HEADER, LINE, FOOTER = 196, 100, 84
MOST_LINES = 10
TITLE_SIZES = (62, 56, 50, 44, 38)
MEDAL = 74

NIGHT: Colour = (24, 27, 38)
PANEL: Colour = (35, 40, 56)
WHITE: Colour = (245, 247, 252)
GREY: Colour = (160, 168, 190)
ACCENT: Colour = (242, 163, 58)
RISE: Colour = (92, 200, 130)
MEDALS: dict[int, Colour] = {1: (247, 196, 68), 2: (196, 204, 216), 3: (214, 142, 88)}
DARK: Colour = (24, 27, 38)


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the card."""

    rank: int
    name: str
    points: int
    said: str
    """The points, as the reader's language writes numbers."""
    climbed: int = 0
    """Ranks gained since last week."""


@dataclass(frozen=True, slots=True)
class Card:
    """What the card says."""

    title: str
    subtitle: str
    entries: Sequence[Entry]
    footer: str = ""


def draw_card(card: Card) -> bytes:
    """The card as a PNG."""
    entries = card.entries[:MOST_LINES]
    height = HEADER + LINE * len(entries) + (FOOTER if card.footer else MARGIN // 2)
    picture = Image.new("RGB", (WIDTH, height), NIGHT)
    pen = ImageDraw.Draw(picture)
    pen.rectangle((0, 0, 14, height), fill=ACCENT)
    room = WIDTH - 2 * MARGIN
    size = title_size(card.title, room)
    write(pen, (MARGIN, 92), card.title, size, weight=800, colour=WHITE, room=room)
    write(pen, (MARGIN, 152), card.subtitle, 38, colour=GREY, room=room)
    most = max((entry.points for entry in entries), default=1)
    for number, entry in enumerate(entries):
        _line(picture, pen, HEADER + LINE * number, entry, most)
    if card.footer:
        write(pen, (MARGIN, height - 32), card.footer, 34, colour=GREY, room=room)
    file = BytesIO()
    picture.quantize(colors=128, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return file.getvalue()


def title_size(title: str, room: int) -> int:
    """The largest letters in which the whole title has room; the smallest where none has."""
    for size in TITLE_SIZES[:-1]:
        if sum(run.width for run in fitted(title, size, 800)) <= room:
            return size
    return TITLE_SIZES[-1]


def _line(
    picture: Image.Image, pen: ImageDraw.ImageDraw, top: int, entry: Entry, most: int
) -> None:
    """A rank, a name over a bar as long as its points, and the points."""
    base = top + 58
    _rank(picture, pen, top, entry.rank)
    x, end = MARGIN + 96, WIDTH - MARGIN
    width = write(pen, (end, base), entry.said, 44, weight=700, colour=WHITE, room=300, right=True)
    if entry.climbed:
        said = f"+{entry.climbed}"
        width += 28 + write(
            pen, (end - width - 28, base), said, 36, weight=700, colour=RISE, right=True
        )
        _arrow(pen, end - width - 24, base)
        width += 40
    name_room = end - x - width - 32
    write(pen, (x, base), entry.name, 48, weight=600, colour=WHITE, room=name_room)
    bar = top + 79
    pen.rounded_rectangle((x, bar, end, bar + 8), 4, fill=PANEL)
    length = (end - x) * max(entry.points, 0) / max(most, 1)
    if length >= 8:  # noqa: PLR2004 - shorter than its own round ends
        colour = MEDALS.get(entry.rank, ACCENT)
        pen.rounded_rectangle((x, bar, x + length, bar + 8), 4, fill=colour)


def _rank(picture: Image.Image, pen: ImageDraw.ImageDraw, top: int, rank: int) -> None:
    """The rank as a number, on a medal for the first three: colour is never all that says it."""
    centre = (MARGIN + 36, top + 44)
    said = str(rank)
    if medal := MEDALS.get(rank):
        disc = (centre[0] - MEDAL // 2, centre[1] - MEDAL // 2)
        picture.paste(medal, disc, _disc())
    colour = DARK if rank in MEDALS else GREY
    size = 42 if len(said) <= 2 else 30  # noqa: PLR2004 - three digits need smaller ones
    width = write(pen, (-WIDTH, -WIDTH), said, size, weight=800, colour=colour)
    write(pen, (centre[0] - width / 2, top + 59), said, size, weight=800, colour=colour)


@cache
def _disc() -> Image.Image:
    """A round mask with a smooth edge."""
    large = Image.new("L", (MEDAL * 4, MEDAL * 4))
    ImageDraw.Draw(large).ellipse((0, 0, MEDAL * 4 - 1, MEDAL * 4 - 1), fill=255)
    return large.resize((MEDAL, MEDAL), Image.Resampling.LANCZOS)  # pyright: ignore[reportUnknownMemberType] # its types name numpy's


def _arrow(pen: ImageDraw.ImageDraw, x: float, base: float) -> None:
    """Upwards."""
    pen.polygon([(x, base - 4), (x + 20, base - 4), (x + 10, base - 24)], fill=RISE)
