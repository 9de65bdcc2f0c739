"""Milestones in the world: roles that follow the books, given and taken through posts."""

from collections.abc import Callable
from datetime import datetime

from engine import posts
from engine.books.ledger import tail_of
from engine.moments import to_ms
from engine.people import milestones
from engine.people.milestones import Milestone
from riddles.config import Settings
from riddles.show import Show
from riddles.week.owing import role_change

State = tuple[object, ...]


class Milestones:
    """A part of the show: looks again whenever the books have moved."""

    def __init__(self, show: Show, wake_courier: Callable[[], None]) -> None:
        self._show = show
        self._wake_courier = wake_courier
        self._milestones = wanted(show.settings)
        self._seen: State | None = None

    async def tick(self) -> None:
        """Give and take what the books say, if they say something new."""
        if not self._milestones or (state := await self._state()) == self._seen:
            return
        now = to_ms(self._show.clock.now())
        async with self._show.database.transaction() as tx:
            for milestone in self._milestones:
                owed = [
                    role_change(
                        f"milestone:{one.role}:{one.account}:{one.number}",
                        server=one.server,
                        account=one.account,
                        role=one.role,
                        give=one.give,
                    )
                    for one in await milestones.reconcile(tx, milestone, now)
                ]
                await posts.owe(tx, owed, now)
        self._seen = state
        self._wake_courier()

    async def next_moment(self) -> tuple[str, datetime] | None:
        """It has no moments of its own."""
        return None

    async def _state(self) -> State:
        """What decides who deserves what, in short: the same state, the same roles."""
        async with self._show.database.reading() as reader:
            row = await reader.one(
                """
                SELECT (SELECT count(*) FROM steps) AS steps,
                       (SELECT max(id) FROM seasons) AS season,
                       (SELECT seq FROM sqlite_sequence WHERE name = 'board_changes') AS people,
                       (SELECT count(*) FROM bans WHERE lifted_at IS NULL) AS bans
                """
            )
            tail, _ = await tail_of(reader)
        return (tail, *(row or ()))


def wanted(settings: Settings) -> list[Milestone]:
    """The milestones that `scheduler.toml` names."""
    return [
        Milestone(
            server=table.guild,
            role=table.role,
            feat=table.feat,
            least=table.least,
            circle=table.circle,
            keeps=table.keep,
        )
        for table in settings.milestone
    ]
