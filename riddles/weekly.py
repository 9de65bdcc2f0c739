"""The weekly loop: what is due now, and the transition that answers it.

`tick` may be called at any time, any number of times: whatever is due and not done is done, once.
State is in the database; each transition writes, in one transaction, the step it takes and the
posts that Discord is owed for it.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from engine import ledger, posts, rounds, seasons, solves
from engine.calendar import Due, Plan, Step, Week, missed_weeks, publication_due
from engine.database import Reader, Transaction
from engine.errors import RoundExists
from engine.members import Person, meet_one
from engine.moments import to_ms
from engine.posts import Owed
from engine.rounds import Round
from riddles.content import Riddle
from riddles.content.queue import pick
from riddles.preparing import Finished, Preparations
from riddles.refusal import Refusal
from riddles.sentence import Sentence
from riddles.show import Show
from riddles.telling import to_staff

log = logging.getLogger(__name__)

FIRST_SOLVERS = 5
QUEUE_EMPTY = "the queue is empty: no riddle is ready to go out"


class Weekly:
    """The life of every round, moved on by the clock or by a host's hand."""

    def __init__(self, show: Show, wake_courier: Callable[[], None]) -> None:
        self._show = show
        self._wake_courier = wake_courier
        self._one_at_a_time = asyncio.Lock()
        self._told_missed: set[Week] = set()
        self.preparations = Preparations(show, self._tell_staff)

    async def tick(self) -> None:
        """Do whatever is due and not done."""
        async with self._one_at_a_time:
            await self._open_season()
            for round_ in await self._unfinished():
                await self._move_on(round_)
            await self._publish_if_due()
        self._wake_courier()
        if upcoming := await self.upcoming():
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
            done = await rounds.weeks_done(reader)
            used = await rounds.slugs_used(reader)
        plan = self._show.settings.rhythm.next_publication(now, done)
        if pick(plan.week, await self.preparations.library(), used) is not None:
            moments.append((Step.PUBLISH.value, plan.publishes_at))
        return min(moments, key=lambda moment: moment[1], default=None)

    async def upcoming(self) -> tuple[Plan, Riddle] | None:
        """The riddle that goes out next, and its plan."""
        async with self._show.database.reading() as reader:
            plan = await self._next_plan(reader)
            used = await rounds.slugs_used(reader)
        riddle = pick(plan.week, await self.preparations.library(), used)
        return None if riddle is None else (plan, riddle)

    async def chosen(self, slug: str) -> Riddle:
        """The riddle of that folder; without a name, the one that goes out next.

        Raises:
            Refusal: there is none, or it is not ready.
        """
        if slug:
            return await self.preparations.named(slug)
        upcoming = await self.upcoming()
        if upcoming is None:
            raise Refusal(QUEUE_EMPTY)
        return upcoming[1]

    async def publish_now(self, host: Person) -> Round:
        """Open this week's round, or next week's if this one has its own.

        Raises:
            Refusal: a round is open, the queue is empty, or the video cannot be used.
        """
        await self._refuse_a_second_one()
        # Videos are made before anything is locked: a closing that falls due does not wait.
        finished = await self.preparations.finish(await self.chosen(""))
        async with self._one_at_a_time:
            await self._refuse_a_second_one()
            async with self._show.database.reading() as reader:
                plan = await self._next_plan(reader)
            try:
                round_ = await self._open(plan, finished, host)
            except RoundExists as error:
                raise Refusal("{what} has its riddle already", what=error.what) from None
        self._wake_courier()
        return round_

    async def _refuse_a_second_one(self) -> None:
        async with self._show.database.reading() as reader:
            newest = await rounds.newest(reader)
        if newest is not None and newest.is_open:
            raise Refusal("riddle no. {number} is still open: close it first", number=newest.id)

    async def take_now(self, step: Step, host: Person) -> Round:
        """Close or reveal a round by hand: the oldest that waits for it.

        Raises:
            Refusal: there is no round, or it is not its time.
        """
        async with self._one_at_a_time:
            async with self._show.database.reading() as reader:
                newest = await rounds.newest(reader)
                waiting = [
                    each
                    for each in await rounds.unfinished(reader)
                    if not each.has(step) and (step is not Step.REVEAL or not each.is_open)
                ]
            if newest is None:
                raise Refusal("no riddle has gone out yet")
            if not waiting and newest.has(step):
                raise Refusal("riddle no. {number}: that was done before", number=newest.id)
            if not waiting:
                raise Refusal("riddle no. {number} is still open: close it first", number=newest.id)
            due = Due(step, 1, self._show.clock.now())
            round_ = await self._take(waiting[0], due, host)
        self._wake_courier()
        return round_

    async def rest(self) -> None:
        """Return once no transition is under way; videos that are being made are left for later."""
        await self.preparations.stop()
        async with self._one_at_a_time:
            return

    async def _next_plan(self, reader: Reader) -> Plan:
        """The plan of the round that opens next, by the clock or by hand."""
        rhythm, now = self._show.settings.rhythm, self._show.clock.now()
        done = await rounds.weeks_done(reader)
        week = rhythm.week_of(now)
        while week in done or rhythm.plan(week).closes_at <= now:
            week = week.next()
        while rhythm.skips(week) and rhythm.plan(week).publishes_at > now:
            week = week.next()
        return rhythm.plan(week)

    async def _open_season(self) -> None:
        settings, now = self._show.settings, self._show.clock.now()
        async with self._show.database.reading() as reader:
            season = await seasons.current(reader, to_ms(now))
        if season == ledger.ALL_TIME:
            async with self._show.database.transaction() as tx:
                await seasons.ensure(tx, now, settings.timezone, settings.season.months)

    async def _unfinished(self) -> list[Round]:
        async with self._show.database.reading() as reader:
            return await rounds.unfinished(reader)

    async def _move_on(self, round_: Round) -> None:
        while due := round_.progress.due(self._show.clock.now()):
            round_ = await self._take(round_, due, None)

    async def _publish_if_due(self) -> None:
        now = self._show.clock.now()
        async with self._show.database.reading() as reader:
            newest = await rounds.newest(reader)
            done = await rounds.weeks_done(reader)
            used = await rounds.slugs_used(reader)
        if newest is not None:
            await self._tell_missed(newest.week, now)
        plan = publication_due(self._show.settings.rhythm, now, done)
        if plan is None or (newest is not None and newest.is_open):
            return
        finished = await self.preparations.first_that_is_ready(plan, used)
        if finished is not None:
            await self._open(plan, finished, None)

    async def _tell_missed(self, last: Week, now: datetime) -> None:
        """Tell staff once of each week that went without its riddle."""
        for week in missed_weeks(self._show.settings.rhythm, last, now):
            if week not in self._told_missed:
                self._told_missed.add(week)
                await self._tell_staff(
                    f"missed:{week}",
                    Sentence(
                        "no riddle went out in week {week}, and it is too late to catch up; "
                        "what was queued stays in the queue",
                        week=str(week),
                    ),
                )

    async def _open(self, plan: Plan, finished: Finished, host: Person | None) -> Round:
        now = self._show.clock.now()
        async with self._show.database.transaction() as tx:
            round_ = await rounds.open_round(
                tx,
                plan=plan,
                slug=finished.riddle.slug,
                rules=finished.rules,
                now=now,
                actor=await self._actor(tx, host),
            )
            owed: list[Owed] = []
            for server in self._show.settings.server:
                best = finished.videos[server.upload_limit].video
                facts = {"video": best.relative_to(self._show.data).as_posix()}
                owed.append(self._owed("publication", round_, server.guild, facts))
                if server.discussion == "thread":
                    owed.append(self._owed("thread", round_, server.guild, {}, lane="thread"))
            await posts.owe(tx, owed, to_ms(now))
            # What a late publication has passed is free by its moment, and not told all at once.
            for due in round_.progress.remaining():
                if due.step in (Step.HINT, Step.REMIND) and due.due_at <= now:
                    await rounds.take_step(
                        tx, round_.id, due.step, n=due.n, due_at=due.due_at, now=now
                    )
        log.info("round %d (%s) is open: %s", round_.id, plan.week, finished.riddle.slug)
        return round_

    async def _take(self, round_: Round, due: Due, host: Person | None) -> Round:
        """Take one step, and owe Discord what it means."""
        now = self._show.clock.now()
        upcoming = await self.upcoming() if due.step is Step.RECAP else None
        async with self._show.database.transaction() as tx:
            after = await rounds.take_step(
                tx,
                round_.id,
                due.step,
                n=due.n,
                due_at=due.due_at,
                now=now,
                actor=await self._actor(tx, host),
            )
            facts = await self._facts(tx, after, due, upcoming and upcoming[0])
            if facts is not None:
                name = f"hint-{due.n}" if due.step is Step.HINT else due.step.value
                owed = [
                    self._owed(due.step.value, after, server.guild, facts, name=name)
                    for server in self._show.settings.server
                ]
                await posts.owe(tx, owed, to_ms(now))
            used = await rounds.slugs_used(tx)
        log.info("round %d: %s %d", round_.id, due.step, due.n)
        if due.step is Step.RECAP:
            await self.preparations.tidy(used - {after.slug})
        return after

    async def _facts(
        self, tx: Transaction, round_: Round, due: Due, following: Plan | None
    ) -> dict[str, Any] | None:
        """What the step's posts are told with; None where there is nothing to tell."""
        match due.step:
            case Step.HINT:
                enough = all(len(words.hints) >= due.n for words in round_.rules.text.values())
                return {"n": due.n} if enough else None
            case Step.REVEAL:
                if round_.rules.verdict == "at_reveal":
                    await solves.settle_sealed(tx, round_, to_ms(self._show.clock.now()))
                return asdict(await solves.outcome(tx, round_.id, first=FIRST_SOLVERS))
            case Step.RECAP:
                _, digest = await ledger.tail_of(tx)
                ahead = following is not None and following.publishes_at > self._show.clock.now()
                return {
                    "digest": digest.hex(),
                    "season": await seasons.current(tx, to_ms(round_.opens_at)),
                    "next_at": to_ms(following.publishes_at) if following and ahead else None,
                }
            case _:
                return {}

    async def _tell_staff(self, key: str, sentence: Sentence) -> None:
        owed = to_staff(self._show.settings, key, sentence)
        async with self._show.database.transaction() as tx:
            await posts.owe(tx, owed, to_ms(self._show.clock.now()))
        self._wake_courier()

    async def _actor(self, tx: Transaction, host: Person | None) -> int | None:
        return None if host is None else await meet_one(tx, host, to_ms(self._show.clock.now()))

    def _owed(
        self,
        kind: str,
        round_: Round,
        guild: int,
        facts: Mapping[str, Any],
        *,
        name: str | None = None,
        lane: str = "channel",
    ) -> Owed:
        return Owed(
            key=f"{name or kind}:{round_.id}:{guild}",
            kind=kind,
            lane=f"{guild}:{lane}",
            server=guild,
            round=round_.id,
            facts=facts,
        )
