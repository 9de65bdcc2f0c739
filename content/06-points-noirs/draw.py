"""A grey picture read cell by cell, until only two colours are left in it.

Close up, what is left over of each cell flows into its neighbours in sixteen drops; then the
view widens and the same run goes on, faster, over the whole picture. Levels are amounts of light,
so that to the eye the dots add up to the greys they stand for. Picture, choices and drops are
computed; `tests/content/test_06_points_noirs.py` recomputes what the answer rests on.
"""

import math
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import accumulate, pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import studio

Image = studio.Late("PIL.Image")
ImageFilter = studio.Late("PIL.ImageFilter")

# The picture: a ringed planet before a sky that is lightest on the right, above.
COLUMNS, ROWS = 160, 90
WHITE = 255  # The light of a white cell.
CENTRE, RADIUS = (82.0, 43.0), 25.5
SUN = (-0.56, -0.5, 0.66)
TILT = (0.16, -0.94, 0.3)
RING = (1.32, 2.25)
GAP = (1.83, 1.93)
SAMPLES = 3

# Where the sixteenths of what is left over go, counted from the cell: (columns, rows, parts).
SHARES = ((1, 0, 7), (-1, 1, 3), (0, 1, 5), (1, 1, 1))
PARTS = 16

Picture = tuple[tuple[int, ...], ...]
Vector = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Step:
    """One cell: what it had become, what is chosen for it, and who receives what is left."""

    x: int
    y: int
    value: float
    chosen: int
    drops: tuple[tuple[int, int, float], ...]

    @property
    def left_over(self) -> float:
        """Light to give to the neighbours; below zero, light to take back from them."""
        return self.value - self.chosen


@cache
def picture() -> Picture:
    """The grey picture the film begins with: how much light each cell sends, row by row."""
    offsets = [(k + 0.5) / SAMPLES for k in range(SAMPLES)]
    return tuple(
        tuple(
            round(WHITE * sum(light(x + i, y + j) for i in offsets for j in offsets) / SAMPLES**2)
            for x in range(COLUMNS)
        )
        for y in range(ROWS)
    )


def light(x: float, y: float) -> float:
    """How light the scene is, between 0 and 1, at a point of the picture."""
    u, v = (x - CENTRE[0]) / RADIUS, (y - CENTRE[1]) / RADIUS
    depth = -(TILT[0] * u + TILT[1] * v) / TILT[2]
    height2 = 1 - u * u - v * v
    before = depth > math.sqrt(height2) if height2 > 0 else True
    if before and (ring := _ring(math.hypot(u, v, depth))):
        return ring * (0.18 if _behind_planet((u, v, depth)) else 1.0)
    if height2 > 0:
        return _planet((u, v, math.sqrt(height2)))
    return 0.03 + 0.61 * (1 - 0.3 * (1 - x / COLUMNS) - 0.7 * y / ROWS) ** 1.6


def _planet(point: Vector) -> float:
    sun = _unit(SUN)
    day = max(0.0, _dot(point, sun))
    towards = -_dot(_unit(TILT), point) / _dot(_unit(TILT), sun)
    shadow = towards > 0 and _ring(
        math.hypot(*(p + towards * s for p, s in zip(point, sun, strict=True)))
    )
    return 0.05 + 0.93 * day**0.9 * (0.4 if shadow else 1.0)


def _ring(distance: float) -> float:
    """How light the ring is that far from the centre; 0 where there is none."""
    if not RING[0] < distance < RING[1] or GAP[0] < distance < GAP[1]:
        return 0.0
    return 0.8 if distance < GAP[0] else 0.58


def _behind_planet(point: Vector) -> bool:
    along = _dot(point, _unit(SUN))
    return along < 0 and _dot(point, point) - along * along < 1


def _dot(a: Vector, b: Vector) -> float:
    return sum(p * q for p, q in zip(a, b, strict=True))


def _unit(a: Vector) -> Vector:
    length = math.hypot(*a)
    return (a[0] / length, a[1] / length, a[2] / length)


