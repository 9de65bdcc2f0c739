"""Bars put in order by a real run of one method, shown twice.

First forty bars, slowly and then faster; then fifteen, numbered, with an arc between the
two that are being compared or swapped. What moves, glows and sounds are the events of the run
itself; `tests/content/test_01_barres.py` recomputes what the answer rests on.
"""

import math
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import studio

MANY, MANY_SEED = 40, 176
FEW, FEW_SEED = 15, 180
FLOOR = 600.0
TALLEST = 430.0
COLOURS = {"compare": studio.ORANGE, "swap": studio.CYAN, "settle": studio.CREAM}
LEGEND = (
    ("compare", "comparées", "compared"),
    ("swap", "échangées", "swapped"),
    ("settle", "à leur place", "in place"),
)
QUIET = studio.mix(studio.SLATE, studio.CREAM, 0.6)
AFTERGLOW_SECONDS = 0.16


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happens to the bars at two positions, counted from zero."""

    kind: Literal["compare", "swap", "settle"]
    i: int
    j: int


def shuffled(count: int, seed: int) -> list[int]:
    """The values 1 to count in the order the film begins with."""
    return random.Random(seed).sample(range(1, count + 1), count)


def simulate(values: Sequence[int]) -> list[Event]:
    """Every event of heapsort on these values, in order."""
    bars = list(values)
    events: list[Event] = []
    for root in reversed(range(len(bars) // 2)):
        events += _sift_down(bars, root, len(bars))
    for last in reversed(range(1, len(bars))):
        events += [_swap(bars, 0, last), Event("settle", last, last)]
        events += _sift_down(bars, 0, last)
    return [*events, Event("settle", 0, 0)]


def building_ends(events: Sequence[Event]) -> int:
    """The number of events before the first bar leaves for its final place."""
    return next(k for k, event in enumerate(events) if event.kind == "settle") - 1


def replay(values: Sequence[int], events: Sequence[Event]) -> list[int]:
    """The values after these events."""
    bars = list(values)
    for event in events:
        bars[event.i], bars[event.j] = (
            (bars[event.j], bars[event.i])
            if event.kind == "swap"
            else (bars[event.i], bars[event.j])
        )
    return bars


def _sift_down(bars: list[int], root: int, end: int) -> Iterator[Event]:
    while (child := 2 * root + 1) < end:
        if child + 1 < end:
            yield Event("compare", child, child + 1)
            child += bars[child + 1] > bars[child]
        yield Event("compare", root, child)
        if bars[root] >= bars[child]:
            return
        yield _swap(bars, root, child)
        root = child


def _swap(bars: list[int], i: int, j: int) -> Event:
    bars[i], bars[j] = bars[j], bars[i]
    return Event("swap", i, j)


class Run:
    """A run laid out in time: which event is under way at which second."""

    def __init__(self, values: list[int], pace: "Pace") -> None:
        self.values = values
        self.events = simulate(values)
        self.split = building_ends(self.events)
        self.times: list[tuple[float, float]] = []
        t = pace.lead_in
        for k, event in enumerate(self.events):
            if k == self.split:
                t += pace.pause
            seconds = pace.seconds(k, self.split) * (0.2 if event.kind == "settle" else 1)
            self.times.append((t, t + seconds))
            t += seconds
        self.sorted_at = t
        self.seconds = t + pace.lead_out

    def now(self, t: float) -> int:
        """How many events are over."""
        return sum(end <= t for _, end in self.times)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long events last: slow for a while in each half of the run, then faster and faster."""

    lead_in: float
    pause: float
    lead_out: float
    building: tuple[float, int, float, float]
    taking: tuple[float, int, float, float]

    def seconds(self, k: int, split: int) -> float:
        """The length of event `k`; the second half begins at event `split`."""
        slow, count, factor, fast = self.building if k < split else self.taking
        return max(fast, slow * factor ** max(0, (k if k < split else k - split) - count))


FIRST = Run(
    shuffled(MANY, MANY_SEED),
    Pace(0.5, 0.6, 2.0, building=(0.28, 7, 0.9, 0.036), taking=(0.18, 8, 0.955, 0.0105)),
)
SECOND = Run(
    shuffled(FEW, FEW_SEED),
    Pace(0.7, 0.6, 1.6, building=(0.23, 99, 1.0, 0.2), taking=(0.21, 17, 0.94, 0.035)),
)


