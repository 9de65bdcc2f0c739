"""A machine joins a segment without an address and comes by one, by a real run of the protocol.

Client and servers are the state machines of RFC 2131, on a plane where a message takes as long as
the way is far. The film looks at that one run twice: from above, in slow motion while messages
are under way and in time lapse between them; then as a diagram, machines across and time down.
`tests/content/test_02_quatre_messages.py` recomputes what the answer rests on.
"""

import heapq
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import count, pairwise
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import studio

SPEED = 400.0  # Pixels per millisecond.
THINKING_MS = {"left": 0.5, "right": 0.9}
COLLECTING_MS = 4.6  # How long the client gathers offers before it takes the first.
LEASE_MS = 3_600_000.0
RENEWALS = 2
HELPERS = {"left": studio.ORANGE, "right": studio.CYAN}
NEWCOMER = "newcomer"
NETWORK = "10.0.0."


@dataclass(frozen=True, slots=True)
class Machine:
    """Where a machine stands, the last number of its address, and those it lends, in order."""

    x: float
    y: float
    number: int | None
    pool: tuple[int, ...] = ()


MACHINES = {
    "left": Machine(208, 160, 1, (23, 22, 21)),
    "lower": Machine(208, 468, 8),
    NEWCOMER: Machine(640, 345, None),
    "upper": Machine(1072, 160, 7),
    "right": Machine(1072, 468, 2, (61, 62, 63)),
}


class Kind(StrEnum):
    """The four messages of the film, by the names of the standard."""

    DISCOVER = "discover"
    OFFER = "offer"
    REQUEST = "request"
    ACK = "ack"


@dataclass(frozen=True, slots=True)
class Message:
    """Something said, to one machine or, without a target, to all of them."""

    kind: Kind
    sent: float
    source: str
    target: str | None
    address: int | None = None
    chosen: str | None = None

    @property
    def hearers(self) -> list[str]:
        """Every machine this reaches."""
        return [self.target] if self.target else [m for m in MACHINES if m != self.source]

    def arrival(self, hearer: str) -> float:
        """When it reaches that machine."""
        here, there = MACHINES[self.source], MACHINES[hearer]
        return self.sent + math.dist((here.x, here.y), (there.x, there.y)) / SPEED


class Segment:
    """The wire: it carries messages and wakes machines at their hour."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.now = 0.0
        self._turn = count()
        self._due: list[tuple[float, int, Callable[[], None]]] = []

    def at(self, moment: float, act: Callable[[], None]) -> None:
        """Let something happen then."""
        heapq.heappush(self._due, (moment, next(self._turn), act))

    def send(self, message: Message, ears: dict[str, Callable[[Message], None]]) -> None:
        """Put a message on its way to all who will hear it."""
        self.messages.append(message)
        for hearer in message.hearers:
            if hearer in ears:
                self.at(message.arrival(hearer), lambda ear=ears[hearer]: ear(message))

    def run(self, until: float) -> None:
        """Let everything due by then happen, in order."""
        while self._due and self._due[0][0] <= until:
            self.now, _, act = heapq.heappop(self._due)
            act()


@dataclass(frozen=True, slots=True)
class Change:
    """A machine's new state, or the new state of one address in a server's pool."""

    at: float
    machine: str
    state: str
    address: int | None = None


@dataclass
class Run:
    """A whole run: what was said and what it changed."""

    wire: Segment = field(default_factory=Segment)
    changes: list[Change] = field(default_factory=list)
    ears: dict[str, Callable[[Message], None]] = field(default_factory=dict)

    @property
    def messages(self) -> list[Message]:
        """Everything said, in order."""
        return self.wire.messages

    def states(self, machine: str) -> list[Change]:
        """What became of a machine or of its pool, in order."""
        return [change for change in self.changes if change.machine == machine]

    def say(
        self,
        kind: Kind,
        source: str,
        target: str | None,
        address: int | None = None,
        chosen: str | None = None,
    ) -> None:
        """Send a message now."""
        self.wire.send(Message(kind, self.wire.now, source, target, address, chosen), self.ears)

    def note(self, machine: str, state: str, address: int | None = None) -> None:
        """Keep a change for the film."""
        self.changes.append(Change(self.wire.now, machine, state, address))


class Client:
    """The newcomer. It never misses an answer here, so rebinding and expiry are left out."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.offers: list[Message] = []
        self.asked_at = 0.0
        self._become("INIT")

    def discover(self) -> None:
        """Ask everybody for an address."""
        self._become("SELECTING")
        self.run.say(Kind.DISCOVER, NEWCOMER, None)
        self.run.wire.at(self.run.wire.now + COLLECTING_MS, self._choose)

    def hear(self, message: Message) -> None:
        """Keep an offer, or take up the address that was confirmed."""
        if message.kind is Kind.OFFER and self.state == "SELECTING":
            self.offers.append(message)
        if message.kind is Kind.ACK and self.state in {"REQUESTING", "RENEWING"}:
            self._become("BOUND", message.address)
            # A lease counts from the moment it was asked for; at its half it is renewed.
            self.run.wire.at(self.asked_at + LEASE_MS / 2, self._renew)

    def _choose(self) -> None:
        first = self.offers[0]
        self._become("REQUESTING")
        self.asked_at = self.run.wire.now
        self.run.say(Kind.REQUEST, NEWCOMER, None, first.address, chosen=first.source)

    def _renew(self) -> None:
        self._become("RENEWING")
        self.asked_at = self.run.wire.now
        self.run.say(Kind.REQUEST, NEWCOMER, self.offers[0].source, self.offers[0].address)

    def _become(self, state: str, address: int | None = None) -> None:
        self.state = state
        self.run.note(NEWCOMER, state, address)