def simulate(levels: Picture) -> Iterator[Step]:
    """Every step of Floyd and Steinberg's method on a picture, in order.

    What would flow over the picture's edge is dropped.
    """
    values = [[float(level) for level in row] for row in levels]
    for y, row in enumerate(values):
        for x, value in enumerate(row):
            chosen = WHITE if value > WHITE / 2 else 0
            drops = tuple(
                (x + dx, y + dy, (value - chosen) * parts / PARTS)
                for dx, dy, parts in SHARES
                if 0 <= x + dx < len(row) and y + dy < len(values)
            )
            for across, down, amount in drops:
                values[down][across] += amount
            yield Step(x, y, value, chosen, drops)


@cache
def steps() -> tuple[Step, ...]:
    """The run the film shows."""
    return tuple(simulate(picture()))


def nearest(levels: Picture) -> Picture:
    """The same picture when every cell takes the nearer colour and nothing is passed on."""
    return tuple(tuple(WHITE if v > WHITE / 2 else 0 for v in row) for row in levels)


def values_at(count: float) -> list[list[float]]:
    """What the cells have become after so many steps; those that are done are 0 or 255."""
    values = [[float(level) for level in row] for row in picture()]
    for step in steps()[: int(count)]:
        values[step.y][step.x] = step.chosen
        for x, y, amount in step.drops:
            values[y][x] += amount
    return values


# How long each step lasts. The film opens at the fifth cell, so that none of the first drops it
# shows falls over the edge; row 0 then leaves the picture on the right and row 1 comes in.
OPENS_AT = 4
LEAD_IN = 0.4
SLOW = (2.5, 2.1, 1.7, 1.2, 0.9, 0.7, 0.5, 0.4)
OUT_OF_SIGHT = 1.0
SECOND_ROW = (0.6, 0.55, 0.5, 0.45, 0.4, 0.38, 0.36, 0.34, 0.34)
FIRST_IN_SECOND_ROW = COLUMNS + 3
FAST = 2400.0  # Steps per second at full speed: fifteen rows.
SPEEDING_UP = 3.0
HOLD = 1.6


def _durations() -> Iterator[float]:
    yield from SLOW
    unseen = FIRST_IN_SECOND_ROW - OPENS_AT - len(SLOW)
    yield from [OUT_OF_SIGHT / unseen] * unseen
    yield from SECOND_ROW
    rate = 1 / SECOND_ROW[-1]
    growth = math.log(FAST / rate) / SPEEDING_UP
    for _ in range(FIRST_IN_SECOND_ROW + len(SECOND_ROW), COLUMNS * ROWS):
        yield 1 / rate
        rate = min(FAST, rate * math.exp(growth / rate))


STARTS = tuple(accumulate(_durations(), initial=LEAD_IN))
PULLING_BACK = STARTS[FIRST_IN_SECOND_ROW + len(SECOND_ROW) - OPENS_AT] - 0.5
PULLED_BACK = PULLING_BACK + 3.6
READ_AT = STARTS[-1]
READING = READ_AT + HOLD


def progress(t: float) -> tuple[int, float]:
    """The step under way at second `t` of the reading, and the share of it that is over."""
    k = bisect_right(STARTS, t) - 1
    if k < 0:
        return OPENS_AT, 0.0
    if k >= len(STARTS) - 1:
        return COLUMNS * ROWS, 0.0
    return OPENS_AT + k, (t - STARTS[k]) / (STARTS[k + 1] - STARTS[k])


# The drawing.
INK: studio.Colour = (5, 7, 12)
SCREEN = 2.2  # The exponent from a screen's numbers to its light.
MAT = studio.mix(studio.NIGHT, studio.SLATE, 0.75)
QUIET = studio.mix(studio.SLATE, studio.CREAM, 0.6)
GIVE, TAKE = studio.CYAN, studio.ORANGE
CLOSE = (150.0, -2.6 * 150, 150.0)  # Pixels per cell, then where the picture's corner lies.
WIDE = (8.0, 0.0, 0.0)
SMALLEST_TILE = 55.0
GROUT = 0.04  # Of a tile.
LARGEST_DROP = 15.0
SHORTEST_SEEN = 0.3  # In a shorter step, nobody could follow the drops.

