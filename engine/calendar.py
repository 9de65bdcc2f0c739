"""The weekly calendar: which moments a week has, and what is due at a given instant.

Everything here is pure. Local time exists only inside a `Rhythm`; what leaves it is aware UTC.
A local time that a change to summer time skips is taken as late as the clock moved (02:30 is
then 03:30); one that occurs twice in autumn is taken the first time.
"""

import re
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from engine.errors import Misread

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True, order=True)
class Week:
    """An ISO 8601 week, written `2026-W48`: from Monday; week 1 holds the first Thursday."""

    year: int
    number: int

    @classmethod
    def parse(cls, text: str) -> "Week":
        """Read `2026-W48`.

        Raises:
            ValueError: not of that form, or a year without such a week (53 is rare).
        """
        match = re.fullmatch(r"(\d{4})-W(\d{2})", text)
        if match is None:
            raise Misread('"{text}" is not an ISO week; write it like "2026-W48"', text=text)
        week = cls(int(match[1]), int(match[2]))
        try:
            week.monday()
        except ValueError:
            raise Misread(
                "{year} has no week {number}", year=str(week.year), number=str(week.number)
            ) from None
        return week

    @classmethod
    def of(cls, day: date) -> "Week":
        """The week in which `day` lies."""
        iso = day.isocalendar()
        return cls(iso.year, iso.week)

    def monday(self) -> date:
        """The week's first day."""
        return date.fromisocalendar(self.year, self.number, 1)

    def next(self) -> "Week":
        """The week after."""
        return Week.of(self.monday() + timedelta(weeks=1))

    def before(self) -> "Week":
        """The week before."""
        return Week.of(self.monday() - timedelta(days=1))

    def __str__(self) -> str:
        return f"{self.year:04}-W{self.number:02}"


@dataclass(frozen=True, slots=True)
class WeeklyTime:
    """A weekday and a local time, written `mon 18:00`."""

    weekday: int
    """0 is Monday."""
    at: time

    @classmethod
    def parse(cls, text: str) -> "WeeklyTime":
        """Read `mon 18:00`; days go by name, because numbers mean other days to other people.

        Raises:
            ValueError: not of that form.
        """
        match = re.fullmatch(r"([a-z]{3}) (\d{2}):(\d{2})", text)
        try:
            if match is None:
                raise ValueError  # noqa: TRY301 - one sentence for every way to be wrong
            return cls(WEEKDAYS.index(match[1]), time(int(match[2]), int(match[3])))
        except ValueError:
            days = ", ".join(WEEKDAYS)
            raise Misread(
                '"{text}" is no weekly moment; write a day ({days}) and a time, like "mon 18:00"',
                text=text,
                days=days,
            ) from None

    def within(self, week: Week) -> datetime:
        """This time in that week; naive local."""
        return datetime.combine(week.monday() + timedelta(days=self.weekday), self.at)

    def after(self, moment: datetime) -> datetime:
        """The first such time strictly after a naive local `moment`."""
        candidate = self.within(Week.of(moment.date()))
        return candidate if candidate > moment else candidate + timedelta(weeks=1)

    def __str__(self) -> str:
        return f"{WEEKDAYS[self.weekday]} {self.at:%H:%M}"


@dataclass(frozen=True, slots=True)
class DateRange:
    """Days from `first` to `last`, both included, written `2026-12-21..2027-01-03`."""

    first: date
    last: date

    @classmethod
    def parse(cls, text: str) -> "DateRange":
        """Read one day or `first..last`.

        Raises:
            ValueError: not ISO dates, or the last before the first.
        """
        first, dots, last = text.partition("..")
        try:
            days = cls(date.fromisoformat(first), date.fromisoformat(last if dots else first))
        except ValueError:
            raise Misread(
                '"{text}" is not a range of dates; write it like "2026-12-21..2027-01-03"',
                text=text,
            ) from None
        if days.last < days.first:
            raise Misread('"{text}" ends before it begins', text=text)
        return days

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last

    def __str__(self) -> str:
        return f"{self.first}..{self.last}"


@dataclass(frozen=True, slots=True)
class Plan:
    """The moments of one round, aware UTC, in order."""

    week: Week
    publishes_at: datetime
    hints_at: tuple[datetime, ...]
    reminds_at: datetime | None
    closes_at: datetime
    reveals_at: datetime
    recaps_at: datetime


