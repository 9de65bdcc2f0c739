"""A single wire on an oscilloscope: what it carries is sent and read back by a real line.

First the whole message as it passes; then each burst by itself, its cells parted by ticks; then
all bursts side by side. The picture and the two notes follow the same computed voltage;
`tests/content/test_03_une_ligne.py` reads the word back from it, and from it alone.
"""

import math
import random
import sys
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import studio

MESSAGE = "KERMIT"
CELL_MICROSECONDS = 104  # 9600 cells a second.
GAPS_SEED = 1981
SHORTEST_GAP, LONGEST_GAP = 2.1, 4.4  # In cells: nobody types to the beat of a clock.
REST = 3.0
CELLS = 10
OVERSAMPLING = 16
EDGE = 0.05  # How long the wire takes to follow, in cells.

LOW_HZ, HIGH_HZ = 440.0, 659.26
CELL_SECONDS = 0.27
QUIET = studio.mix(studio.SLATE, studio.CREAM, 0.6)
GRID = studio.mix(studio.NIGHT, studio.SLATE, 0.42)
DIVIDER = studio.mix(studio.NIGHT, studio.SLATE, 0.6)
FRAME = studio.mix(studio.NIGHT, studio.SLATE, 0.8)


@dataclass(frozen=True, slots=True)
class Burst:
    """The cells of one character: when the first begins, and the level of each."""

    start: float
    levels: tuple[int, ...]

    @property
    def end(self) -> float:
        """When its last cell is over."""
        return self.start + len(self.levels)


def cells(byte: int) -> tuple[int, ...]:
    """One low cell to wake the receiver, eight from the lowest bit up, one high to rest."""
    return (0, *(byte >> k & 1 for k in range(8)), 1)


def simulate(message: str, seed: int) -> list[Burst]:
    """What the sender puts on the wire; times are in cells."""
    chance = random.Random(seed)
    bursts: list[Burst] = []
    at = REST
    for byte in message.encode("ascii"):
        bursts.append(Burst(at, cells(byte)))
        at = bursts[-1].end + chance.uniform(SHORTEST_GAP, LONGEST_GAP)
    return bursts


class Wire:
    """The voltage between 0 and 1: it follows the sender, a little late; at rest it is high."""

    def __init__(self, bursts: Sequence[Burst]) -> None:
        self.length = bursts[-1].end + REST
        self.edges: list[tuple[float, float, int]] = [(-math.inf, 1.0, 1)]
        for burst in bursts:
            for k, level in enumerate(burst.levels):
                if level != self.edges[-1][2]:
                    at = burst.start + k
                    self.edges.append((at, self.voltage(at), level))

    def voltage(self, t: float) -> float:
        """Where the wire is at `t`."""
        at, before, level = self.edges[bisect_right(self.edges, (t, math.inf, 2)) - 1]
        return level + (before - level) * math.exp(-(t - at) / EDGE)

    def points(self, start: float, end: float) -> list[tuple[float, float]]:
        """The curve between two instants, finer where it bends."""
        times = {start, end}
        for at, _, _ in self.edges:
            times |= {at + EDGE * k for k in (0, 0.3, 0.7, 1.2, 1.8, 2.6, 4, 7)}
        return [(t, self.voltage(t)) for t in sorted(times) if start <= t <= end]


def receive(voltage: Callable[[float], float], length: float) -> list[int]:
    """The bytes a receiver reads from nothing but the voltage, sixteen looks to a cell.

    Raises:
        ValueError: a burst does not end on a high cell.
    """
    read: list[int] = []
    look = 0
    while look < length * OVERSAMPLING:
        if voltage(look / OVERSAMPLING) > 0.5:
            look += 1
            continue
        middle = look + OVERSAMPLING // 2
        samples = [voltage(middle / OVERSAMPLING + k) > 0.5 for k in range(CELLS)]
        if samples[0] or not samples[-1]:
            raise ValueError(f"no character begins at {look / OVERSAMPLING}")
        read.append(sum(1 << k for k, high in enumerate(samples[1:-1]) if high))
        look = middle + (CELLS - 1) * OVERSAMPLING
    return read


BURSTS = simulate(MESSAGE, GAPS_SEED)
WIRE = Wire(BURSTS)

WHOLE_LEAD, WHOLE_SWEEP, WHOLE_SECONDS = 0.5, 4.4, 6.2
SHRINK_SECONDS = 0.9
PAGE_CELLS = 12.0
PAGE_SECONDS = PAGE_CELLS * CELL_SECONDS
HOLD_SECONDS = 0.35
SLOW_SECONDS = SHRINK_SECONDS + len(BURSTS) * (PAGE_SECONDS + HOLD_SECONDS)
TABLE_LEAD, TABLE_CELL, TABLE_SECONDS = 0.6, 0.36, 6.4