class Server:
    """A helper with addresses to lend: each is free, held for an offer, or lent."""

    def __init__(self, run: Run, name: str) -> None:
        self.run, self.name = run, name
        self.pool = dict.fromkeys(MACHINES[name].pool, "free")

    def hear(self, message: Message) -> None:
        """Hold an address and offer it; lend it when asked; take it back when another is."""
        if message.kind is Kind.DISCOVER:
            address = next(number for number, state in self.pool.items() if state == "free")
            self._mark(address, "held")
            self._answer(Kind.OFFER, address)
        elif message.kind is Kind.REQUEST:
            if message.address in self.pool and message.chosen in {self.name, None}:
                self._mark(message.address, "lent")
                self._answer(Kind.ACK, message.address)
            for address, state in self.pool.items():
                if state == "held":
                    self._mark(address, "free")

    def _answer(self, kind: Kind, address: int) -> None:
        moment = self.run.wire.now + THINKING_MS[self.name]
        self.run.wire.at(moment, lambda: self.run.say(kind, self.name, NEWCOMER, address))

    def _mark(self, address: int, state: str) -> None:
        self.pool[address] = state
        self.run.note(self.name, state, address)


def simulate() -> Run:
    """One run from the newcomer's first word to the end of its last renewal."""
    run = Run()
    client = Client(run)
    run.ears = {NEWCOMER: client.hear} | {name: Server(run, name).hear for name in HELPERS}
    run.wire.at(0.0, client.discover)
    run.wire.run(until=LEASE_MS / 2 * (RENEWALS + 0.5))
    return run


RUN = simulate()
WORDS = RUN.messages


def talks(run: Run) -> list[tuple[float, float]]:
    """When machines talk: from the first word to the confirmation, then each renewal."""
    states = run.states(NEWCOMER)
    begins = [s.at for s in states if s.state in {"SELECTING", "RENEWING"}]
    ends = [s.at for s in states if s.state == "BOUND"]
    return list(zip(begins, ends, strict=True))