# The shares of a step in which things happen; each of SHARES leaves a little after the last.
ARRIVES, CHOOSES, LEAVES, FLIES, LATER, SINKS = 0.12, (0.14, 0.32), 0.4, 0.2, 0.06, 0.84

# Sixteen places in the cell by recipient, and how the drops gather where they arrive.
NESTS = (
    ((0, 0), (1, 0), (2, 0), (3, 0), (2, 1), (3, 1), (3, 2)),
    ((0, 2), (0, 3), (1, 3)),
    ((0, 1), (1, 1), (1, 2), (2, 2), (2, 3)),
    ((3, 3),),
)
GATHERED = (
    ((0.0, 0.0), *((math.cos(k * math.pi / 3), math.sin(k * math.pi / 3)) for k in range(6))),
    ((0.0, -0.6), (-0.6, 0.5), (0.6, 0.5)),
    ((0.0, 0.0), (-0.8, -0.8), (0.8, -0.8), (-0.8, 0.8), (0.8, 0.8)),
    ((0.0, 0.0),),
)


@dataclass(frozen=True, slots=True)
class View:
    """Where the picture lies on the canvas: the size of a cell and the corner's place."""

    cell: float
    left: float
    top: float

    def at(self, x: float, y: float) -> studio.Point:
        """The place on the canvas of a point of the picture, counted in cells."""
        return self.left + x * self.cell, self.top + y * self.cell


def view_at(t: float) -> View:
    """The view widens evenly; one point of the picture stays where it is."""
    share = studio.ease(studio.ramp(t, PULLING_BACK, PULLED_BACK))
    cell = CLOSE[0] * (WIDE[0] / CLOSE[0]) ** share
    part = (CLOSE[0] - cell) / (CLOSE[0] - WIDE[0])
    return View(cell, studio.lerp(CLOSE[1], WIDE[1], part), studio.lerp(CLOSE[2], WIDE[2], part))


@cache
def grey(level: float) -> studio.Colour:
    """The colour that sends that much light: screens are not proportional, eyes are."""
    ends = [[(part / WHITE) ** SCREEN for part in colour] for colour in (INK, studio.CREAM)]
    share = min(1.0, max(0.0, level / WHITE))
    return tuple(
        round(WHITE * studio.lerp(a, b, share) ** (1 / SCREEN)) for a, b in zip(*ends, strict=True)
    )


def reading(c: studio.Canvas, t: float) -> None:
    now, share = progress(t)
    view = view_at(t)
    values = values_at(now)
    step = steps()[now] if now < len(steps()) else None
    seen = step is not None and t >= 0 and _lasts(now) >= SHORTEST_SEEN
    if step is not None and seen:
        _blend(values, step, share)
    draw_cells(c, view, values)
    if step is not None:
        draw_reader(c, view, t, now, share)
        if seen:
            draw_drops(c, view, step, share)
    draw_legend(c, 1 - studio.ramp(t, PULLING_BACK, PULLING_BACK + 0.4))


def _lasts(now: int) -> float:
    return STARTS[now - OPENS_AT + 1] - STARTS[now - OPENS_AT]


def _blend(values: list[list[float]], step: Step, share: float) -> None:
    """Put the step under way into the values: the choice first, then the drops as they sink."""
    shown = min(float(WHITE), max(0.0, step.value))
    values[step.y][step.x] = studio.lerp(shown, step.chosen, studio.ease(_in(share, *CHOOSES)))
    for x, y, amount in step.drops:
        values[y][x] += amount * studio.ease(_in(share, SINKS, 1.0))


def _in(share: float, start: float, end: float) -> float:
    return studio.ramp(share, start, end)


