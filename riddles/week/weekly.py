"""The weekly loop: what is due now, and the transition that answers it.

`tick` may be called at any time, any number of times: whatever is due and not done is done, once.
State is in the database; the loop remembers nothing that a new start would need.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

from engine import posts, seasons
from engine.books import ledger
from engine.calendar import Due, Plan, Step, publication_due
from engine.moments import to_ms
from engine.play import rounds
from engine.play.rounds import Round
from engine.storage.database import Transaction
from riddles.content import Library, Riddle
from riddles.hand import Hand
from riddles.sentence import Sentence
from riddles.show import Show
from riddles.telling import to_staff
from riddles.week import announced, turning
from riddles.week.newcomers import Newcomers
from riddles.week.outlook import Outlook, look_out
from riddles.week.preparing import Preparations
from riddles.week.standby import Standby
from riddles.week.transitions import open_round, take
from riddles.week.watch import Watch

log = logging.getLogger(__name__)

SET_BACK = timedelta(seconds=30)
"""By how much the clock has to go back to be noticed."""


class Weekly:
    """The life of every round, moved on by the clock."""

    def __init__(
        self,
        show: Show,
        wake_courier: Callable[[], None],
        wake_loop: Callable[[], None] = lambda: None,
        is_served: Callable[[], bool] = lambda: True,
    ) -> None:
        self._show = show
        self._wake_courier = wake_courier
        self._turns = asyncio.Lock()
        self._watch = Watch(show, is_served)
        self._latest: datetime | None = None
        self.preparations = Preparations(show, self._tell_staff)
        self._standby = Standby(self.preparations, wake_loop)
        self._newcomers = Newcomers(show, self.preparations, self._tell_staff, wake_courier)

        def wake() -> None:
            wake_courier()
            wake_loop()

        self.hand = Hand(show, self.preparations, self._turns, wake)
        """The same life, moved on by a host."""

    async def tick(self) -> None:
        """Do whatever is due and not done."""
        await self._notice_a_clock_set_back()
        async with self._turns:
            now = self._show.clock.now()
            await self._open_season(now)
            await self._aside(self._watch.be_alive(await self._outlook()))
            for round_ in await self._unfinished():
                await self._move_on(round_)
            await self._publish_if_due()
            await self._turn_seasons(now)
        outlook, library = await self._outlook(), await self.preparations.library()
        await self._aside(self._watch.over_the_queue(outlook, library))
        await self._aside(self._keep_announced(outlook, library))
        await self._aside(self._watch.over_the_riddles(outlook, library))
        self._newcomers.serve()
        self._wake_courier()
        if not self._standby.is_making and (upcoming := await self.upcoming()):
            plan, riddle = upcoming
            self.preparations.prepare_ahead(riddle, plan.publishes_at)

    async def next_moment(self) -> tuple[str, datetime] | None:
        """The next thing that will be due after now, and when."""
        now = self._show.clock.now()
        async with self._show.database.reading() as reader:
            moments = [
                (due.step.value, due.due_at)
                for round_ in await rounds.unfinished(reader)
                for due in round_.progress.remaining()
                if due.due_at > now
            ]
            outlook = await look_out(reader, self._show.settings)
        plan = outlook.rhythm.next_publication(now, outlook.done)
        if outlook.pick(plan.week, await self.preparations.library()) is not None:
            moments.append((Step.PUBLISH.value, plan.publishes_at))
        return min(moments, key=lambda moment: moment[1], default=None)

    async def upcoming(self) -> tuple[Plan, Riddle] | None:
        """The riddle that goes out next, and its plan."""
        return await self.preparations.upcoming()

    async def caught_up(self) -> bool:
        """Return once no riddle that is due waits for its video; whether another look is due."""
        again = await self._standby.made()
        await self._newcomers.served()
        async with self._turns:  # Another turn may be about to publish what was made.
            return again

    async def rest(self) -> None:
        """Return once no transition is under way; videos that are being made are left for later."""
        await self.preparations.stop()
        await self._newcomers.stop()
        await self._standby.made()
        async with self._turns:
            return

    async def discord_is_back(self) -> None:
        """Try at once what is owed: its pauses were made for an absence that is over."""
        await self._hurry()
        self._wake_courier()

    async def _aside(self, warning: Awaitable[object]) -> None:
        """Warn staff; whatever goes wrong with that holds up no round."""
        try:
            await warning
        except Exception:
            log.exception("staff could not be warned; once more at the next look")

    async def _notice_a_clock_set_back(self) -> None:
        """What waits by the clock would wait until it has caught up with itself."""
        now, latest = self._show.clock.now(), self._latest
        self._latest = now
        if latest is not None and latest - now > SET_BACK:
            log.warning("the clock was set back by %s", latest - now)
            self.preparations.forget_failures()
            await self._hurry()

    async def _hurry(self) -> None:
        async with self._show.database.transaction() as tx:
            await posts.hurry(tx, to_ms(self._show.clock.now()))

    async def _open_season(self, now: datetime) -> None:
        settings = self._show.settings
        async with self._show.database.reading() as reader:
            season = await seasons.current(reader, to_ms(now))
        if season == ledger.ALL_TIME:
            async with self._show.database.transaction() as tx:
                await seasons.ensure(tx, now, settings.timezone, settings.season.months)

    async def _turn_seasons(self, now: datetime) -> None:
        async with self._show.database.reading() as reader:
            owed = await turning.owed(reader, self._show.settings, now)
        if owed:
            async with self._show.database.transaction() as tx:
                await posts.owe(tx, owed, to_ms(now))

    async def _keep_announced(self, outlook: Outlook, library: Library) -> None:
        now = self._show.clock.now()
        async with self._show.database.reading() as reader:
            owed = await announced.owed(reader, self._show.settings, outlook, library, now)
        if owed:
            async with self._show.database.transaction() as tx:
                await posts.owe(tx, owed, to_ms(now))

    async def _outlook(self) -> Outlook:
        async with self._show.database.reading() as reader:
            return await look_out(reader, self._show.settings)

    async def _unfinished(self) -> list[Round]:
        async with self._show.database.reading() as reader:
            return await rounds.unfinished(reader)

    async def _move_on(self, round_: Round) -> None:
        while due := round_.progress.due(self._show.clock.now()):
            round_ = await self._take(round_, due)

    async def _take(self, round_: Round, due: Due) -> Round:
        now = self._show.clock.now()
        upcoming = await self.upcoming() if due.step is Step.RECAP else None

        async def step(tx: Transaction) -> tuple[Round, set[str]]:
            after = await take(tx, self._show, round_, due, now=now, following=upcoming)
            return after, await rounds.slugs_used(tx)

        # In one trip: settling a large round takes seconds, and the event loop has others to serve.
        after, used = await self._show.database.write(step)
        log.info("round %d: %s %d", round_.id, due.step, due.n)
        if due.step is Step.RECAP:
            await self.preparations.tidy(used - {after.slug})
        return after

    async def _publish_if_due(self) -> None:
        now, outlook = self._show.clock.now(), await self._outlook()
        async with self._show.database.reading() as reader:
            newest = await rounds.newest(reader)
        library = await self.preparations.library()
        await self._aside(self._watch.over_missed_weeks(newest, outlook, library))
        plan = publication_due(outlook.rhythm, now, outlook.done)
        if newest is not None and newest.voided_at is None and newest.opens_at > now:
            await self._aside(self._watch.over_the_clock(newest))
            plan = None
        if plan is None or (newest is not None and newest.is_open):
            self._standby.forget()
            return
        finished = await self._standby.ready(plan, outlook)
        if finished is None:
            return
        async with self._show.database.transaction() as tx:
            now = self._show.clock.now()
            round_ = await open_round(tx, self._show, plan, finished, now=now)
        log.info("round %d (%s) is open: %s", round_.id, plan.week, round_.slug)

    async def _tell_staff(self, key: str, sentence: Sentence) -> None:
        owed = to_staff(self._show.settings, key, sentence)
        async with self._show.database.transaction() as tx:
            await posts.owe(tx, owed, to_ms(self._show.clock.now()))
        self._wake_courier()