class Reel:
    """How the run's milliseconds lie on seconds of film: slowly in talks, quickly between.

    It shows as many talks as there are paces.
    """

    def __init__(self, lead: float, paces: Sequence[float], idles: Sequence[float]) -> None:
        self.marks: list[tuple[float, float]] = []
        t = lead
        for (begin, end), pace, idle in zip(talks(RUN), paces, idles, strict=False):
            self.marks.append((begin, t))
            t += (end - begin) * pace
            self.marks.append((end, t))
            t += idle
        self.end = t
        self.last = self.marks[-1][0] + LEASE_MS / 4
        self.marks.append((self.last, t))

    def film(self, moment: float) -> float:
        """The second of film that shows a moment of the run."""
        for (here, t), (there, u) in pairwise(self.marks):
            if moment <= there:
                return t + (moment - here) / (there - here) * (u - t)
        return self.end

    def moment(self, t: float) -> float:
        """The moment of the run that a second of film shows."""
        for (here, s), (there, u) in pairwise(self.marks):
            if t <= u:
                return here + studio.ramp(t, s, u) * (there - here)
        return self.last


ARRIVING = 0.9
LEAD = 2.6
PLANE = Reel(LEAD, paces=(1.25, 1.0, 0.8), idles=(3.9, 3.0, 1.5))
SWEEP_LEAD = 0.9
CHART = Reel(0.0, paces=(0.72, 0.72), idles=(1.7, 0.9))
CHART_SECONDS = SWEEP_LEAD + CHART.end + 1.9

DIM = studio.mix(studio.NIGHT, studio.SLATE, 0.75)
QUIET = studio.mix(studio.SLATE, studio.CREAM, 0.6)
TOKEN = 38.0
RING = 160.0


def colour_of(message: Message) -> studio.Colour:
    """A helper's colour when one of its addresses is spoken of, otherwise the newcomer's."""
    owner = next((name for name in HELPERS if message.address in MACHINES[name].pool), None)
    return HELPERS[owner] if owner else studio.CREAM


def slot(helper: str, address: int) -> studio.Point:
    machine = MACHINES[helper]
    return machine.x + 92 * (sorted(machine.pool).index(address) - 1), machine.y


def toward(source: studio.Point, target: studio.Point, stop: float) -> studio.Point:
    """The point on the way from source to target that lies `stop` before the target."""
    share = 1 - stop / math.dist(source, target)
    return tuple(studio.lerp(a, b, share) for a, b in zip(source, target, strict=True))


def centre(name: str) -> studio.Point:
    return MACHINES[name].x, MACHINES[name].y


def token(
    c: studio.Canvas,
    at: studio.Point,
    number: int | None,
    colour: studio.Colour,
    *,
    solid: bool,
    opacity: float = 1.0,
) -> None:
    """An address on its way or on the shelf: solid when it is really there to be used."""
    if opacity <= 0.01:
        return
    shade = studio.mix(studio.NIGHT, colour, opacity)
    ground = shade if solid else studio.faint(studio.NIGHT, opacity)
    c.circle(*at, TOKEN, ground, outline=studio.faint(colour, opacity), stroke=6)
    inner = studio.mix(shade, studio.NIGHT, opacity) if solid else shade
    c.text(*at, "?" if number is None else str(number), 40, inner, weight=800)


def glowing(t: float, since: float, seconds: float = 0.5) -> float:
    return math.exp(-(t - since) / seconds) if t >= since else 0.0


def heard(name: str, t: float) -> float:
    """How strongly a machine still shows that something has just reached it."""
    arrivals = (PLANE.film(m.arrival(name)) for m in WORDS if name in m.hearers)
    return max((glowing(t, at) for at in arrivals), default=0.0)


def spoke(name: str, t: float) -> float:
    return max((glowing(t, PLANE.film(m.sent)) for m in WORDS if m.source == name), default=0.0)


def screen(
    c: studio.Canvas, at: studio.Point, size: studio.Point, colour: studio.Colour, fill: float
) -> None:
    """A computer: a screen on its foot."""
    (x, y), (width, height) = at, size
    c.rect(x - 8, y + height / 2, 16, 20, colour)
    c.rect(x - width / 4, y + height / 2 + 16, width / 2, 8, colour, radius=4)
    ground = studio.mix(studio.NIGHT, colour, fill)
    c.rect(
        *(x - width / 2, y - height / 2, width, height, ground),
        radius=14,
        outline=colour,
        stroke=6,
    )