def draw_cells(c: studio.Canvas, view: View, values: Sequence[Sequence[float]]) -> None:
    """Tiles when they are large; otherwise the picture, under a grid that fades as it shrinks."""
    if view.cell < SMALLEST_TILE:
        paste_picture(c, values, view)
        line = studio.faint(MAT, studio.ramp(view.cell, WIDE[0] + 6, SMALLEST_TILE))
        for x in range(COLUMNS if line[-1] else 0):
            c.rect(view.at(x, 0)[0] - 1, view.top, 2, studio.HEIGHT, line)
        for y in range(ROWS if line[-1] else 0):
            c.rect(0, view.at(0, y)[1] - 1, studio.WIDTH, 2, line)
        return
    c.rect(*view.at(0, 0), view.cell * COLUMNS, view.cell * ROWS, MAT)
    size = view.cell - GROUT * view.cell
    for y in range(math.ceil((studio.HEIGHT - view.top) / view.cell)):
        for x in range(
            int(-view.left / view.cell), math.ceil((studio.WIDTH - view.left) / view.cell)
        ):
            left, top = (edge + GROUT * view.cell / 2 for edge in view.at(x, y))
            c.rect(left, top, size, size, grey(values[y][x]), radius=size * 0.07)


def paste_picture(
    c: studio.Canvas, values: Sequence[Sequence[float]], view: View, blur: float = 0
) -> None:
    """All the cells at once, as far as the canvas reaches; the blur mixes light, not numbers."""
    levels = bytes(min(WHITE, max(0, round(v))) for row in values for v in row)
    image = Image.frombytes("L", (COLUMNS, ROWS), levels)
    right = min(COLUMNS, (studio.WIDTH - view.left) / view.cell)
    bottom = min(ROWS, (studio.HEIGHT - view.top) / view.cell)
    box = (max(0.0, -view.left / view.cell), max(0.0, -view.top / view.cell), right, bottom)
    x, y = view.at(box[0], box[1])
    size = [round((box[k + 2] - box[k]) * view.cell * c.scale) for k in (0, 1)]
    image = image.resize(size, Image.Resampling.NEAREST, box=box)
    if blur > 0:
        image = image.filter(ImageFilter.GaussianBlur(blur * view.cell * c.scale))
    image.putpalette([part for level in range(WHITE + 1) for part in grey(level)])
    c.paste(image.convert("RGB"), x, y)


def draw_reader(c: studio.Canvas, view: View, t: float, now: int, share: float) -> None:
    """The frame around the cell being read; at full speed, a line along the row."""
    far = studio.ramp(t, PULLED_BACK - 1.6, PULLED_BACK - 0.6)
    if far > 0:
        y = view.at(0, now / COLUMNS)[1]
        c.rect(0, y, studio.WIDTH, 7, studio.faint(studio.BLUE, far))
    if far < 1:
        x, y = steps()[now].x, steps()[now].y
        came = studio.ease(_in(share, 0, ARRIVES)) if x and now > OPENS_AT else 1.0
        left, top = view.at(x - 1 + came, y)
        edge = max(4.0, view.cell * 0.06)
        c.rect(
            *(left - edge / 2, top - edge / 2, view.cell + edge, view.cell + edge, None),
            radius=view.cell * 0.1,
            outline=studio.faint(studio.BLUE, 1 - far),
            stroke=edge,
        )


def draw_drops(c: studio.Canvas, view: View, step: Step, share: float) -> None:
    """Sixteen drops, as large in area as what is left over, on their way to the neighbours."""
    full = LARGEST_DROP * math.sqrt(abs(step.left_over) / (WHITE / 2)) * view.cell / CLOSE[0]
    radius = full * studio.ease(_in(share, *CHOOSES)) * (1 - studio.ease(_in(share, SINKS, 1)))
    colour = GIVE if step.left_over > 0 else TAKE
    for turn, (dx, dy, _) in enumerate(SHARES):
        for nest, place in zip(NESTS[turn], GATHERED[turn], strict=True):
            leaves = LEAVES + LATER * turn
            flown = studio.ease(_in(share, leaves, leaves + FLIES))
            home = [0.5 + (n - 1.5) * 0.215 for n in nest]
            there = [d + 0.5 + p * 0.25 for d, p in zip((dx, dy), place, strict=True)]
            x, y = (studio.lerp(a, b, flown) for a, b in zip(home, there, strict=True))
            x, y = view.at(step.x + x, step.y + y)
            if radius > 0.5:
                c.circle(x, y, radius + 3, INK)
                c.circle(x, y, radius, colour)