@dataclass(frozen=True, slots=True)
class Window:
    """Where on the picture a stretch of the wire is drawn."""

    x: float
    width: float
    high: float
    low: float
    start: float
    cells: float

    def at(self, t: float) -> float:
        """The x of an instant."""
        return self.x + self.width * (t - self.start) / self.cells

    def level(self, voltage: float) -> float:
        """The y of a voltage."""
        return studio.lerp(self.low, self.high, voltage)


LARGE = Window(40, 1200, 200, 430, 0, WIRE.length)
STRIP = Window(40, 1200, 52, 114, 0, WIRE.length)


def page(burst: Burst) -> Window:
    return Window(40, 1200, 288, 470, burst.start - 1, PAGE_CELLS)


def draw_trace(
    c: studio.Canvas, window: Window, until: float, colour: studio.Colour, width: float
) -> None:
    points = WIRE.points(window.start, min(until, window.start + window.cells))
    curve = [(window.at(t), window.level(v)) for t, v in points]
    if len(curve) > 1:
        c.line(curve, studio.mix(studio.NIGHT, colour, 0.28), width * 2.6)
        c.line(curve, colour, width)


def draw_beam(c: studio.Canvas, window: Window, t: float) -> None:
    x, y = window.at(t), window.level(WIRE.voltage(t))
    c.circle(x, y, 22, studio.faint(studio.CREAM, 0.16))
    c.circle(x, y, 11, studio.CREAM)


def draw_screen(c: studio.Canvas, top: float, bottom: float, columns: int, opacity: float) -> None:
    grid = studio.mix(studio.NIGHT, GRID, opacity)
    for k in range(1, columns):
        c.line([(40 + 1200 * k / columns, top), (40 + 1200 * k / columns, bottom)], grid, 2)
    for k in range(1, 4):
        y = studio.lerp(top, bottom, k / 4)
        c.line([(40, y), (1240, y)], grid, 2)
    frame = studio.mix(studio.NIGHT, FRAME, opacity)
    c.rect(28, top, 1224, bottom - top, None, radius=18, outline=frame, stroke=4)


def whole(c: studio.Canvas, t: float) -> None:
    draw_screen(c, 60, 570, 12, 1.0)
    now = WIRE.length * studio.ramp(t, WHOLE_LEAD, WHOLE_LEAD + WHOLE_SWEEP)
    draw_trace(c, LARGE, now, studio.CYAN, 6)
    if 0 < now < WIRE.length:
        draw_beam(c, LARGE, now)


def slow(c: studio.Canvas, t: float) -> None:
    shrunk = studio.ease(studio.ramp(t, 0, SHRINK_SECONDS - 0.2))
    draw_screen(c, 60, 570, 12, 1 - min(1.0, shrunk * 2))
    high, low = (
        studio.lerp(big, small, shrunk)
        for big, small in ((LARGE.high, STRIP.high), (LARGE.low, STRIP.low))
    )
    strip = Window(40, 1200, high, low, 0, WIRE.length)
    dim = studio.mix(studio.CYAN, QUIET, shrunk)
    draw_trace(c, strip, WIRE.length, dim, studio.lerp(6, 4, shrunk))
    since = t - SHRINK_SECONDS
    if since < 0:
        draw_panel(c, studio.ramp(since, -0.3, 0))
        return
    k = min(len(BURSTS) - 1, int(since / (PAGE_SECONDS + HOLD_SECONDS)))
    draw_page(c, k, since - k * (PAGE_SECONDS + HOLD_SECONDS))


def draw_page(c: studio.Canvas, k: int, t: float) -> None:
    """One burst, drawn by the beam over the fading one before."""
    burst = BURSTS[k]
    window = page(burst)
    left, right = STRIP.at(window.start), STRIP.at(window.start + PAGE_CELLS)
    if k and t < 0.3:
        was = page(BURSTS[k - 1])
        shift = studio.ease(t / 0.3)
        left = studio.lerp(STRIP.at(was.start), left, shift)
        right = studio.lerp(STRIP.at(was.start + PAGE_CELLS), right, shift)
    box = (left, STRIP.high - 24, right - left, STRIP.low - STRIP.high + 48)
    c.rect(*box, None, radius=12, outline=studio.CREAM, stroke=5)
    draw_panel(c, 1.0)
    draw_ticks(c, window, burst)
    c.text(70, 222, f"{k + 1}/{len(BURSTS)}", 46, QUIET, weight=700, anchor="lm")
    now = window.start + t / CELL_SECONDS
    draw_cell(c, window, burst, now)
    if k and t < 0.5:
        fading = studio.mix(studio.CYAN, studio.NIGHT, 0.35 + 0.65 * t / 0.5)
        old = page(BURSTS[k - 1])
        gone = min(PAGE_CELLS, t / CELL_SECONDS)
        rest = WIRE.points(old.start + gone, old.start + PAGE_CELLS)
        c.line([(old.at(u), old.level(v)) for u, v in rest], fading, 8)
    draw_trace(c, window, now, studio.CYAN, 9)
    draw_samples(c, window, burst, now, 13)
    if now < window.start + PAGE_CELLS:
        draw_beam(c, window, now)


