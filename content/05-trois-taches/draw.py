"""Three tasks, one processor, one key, one watchdog: a scheduler runs them until it bites.

The scheduler always gives the processor to the most important task that can use it. First two
rounds of work as they happen, the second ending in a restart; then the second again, slower,
with arrows from whoever waits to what is waited for. All of it is one recorded run;
`tests/content/test_05_trois_taches.py` recomputes what the answer rests on.
"""

import math
import sys
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate, groupby
from pathlib import Path
from typing import TypeVar

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import studio

T = TypeVar("T")

LOW, MEDIUM, HIGH = range(3)
# What a task does, one letter a step: w is a unit of work, ( takes the key, ) gives it back.
WORK = {LOW: "w(wwwww)w", MEDIUM: "w" * 13, HIGH: "w(ww)w"}
RELEASES = ((LOW, 1), (HIGH, 4), (MEDIUM, 13), (LOW, 27), (HIGH, 30), (MEDIUM, 32))
PATIENCE = 30  # The watchdog's, since the important task last finished.
FIRST_ROUND = 26


class State(StrEnum):
    """What a task is doing during one unit of time."""

    IDLE = "idle"
    RUNS = "runs"
    WAITS = "waits for the key"
    READY = "waits for the processor"


@dataclass(slots=True)
class Job:
    """A task that was called: its steps left; the key it holds or waits for."""

    task: int
    steps: str
    holds: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """What holds during one unit of time: each task's state, who has the key, the countdown."""

    states: tuple[State, State, State]
    holder: int | None
    left: int


@dataclass(slots=True)
class Run:
    """A recorded run; `finished` holds pairs of a task and the moment it was done."""

    units: list[Unit] = field(default_factory=list)
    finished: list[tuple[int, int]] = field(default_factory=list)
    restarted_at: int | None = None


def simulate(
    releases: Sequence[tuple[int, int]],
    *,
    length: int = 60,
    patience: int = PATIENCE,
    lends: bool = False,
) -> Run:
    """Run the tasks, the most important first, until the watchdog restarts the machine.

    With `lends`, who waits for the key lends its importance to whoever holds it.
    """
    run, jobs, rearmed = Run(), list[Job](), 0
    for now in range(length):
        if now - rearmed >= patience:
            run.restarted_at = now
            break
        jobs += [Job(task, WORK[task]) for task, at in releases if at == now]
        running = _choose(jobs, lends=lends)
        states = tuple(_state(task, jobs, running) for task in (LOW, MEDIUM, HIGH))
        holder = next((job.task for job in jobs if job.holds), None)
        run.units.append(Unit(states, holder, patience - (now - rearmed)))
        if running:
            _work(running, jobs)
        if running and not running.steps:
            jobs.remove(running)
            run.finished.append((running.task, now + 1))
            rearmed = now + 1 if running.task == HIGH else rearmed
    return run


def _choose(jobs: list[Job], *, lends: bool) -> Job | None:
    """The most important job that can go on; one that finds the key taken begins to wait."""
    lent = max((job.task for job in jobs if job.waits), default=LOW) if lends else LOW
    while able := [job for job in jobs if not job.waits]:
        chosen = max(able, key=lambda job: max(job.task, lent if job.holds else LOW))
        if not chosen.steps.startswith("("):
            return chosen
        if any(job.holds for job in jobs):
            chosen.waits = True
            lent = max(lent, chosen.task) if lends else LOW
        else:
            chosen.holds, chosen.steps = True, chosen.steps[1:]
    return None


def _work(job: Job, jobs: list[Job]) -> None:
    """One unit of work, and giving the key back if that comes right after it."""
    job.steps = job.steps[1:]
    if job.steps.startswith(")"):
        job.holds, job.steps = False, job.steps[1:]
        for other in jobs:
            other.waits = False