LEGEND = (
    (GIVE, "lumière à donner", "light to give away"),
    (TAKE, "lumière à reprendre", "light to take back"),
)


def draw_legend(c: studio.Canvas, opacity: float) -> None:
    if opacity <= 0:
        return
    for x, (colour, french, english) in zip((60, 660), LEGEND, strict=True):
        c.circle(x + 24, 75, 24, studio.faint(colour, opacity))
        c.text(x + 72, 53, french, 42, studio.faint(studio.CREAM, opacity), anchor="lm")
        c.text(x + 72, 101, english, 38, studio.faint(QUIET, opacity), weight=500, anchor="lm")


# The comparison: a line crosses the picture, and on its left nothing was passed on.
LINE = ((0.0, 0.0), (0.4, 0.0), (2.2, 1.0), (3.1, 1.0), (4.2, 0.5), (6.4, 0.5))
COMPARING = LINE[-1][0]
LABELS = (
    (40.0, "sans les gouttes", "without the drops"),
    (860.0, "avec les gouttes", "with the drops"),
)


def line_at(t: float) -> float:
    for (start, here), (end, there) in pairwise(LINE):
        if t < end:
            return studio.lerp(here, there, studio.ease(studio.ramp(t, start, end)))
    return LINE[-1][1]


def comparing(c: studio.Canvas, t: float) -> None:
    x = line_at(t)
    split = round(x * COLUMNS * WIDE[0])
    paste_picture(c, values_at(len(steps())), View(*WIDE))
    if split > 0:
        plain = studio.Canvas(scale=c.scale)
        paste_picture(plain, nearest(picture()), View(*WIDE))
        c.paste(plain.image.crop((0, 0, split * c.scale, studio.HEIGHT * c.scale)), 0, 0)
    if 0 < x < 1:
        c.rect(split - 5, 0, 10, studio.HEIGHT, studio.BLUE)
    shown = (studio.ramp(x, 0.36, 0.46), studio.ramp(1 - x, 0.36, 0.46))
    for opacity, (left, french, english) in zip(shown, LABELS, strict=True):
        if opacity > 0:
            c.rect(left, 40, 380, 124, studio.faint(studio.NIGHT, 0.94 * opacity), radius=20)
            ink, quiet = (studio.faint(k, opacity) for k in (studio.CREAM, QUIET))
            c.text(left + 190, 78, french, 42, ink)
            c.text(left + 190, 126, english, 38, quiet, weight=500)


# The end: what went in and what came out, both seen through the same blur.
MELTING = 5.4
MELTS = (1.5, 3.2)
BLUR = 1.5  # In cells.
SIDES = ((36.0, "au début", "before"), (657.0, "à la fin", "after"))
SMALL = 11 / 3


def melting(c: studio.Canvas, t: float) -> None:
    share = studio.ease(studio.ramp(t, *MELTS))
    seen = (picture(), values_at(len(steps())))
    for (left, french, english), values in zip(SIDES, seen, strict=True):
        paste_picture(c, values, View(SMALL, left, 132), BLUR * share)
        middle = left + SMALL * COLUMNS / 2
        c.text(middle, 506, french, 44)
        c.text(middle, 556, english, 40, QUIET, weight=500)
    words = studio.faint(studio.CYAN, studio.visible(t, MELTS[0] - 0.3, MELTING + 1))
    c.text(640, 48, "en plissant les yeux", 44, words)
    c.text(640, 96, "when you squint", 40, words, weight=500)