def bystander(c: studio.Canvas, name: str, t: float) -> None:
    machine = MACHINES[name]
    colour = studio.mix(studio.SLATE, studio.CREAM, 0.7 * heard(name, t))
    screen(c, centre(name), (150, 108), colour, 0.25)
    c.text(machine.x, machine.y + 104, f"{NETWORK}{machine.number}", 38, QUIET, mono=True)


def helper(c: studio.Canvas, name: str, t: float) -> None:
    machine, colour = MACHINES[name], HELPERS[name]
    lit = max(heard(name, t), spoke(name, t))
    shade = studio.mix(studio.mix(studio.NIGHT, colour, 0.6), studio.CREAM, 0.8 * lit)
    screen(c, centre(name), (300, 108), shade, 0.12)
    for address in machine.pool:
        at = slot(name, address)
        state, since = shelf(name, address, t)
        if state == "free":
            rise = studio.ease_out(studio.ramp(t, since, since + 0.5))
            token(c, at, address, colour, solid=True, opacity=0.25 + 0.75 * rise)
        else:
            c.circle(*at, TOKEN, None, outline=studio.mix(studio.NIGHT, colour, 0.35), stroke=5)
        if state == "lent":
            share = lease_share(t, name)
            c.arc(*at, TOKEN, (-90, -90 + 360 * share), fill=colour, width=9)
    below = machine.y + 104
    c.text(machine.x, below, f"{NETWORK}{machine.number}", 38, studio.CREAM, mono=True)


def shelf(helper: str, address: int, t: float) -> tuple[str, float]:
    """The state of an address in a helper's pool, and since when on film."""
    state, since = "free", -1.0
    for change in RUN.states(helper):
        # What is held or lent leaves its place only with the message that takes it away.
        delay = THINKING_MS[helper] if change.state == "held" else 0.0
        at = PLANE.film(change.at + delay)
        if change.address == address and at <= t and change.state != state:
            state, since = change.state, at
    return state, since


def lease_share(t: float, owner: str) -> float:
    """What is left of the lease, as its borrower or its lender knows it."""
    states = RUN.states(owner)
    whole = "BOUND" if owner == NEWCOMER else "lent"
    starts = [change.at for change in states if change.state == whole]
    begun = [start for start in starts if PLANE.film(start) <= t]
    if not begun:
        return 0.0
    now = PLANE.moment(t)
    full = 1 - (now - begun[-1]) / LEASE_MS
    before = 1 - (begun[-1] - begun[-2]) / LEASE_MS if len(begun) > 1 else 0.0
    start = PLANE.film(begun[-1])
    return studio.lerp(before, full, studio.ease(studio.ramp(t, start, start + 0.6)))


def lease_minutes(t: float) -> int:
    """The minutes the newcomer may still keep its address, begun ones counted."""
    begun = [s.at for s in RUN.states(NEWCOMER) if s.state == "BOUND"]
    start = max(at for at in begun if PLANE.film(at) <= t)
    return math.ceil((LEASE_MS - PLANE.moment(t) + start) / 60_000 - 1e-3)


