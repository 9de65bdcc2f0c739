"""Which riddle goes out in which week.

The one pinned to the week comes first; else the first in name order that is not pinned to a
later week; else a reserve. A riddle goes out once.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice, takewhile

from engine.calendar import Rhythm, Week
from riddles.content.library import Library
from riddles.content.riddle import Riddle

HORIZON_WEEKS = 520
"""No further ahead is anything reckoned: a calendar may be skipped for ever."""


def pick(week: Week, library: Library, used_slugs: Collection[str]) -> Riddle | None:
    """The riddle for that week, or None if none is ready."""
    return _pick(week, library.ready, used_slugs)


def _pick(week: Week, ready: Sequence[Riddle], used: Collection[str]) -> Riddle | None:
    fresh = [riddle for riddle in ready if riddle.slug not in used]
    pinned = (riddle for riddle in fresh if riddle.file.week == week)
    queued = (riddle for riddle in fresh if not riddle.file.reserve and _free_in(riddle, week))
    reserve = (riddle for riddle in fresh if riddle.file.reserve and _free_in(riddle, week))
    for candidates in (pinned, queued, reserve):
        if riddle := next(candidates, None):
            return riddle
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
) -> Forecast:
    """What would go out in the coming `weeks`, skipped ones named and those already done left out.

    The cover is reckoned beyond the weeks that are shown.
    """
    lines: list[QueueLine] = []
    for line in islice(_lines(rhythm, now, library.ready, used, done), HORIZON_WEEKS):
        lines.append(line)
        if line.bare and len(lines) >= weeks:
            break
    covered = [line.week for line in takewhile(lambda line: not line.bare, lines) if line.riddle]
    shown = tuple(lines[:weeks])
    spent = {*used, *(line.slug for line in shown)}
    reserve = (riddle for riddle in library.ready if riddle.file.reserve)
    return Forecast(
        lines=shown,
        covered_until=covered[-1] if covered else None,
        reserve=tuple(riddle for riddle in reserve if riddle.slug not in spent),
    )


def _lines(
    rhythm: Rhythm,
    now: datetime,
    ready: Sequence[Riddle],
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
        riddle = None if skipped else _pick(week, ready, spent)
        if riddle is not None:
            spent.add(riddle.slug)
        yield QueueLine(week, rhythm.plan(week).publishes_at, riddle, skipped)