def glow(run: Run, t: float) -> dict[int, tuple[str, float]]:
    """Which positions shine at `t`, in which colour and how strongly."""
    shining: dict[int, tuple[str, float]] = {}
    for event, (start, end) in zip(run.events, run.times, strict=True):
        if start > t:
            break
        strength = math.exp(-max(0.0, t - end) / AFTERGLOW_SECONDS)
        if strength > 0.04 and event.kind != "settle":
            for position in (event.i, event.j):
                shining[position] = (event.kind, strength)
    return shining


def draw_bars(c: studio.Canvas, run: Run, t: float, floor: float, tallest: float) -> None:
    done = run.now(t)
    count = len(run.values)
    bars = replay(run.values, run.events[:done])
    settled = {event.i for event in run.events[:done] if event.kind == "settle"}
    shining = glow(run, t)
    slot = 1200 / count
    width = slot * 0.76
    c.rect(40, floor + 6, 1200, 5, studio.mix(studio.NIGHT, studio.SLATE, 0.7), radius=2.5)
    # Those that shine come last, so that a bar on its way passes in front.
    for position in sorted(range(count), key=lambda p: p in shining):
        x = 40 + slot * (position + _shift(run, t, done, position)) + (slot - width) / 2
        colour = studio.CREAM if position in settled else studio.BLUE
        if position in shining:
            kind, strength = shining[position]
            colour = studio.mix(colour, COLOURS[kind], strength)
        wave = _wave(t - run.sorted_at, position / count)
        height = tallest * bars[position] / count + 10 * wave
        colour = studio.mix(colour, studio.CYAN, wave)
        c.rect(x, floor - height, width, height, colour, radius=width * 0.22)


def _shift(run: Run, t: float, done: int, position: int) -> float:
    """How far a bar has slid towards the place it is being swapped into, in slots."""
    if done == len(run.events):
        return 0.0
    event, (start, end) = run.events[done], run.times[done]
    if event.kind != "swap" or t <= start or position not in {event.i, event.j}:
        return 0.0
    away = event.j - event.i if position == event.i else event.i - event.j
    return away * studio.ease(studio.ramp(t, start, end))


def _wave(since: float, x: float) -> float:
    """A light running once over the finished bars from left to right."""
    return math.exp(-(((since - 0.15 - x * 0.9) / 0.09) ** 2)) if since > 0 else 0.0


def draw_legend(c: studio.Canvas) -> None:
    for x, (kind, french, english) in zip((46, 474, 902), LEGEND, strict=True):
        c.rect(x, 42, 44, 78, COLOURS[kind], radius=8)
        c.text(x + 62, 58, french, 40, anchor="lm")
        c.text(x + 62, 104, english, 38, QUIET, weight=500, anchor="lm")


def first_pass(c: studio.Canvas, t: float) -> None:
    draw_legend(c)
    draw_bars(c, FIRST, t, FLOOR, TALLEST)


def second_pass(c: studio.Canvas, t: float) -> None:
    draw_legend(c)
    draw_bars(c, SECOND, t, 478, 330)
    shining = glow(SECOND, t)
    slot = 1200 / FEW
    for position in range(FEW):
        colour = QUIET
        if position in shining:
            kind, strength = shining[position]
            colour = studio.mix(colour, COLOURS[kind], strength)
        c.text(40 + slot * (position + 0.5), 506, str(position + 1), 36, colour, weight=700)
    for event, (start, end) in zip(SECOND.events, SECOND.times, strict=True):
        strength = 1.0 if start <= t < end else math.exp(-(t - end) / 0.1) if t >= end else 0.0
        if strength > 0.04 and event.i != event.j:
            colour = studio.mix(studio.NIGHT, COLOURS[event.kind], strength)
            draw_arc(c, 40 + slot * (event.i + 0.5), 40 + slot * (event.j + 0.5), colour)


def draw_arc(c: studio.Canvas, left: float, right: float, colour: studio.Colour) -> None:
    depth = 14 + 52 * ((right - left) / 1200) ** 0.6
    points = [
        (left + (right - left) * k / 24, 532 + depth * math.sin(math.pi * k / 24) ** 0.7)
        for k in range(25)
    ]
    c.line(points, colour, 8)