def newcomer(c: studio.Canvas, t: float) -> None:
    machine = MACHINES[NEWCOMER]
    arriving = studio.ease_out(studio.ramp(t, ARRIVING, ARRIVING + 0.8))
    if arriving <= 0:
        return
    x, y = machine.x, machine.y - 44 - 40 * (1 - arriving)
    bound = next(s for s in RUN.states(NEWCOMER) if s.state == "BOUND")
    have = studio.ease(studio.ramp(t, PLANE.film(bound.at), PLANE.film(bound.at) + 0.5))
    owner = next(name for name in HELPERS if bound.address in MACHINES[name].pool)
    colour = HELPERS[owner]
    tone = studio.mix(studio.NIGHT, studio.CREAM, arriving)
    screen(c, (x, y), (176, 96), tone, 0.0)
    plate = (x - 107, y + 80, 214, 60)
    if have <= 0:
        empty_plate(c, plate, studio.mix(studio.NIGHT, QUIET, arriving))
        c.text(x, y, "?", 56, tone, weight=800)
        return
    share, minutes = lease_share(t, NEWCOMER), lease_minutes(t)
    c.circle(x, machine.y, RING, None, outline=studio.mix(studio.NIGHT, colour, 0.22), stroke=14)
    c.arc(x, machine.y, RING, (-90, -90 + 360 * share), fill=colour, width=14)
    c.rect(x - 4, machine.y + RING - 26, 8, 38, studio.CREAM, radius=4)
    c.rect(*plate, studio.mix(studio.NIGHT, colour, have), radius=14)
    inner = studio.mix(colour, studio.NIGHT, have)
    c.text(x, plate[1] + 31, f"{NETWORK}{bound.address}", 37, inner, mono=True, weight=800)
    c.text(x, y, f"{minutes} min", 44, studio.CREAM, weight=700)


def empty_plate(
    c: studio.Canvas, plate: tuple[float, float, float, float], colour: studio.Colour
) -> None:
    left, top, width, height = plate
    right, bottom = left + width, top + height
    for level in (top, bottom):
        c.dashes((left, level), (right, level), colour, 5, width / 17)
    for side in (left, right):
        c.dashes((side, top), (side, bottom), colour, 5, height / 5)


def to_all(c: studio.Canvas, message: Message, t: float) -> None:
    """A wave that runs over the whole plane, and what it says to each machine."""
    sent = PLANE.film(message.sent)
    source = centre(message.source)
    last = max(PLANE.film(message.arrival(m)) for m in message.hearers)
    farthest = max(math.dist(source, centre(m)) for m in message.hearers)
    if not sent <= t <= last + 1.2:
        return
    speed = farthest / (last - sent)
    colour = colour_of(message)
    for trail in range(4):
        radius = speed * (t - sent) - 34 * trail
        fading = 1 - studio.ramp(radius, farthest * 0.85, farthest * 1.35)
        if radius > 90 and fading > 0:
            shade = studio.faint(colour, fading * (0.75, 0.4, 0.22, 0.1)[trail])
            c.circle(*source, radius, None, outline=shade, stroke=(9, 6, 5, 4)[trail])


def carried_by_wave(c: studio.Canvas, message: Message, t: float) -> None:
    sent, source = PLANE.film(message.sent), centre(message.source)
    for hearer in message.hearers:
        arrival = PLANE.film(message.arrival(hearer))
        share = studio.ramp(t, sent, arrival)
        way = math.dist(source, centre(hearer))
        # Where an offer is waiting, the wave must pass it first.
        seen_from = 290 if message.address and hearer in HELPERS else 170
        rising = studio.ramp(way * share, seen_from, seen_from + 40)
        opacity = rising * (1 - studio.ramp(t, arrival - 0.1, arrival + 0.2))
        if opacity > 0:
            at = toward(source, centre(hearer), max(96.0, way * (1 - share)))
            token(c, at, message.address, colour_of(message), solid=False, opacity=opacity)


def ends(message: Message) -> tuple[studio.Point, studio.Point]:
    """Where a message to one machine leaves and where it arrives."""
    if message.source == NEWCOMER:
        place = slot(message.target, message.address)
        return toward(place, centre(NEWCOMER), RING + 10), place
    place = slot(message.source, message.address)
    return place, toward(place, centre(NEWCOMER), RING + TOKEN + 14)


def to_one(c: studio.Canvas, message: Message, t: float) -> None:
    """An arrow from one machine to one other, with the address it is about."""
    sent, arrival = PLANE.film(message.sent), PLANE.film(message.arrival(message.target))
    gone = studio.ramp(t, arrival, arrival + 0.7)
    if not sent <= t or gone >= 1:
        return
    start, end = ends(message)
    share = studio.ramp(t, sent, arrival)
    at = tuple(studio.lerp(a, b, share) for a, b in zip(start, end, strict=True))
    colour = colour_of(message)
    if math.dist(start, at) > 100:
        shade = studio.mix(studio.NIGHT, colour, 0.85 * (1 - gone))
        c.arrow(start, toward(start, at, TOKEN + 6), shade, 9, 30)
    settled = message.kind is Kind.OFFER
    opacity = 1.0 if settled else 1 - studio.ramp(t, arrival, arrival + 0.3)
    token(c, at, message.address, colour, solid=message.kind is Kind.ACK, opacity=opacity)


