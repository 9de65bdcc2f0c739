"""Weeks on end in bad weather: faults, restarts and members by chance, from one seed."""

import asyncio
import os
import random
from collections.abc import Callable
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Self

from riddles.config import Settings, load_settings
from riddles.refusal import Refusal
from riddles.rehearsal.discord import CannotDo, MemberSpec, RecordedRequest, faults
from riddles.rehearsal.discord.faults import Action, Fault
from riddles.rehearsal.stage import House, Stage, perform
from tests.builders import MONDAY, PARIS
from tests.openapi import validate
from tests.show.faults.runs import CHANGES, recover

TEXT, NEWS, FORUM = 100_000_000_000_000_001, 200_000_000_000_000_001, 300_000_000_000_000_001
SETTINGS = f"""
timezone = "Europe/Paris"
[week]
publish = "mon 18:00"
hints = ["wed 18:00", "fri 18:00"]
remind = "sat 10:00"
close = "sun 20:00"
reveal = "sun 20:30"
recap = "sun 20:45"
skip = ["2026-12-14..2026-12-14", "2027-08-02..2027-08-15"]
[scoring]
podium = [30, 20, 10]
[[server]]
guild = {TEXT}
channel = {TEXT + 1}
staff_channel = {TEXT + 2}
event = true
[[server]]
guild = {NEWS}
channel = {NEWS + 1}
language = "en"
discussion = "none"
[[server]]
guild = {FORUM}
channel = {FORUM + 1}
staff_channel = {FORUM + 2}
"""
SKIPPED = {date(2026, 12, 14), date(2027, 8, 2), date(2027, 8, 9)}
FIRST = MONDAY.date()
MOMENTS = (
    ("publish", 0, time(18)),
    ("hint", 2, time(18)),
    ("hint", 4, time(18)),
    ("remind", 5, time(10)),
    ("close", 6, time(20)),
    ("settle", 6, time(20, 1)),
    ("reveal", 6, time(20, 30)),
    ("recap", 6, time(20, 45)),
)
HELP = ("hint", "remind")
"""What is not told any more after the closing; of all else a backlog may build up."""
CROWDED = ("close", "reveal")
"""When much is due within the hour."""
WEATHER: tuple[Action, ...] = (
    faults.status(500),
    faults.status(503),
    faults.drop_reply(),
    faults.drop_reply(),
    faults.reset(),
    faults.limit(0.1),
    faults.delay(0.05, after=True),
)
ROUTES = (
    *(r"/messages$",) * 4,
    r"/messages/\{message\}$",
    r"/channels/\{channel\}/threads$",
    r"/messages/\{message\}/threads$",
    r"/crosspost$",
    r"/scheduled-events",
    r"/channels/\{channel\}$",
    r"/callback$",
)
MOST_STARTS = 10


def write_settings(folder: Path) -> Settings:
    """Three servers: a text channel, an announcement channel, a forum."""
    path = folder / "scheduler.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    return load_settings(path)


def monday_of(week: int) -> date:
    """The Monday of the nth week, from 0."""
    return FIRST + timedelta(weeks=week)


def moments_of(week: int) -> list[tuple[str, datetime]]:
    """What happens in the nth week, and when; reckoned without the program's calendar."""
    return [
        (
            name,
            datetime.combine(monday_of(week) + timedelta(days=days), at, PARIS).astimezone(UTC),
        )
        for name, days, at in MOMENTS
    ]


