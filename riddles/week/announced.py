"""The riddle to come in the servers' calendars: what a recap has announced stays true.

The settings may be changed while the program is down: another day of the week, another zone, a
week to skip. Then the event that was announced moves, or is called off for the one that is next.
"""

import json
from dataclasses import dataclass
from datetime import datetime

from engine.calendar import Plan, Week
from engine.moments import to_ms
from engine.posts import Owed
from engine.storage.database import Reader
from riddles.config import Settings
from riddles.content import Library
from riddles.week.outlook import Outlook
from riddles.week.owing import announced_event, event_called_off


async def owed(
    reader: Reader, settings: Settings, outlook: Outlook, library: Library, now: datetime
) -> list[Owed]:
    """What brings the event that was announced in line with what opens next."""
    if not any(server.event for server in settings.server):
        return []
    owed: list[Owed] = []
    rhythm = outlook.rhythm
    plan = rhythm.next_publication(now, outlook.done)
    for week, last in (await _announced(reader, outlook, now)).items():
        because = f"after:{last.post}"
        if week != plan.week:
            if not rhythm.skips(week) and rhythm.plan(week).publishes_at <= now:
                continue  # It is due already, and its opening sees to the event.
            owed += event_called_off(settings, week, because)
        elif last.moments == _moments(plan):
            continue
        if outlook.pick(plan.week, library):
            owed += announced_event(settings, plan, because)
    return owed


@dataclass(frozen=True, slots=True)
class _Announced:
    post: int
    moments: tuple[int, int]


async def _announced(reader: Reader, outlook: Outlook, now: datetime) -> dict[Week, _Announced]:
    """The riddles to come whose events are announced, and were not called off since."""
    rows = await reader.all(
        "SELECT id, facts FROM posts WHERE key >= ? AND key < 'event;' ORDER BY id",
        (f"event:{outlook.rhythm.week_of(now)}:",),
    )
    found: dict[Week, _Announced] = {}
    for row in rows:
        facts = json.loads(row["facts"])
        week = Week.parse(facts["week"])
        if facts.get("off"):
            found.pop(week, None)
        elif facts["starts_at"] > to_ms(now) and week not in outlook.done:
            found[week] = _Announced(row["id"], (facts["starts_at"], facts["ends_at"]))
    return found


def _moments(plan: Plan) -> tuple[int, int]:
    return to_ms(plan.publishes_at), to_ms(plan.closes_at)