def _state(task: int, jobs: list[Job], running: Job | None) -> State:
    job = next((job for job in jobs if job.task == task), None)
    if job is None:
        return State.IDLE
    if job is running:
        return State.RUNS
    return State.WAITS if job.waits else State.READY


RUN = simulate(RELEASES)
END = len(RUN.units)

LEFT, RIGHT = 310.0, 1240.0
LANE_Y = (448.0, 341.0, 234.0)
BLOCK = 70.0
COLOURS = (studio.BLUE, studio.ORANGE, studio.CYAN)
NAMES = (("basse", "low"), ("moyenne", "medium"), ("haute", "high"))
LEGEND = (
    (28, State.RUNS, "travaille", "works"),
    (284, State.READY, "attend son tour", "waits its turn"),
    (668, State.WAITS, "attend la clé", "waits for key"),
    (1004, None, "a la clé", "has the key"),
)
QUIET = studio.mix(studio.SLATE, studio.CREAM, 0.6)
RAIL = studio.mix(studio.NIGHT, studio.SLATE, 0.55)
BAR_TOP, BAR_HEIGHT = 532.0, 50.0

LEAD, RESTART_SECONDS = 0.8, 2.6
AGAIN_FROM, AGAIN_PACE, AGAIN_HOLD = 26.4, 0.7, 2.4
AGAIN_SECONDS = LEAD + (END - AGAIN_FROM) * AGAIN_PACE + AGAIN_HOLD


def pace(u: int) -> float:
    """How many seconds a unit lasts in the first pass: medium's long solo goes by faster."""
    if u < 12:
        return 0.62
    return 0.27 if u < FIRST_ROUND else 0.52


STARTS = list(accumulate(map(pace, range(END)), initial=LEAD))
FIRST_SECONDS = STARTS[-1] + RESTART_SECONDS


@dataclass(frozen=True, slots=True)
class View:
    """Which stretch of time fills the picture."""

    start: float
    end: float

    def x(self, moment: float) -> float:
        """Where a moment lies."""
        return studio.lerp(LEFT, RIGHT, (moment - self.start) / (self.end - self.start))


WHOLE = View(0, END + 2.6)
CLOSE = View(AGAIN_FROM, END + 1.2)


def moment_of_first(t: float) -> float:
    """The run's time at second `t` of the first pass."""
    u = bisect_right(STARTS, t) - 1
    return 0.0 if u < 0 else min(float(END), u + (t - STARTS[u]) / pace(u))


def unit_at(moment: float) -> Unit:
    return RUN.units[min(END - 1, int(moment))]


def draw_legend(c: studio.Canvas) -> None:
    for x, state, french, english in LEGEND:
        if state is None:
            draw_key(c, x + 14, 68, studio.CREAM)
            c.rect(x - 9, 100, 55, 10, studio.CREAM, radius=5)
        else:
            draw_block(c, state, (x, x + 44), 76, QUIET)
        c.text(x + 58, 56, french, 38, anchor="lm")
        c.text(x + 58, 98, english, 35, QUIET, weight=500, anchor="lm")


def draw_key(c: studio.Canvas, x: float, y: float, colour: studio.Colour) -> None:
    """A key lying on its side, its bow on the left."""
    c.line([(x, y), (x + 30, y)], colour, 8)
    c.line([(x + 18, y), (x + 18, y + 13)], colour, 7)
    c.line([(x + 29, y), (x + 29, y + 13)], colour, 7)
    c.circle(x - 8, y, 15, colour)
    c.circle(x - 8, y, 6, studio.NIGHT)


