"""Twenty numbers are put, one by one, into a structure that grows by a real run of its rules.

Each number is led down from the top to a box on the ground; a box with one number too many
breaks in two and its middle number rises. Then two numbers are looked up. The boxes, paths and
sounds are the steps of the run; `tests/content/test_04_ca_pousse.py` recomputes what the answer
rests on.
"""

import math
import random
import sys
from bisect import bisect
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import studio

ORDER = 5  # The most children of a node; it holds one key fewer.
KEYS, SEED = 20, 50
LOOKED_UP = (78, 52)  # One that rose, one that stayed on the ground.
SMALLEST, LARGEST = 10, 99


@dataclass(frozen=True, slots=True)
class Node:
    """A box: its keys in order, and either no child or one more than keys."""

    name: int
    keys: tuple[int, ...]
    children: tuple["Node", ...] = ()


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that happens to a key: which box it concerns, and the tree after it.

    A step "look" is at the gap between two keys where the way goes on; "split" names the box
    that breaks, and the box that is new beside it.
    """

    kind: str
    key: int
    node: int
    tree: Node
    gap: int = 0
    beside: int = 0


class Tree:
    """The structure itself, kept as nodes that never change."""

    def __init__(self) -> None:
        self._names = count()
        self.root = Node(next(self._names), ())

    def insert(self, key: int) -> Iterator[Step]:
        """Put a key into the leaf it belongs to, then split whatever is too full."""
        path, node = [self.root], self.root
        yield Step("arrive", key, node.name, self.root)
        while node.children:
            gap = bisect(node.keys, key)
            yield Step("look", key, node.name, self.root, gap)
            node = node.children[gap]
            path.append(node)
        gap = bisect(node.keys, key)
        yield Step("look", key, node.name, self.root, gap)
        leaf = replace(node, keys=(*node.keys[:gap], key, *node.keys[gap:]))
        path[-1] = leaf
        self._rebuild(path)
        yield Step("land", key, leaf.name, self.root, gap)
        while len(path[-1].keys) == ORDER:
            yield self._split(path)

    def _split(self, path: list[Node]) -> Step:
        full = path.pop()
        middle = ORDER // 2
        left = Node(full.name, full.keys[:middle], full.children[: middle + 1])
        right = Node(next(self._names), full.keys[middle + 1 :], full.children[middle + 1 :])
        median = full.keys[middle]
        if path:
            parent = path.pop()
            gap = bisect(parent.keys, median)
            keys = (*parent.keys[:gap], median, *parent.keys[gap:])
            children = (*parent.children[:gap], left, right, *parent.children[gap + 1 :])
            path.append(Node(parent.name, keys, children))
        else:
            path.append(Node(next(self._names), (median,), (left, right)))
        self._rebuild(path)
        return Step("split", median, full.name, self.root, beside=right.name)

    def _rebuild(self, path: list[Node]) -> None:
        """Hang the changed end of the path into fresh copies of all above it."""
        for i in reversed(range(len(path) - 1)):
            below = path[i + 1]
            children = tuple(
                below if child.name == below.name else child for child in path[i].children
            )
            path[i] = replace(path[i], children=children)
        self.root = path[0]

    def find(self, key: int) -> Iterator[Step]:
        """Look a key up: the boxes on the way, and the one that holds it."""
        node = self.root
        while key not in node.keys:
            gap = bisect(node.keys, key)
            yield Step("look", key, node.name, self.root, gap)
            node = node.children[gap]
        yield Step("found", key, node.name, self.root, node.keys.index(key))


def shuffled(seed: int = SEED) -> list[int]:
    """The keys in the order in which the film brings them."""
    return random.Random(seed).sample(range(SMALLEST, LARGEST + 1), KEYS)


def simulate(keys: Sequence[int]) -> list[Step]:
    """Every step of inserting these keys, in order."""
    tree = Tree()
    return [step for key in keys for step in tree.insert(key)]


def levels(root: Node) -> list[list[Node]]:
    """The boxes by level, the root's first."""
    rows = [[root]]
    while below := [child for node in rows[-1] for child in node.children]:
        rows.append(below)
    return rows


