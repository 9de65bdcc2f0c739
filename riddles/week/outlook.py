"""The outlook: what goes out in the weeks to come, as the settings, the books and hosts have it."""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime

from engine.calendar import Plan, Rhythm, Week
from engine.play import course, rounds
from engine.play.course import Course
from engine.storage.database import Reader
from riddles.config import Settings
from riddles.content import Library, Riddle
from riddles.content.queue import Forecast, forecast, pick


@dataclass(frozen=True, slots=True)
class Outlook:
    """Everything that decides which riddle goes out when, but the folders themselves."""

    rhythm: Rhythm
    """With the weeks that hosts left out."""
    course: Course
    done: frozenset[Week]
    """Weeks that have had their round."""
    used: frozenset[str]
    """Riddles that have gone out."""

    @classmethod
    def of(
        cls, settings: Settings, course: Course, done: Collection[Week], used: Collection[str]
    ) -> "Outlook":
        """The outlook under these settings."""
        rhythm = replace(settings.rhythm, left_out=course.skipped)
        return cls(rhythm, course, frozenset(done), frozenset(used))

    def pick(self, week: Week, library: Library, besides: Collection[str] = ()) -> Riddle | None:
        """The riddle for that week, if those of `besides` cannot have it."""
        return pick(week, library, {*self.used, *besides}, self.course.places)

    def forecast(self, now: datetime, library: Library, weeks: int) -> Forecast:
        """What would go out in the coming `weeks`."""
        return forecast(
            self.rhythm, now, library, self.used, weeks, done=self.done, places=self.course.places
        )

    def opens_next(self, now: datetime) -> Plan:
        """The plan of the round that opens next, by the clock or by hand."""
        plan = self.rhythm.plan(self.rhythm.week_of(now))
        while (
            plan.week in self.done
            or plan.closes_at <= now
            or (self.rhythm.skips(plan.week) and plan.publishes_at > now)
        ):
            plan = self.rhythm.plan(plan.week.next())
        return plan


async def look_out(reader: Reader, settings: Settings) -> Outlook:
    """The outlook as the books have it now."""
    return Outlook.of(
        settings,
        await course.read(reader),
        await rounds.weeks_done(reader),
        await rounds.slugs_used(reader),
    )