def waiting_offers(c: studio.Canvas, t: float) -> None:
    """Offers stay beside the newcomer until it has chosen; the chosen one until it is its own."""
    chosen = next(m for m in WORDS if m.kind is Kind.REQUEST)
    bound = next(s.at for s in RUN.states(NEWCOMER) if s.state == "BOUND")
    for message in WORDS:
        if message.kind is not Kind.OFFER:
            continue
        taken = message.source == chosen.chosen
        until = PLANE.film(bound if taken else chosen.sent)
        opacity = 1 - studio.ramp(t, until, until + 0.6)
        if t < PLANE.film(message.arrival(NEWCOMER)) + 0.7 or opacity <= 0:
            continue
        _, at = ends(message)
        token(c, at, message.address, colour_of(message), solid=False, opacity=opacity)
        limit = studio.mix(studio.NIGHT, QUIET, opacity)
        c.text(at[0], at[1] + TOKEN + 26, f"{LEASE_MS / 60_000:.0f} min", 36, limit, weight=700)
        marked = studio.ramp(t, PLANE.film(chosen.sent) - 0.5, PLANE.film(chosen.sent) - 0.1)
        if taken and marked > 0:
            shade = studio.mix(studio.NIGHT, studio.CREAM, marked * opacity)
            c.circle(*at, TOKEN + 14, None, outline=shade, stroke=6)


def legend(c: studio.Canvas) -> None:
    for radius, opacity in ((34, 0.5), (22, 0.75), (10, 1.0)):
        tone = studio.mix(studio.NIGHT, studio.CREAM, opacity)
        c.circle(440, 80, radius, None, outline=tone, stroke=6)
    c.arrow((652, 80), (722, 80), studio.CREAM, 9, 30)
    for x, french, english in ((490, "à toutes", "to all"), (738, "à une seule", "to one")):
        c.text(x, 58, french, 38, anchor="lm")
        c.text(x, 104, english, 36, QUIET, weight=500, anchor="lm")


def plane(c: studio.Canvas, t: float) -> None:
    for message in WORDS:
        if not message.target:
            to_all(c, message, t)
    for name in MACHINES:
        if name in HELPERS:
            helper(c, name, t)
        elif name != NEWCOMER:
            bystander(c, name, t)
    newcomer(c, t)
    waiting_offers(c, t)
    for message in WORDS:
        if message.target:
            to_one(c, message, t)
        else:
            carried_by_wave(c, message, t)
    legend(c)


COLUMNS = {"left": 150, "lower": 395, NEWCOMER: 640, "upper": 885, "right": 1130}
TOP, BOTTOM = 124.0, 590.0


def row(moment: float) -> float:
    """How far down the diagram a moment lies."""
    return TOP + 22 + (BOTTOM - TOP - 22) * CHART.film(moment) / CHART.end


def moment_at(y: float) -> float:
    """The moment that lies so far down the diagram."""
    return CHART.moment(CHART.end * (y - TOP - 22) / (BOTTOM - TOP - 22))