CELL, TALL, APART, ABOVE = 60.0, 68.0, 26.0, 42.0
WIDEST, LARGEST_SCALE = 1180.0, 1.5
GROUND, STOREY = 556.0, 152.0
ENTRANCE = (640.0, 74.0)
QUIET = studio.mix(studio.SLATE, studio.CREAM, 0.6)
INSIDE = studio.mix(studio.NIGHT, studio.BLUE, 0.32)


@dataclass
class Layout:
    """Where everything stands: boxes as centre and width, keys, and each child's upper end.

    A small tree is drawn larger than a big one, by `scale`.
    """

    scale: float = 1.0
    boxes: dict[int, tuple[float, float, float]] = field(default_factory=dict)
    keys: dict[int, studio.Point] = field(default_factory=dict)
    stems: dict[int, studio.Point] = field(default_factory=dict)


def layout(tree: Node) -> Layout:
    """The tree drawn with all leaves on the ground, in a row about the middle."""
    rows = levels(tree)
    widths = [CELL * max(1, len(leaf.keys)) for leaf in rows[-1]]
    whole = sum(widths) + APART * (len(widths) - 1)
    tallest = LARGEST_SCALE if len(rows) < 3 else 1.0
    plan = Layout(max(1.0, min(tallest, WIDEST / whole)))
    x = (studio.WIDTH - whole * plan.scale) / 2
    for leaf, width in zip(rows[-1], widths, strict=True):
        _place(plan, leaf, x + width * plan.scale / 2, 0)
        x += (width + APART) * plan.scale
    for height, row in enumerate(reversed(rows[:-1]), 1):
        for node in row:
            first, last = (plan.boxes[node.children[k].name][0] for k in (0, -1))
            _place(plan, node, (first + last) / 2, height)
    return plan


def _place(plan: Layout, node: Node, x: float, height: int) -> None:
    y = GROUND - 12 - (TALL / 2 + STOREY * height) * plan.scale
    cell = CELL * plan.scale
    width = cell * max(1, len(node.keys))
    plan.boxes[node.name] = (x, y, width)
    left = x - width / 2
    plan.keys |= {key: (left + cell * (k + 0.5), y) for k, key in enumerate(node.keys)}
    for k, child in enumerate(node.children):
        plan.stems[child.name] = (left + cell * k, y + TALL / 2 * plan.scale)


@dataclass(frozen=True, slots=True)
class Moment:
    """A step with its place in time, and the tree as it was before."""

    step: Step
    before: Node
    start: float
    end: float


PACE = {"arrive": 0.24, "look": 0.36, "land": 0.32, "split": 1.15}
FIRST_SPLIT, LAST_SPLITS = 2.0, 2.0


def timed(steps: Sequence[Step], lead: float) -> list[Moment]:
    """The steps one after the other: slowly at first, and at the splits that matter most."""
    moments: list[Moment] = []
    before, t, landed = Node(0, ()), lead, 0
    for step in steps:
        seconds = PACE[step.kind]
        if step.kind == "split":
            first = not any(m.step.kind == "split" for m in moments)
            seconds = FIRST_SPLIT if first else LAST_SPLITS if landed == KEYS else seconds
        else:
            seconds *= 1.5 if landed < 2 else 1.2 if landed < 5 or landed > 18 else 0.7
        moments.append(Moment(step, before, t, t + seconds))
        t += seconds
        landed += step.kind == "land"
        before = step.tree
    return moments


STEPS = simulate(shuffled())
GROWTH = timed(STEPS, lead=0.7)
GROWN = STEPS[-1].tree
GROWTH_SECONDS = GROWTH[-1].end + 1.2
LOOK_SECONDS, FOUND_SECONDS, SEARCH_LEAD = 0.6, 1.0, 0.2