def draw_block(
    c: studio.Canvas, state: State, span: tuple[float, float], y: float, colour: studio.Colour
) -> None:
    (left, right), height = span, BLOCK
    top, bottom = y - height / 2, y + height / 2
    if state is State.RUNS:
        c.rect(left, top, right - left, height, colour, radius=9)
    elif state is State.READY:
        c.rect(left, y - 7, right - left, 14, studio.mix(studio.NIGHT, colour, 0.75), radius=7)
    elif state is State.WAITS:
        c.rect(left, top, right - left, height, studio.mix(studio.NIGHT, colour, 0.14), radius=9)
        # The stripes stay where they are while the block grows over them.
        rise = height - 8
        for x in range(int(left - rise) // 22 * 22, int(right), 22):
            start, end = max(x, left + 4), min(x + rise, right - 4)
            if end > start:
                points = [(start, bottom - 4 - start + x), (end, bottom - 4 - end + x)]
                c.line(points, studio.mix(studio.NIGHT, colour, 0.75), 4)
        c.rect(left, top, right - left, height, None, radius=9, outline=colour, stroke=5)


def draw_lanes(c: studio.Canvas, view: View, now: float) -> None:
    c.arrow((46, 486), (46, 186), RAIL, 8, 26)
    c.text(30, 160, "importance", 36, QUIET, weight=500, anchor="lm")
    for task, (french, english) in enumerate(NAMES):
        y = LANE_Y[task]
        c.text(76, y - 20, french, 44, COLOURS[task], weight=700, anchor="lm")
        c.text(76, y + 24, english, 38, QUIET, weight=500, anchor="lm")
        c.line([(LEFT, y), (RIGHT, y)], RAIL, 3)
        draw_lane(c, view, now, task)
    x = view.x(now)
    c.line([(x, 176), (x, 496)], studio.mix(studio.NIGHT, studio.CREAM, 0.5), 3)


def draw_lane(c: studio.Canvas, view: View, now: float, task: int) -> None:
    for state, start, end in stretches([unit.states[task] for unit in RUN.units]):
        left, right = view.x(max(start, view.start)), view.x(min(end, now))
        if right > left:
            draw_block(c, state, (left, right - 2), LANE_Y[task], COLOURS[task])
    for holds, start, end in stretches([unit.holder == task for unit in RUN.units]):
        left, right = view.x(max(start, view.start)), view.x(min(end, now))
        c.rect(
            left, LANE_Y[task] + BLOCK / 2 + 5, (right - left) * holds, 10, studio.CREAM, radius=5
        )


def stretches(looks: Sequence[T]) -> Iterator[tuple[T, int, int]]:
    """What stays the same for a while, with its beginning and end."""
    at = 0
    for look, units in groupby(looks):
        start, at = at, at + len(list(units))
        yield look, start, at


def draw_owned_key(c: studio.Canvas, view: View, now: float) -> None:
    """The key, beside whoever holds it; it flies when it changes hands."""
    u = min(END - 1, int(now))
    holder, before = RUN.units[u].holder, RUN.units[max(0, u - 1)].holder
    shelf = 160.0
    y, was = (shelf if who is None else LANE_Y[who] for who in (holder, before))
    flown = studio.ease(studio.ramp(now - u, 0, 0.6))
    x = min(view.x(now) + 36, RIGHT - 34)
    colour = studio.CREAM if holder is not None else QUIET
    c.circle(x + 6, studio.lerp(was, y, flown), 34, studio.NIGHT)
    draw_key(c, x, studio.lerp(was, y, flown), colour)


def draw_watchdog(c: studio.Canvas, now: float) -> None:
    u = min(END - 1, int(now))
    left = max(0.0, RUN.units[u].left - (now - u))
    # Rearming is a quick sweep, so that it is seen.
    if u and RUN.units[u].left > RUN.units[u - 1].left:
        left = studio.lerp(RUN.units[u - 1].left - 1, left, studio.ease(studio.ramp(now - u, 0, 1)))
    c.text(30, BAR_TOP + 4, "chien de garde", 36, weight=600, anchor="lm")
    c.text(30, BAR_TOP + 44, "watchdog", 35, QUIET, weight=500, anchor="lm")
    c.rect(LEFT, BAR_TOP, RIGHT - LEFT, BAR_HEIGHT, None, radius=12, outline=RAIL, stroke=4)
    length = (RIGHT - LEFT) * left / PATIENCE
    c.rect(LEFT, BAR_TOP, length, BAR_HEIGHT, studio.CREAM, radius=12)
    inside = length > 90
    x = LEFT + length + (-16 if inside else 16)
    colour = studio.NIGHT if inside else studio.CREAM
    anchor = "rm" if inside else "lm"
    c.text(x, BAR_TOP + 26, str(math.ceil(left)), 42, colour, weight=800, anchor=anchor)


def first_pass(c: studio.Canvas, t: float) -> None:
    now = moment_of_first(t)
    draw_legend(c)
    draw_lanes(c, WHOLE, now)
    draw_owned_key(c, WHOLE, now)
    draw_watchdog(c, now)
    since = t - (FIRST_SECONDS - RESTART_SECONDS)
    if since > 0.5:
        veil = studio.ease(studio.ramp(since, 0.5, 1.0))
        c.veil(0.88 * veil)
        words = studio.mix(studio.NIGHT, studio.CREAM, veil)
        c.text(640, 290, "La machine redémarre", 84, words, weight=800)
        c.text(640, 380, "The machine restarts", 60, studio.mix(studio.NIGHT, studio.CYAN, veil))


def second_pass(c: studio.Canvas, t: float) -> None:
    now = min(float(END), AGAIN_FROM + max(0.0, t - LEAD) / AGAIN_PACE)
    draw_legend(c)
    draw_lanes(c, CLOSE, now)
    draw_owned_key(c, CLOSE, now)
    draw_watchdog(c, now)
    draw_arrows(c, now)


def draw_arrows(c: studio.Canvas, now: float) -> None:
    """From whoever waits to what is waited for: the key below, or the processor above."""
    unit = unit_at(now)
    x = CLOSE.x(now)
    for task, state in enumerate(unit.states):
        if state is State.WAITS and unit.holder is not None:
            draw_arrow(c, x - 34, LANE_Y[task], LANE_Y[unit.holder], grown(now, task))
        if state is State.READY and State.RUNS in unit.states:
            running = unit.states.index(State.RUNS)
            draw_arrow(c, x - 96, LANE_Y[task], LANE_Y[running], grown(now, task))


def grown(now: float, task: int) -> float:
    """How far the arrow of a task that has begun to wait has grown."""
    u = min(END - 1, int(now))
    start = u
    while start and RUN.units[start - 1].states[task] == RUN.units[u].states[task]:
        start -= 1
    return studio.ease(studio.ramp(now, start, start + 0.8))


def draw_arrow(c: studio.Canvas, x: float, start: float, end: float, share: float) -> None:
    tip = studio.lerp(start, end, share)
    if abs(tip - start) > 30:
        c.arrow((x, start), (x, tip), studio.NIGHT, 22, 44)
        c.arrow((x, start), (x, tip), studio.CREAM, 10, 34)
        c.circle(x, start, 13, studio.CREAM)


def sound(track: studio.Track) -> None:
    first, again = studio.OPENING_SECONDS, studio.OPENING_SECONDS + FIRST_SECONDS
    for u in range(END):
        sing(track, first + STARTS[u], u, pace(u))
        if u > AGAIN_FROM:
            sing(track, again + LEAD + (u - AGAIN_FROM) * AGAIN_PACE, u, AGAIN_PACE)
    bite = first + FIRST_SECONDS - RESTART_SECONDS
    for at in (bite, again + AGAIN_SECONDS - AGAIN_HOLD):
        track.thud(at, gain=0.8)
        track.glide(at, (330, 82), 1.1, gain=0.22)
    track.chord(again + AGAIN_SECONDS - AGAIN_HOLD + 0.7, 4.0, root=98.0, gain=0.07)


def sing(track: studio.Track, at: float, u: int, seconds: float) -> None:
    """A note for whoever runs, a knock for whoever waits for the key, a click as it moves."""
    unit = RUN.units[u]
    before = RUN.units[u - 1] if u else unit
    for task, state in enumerate(unit.states):
        if state is State.RUNS:
            hz, timbre = ((174.61, "soft"), (261.63, "reed"), (523.25, "glass"))[task]
            gain = (0.3, 0.14, 0.26)[task]
            track.tone(at, hz, seconds * 1.2, gain=gain, pan=(task - 1) * 0.4, timbre=timbre)
        if state is State.WAITS:
            track.tick(at + seconds / 2, gain=0.12, pan=0.4, hz=620)
    if unit.holder != before.holder:
        track.tone(at, 1567.98 if unit.holder is not None else 1174.66, 0.5, gain=0.09)
    if unit.left > before.left:
        for k, hz in enumerate((523.25, 659.26, 783.99)):
            track.tone(at + 0.09 * k, hz, 0.5, gain=0.12, timbre="glass")
    if unit.left <= 6:
        track.tick(at, gain=0.3, hz=1500)


FRENCH = (
    "Qu'est-ce qui a mal tourné ?",
    "Trois tâches, un processeur. Plus sa ligne est haute, plus la tâche est importante.",
    "[note grave] La haute interrompt la basse, puis attend la clé que celle-ci tient.",
    "La basse rend la clé. La haute finit. [carillon] Le chien de garde repart à trente.",
    "[note cuivrée] La moyenne travaille longtemps. Le chien de garde décompte.",
    "Nouveau tour. La basse a la clé, la haute l'attend.",
    "[note cuivrée] La moyenne interrompt la basse, qui tient la clé, et n'en finit pas.",
    "[coup sourd, glissade] Zéro. La machine redémarre.",
    "Le second tour, plus lent. La basse prend la clé.",
    "Des flèches vont de qui attend à qui fait attendre : haute vers basse, basse vers moyenne.",
    "[coup sourd, accord grave] Zéro, de nouveau.",
    "Qu'est-ce qui a mal tourné ?",
)
ENGLISH = (
    "What went wrong here?",
    "Three tasks, one processor. The higher its lane, the more important the task.",
    "[low note] High interrupts low, then waits for the key that low holds.",
    "Low gives the key back. High finishes. [chime] The watchdog starts from thirty again.",
    "[brassy note] Medium works for a long time. The watchdog counts down.",
    "Another round. Low has the key, high waits for it.",
    "[brassy note] Medium interrupts low, which holds the key, and goes on and on.",
    "[thud, falling tone] Zero. The machine restarts.",
    "The second round, slower. Low takes the key.",
    "Arrows go from who waits to who keeps them waiting: from high to low, from low to medium.",
    "[thud, deep chord] Zero, again.",
    "What went wrong here?",
)


def cues(words: Sequence[str]) -> list[studio.Cue]:
    """The captions, timed by the run."""
    first = studio.OPENING_SECONDS
    again = first + FIRST_SECONDS
    end = again + AGAIN_SECONDS
    slower = again + LEAD + (31 - AGAIN_FROM) * AGAIN_PACE
    starts = [0, first, *(first + STARTS[u] for u in (4, 8, 13, 26, 32, END))]
    starts += [again, slower, end - AGAIN_HOLD, end]
    return list(zip(starts, [*starts[1:], end + studio.CLOSING_SECONDS], words, strict=True))


FILM = studio.Film(
    # The font's digits of one width widen a plain hyphen.
    question_fr=FRENCH[0].replace("-", "\u2011"),
    question_en=ENGLISH[0],
    body=[
        studio.Scene("first", FIRST_SECONDS, first_pass),
        studio.Scene("second", AGAIN_SECONDS, second_pass),
    ],
    sound=sound,
    captions={"fr": cues(FRENCH), "en": cues(ENGLISH)},
)

if __name__ == "__main__":
    studio.produce(FILM, __file__)