@dataclass(frozen=True, slots=True)
class Rhythm:
    """The week of the show, as `[week]` in `scheduler.toml` says it."""

    zone: ZoneInfo
    publish: WeeklyTime
    close: WeeklyTime
    reveal: WeeklyTime
    recap: WeeklyTime
    hints: tuple[WeeklyTime, ...] = ()
    remind: WeeklyTime | None = None
    skip: tuple[DateRange, ...] = ()
    catch_up: timedelta = timedelta(hours=36)
    """How late a publication may still go out."""
    left_out: frozenset[Week] = frozenset()
    """Weeks that hosts skip by hand."""

    def plan(self, week: Week) -> Plan:
        """The moments of the round that is published in `week`.

        Each is the first such weekday and time after the one before it, so a round may end in
        the week after its publication.
        """
        local = self.publish.within(week)
        utc = publishes_at = self._utc(local)

        def following(weekly: WeeklyTime) -> datetime:
            nonlocal local, utc
            local = weekly.after(local)
            # A change to summer time moves a time that it skips, but never past a later one.
            utc = max(utc, self._utc(local))
            return utc

        hints = tuple(following(hint) for hint in self.hints)
        reminds_at = None if self.remind is None else following(self.remind)
        return Plan(
            week,
            publishes_at,
            hints,
            reminds_at,
            closes_at=following(self.close),
            reveals_at=following(self.reveal),
            recaps_at=following(self.recap),
        )

    def skips(self, week: Week) -> bool:
        """Whether nothing is published in `week`."""
        day = self.publish.within(week).date()
        return week in self.left_out or any(day in days for days in self.skip)

    def week_of(self, now: datetime) -> Week:
        """The local ISO week in which `now` lies."""
        return Week.of(now.astimezone(self.zone).date())

    def latest_publication(self, now: datetime) -> Week:
        """The week whose publish moment is the newest one at or before `now`."""
        week = self.week_of(now)
        if self.plan(week).publishes_at > now:
            week = week.before()
        return week

    def next_publication(self, now: datetime, done: Collection[Week] = ()) -> Plan:
        """The first publication strictly after `now` in a week neither skipped nor done."""
        week = self.latest_publication(now).next()
        while self.skips(week) or week in done:
            week = week.next()
        return self.plan(week)

    def overlap(self) -> Misread | None:
        """Why one round would run into the next; None if it does not."""
        plan = self.plan(week := Week(2026, 10))
        following = self.plan(week.next()).publishes_at
        if plan.recaps_at >= following:
            return Misread(
                'the recap ("{recap}") would come at or after the next publication '
                '("{publish}"): each moment is the first one after the moment before it',
                recap=str(self.recap),
                publish=str(self.publish),
            )
        return None

    def _utc(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self.zone).astimezone(UTC)


class Step(StrEnum):
    """What happens to a round, in this order."""

    PUBLISH = "publish"
    HINT = "hint"
    REMIND = "remind"
    CLOSE = "close"
    SETTLE = "settle"
    """What depends on other members is booked; nothing is posted for it."""
    REVEAL = "reveal"
    RECAP = "recap"


SETTLES_AFTER = timedelta(minutes=1)
"""How long after the closing answers on their way are waited for before places are given."""


def settling_at(closes_at: datetime, reveals_at: datetime, *, sealed: bool) -> datetime:
    """When a round is settled: shortly after its closing, or as the verdicts are told."""
    return reveals_at if sealed else min(closes_at + SETTLES_AFTER, reveals_at)


@dataclass(frozen=True, slots=True)
class Due:
    """A step that is due: the `n`th of its kind (hints count from 1; others are 1)."""

    step: Step
    n: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Progress:
    """The moments of a round that was opened, and the steps it has taken."""

    hints_at: tuple[datetime, ...]
    reminds_at: datetime | None
    closes_at: datetime
    settles_at: datetime
    reveals_at: datetime
    recaps_at: datetime
    taken: frozenset[tuple[Step, int]] = field(default_factory=frozenset[tuple[Step, int]])

    def remaining(self) -> list[Due]:
        """The steps still to come, in order.

        A hint or reminder is due only while the round is open; closing, settling, reveal and
        recap are always due, however late, and each only after the one before.
        """
        steps: list[Due] = []
        if (Step.CLOSE, 1) not in self.taken:
            steps += [Due(Step.HINT, n, at) for n, at in enumerate(self.hints_at, 1)]
            if self.reminds_at is not None:
                steps.append(Due(Step.REMIND, 1, self.reminds_at))
            steps = [due for due in steps if due.due_at < self.closes_at]
        steps.append(Due(Step.CLOSE, 1, self.closes_at))
        steps.append(Due(Step.SETTLE, 1, self.settles_at))
        steps.append(Due(Step.REVEAL, 1, self.reveals_at))
        steps.append(Due(Step.RECAP, 1, self.recaps_at))
        return [due for due in steps if (due.step, due.n) not in self.taken]

    def due(self, now: datetime) -> Due | None:
        """The next step to take at `now`, or None.

        When the program was away past the closing, hints and reminders are dropped.
        """
        for due in self.remaining():
            late_help = due.step in (Step.HINT, Step.REMIND) and now >= self.closes_at
            if not late_help:
                return due if due.due_at <= now else None
        return None


def publication_due(rhythm: Rhythm, now: datetime, done: Collection[Week]) -> Plan | None:
    """The publication owed at `now`, or None.

    Only the newest publish moment counts, it must lie within the catch-up window and before the
    round's own closing, and its week must be neither skipped nor done.
    """
    week = rhythm.latest_publication(now)
    plan = rhythm.plan(week)
    late = now - plan.publishes_at > rhythm.catch_up or now >= plan.closes_at
    if late or week in done or rhythm.skips(week):
        return None
    return plan


def missed_weeks(rhythm: Rhythm, last: Week, now: datetime) -> list[Week]:
    """Weeks after `last` whose publication can no longer be caught up at `now`, oldest first."""
    newest = rhythm.latest_publication(now)
    missed: list[Week] = []
    week = last.next()
    while week <= newest:
        too_late = week < newest or publication_due(rhythm, now, ()) is None
        if too_late and not rhythm.skips(week):
            missed.append(week)
        week = week.next()
    return missed