def searches() -> list[tuple[float, list[Step]]]:
    """Each lookup with the second at which it begins."""
    tree = Tree()
    tree.root = GROWN
    out, t = [], SEARCH_LEAD
    for key in LOOKED_UP:
        steps = list(tree.find(key))
        out.append((t, steps))
        t += 0.5 + LOOK_SECONDS * (len(steps) - 1) + LOOK_SECONDS + FOUND_SECONDS
    return out


SEARCHES = searches()
SEARCH_SECONDS = SEARCHES[-1][0] + 0.5 + LOOK_SECONDS * len(SEARCHES[-1][1]) + FOUND_SECONDS + 0.7


def between(a: studio.Point, b: studio.Point, share: float) -> studio.Point:
    return tuple(studio.lerp(p, q, share) for p, q in zip(a, b, strict=True))


def morph(moment: Moment, share: float) -> Layout:
    """The layout on its way from before a step to after it."""
    old, new = layout(moment.before), layout(moment.step.tree)
    _remember_new(old, new, moment)
    out = Layout(studio.lerp(old.scale, new.scale, share))
    for name, box in new.boxes.items():
        out.boxes[name] = between(old.boxes[name], box, share)
    for key, place in new.keys.items():
        out.keys[key] = between(old.keys.get(key, place), place, share)
    for name, stem in new.stems.items():
        out.stems[name] = between(old.stems.get(name, stem), stem, share)
    return out


