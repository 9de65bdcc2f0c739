"""Which riddle goes out in which week.

The one pinned to the week comes first; else the first in name order that is not pinned to a
later week; else a reserve. A riddle goes out once. Riddles that hosts made change places stand in
the order, and among the reserves, where the other's name stands.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, takewhile

from engine.calendar import Rhythm, Week
from riddles.content.library import Library
from riddles.content.riddle import Riddle

HORIZON_WEEKS = 520
"""No further ahead is anything reckoned: a calendar may be skipped for ever."""


def pick(
    week: Week, library: Library, used: Collection[str], places: Mapping[str, str] | None = None
) -> Riddle | None:
    """The riddle for that week, or None if none is ready."""
    return _pick(week, line_up(library, places or {}), used)


@dataclass(frozen=True, slots=True)
class Queued:
    """A riddle that is ready, and whose place it has."""

    riddle: Riddle
    place: str
    reserve: bool
    """Whether that is a reserve's place."""


def line_up(library: Library, places: Mapping[str, str]) -> list[Queued]:
    """The riddles that are ready, in the order of their places."""
    reserves = {riddle.slug: riddle.file.reserve for riddle in library.ready}
    queued = (
        Queued(riddle, place, reserves.get(place, riddle.file.reserve))
        for riddle in library.ready
        for place in [places.get(riddle.slug, riddle.slug)]
    )
    return sorted(queued, key=lambda one: one.place)


def _pick(week: Week, lined_up: Sequence[Queued], used: Collection[str]) -> Riddle | None:
    fresh = [one for one in lined_up if one.riddle.slug not in used]
    pinned = (one for one in fresh if one.riddle.file.week == week)
    queued = (one for one in fresh if not one.reserve and _free_in(one.riddle, week))
    reserve = (one for one in fresh if one.reserve and _free_in(one.riddle, week))
    for candidates in (pinned, queued, reserve):
        if one := next(candidates, None):
            return one.riddle
    return None


def _free_in(riddle: Riddle, week: Week) -> bool:
    """Whether it is not kept for another week; a pin that was missed binds no longer."""
    return riddle.file.week is None or riddle.file.week < week


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A coming week, and what goes out in it."""

    week: Week
    publishes_at: datetime
    riddle: Riddle | None
    """None: nothing is ready for this week, or it is skipped."""
    skipped: bool = False

    @property
    def slug(self) -> str | None:
        """The riddle's slug."""
        return self.riddle.slug if self.riddle else None

    @property
    def bare(self) -> bool:
        """Whether a riddle is missing here."""
        return self.riddle is None and not self.skipped


@dataclass(frozen=True, slots=True)
class Forecast:
    """The coming weeks as they would go out if nothing changed."""

    lines: tuple[QueueLine, ...]
    covered_until: Week | None
    """The last week with a riddle before the first without; None if nothing is ready at all."""
    weeks_covered: int
    """How many publications that is."""
    reserve: tuple[Riddle, ...]
    """Reserves that these weeks do not need."""


def forecast(
    rhythm: Rhythm,
    now: datetime,
    library: Library,
    used: Collection[str],
    weeks: int,
    *,
    done: Collection[Week] = (),
    places: Mapping[str, str] | None = None,
) -> Forecast:
    """What would go out in the coming `weeks`, skipped ones named and those already done left out.

    The cover is reckoned beyond the weeks that are shown.
    """
    lines: list[QueueLine] = []
    lined_up = line_up(library, places or {})
    for line in islice(_lines(rhythm, now, lined_up, used, done), HORIZON_WEEKS):
        lines.append(line)
        if line.bare and len(lines) >= weeks:
            break
    covered = [line.week for line in takewhile(lambda line: not line.bare, lines) if line.riddle]
    shown = tuple(lines[:weeks])
    spent = {*used, *(line.slug for line in shown)}
    return Forecast(
        lines=shown,
        covered_until=covered[-1] if covered else None,
        weeks_covered=len(covered),
        reserve=tuple(
            one.riddle for one in lined_up if one.reserve and one.riddle.slug not in spent
        ),
    )


def _lines(
    rhythm: Rhythm,
    now: datetime,
    lined_up: Sequence[Queued],
    used: Collection[str],
    done: Collection[Week],
) -> Iterator[QueueLine]:
    """The weeks to come, without end."""
    spent = set(used)
    week = rhythm.latest_publication(now)
    while True:
        week = week.next()
        if week in done:
            continue
        skipped = rhythm.skips(week)
        riddle = None if skipped else _pick(week, lined_up, spent)
        if riddle is not None:
            spent.add(riddle.slug)
        yield QueueLine(week, rhythm.plan(week).publishes_at, riddle, skipped)
