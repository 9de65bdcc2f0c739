"""A community at play: members who are known, a riddle that is open, and one try of each."""

import random
from collections.abc import Iterator
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from engine.calendar import Rhythm, Step, Week, WeeklyTime
from engine.moments import to_ms
from engine.people.members import Person
from engine.play.rounds import Round, newest, open_round, take_step
from engine.play.submissions import Attempt
from engine.storage.database import Database
from riddles.bench.riddle import FIRST_MEMBER, RIGHT, RULES, SERVER, WRONG

FIRST_WEEK = Week(2030, 1)
NOW = datetime(2030, 1, 1, tzinfo=UTC)

_at = WeeklyTime.parse
_RHYTHM = Rhythm(
    zone=ZoneInfo("Europe/Paris"),
    publish=_at("mon 18:00"),
    close=_at("sun 20:00"),
    reveal=_at("sun 20:30"),
    recap=_at("sun 20:45"),
)


async def next_riddle(database: Database) -> Round:
    """Close the riddle that is open, and open the next week's."""
    async with database.transaction() as tx:
        before = await newest(tx)
        week = FIRST_WEEK
        if before is not None and before.week.year >= FIRST_WEEK.year:
            week = before.week.next()
            at = before.closes_at
            await take_step(tx, before.id, Step.CLOSE, due_at=at, now=at)
        plan = _RHYTHM.plan(week)
        return await open_round(
            tx, plan=plan, slug=f"riddle-{week}", rules=RULES, now=plan.publishes_at
        )


def tries(round_: Round, members: int, count: int) -> Iterator[Attempt]:
    """The first tries of `count` distinct members, in random order; about half are right."""
    opens_ms = to_ms(round_.opens_at)
    chance = random.Random(round_.id)  # noqa: S311 - the same play every time
    for n, member in enumerate(chance.sample(range(members), count)):
        at = opens_ms + 60_000 + n
        yield Attempt(
            interaction=(at - 1_420_070_400_000) << 22 | n & 0xFFF,
            person=Person(
                id=FIRST_MEMBER + member, server=SERVER, name=f"Member {member}", circle="net"
            ),
            lang="fr",
            text=chance.choice(RIGHT if n % 2 else WRONG),
            at=at,
            received_at=at + 30,
        )