def _remember_new(old: Layout, new: Layout, moment: Moment) -> None:
    """Give what a split creates the place from which it comes."""
    step = moment.step
    if step.kind != "split":
        return
    x, y, width = old.boxes[step.node]
    part = CELL * (ORDER // 2) * old.scale
    old.boxes[step.beside] = (x + width / 2 - part / 2, y, part)
    old.boxes[step.node] = (x - width / 2 + part / 2, y, part)
    above = old.stems.get(step.node, (x, y))
    for name in (step.node, step.beside):
        old.stems.setdefault(name, above)
    for name in new.boxes.keys() - old.boxes.keys():
        old.boxes[name] = (*old.keys[step.key], CELL * old.scale)


def draw_tree(
    c: studio.Canvas,
    plan: Layout,
    tree: Node,
    glow: dict[int, tuple[studio.Colour, float]],
    *,
    full: int | None = None,
    alarm: float = 0.0,
    young: tuple[int, float] = (-1, 1.0),
) -> None:
    """Stems, boxes, then keys; `young` is a box still fading in."""
    c.rect(40, GROUND, 1200, 6, studio.mix(studio.NIGHT, studio.SLATE, 0.8), radius=3)
    nodes = [node for row in levels(tree) for node in row]
    tall = TALL * plan.scale
    for node in nodes:
        for child in node.children:
            x, y, _ = plan.boxes[child.name]
            shade = studio.mix(studio.NIGHT, studio.SLATE, young[1] if node.name == young[0] else 1)
            c.line([plan.stems[child.name], (x, y - tall / 2)], shade, 6)
    for node in nodes:
        x, y, width = plan.boxes[node.name]
        there = young[1] if node.name == young[0] else 1.0
        rim = studio.mix(studio.BLUE, studio.ORANGE, alarm if node.name == full else 0)
        c.rect(
            *(x - width / 2 - 4, y - tall / 2, width + 8, tall),
            studio.mix(studio.NIGHT, INSIDE, there),
            radius=16,
            outline=studio.mix(studio.NIGHT, rim, there),
            stroke=5,
        )
        for k in range(1, len(node.keys)):
            edge, half = x - width / 2 + width * k / len(node.keys), tall / 2 - 14 * plan.scale
            shade = studio.mix(studio.NIGHT, studio.mix(INSIDE, studio.BLUE, 0.4), there)
            c.line([(edge, y - half), (edge, y + half)], shade, 3)
    for node in nodes:
        for key in node.keys:
            colour, strength = glow.get(key, (studio.BLUE, 0.0))
            draw_key(c, plan.keys[key], key, colour, strength, scale=plan.scale)


def draw_key(
    c: studio.Canvas,
    at: studio.Point,
    key: int,
    colour: studio.Colour,
    strength: float,
    *,
    scale: float,
) -> None:
    if strength > 0.02:
        c.circle(*at, 30 * scale, studio.mix(INSIDE, colour, strength))
    ink = studio.mix(studio.CREAM, studio.NIGHT, studio.ramp(strength, 0.3, 0.6))
    c.text(*at, str(key), lettering(scale), ink, weight=700)


def lettering(scale: float) -> float:
    """The size of a number, in whole pixels of the enlarged canvas."""
    return round(120 * scale) / 3


def hover(plan: Layout, node: int, gap: int) -> studio.Point:
    """Above a box, where the way goes on between two keys."""
    x, y, width = plan.boxes[node]
    edge = x - width / 2 + CELL * plan.scale * gap
    return min(max(edge, 70.0), studio.WIDTH - 70.0), y - (TALL / 2 + ABOVE) * plan.scale


def way(here: studio.Point, there: studio.Point, share: float, scale: float) -> studio.Point:
    """From above one box, straight through its gap, to above the next one."""
    through = (here[0], here[1] + (ABOVE + TALL + 14) * scale)
    if there[1] < through[1]:
        return between(here, there, share)
    if share < 0.45:
        return between(here, through, share / 0.45)
    return between(through, there, (share - 0.45) / 0.55)


def grow(c: studio.Canvas, t: float) -> None:
    legend(c, studio.ORANGE, "arrive", "comes in", left=True)
    legend(c, studio.CYAN, "monte", "moves up", left=False)
    current = next((m for m in GROWTH if t < m.end), GROWTH[-1])
    step, share = current.step, studio.ramp(t, current.start, current.end)
    glow = fading(t)
    if step.kind == "split":
        draw_split(c, current, share, glow)
        return
    if step.kind == "land":
        plan = morph(current, studio.ease(share))
        gap = current.step.gap
        start = hover(layout(current.before), step.node, gap)
        plan.keys[step.key] = between(start, plan.keys[step.key], studio.ease(share))
        glow[step.key] = (studio.ORANGE, 1.0)
        draw_tree(c, plan, step.tree, glow)
        return
    plan = layout(current.before)
    draw_tree(c, plan, current.before, glow)
    if t > current.start:
        here = studio.ease(share) if step.kind == "arrive" else 1.0
        at = falling(current, plan, studio.ease(share))
        c.circle(*at, 30 * plan.scale, studio.mix(studio.NIGHT, studio.ORANGE, here))
        ink = studio.mix(studio.ORANGE, studio.NIGHT, here)
        size = lettering(plan.scale)
        c.text(*at, str(step.key), size, studio.mix(studio.NIGHT, ink, here), weight=700)


def falling(current: Moment, plan: Layout, share: float) -> studio.Point:
    """Where the key that is coming in is now."""
    step = current.step
    before = GROWTH[GROWTH.index(current) - 1].step
    if step.kind == "arrive":
        return between((ENTRANCE[0], 52.0), ENTRANCE, share)
    target = hover(plan, step.node, step.gap)
    if before.kind == "arrive":
        return between(ENTRANCE, target, share)
    return way(hover(plan, before.node, before.gap), target, share, plan.scale)


def draw_split(
    c: studio.Canvas, current: Moment, share: float, glow: dict[int, tuple[studio.Colour, float]]
) -> None:
    """A box with one key too many: its middle key lights up, then rises as the box breaks."""
    step = current.step
    marked, moved = studio.ease(studio.ramp(share, 0.0, 0.25)), studio.ramp(share, 0.38, 0.9)
    glow[step.key] = (studio.CYAN, marked)
    if moved <= 0:
        plan = layout(current.before)
        draw_tree(c, plan, current.before, glow, full=step.node, alarm=marked)
        return
    plan = morph(current, studio.ease(moved))
    old = {node.name for row in levels(current.before) for node in row} | {step.beside}
    new = next((n.name for row in levels(step.tree) for n in row if n.name not in old), -1)
    draw_tree(c, plan, step.tree, glow, young=(new, studio.ease(moved)))
    draw_key(c, plan.keys[step.key], step.key, studio.CYAN, 1.0, scale=plan.scale)


def fading(t: float) -> dict[int, tuple[studio.Colour, float]]:
    """Keys that have just come to rest, and how strongly they still shine."""
    glow: dict[int, tuple[studio.Colour, float]] = {}
    for moment in GROWTH:
        if moment.end > t:
            break
        if moment.step.kind in {"land", "split"}:
            colour = studio.ORANGE if moment.step.kind == "land" else studio.CYAN
            glow[moment.step.key] = (colour, math.exp(-(t - moment.end) / 0.45))
    return glow


def legend(
    c: studio.Canvas, colour: studio.Colour, french: str, english: str, *, left: bool
) -> None:
    x, side = (68, "lm") if left else (1212, "rm")
    c.circle(x, 80, 28, colour)
    words = x + 48 if left else x - 48
    c.text(words, 58, french, 40, anchor=side)
    c.text(words, 104, english, 38, QUIET, weight=500, anchor=side)


def search(c: studio.Canvas, t: float) -> None:
    """The finished tree, and two numbers looked up in it."""
    plan = layout(GROWN)
    c.circle(68, 80, 28, None, outline=studio.CREAM, stroke=6)
    c.text(116, 58, "cherché", 40, anchor="lm")
    c.text(116, 104, "looked up", 38, QUIET, weight=500, anchor="lm")
    glow = {}
    for begin, steps in SEARCHES:
        found_at = begin + 0.5 + LOOK_SECONDS * len(steps)
        key = steps[-1].key
        light = studio.ramp(t, found_at - 0.15, found_at)
        glow[key] = (studio.CREAM, light)
    draw_tree(c, plan, GROWN, glow)
    for begin, steps in SEARCHES:
        marker(c, plan, t - begin, steps)


def marker(c: studio.Canvas, plan: Layout, t: float, steps: Sequence[Step]) -> None:
    if t < 0:
        return
    stops = [ENTRANCE]
    stops += [hover(plan, step.node, step.gap) for step in steps[:-1]]
    stops.append(plan.keys[steps[-1].key])
    k = min(int(max(0.0, t - 0.5) / LOOK_SECONDS), len(stops) - 2)
    share = studio.ease(studio.ramp((t - 0.5 - LOOK_SECONDS * k) / LOOK_SECONDS, 0, 0.85))
    at = way(stops[k], stops[k + 1], share, plan.scale) if k else between(stops[0], stops[1], share)
    arrived = k == len(stops) - 2 and share >= 1
    ring = 30 + 10 * studio.ease(studio.ramp(t - 0.5 - LOOK_SECONDS * len(steps), 0, 0.4))
    if arrived:
        c.circle(*at, ring, None, outline=studio.CREAM, stroke=6)
        return
    tone = studio.ramp(t, 0, 0.3)
    rim = studio.mix(studio.NIGHT, studio.CREAM, tone)
    c.circle(*at, 33, studio.NIGHT, outline=rim, stroke=6)
    c.text(*at, str(steps[0].key), 38, rim, weight=800)


def sound(track: studio.Track) -> None:
    begin = studio.OPENING_SECONDS
    for moment in GROWTH:
        sing(track, moment, begin)
    begin += GROWTH_SECONDS
    for start, steps in SEARCHES:
        at = begin + start + 0.5
        for k, step in enumerate(steps):
            track.tick(at + LOOK_SECONDS * k, gain=0.2)
            if step.kind == "found":
                arrival = at + LOOK_SECONDS * (k + 0.85)
                track.tone(arrival, hertz(step.key), 0.9, gain=0.3, timbre="glass")
                track.tone(arrival + 0.1, hertz(step.key) * 1.5, 0.9, gain=0.22, timbre="glass")
    track.chord(begin + SEARCH_SECONDS - 1.4, 3.6, root=146.83, gain=0.08)


def hertz(key: int) -> float:
    """The larger the number, the higher its note."""
    return studio.note((key - SMALLEST) / (LARGEST - SMALLEST), low=196.0, octaves=2)


def sing(track: studio.Track, moment: Moment, begin: float) -> None:
    step, at = moment.step, begin + moment.start
    place = layout(step.tree).keys.get(step.key, ENTRANCE)
    pan = (place[0] - 640) / 800
    if step.kind == "look":
        track.tick(at, gain=0.11, pan=pan / 2)
    elif step.kind == "land":
        track.tone(begin + moment.end - 0.08, hertz(step.key), 0.6, gain=0.26, pan=pan)
    elif step.kind == "split":
        seconds = moment.end - moment.start
        track.tone(at, hertz(step.key), 0.35, gain=0.16, pan=pan, timbre="reed")
        track.glide(
            at + 0.38 * seconds, (hertz(step.key), hertz(step.key) * 2), 0.52 * seconds, gain=0.2
        )
        track.tone(at + 0.9 * seconds, hertz(step.key) * 2, 0.8, gain=0.24, timbre="glass")
        if len(levels(step.tree)) > len(levels(moment.before)):
            track.thud(at + 0.4 * seconds, gain=0.4)
            track.chord(at + 0.45 * seconds, 2.2, root=98.0, gain=0.06)


FRENCH = (
    "Quelle structure de données pousse ici ?",
    "Un à un, des nombres tombent et se rangent dans une boîte posée au sol.",
    "[coup sourd, note qui monte] Un cinquième : la boîte se rompt, le nombre du milieu s'élève.",
    "[une note par nombre] Chacun passe entre deux nombres et descend dans une boîte du sol.",
    "[note qui monte] Quand une boîte en a cinq, celui du milieu monte d'un étage.",
    "[deux notes qui montent, coup sourd] La boîte du haut en a cinq à son tour et se rompt.",
    "[tics, deux notes claires] On cherche le 78 : il attend à mi-hauteur. Puis le 52, au sol.",
    "Quelle structure de données pousse ici ?",
)
ENGLISH = (
    "Which data structure grows here?",
    "One by one, numbers fall and line up in a box on the ground.",
    "[thud, rising note] A fifth one: the box breaks and the number in the middle goes up.",
    "[a note per number] Each passes between two numbers and goes down to a box on the ground.",
    "[rising note] Whenever a box holds five, the middle one joins the floor above.",
    "[two rising notes, thud] Now the top box holds five as well, and it breaks too.",
    "[ticks, two clear notes] 78 is looked up: it waits half-way. Then 52, on the ground.",
    "Which data structure grows here?",
)


def cues(words: Sequence[str]) -> list[studio.Cue]:
    """The captions, timed by the run itself."""
    begin = studio.OPENING_SECONDS
    splits = [m for m in GROWTH if m.step.kind == "split"]
    starts = [splits[0].start, splits[0].end, splits[1].start, splits[-2].start]
    starts = [0.0, begin, *(begin + start for start in starts), begin + GROWTH_SECONDS]
    end = begin + GROWTH_SECONDS + SEARCH_SECONDS
    starts.append(end)
    return list(zip(starts, [*starts[1:], end + studio.CLOSING_SECONDS], words, strict=True))


FILM = studio.Film(
    question_fr=FRENCH[0],
    question_en=ENGLISH[0],
    body=[
        studio.Scene("grow", GROWTH_SECONDS, grow),
        studio.Scene("search", SEARCH_SECONDS, search, cut=True),
    ],
    sound=sound,
    captions={"fr": cues(FRENCH), "en": cues(ENGLISH)},
)

if __name__ == "__main__":
    studio.produce(FILM, __file__)