def draw_panel(c: studio.Canvas, opacity: float) -> None:
    frame = studio.mix(studio.NIGHT, FRAME, opacity)
    c.rect(28, 176, 1224, 414, None, radius=18, outline=frame, stroke=4)


def draw_ticks(c: studio.Canvas, window: Window, burst: Burst) -> None:
    bottom = window.low + 36
    c.line([(52, bottom), (1228, bottom)], FRAME, 4)
    for k in range(CELLS + 1):
        x = window.at(burst.start + k)
        c.dashes((x, window.high - 24), (x, bottom - 10), FRAME, 3, 9)
        c.line([(x, bottom - 12), (x, bottom + 12)], QUIET, 5)
    left, right = window.at(burst.start), window.at(burst.start + 1)
    c.line([(left + 4, bottom + 26), (right - 4, bottom + 26)], QUIET, 4)
    c.text(left, bottom + 56, f"{CELL_MICROSECONDS} µs", 36, QUIET, weight=500, anchor="lm")


def draw_cell(c: studio.Canvas, window: Window, burst: Burst, now: float) -> None:
    k = math.floor(now - burst.start)
    if 0 <= k < CELLS:
        left, right = window.at(burst.start + k), window.at(burst.start + k + 1)
        glow = studio.mix(studio.NIGHT, studio.BLUE, 0.3)
        c.rect(left + 3, window.high - 24, right - left - 6, window.low - window.high + 46, glow)


def draw_samples(c: studio.Canvas, window: Window, burst: Burst, now: float, radius: float) -> None:
    """A dot where the receiver looks: in the middle of each cell."""
    for k in range(CELLS):
        middle = burst.start + k + 0.5
        if now >= middle:
            swell = 1 + 0.5 * math.exp(-(now - middle) * 3)
            y = window.level(WIRE.voltage(middle))
            c.circle(window.at(middle), y, radius * swell, studio.ORANGE)


def table(c: studio.Canvas, t: float) -> None:
    """All bursts side by side, and one marker through all of them."""
    now = (t - TABLE_LEAD) / TABLE_CELL
    for k, burst in enumerate(BURSTS):
        left, top = 40 + k % 2 * 622, 52 + k // 2 * 184
        window = Window(left + 48, 530, top + 18, top + 102, burst.start - 0.6, 11.2)
        c.text(left, top + 60, str(k + 1), 52, QUIET, weight=800, anchor="lm")
        for cell in range(CELLS + 1):
            x = window.at(burst.start + cell)
            c.line([(x, top), (x, top + 120)], DIVIDER, 2)
            c.line([(x, top + 120), (x, top + 136)], QUIET, 4)
        draw_cell_of_table(c, window, burst, now)
        draw_trace(c, window, math.inf, studio.CYAN, 6)
        draw_samples(c, window, burst, burst.start + now, 8)


def draw_cell_of_table(c: studio.Canvas, window: Window, burst: Burst, now: float) -> None:
    if 0 <= now < CELLS:
        x = window.at(burst.start + math.floor(now))
        width = window.at(1) - window.at(0)
        glow = studio.mix(studio.NIGHT, studio.BLUE, 0.45)
        c.rect(x + 2, window.high - 18, width - 4, window.low - window.high + 34, glow)