def chart(c: studio.Canvas, t: float) -> None:
    """The same run once more: machines across, time down."""
    reached = TOP + 22 + (BOTTOM - TOP - 22) * studio.ramp(t, SWEEP_LEAD, SWEEP_LEAD + CHART.end)
    bound = next(s for s in RUN.states(NEWCOMER) if s.state == "BOUND")
    for name, x in COLUMNS.items():
        colour = HELPERS.get(name, studio.CREAM if name == NEWCOMER else studio.SLATE)
        c.line([(x, TOP), (x, BOTTOM)], studio.mix(studio.NIGHT, colour, 0.4), 5)
        if name == NEWCOMER:
            has = reached >= row(bound.at)
            label = f"{NETWORK}{bound.address}" if has else "?"
            tone = colour_of(WORDS[1]) if has else studio.CREAM
        else:
            label, tone = f"{NETWORK}{MACHINES[name].number}", HELPERS.get(name, QUIET)
        c.text(x, 78, label, 38, tone, mono=True, weight=700)
    lease(c, reached, colour_of(WORDS[1]))
    for message in WORDS:
        for hearer in message.hearers:
            stroke(c, message, hearer, reached)
    c.line([(60, reached), (1220, reached)], studio.faint(studio.CREAM, 0.25), 3)


def lease(c: studio.Canvas, reached: float, colour: studio.Colour) -> None:
    """The newcomer's line is thick while it has an address, thinner the less time is left."""
    x, wide = COLUMNS[NEWCOMER], 20.0
    starts = [s.at for s in RUN.states(NEWCOMER) if s.state == "BOUND"]
    for start, end in pairwise([*(at for at in starts if at < CHART.last), CHART.last]):
        top, bottom = row(start), min(reached, row(end))
        if bottom > top:
            narrow = wide * (1 - (moment_at(bottom) - start) / LEASE_MS)
            c.polygon(
                [(x - wide, top), (x + wide, top), (x + narrow, bottom), (x - narrow, bottom)],
                colour,
            )
    for (_, end), (begin, _) in pairwise(talks(RUN)):
        if begin < CHART.last and reached >= row(begin):
            middle = (row(end) + row(begin)) / 2
            c.text(x + 40, middle, f"{LEASE_MS / 120_000:.0f} min", 38, QUIET, anchor="lm")


def stroke(c: studio.Canvas, message: Message, hearer: str, reached: float) -> None:
    """A message in the diagram, as far as the sweep has come."""
    start = (COLUMNS[message.source], row(message.sent))
    end = (COLUMNS[hearer], row(message.arrival(hearer)))
    share = studio.ramp(reached, start[1], end[1])
    if share <= 0 or message.sent > CHART.last:
        return
    colour = colour_of(message)
    now = tuple(studio.lerp(a, b, share) for a, b in zip(start, end, strict=True))
    if message.target:
        if math.dist(start, now) > 40:
            c.arrow(start, now, colour, 8, 28)
        return
    c.line([start, now], studio.mix(studio.NIGHT, colour, 0.85), 5)
    if share >= 1:
        c.circle(*end, 12, colour)


def sound(track: studio.Track) -> None:
    begin = studio.OPENING_SECONDS
    track.glide(begin + ARRIVING, (196, 392), 0.7, gain=0.12)
    for message in WORDS:
        speak(track, message, begin)
    for state in RUN.states(NEWCOMER):
        if state.state == "BOUND":
            at = begin + PLANE.film(state.at)
            for k, hz in enumerate((392.0, 523.25, 659.25)):
                track.tone(at + 0.09 * k, hz, 0.9, gain=0.2, timbre="glass")
    for (_, end), (following, _) in pairwise(talks(RUN)):
        minutes = range(3, 30, 3)
        for minute in minutes:
            moment = end + (following - end) * minute / 30
            track.tick(begin + PLANE.film(moment), gain=0.1, hz=1200)
    begin += PLANE.end + SWEEP_LEAD
    for message in (m for m in WORDS if m.sent < CHART.last):
        at = begin + CHART.film(message.sent)
        hz = 293.66 if not message.target else 440.0
        for k, hearer in enumerate(message.hearers):
            arrival = begin + CHART.film(message.arrival(hearer))
            track.tone(arrival + 0.02 * k, hz * 1.5, 0.3, gain=0.09, pan=pan(hearer))
        track.tone(at, hz, 0.4, gain=0.16, pan=pan(message.source))
    track.chord(begin + CHART.end - 0.2, 4.4, root=130.81, gain=0.08)