def sound(track: studio.Track) -> None:
    begin = studio.OPENING_SECONDS
    for run in (FIRST, SECOND):
        sing(track, run, begin)
        begin += run.seconds
    track.chord(begin - SECOND.seconds + SECOND.sorted_at, 3.9, root=146.83, gain=0.07)


def sing(track: studio.Track, run: Run, begin: float) -> None:
    """A note per event, as high as the bar is tall, from the side where the bar stands."""
    count = len(run.values)
    bars = list(run.values)
    last = -1.0
    for event, (start, _) in zip(run.events, run.times, strict=True):
        bars = replay(bars, [event])
        at, pan = begin + start, 1.4 * event.j / count - 0.7
        hz = studio.pitch(bars[event.j] / count, 196, 1175)
        if event.kind == "settle":
            track.thud(at, gain=0.3, pan=pan)
            track.tone(at, hz, 0.4, gain=0.16, pan=pan, timbre="glass")
        elif start - last > 0.03:  # Faster than this, single notes would blur into noise.
            last = start
            if event.kind == "compare":
                track.tone(at, hz, 0.12, gain=0.14, pan=pan)
            else:
                track.tone(at, hz, 0.2, gain=0.2, pan=pan, timbre="reed")
    for position in range(count):
        at = begin + run.sorted_at + 0.15 + 0.9 * position / count
        hz = studio.pitch((position + 1) / count, 196, 1175)
        track.tone(at, hz, 0.3, gain=0.12, pan=1.4 * position / count - 0.7, timbre="glass")


FRENCH = (
    "Quel algorithme trie ces barres ?",
    "Quarante barres en désordre. Plus la barre comparée est haute, plus la note est aiguë.",
    "[notes accélérées] Deux voisines sont comparées, puis l'une d'elles avec une barre à gauche.",
    "[coup sourd] La plus haute des barres quitte la première place pour la dernière.",
    "[notes précipitées, coups sourds] À droite, les barres en place se multiplient.",
    "[notes ascendantes] Les quarante barres sont rangées.",
    "La même méthode, plus lente. Un arc relie les barres comparées ou échangées.",
    "[coup sourd] La première et la dernière s'échangent ; l'arrivante descend de place en place.",
    "[notes ascendantes, accord doux] Les quinze barres sont rangées.",
    "Quel algorithme trie ces barres ?",
)
ENGLISH = (
    "Which algorithm sorts these bars?",
    "Forty bars in disorder. The taller the compared bar, the higher the note.",
    "[notes, faster and faster] Two neighbours are compared, then one with a bar on the left.",
    "[thud] The tallest bar leaves the first place for the last.",
    "[rushing notes, thuds] On the right, more and more bars are in place.",
    "[rising notes] All forty bars are in order.",
    "The same method, slower. An arc joins the two bars being compared or swapped.",
    "[thud] The first trades places with the last; the newcomer steps down, place by place.",
    "[rising notes, soft chord] All fifteen bars are in order.",
    "Which algorithm sorts these bars?",
)


def cues(words: Sequence[str]) -> list[studio.Cue]:
    """The captions, timed by the runs themselves."""
    first = studio.OPENING_SECONDS
    second = first + FIRST.seconds
    end = second + SECOND.seconds
    taking = first + FIRST.times[FIRST.split][0]
    again = second + SECOND.times[SECOND.split][0]
    starts = [0, first, first + 4, taking, taking + 4, first + FIRST.sorted_at]
    starts += [second, again, second + SECOND.sorted_at, end]
    return list(zip(starts, [*starts[1:], end + studio.CLOSING_SECONDS], words, strict=True))


FILM = studio.Film(
    question_fr=FRENCH[0],
    question_en=ENGLISH[0],
    body=[
        studio.Scene("first", FIRST.seconds, first_pass),
        studio.Scene("second", SECOND.seconds, second_pass),
    ],
    sound=sound,
    captions={"fr": cues(FRENCH), "en": cues(ENGLISH)},
)

if __name__ == "__main__":
    studio.produce(FILM, __file__)