def sound(track: studio.Track) -> None:
    begin = studio.OPENING_SECONDS
    sing(track, begin, lambda t: (t - WHOLE_LEAD) * WIRE.length / WHOLE_SWEEP, WHOLE_SWEEP)
    begin += WHOLE_SECONDS + SHRINK_SECONDS
    for k, burst in enumerate(BURSTS):
        at = begin + k * (PAGE_SECONDS + HOLD_SECONDS)
        pluck(track, at, burst)
        track.tone(at, 1318.5, 0.3, gain=0.05, timbre="glass")
    begin += len(BURSTS) * (PAGE_SECONDS + HOLD_SECONDS)
    for cell in range(CELLS):
        at = begin + TABLE_LEAD + cell * TABLE_CELL
        track.tick(at, gain=0.1, pan=cell / CELLS - 0.5)
        highs = sum(burst.levels[cell] for burst in BURSTS)
        for hz, count in ((HIGH_HZ, highs), (LOW_HZ, len(BURSTS) - highs)):
            if count:
                track.tone(at, hz / 2, 0.5, gain=0.3 * count / len(BURSTS), timbre="soft")
    track.chord(begin + TABLE_LEAD + CELLS * TABLE_CELL, 4.2, root=110.0, gain=0.07)


def sing(track: studio.Track, begin: float, cell: Callable[[float], float], seconds: float) -> None:
    """One unbroken tone whose pitch is the voltage."""
    steps = studio.np.arange(round(seconds * 1000))
    volts = [WIRE.voltage(cell(WHOLE_LEAD + step / 1000)) for step in steps]
    t = studio.np.arange(round(seconds * studio.RATE)) / studio.RATE
    hz = LOW_HZ * (HIGH_HZ / LOW_HZ) ** studio.np.interp(t, steps / 1000, volts)
    phase = 2 * math.pi * studio.np.cumsum(hz) / studio.RATE
    edges = studio.np.clip(studio.np.minimum(t, seconds - t) / 0.15, 0, 1)
    wave = (studio.np.sin(phase) + 0.25 * studio.np.sin(2 * phase)) * edges
    track.add(begin + WHOLE_LEAD, wave, gain=0.2)


def pluck(track: studio.Track, at: float, burst: Burst) -> None:
    """A note for each cell, high or low, from where the beam is."""
    for k, level in enumerate(burst.levels):
        start = at + (k + 1) * CELL_SECONDS
        pan = k / CELLS - 0.45
        track.tick(start, gain=0.07, pan=pan)
        hz = HIGH_HZ if level else LOW_HZ
        track.tone(start, hz, CELL_SECONDS * 1.5, gain=0.26, pan=pan)


FRENCH = (
    "Que dit ce fil ?",
    "[deux notes alternent, très vite] Un fil sur un oscilloscope : haut, bas, en six salves.",
    "La ligne entière reste en haut. Chaque salve est montrée seule, plus lentement.",
    "[notes aiguës et graves] Première salve : dix cases de 104 microsecondes.",
    "[notes aiguës et graves] Deuxième salve.",
    "[notes aiguës et graves] Troisième salve.",
    "[notes aiguës et graves] Quatrième salve.",
    "[notes aiguës et graves] Cinquième salve.",
    "[notes aiguës et graves] Sixième salve.",
    "[accord doux] Les six salves ensemble ; un repère passe de case en case.",
    "Que dit ce fil ?",
)
ENGLISH = (
    "What does this wire say?",
    "[two notes take turns, very fast] One wire on an oscilloscope: high, low, in six bursts.",
    "The whole line stays above. Each burst is shown by itself, slower.",
    "[high and low notes] First burst: ten cells of 104 microseconds.",
    "[high and low notes] Second burst.",
    "[high and low notes] Third burst.",
    "[high and low notes] Fourth burst.",
    "[high and low notes] Fifth burst.",
    "[high and low notes] Sixth burst.",
    "[soft chord] All six bursts together; a marker passes from cell to cell.",
    "What does this wire say?",
)


def cues(words: Sequence[str]) -> list[studio.Cue]:
    """The captions, timed by the scenes."""
    begin = studio.OPENING_SECONDS + WHOLE_SECONDS
    pages = begin + SHRINK_SECONDS
    starts = [0, studio.OPENING_SECONDS, begin - 2.0]
    starts += [pages + k * (PAGE_SECONDS + HOLD_SECONDS) for k in range(len(BURSTS))]
    starts += [begin + SLOW_SECONDS, begin + SLOW_SECONDS + TABLE_SECONDS]
    ends = [*starts[1:], starts[-1] + studio.CLOSING_SECONDS]
    return list(zip(starts, ends, words, strict=True))


FILM = studio.Film(
    question_fr=FRENCH[0],
    question_en=ENGLISH[0],
    body=[
        studio.Scene("whole", WHOLE_SECONDS, whole),
        studio.Scene("slow", SLOW_SECONDS, slow, cut=True),
        studio.Scene("table", TABLE_SECONDS, table),
    ],
    sound=sound,
    captions={"fr": cues(FRENCH), "en": cues(ENGLISH)},
)

if __name__ == "__main__":
    studio.produce(FILM, __file__)
