"""Who acts by hand, and what it takes."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from engine.calendar import Week
from engine.moments import to_ms
from engine.people.members import Person, meet_one
from engine.play import rounds
from engine.play.rounds import Round
from engine.posts import Owed
from engine.storage.database import Reader, Transaction
from riddles.refusal import Refusal
from riddles.show import Show
from riddles.week.outlook import Outlook, look_out
from riddles.week.owing import an_effect, event, served
from riddles.week.preparing import Preparations

PLANNED_AHEAD = timedelta(weeks=104)
"""How far ahead weeks can be left out."""


@dataclass(frozen=True, slots=True)
class Host:
    """Who does something by hand, and the interaction by which they asked for it."""

    person: Person
    interaction: int

    @property
    def key(self) -> str:
        """Under this key a deed is done once, however often Discord delivers the request."""
        return f"interaction:{self.interaction}"


async def open_one(reader: Reader, now: datetime, expected: int | None = None) -> Round:
    """The round that members can answer now.

    Raises:
        Refusal: there is none, or it is not the one that was expected.
    """
    newest = await rounds.newest(reader)
    if newest is None:
        raise Refusal("no riddle has gone out yet")
    if not newest.is_open or newest.closes_at <= now:
        raise Refusal("riddle no. {number} is closed", number=newest.id)
    if expected not in (None, newest.id):
        raise Refusal("riddle no. {number} is closed", number=expected)
    return newest


def refuse_out_of_reach(week: Week, outlook: Outlook, now: datetime) -> None:
    """See that something can still be done about a week, and that it is planned for.

    Raises:
        Refusal: it is over, or further ahead than anybody plans.
    """
    rhythm = outlook.rhythm
    if week < rhythm.latest_publication(now) or (
        week == rhythm.latest_publication(now) and rhythm.plan(week).closes_at <= now
    ):
        raise Refusal("{week} is over", week=str(week))
    if week > rhythm.week_of(now + PLANNED_AHEAD):
        raise Refusal("{week} is too far ahead", week=str(week))


@dataclass(frozen=True, slots=True)
class Hand:
    """The means to act on the course of the show."""

    show: Show
    preparations: Preparations
    turns: asyncio.Lock
    """Held by whoever changes the course, the clock included."""
    wake: Callable[[], None]
    """To be called when something is owed, or falls due at another moment than before."""

    def now(self) -> datetime:
        """The present moment."""
        return self.show.clock.now()

    async def actor(self, tx: Transaction, host: Host) -> int:
        """The account of who acts."""
        return await meet_one(tx, host.person, to_ms(self.now()))

    async def outlook(self) -> Outlook:
        """What goes out in the weeks to come."""
        async with self.show.database.reading() as reader:
            return await look_out(reader, self.show.settings)

    async def told(
        self,
        reader: Reader,
        kind: str,
        round_: Round,
        name: str,
        facts: Mapping[str, object],
    ) -> list[Owed]:
        """What every server that has an open riddle is owed when it changes.

        The publication is edited to what it reads now, and a post of that kind says so in the
        discussion under it, or in the channel where there is none.
        """
        owed: list[Owed] = []
        for server in await served(reader, self.show.settings, round_):
            lane = "thread" if server.discussion == "thread" else "channel"
            owed += [
                an_effect("edit", round_, server, {}, name=f"edit:{name}"),
                an_effect(kind, round_, server, facts, name=name, lane=lane),
                *event(round_, server, name),
            ]
        return owed