def sound(track: studio.Track) -> None:
    begin = studio.OPENING_SECONDS
    last = -1.0
    for k, (start, end) in enumerate(pairwise(STARTS)):
        step = steps()[OPENS_AT + k]
        pan = 1.4 * step.x / COLUMNS - 0.7
        if end - start >= SHORTEST_SEEN:
            _sing(track, begin, step, (start, end))
        elif start - last > 0.06:  # Faster than this, single notes would blur into noise.
            last = start
            row = picture()[step.y]
            hz = studio.note(row[step.x] / WHITE, 3, 146.83)
            track.tone(begin + start, hz, 0.16, gain=0.1, pan=pan)
    track.chord(begin + READ_AT, 3.4, root=146.83, gain=0.07)
    compared = begin + READING
    track.glide(compared + 0.4, (440, 110), 1.8, gain=0.1)
    track.thud(compared + 2.2, gain=0.4)
    track.glide(compared + 3.1, (110, 330), 1.1, gain=0.1)
    track.chord(compared + COMPARING + MELTS[0], 5.6, root=146.83, gain=0.07)


def _sing(track: studio.Track, begin: float, step: Step, span: tuple[float, float]) -> None:
    """A low note for a dark choice, a high one for a light one; then a drip per neighbour."""
    start, end = span
    chosen_at = begin + studio.lerp(start, end, CHOOSES[0])
    hz = 587.33 if step.chosen else 220.0
    track.tone(chosen_at, hz, 0.5, gain=0.2, timbre="glass")
    for turn, (dx, _, parts) in enumerate(SHARES):
        arrives = LEAVES + LATER * turn + FLIES
        loud = parts / PARTS * abs(step.left_over) / (WHITE / 2)
        at = begin + studio.lerp(start, end, arrives)
        drip = studio.note(0.9 - 0.12 * turn, 2, 293.66) * (2 if step.left_over > 0 else 1)
        track.tone(at, drip, 0.14, gain=0.05 + 0.3 * loud, pan=0.5 * dx, timbre="pure")


FRENCH = (
    "Quelle méthode transforme cette image ?",
    "Des cases grises, lues de gauche à droite. [note grave : noire ; note aiguë : blanche]",
    "[gouttes] Ce qui reste de chaque case part en seize gouttes vers quatre voisines.",
    "[notes pressées] La ligne s'achève hors du cadre, puis la suivante commence.",
    "[notes de plus en plus rapides] On recule : les cases deviennent des points.",
    "[accord doux] Une planète et son anneau, en deux couleurs seulement.",
    "[son qui descend] La même image sans les gouttes : les nuances ont disparu.",
    "[accord doux] Au début, à la fin : en plissant les yeux, on voit presque la même image.",
    "Quelle méthode transforme cette image ?",
)
ENGLISH = (
    "Which method transforms this picture?",
    "Grey cells, read from left to right. [low note: black; high note: white]",
    "[drips] What is left of each cell leaves in sixteen drops for four neighbours.",
    "[hurried notes] The row ends out of sight, then the next one begins.",
    "[notes, faster and faster] The view widens: the cells become dots.",
    "[soft chord] A planet and its ring, in two colours only.",
    "[falling sound] The same picture without the drops: the shades are gone.",
    "[soft chord] Before and after: when you squint, the two pictures look alike.",
    "Which method transforms this picture?",
)


def cues(words: Sequence[str]) -> list[studio.Cue]:
    """The captions, timed by the run itself."""
    begin = studio.OPENING_SECONDS
    compared = begin + READING
    end = compared + COMPARING + MELTING
    starts = [0.0, begin, begin + STARTS[1], begin + STARTS[len(SLOW)], begin + PULLING_BACK]
    starts += [begin + READ_AT, compared + 0.5, compared + COMPARING, end]
    return list(zip(starts, [*starts[1:], end + studio.CLOSING_SECONDS], words, strict=True))


FILM = studio.Film(
    question_fr=FRENCH[0],
    question_en=ENGLISH[0],
    body=[
        studio.Scene("reading", READING, reading),
        studio.Scene("comparing", COMPARING, comparing, cut=True),
        studio.Scene("melting", MELTING, melting),
    ],
    sound=sound,
    captions={"fr": cues(FRENCH), "en": cues(ENGLISH)},
)

if __name__ == "__main__":
    studio.produce(FILM, __file__)