def pan(name: str) -> float:
    return (MACHINES[name].x - 640) / 640


def speak(track: studio.Track, message: Message, begin: float) -> None:
    """To all: a swelling call, and a knock wherever it is heard. To one: a single clear note."""
    at = begin + PLANE.film(message.sent)
    if not message.target:
        track.glide(at, (220, 330), 1.3, gain=0.22)
        track.glide(at, (330, 495), 1.3, gain=0.1)
        for k, hearer in enumerate(message.hearers):
            arrival = begin + PLANE.film(message.arrival(hearer)) + 0.03 * k
            track.tone(arrival, 587.33, 0.3, gain=0.1, pan=pan(hearer), timbre="pure")
        return
    hz = {"left": 523.25, "right": 659.25, NEWCOMER: 392.0}[message.source]
    arrival = begin + PLANE.film(message.arrival(message.target))
    track.tone(at, hz, 0.6, gain=0.22, pan=pan(message.source))
    track.tone(arrival, hz * 1.5, 0.5, gain=0.14, pan=pan(message.target))


FRENCH = (
    "Quel protocole parle ici ?",
    "Quatre machines ont leur adresse. Au milieu arrive une cinquième, sans adresse.",
    "[appel] Un cercle s'étend de la nouvelle jusqu'à toutes les autres : « ? ».",
    "[une note de chaque côté] Deux machines ont des jetons ; chacune en envoie un, 23 et 61.",
    "[appel] La nouvelle entoure le 23, et un second cercle le montre à toutes. Le 61 est rangé.",
    "[trois notes, tic-tac] Le 23 revient, plein : une adresse pour 60 minutes, qui s'écoulent.",
    "[deux notes] À 30 minutes, aller-retour avec une seule machine : l'anneau se remplit.",
    "[tic-tac, deux notes] Encore 30 minutes, et la même chose.",
    "[mêmes notes, plus vite, puis accord doux] Le tout en schéma, le temps de haut en bas.",
    "Quel protocole parle ici ?",
)
ENGLISH = (
    "Which protocol speaks here?",
    "Four machines have their address. A fifth arrives in the middle, without one.",
    "[call] A circle spreads from the newcomer to all the others: “?”.",
    "[a note on each side] The two machines that have tokens send one each: 23 and 61.",
    "[call] The newcomer rings 23, and a second circle shows it to all. 61 is put away.",
    "[three notes, ticking] 23 comes back, solid: an address for 60 minutes, which run down.",
    "[two notes] At 30 minutes, there and back with one machine only: the ring is full again.",
    "[ticking, two notes] Another 30 minutes, and the same again.",
    "[the same notes, faster, then a soft chord] All of it as a diagram, time running down.",
    "Which protocol speaks here?",
)


def cues(words: Sequence[str]) -> list[studio.Cue]:
    """The captions, timed by the run itself."""
    begin = studio.OPENING_SECONDS
    discover, offer, request = (
        next(m for m in WORDS if m.kind is kind)
        for kind in (Kind.DISCOVER, Kind.OFFER, Kind.REQUEST)
    )
    bound, renewed = (end for _, end in talks(RUN)[:2])
    renewing = PLANE.film(talks(RUN)[1][0])
    starts = [PLANE.film(m) for m in (discover.sent, offer.sent, request.sent, bound)]
    starts += [renewing, PLANE.film(renewed) + 1.2]
    starts = [0.0, begin, *(begin + start for start in starts), begin + PLANE.end]
    end = begin + PLANE.end + CHART_SECONDS
    starts.append(end)
    return list(zip(starts, [*starts[1:], end + studio.CLOSING_SECONDS], words, strict=True))


FILM = studio.Film(
    question_fr=FRENCH[0],
    question_en=ENGLISH[0],
    body=[
        studio.Scene("plane", PLANE.end, plane),
        studio.Scene("chart", CHART_SECONDS, chart),
    ],
    sound=sound,
    captions={"fr": cues(FRENCH), "en": cues(ENGLISH)},
)

if __name__ == "__main__":
    studio.produce(FILM, __file__)
