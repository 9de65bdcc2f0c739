"""Small true things to test with: a rhythm, rules, members, tries."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.calendar import Rhythm, Week, WeeklyTime
from engine.database import Database
from engine.judging import parse_answer
from engine.members import Person
from engine.moments import to_ms
from engine.rounds import Round, Rules, Wording, open_round
from engine.submissions import Attempt

PARIS = ZoneInfo("Europe/Paris")
WEEK = Week(2026, 48)
MONDAY = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
"""18:00 in Paris: when the riddle of `WEEK` goes out."""
SERVER = 100_000_000_000_000_001

_interactions = itertools.count(1)


def a_rhythm(**changes: Any) -> Rhythm:
    """The week of the examples."""
    at = WeeklyTime.parse
    usual: dict[str, Any] = {
        "zone": PARIS,
        "publish": at("mon 18:00"),
        "hints": (at("wed 18:00"), at("fri 18:00")),
        "remind": at("sat 10:00"),
        "close": at("sun 20:00"),
        "reveal": at("sun 20:30"),
        "recap": at("sun 20:45"),
    }
    return Rhythm(**usual | changes)


def rules(**changes: Any) -> Rules:
    """A riddle worth 100 points, whose answer is `quicksort`."""
    usual: dict[str, Any] = {
        "title": "What sorts here?",
        "difficulty": 2,
        "value": 100,
        "text": {
            lang: Wording(prompt="?", hints=("one", "two", "three"), solution="!")
            for lang in ("fr", "en")
        },
        "answer": parse_answer({"accept": ["quicksort"], "reject": ["bogosort"]}),
    }
    return Rules(**usual | changes)


async def a_round(
    database: Database, *, week: Week = WEEK, slug: str | None = None, **changes: Any
) -> Round:
    """An open round."""
    plan = a_rhythm().plan(week)
    async with database.transaction() as tx:
        return await open_round(
            tx,
            plan=plan,
            slug=slug or f"riddle-{week}",
            rules=rules(**changes),
            now=plan.publishes_at,
        )


def a_person(number: int = 1, **changes: Any) -> Person:
    """A member."""
    usual: dict[str, Any] = {"id": 10_000 + number, "server": SERVER, "name": f"Member {number}"}
    return Person(**usual | changes)


def a_try(
    text: str = "quicksort",
    *,
    member: int = 1,
    after: timedelta = timedelta(minutes=1),
    **changes: Any,
) -> Attempt:
    """A try, so long after the publication."""
    usual: dict[str, Any] = {
        "interaction": next(_interactions),
        "person": a_person(member),
        "lang": "en",
        "text": text,
        "at": to_ms(MONDAY + after),
    }
    return Attempt(**usual | changes)