@dataclass(slots=True)
class Course:
    """A show over so many weeks."""

    house: House
    settings: Settings
    folder: Path
    queue: Callable[[str], object]
    seed: int
    weeks: int
    restarts: int = 0
    struck: int = 0
    answers: int = 0
    requests: int = 0
    objections: list[str] = field(default_factory=list[str])
    """What Discord's description says against requests, where it is at hand."""
    expected: list[date] = field(default_factory=list[date])
    """The Mondays of the weeks in which a riddle was to go out."""
    _brewed: list[Fault] = field(default_factory=list[Fault])

    async def play(self) -> None:
        """Play all weeks."""
        rng = random.Random(self.seed)
        async with _Troupe(self) as troupe:
            for week in range(self.weeks):
                self._fill_the_queue(week)
                await self._week(troupe, rng, week)
                await self._clear_up(troupe)

    def _fill_the_queue(self, week: int) -> None:
        """Riddles for some weeks; then none for a while; then for all that are left."""
        dry, again = self.weeks // 3, self.weeks // 3 + max(1, self.weeks // 30)
        if week == 0:
            self._riddles(range(dry))
        if week == again:
            self._riddles(range(again, self.weeks))
        if monday_of(week) not in SKIPPED and not self._dry(week):
            self.expected.append(monday_of(week))

    def _riddles(self, weeks: range) -> None:
        for week in weeks:
            if monday_of(week) not in SKIPPED:
                self.queue(f"{week:03}-riddle")

    def _dry(self, week: int) -> bool:
        return self.weeks // 3 <= week < self.weeks // 3 + max(1, self.weeks // 30)

    async def _week(self, troupe: "_Troupe", rng: random.Random, week: int) -> None:
        moments = moments_of(week)
        for number, (name, at) in enumerate(moments):
            busy = name in CROWDED
            if rng.random() < (0.8 if busy else 0.4):
                self._brew(rng)
            if rng.random() < (0.25 if busy else 0.1):
                await troupe.away(until=at + timedelta(minutes=rng.randrange(90)))
            elif rng.random() < 0.05:
                self.house.standin.gateway.drop()
            if rng.random() < 0.1:
                self.house.standin.forget_nonces()
            await troupe.stage.move_to(at)
            if name in HELP or rng.random() < 0.5:
                await recover(troupe.stage)
            if name in ("publish", "hint"):
                await self._answers(troupe, rng, at, moments[number + 1][1])

    def _brew(self, rng: random.Random) -> None:
        """Something goes wrong at the next requests of some kind."""
        for _ in range(rng.randrange(1, 4)):
            fault = self.house.standin.faults.add(
                rng.choice((CHANGES, CHANGES, "*")),
                rng.choice(ROUTES),
                rng.choice(WEATHER),
                times=rng.randrange(1, 5),
                after=rng.randrange(2),
            )
            self._brewed.append(fault)

    async def _answers(
        self, troupe: "_Troupe", rng: random.Random, after: datetime, before: datetime
    ) -> None:
        """Some members try, some of them well."""
        at = after + (before - after) * rng.uniform(0.1, 0.9)
        await troupe.stage.move_to(at)
        tries: list[tuple[MemberSpec, int, str]] = [
            (member, self._place(rng), rng.choice(("quicksort", "tri rapide", "42 bananas")))
            for member in self.house.cast.members
            if rng.random() < 0.4
        ]
        await asyncio.gather(*(self._answer(*one) for one in tries))

    def _place(self, rng: random.Random) -> int:
        """Where a member is: in a channel, or in a post of the forum."""
        posts = self.house.standin.threads(FORUM + 1)
        places = (TEXT + 1, NEWS + 1, *(post.id for post in posts[-1:]))
        return rng.choice(places)

    async def _answer(self, member: MemberSpec, place: int, text: str) -> None:
        """Answer; whether the reply gets through is not said."""
        self.answers += 1
        with suppress(CannotDo):
            await self.house.standin.command(member, place, "answer", {"text": text}, patience=2.0)

    async def _clear_up(self, troupe: "_Troupe") -> None:
        """A week is over: its weather, and the requests it brought."""
        self.house.standin.faults.clear()
        await recover(troupe.stage)
        self.struck += sum(fault.hits for fault in self._brewed)
        self._brewed.clear()
        self._judge(self.house.standin.requests)
        self.house.standin.forget_requests()

    def _judge(self, requests: list[RecordedRequest]) -> None:
        self.requests += len(requests)
        if "DISCORD_OPENAPI" in os.environ:
            self.objections += [fault for request in requests for fault in validate(request)]
        self.objections += [f"{one.path}: no such route" for one in requests if one.route is None]


class _Troupe:
    """The program, which comes and goes."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._running = AsyncExitStack()
        self.stage: Stage

    async def __aenter__(self) -> Self:
        await self._enter()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._running.aclose()

    async def away(self, until: datetime) -> None:
        """Stop, and start again at that moment."""
        await self._running.aclose()
        self._course.house.clock.reach(until)
        await self._enter()
        self._course.restarts += 1

    async def _enter(self) -> None:
        course = self._course
        content, database = course.folder / "content", course.folder / "rehearsal.db"
        for _ in range(MOST_STARTS):
            # Where Discord cannot be reached it refuses to start; whoever runs it starts it again.
            with suppress(Refusal):
                self.stage = await self._running.enter_async_context(
                    perform(course.house, course.settings, content=content, database=database)
                )
                return
        raise AssertionError("it does not start")
