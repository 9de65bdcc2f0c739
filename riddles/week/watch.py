"""The watch: what staff should hear of without asking, each thing once.

That members could not be served shortly before a closing; that weeks went without their riddle;
that a riddle is not ready any more; that the queue runs low; that the clock is wrong.
"""

from collections.abc import Callable
from datetime import datetime, timedelta
from zlib import crc32

from engine import posts, watch
from engine.calendar import missed_weeks
from engine.moments import to_ms
from engine.play import rounds
from engine.play.rounds import Round
from riddles.content import Folder, Library
from riddles.problems import errors
from riddles.sentence import Sentence
from riddles.show import Show
from riddles.telling import to_staff
from riddles.week.outlook import Outlook
from riddles.week.owing import event_called_off
from riddles.week.warnings import (
    AWAY_TOO_LONG,
    how_long,
    let_staff_decide,
    not_ready_any_more,
    offer_more_time,
    tell_of_the_past,
)

BEAT = timedelta(minutes=1)
AT_WORK = timedelta(minutes=10)
"""So long somebody may be changing a riddle that was ready before staff hear of it."""


class Watch:
    """Looks at the show as often as the clock does."""

    def __init__(self, show: Show, is_served: Callable[[], bool]) -> None:
        self._show = show
        self._is_served = is_served
        """Whether members reach us."""
        self._alive_at: datetime | None = None
        self._jumped = False
        self._broken: dict[str, datetime] = {}
        """Since when riddles that were ready are so no more."""
        show.clock.on_jump(self._note_jump)

    def _note_jump(self) -> None:
        # The rehearsal's clock was moved under everybody's eyes: nobody was away.
        self._jumped = self._jumped or self._is_served()

    async def be_alive(self, outlook: Outlook) -> None:
        """Remember that members are served; offer more time for what they have missed of it."""
        if not self._is_served():
            return
        now, before = self._show.clock.now(), self._alive_at
        jumped, self._jumped = self._jumped, False
        async with self._show.database.reading() as reader:
            before = before or await watch.last_alive(reader)
            newest = await rounds.newest(reader)
        if before is not None and abs(now - before) < BEAT:
            self._alive_at = before
            return
        away = before is not None and not jumped and now - before > AWAY_TOO_LONG
        async with self._show.database.transaction() as tx:
            await watch.be_alive(tx, now)
            if before and away and newest and newest.is_open:
                owed = offer_more_time(self._show, newest, outlook, before, now)
                await posts.owe(tx, owed, to_ms(now))
        self._alive_at = now

    async def over_missed_weeks(
        self, newest: Round | None, outlook: Outlook, library: Library
    ) -> bool:
        """Tell of weeks without a riddle; where it is not too late, let staff decide.

        Whether there was anything to tell.
        """
        now, rhythm = self._show.clock.now(), outlook.rhythm
        latest = rhythm.latest_publication(now)
        last = newest.week if newest else latest.before()
        missed = [week for week in missed_weeks(rhythm, last, now) if week not in outlook.done]
        if newest is not None and newest.is_open and latest in missed:
            missed.remove(latest)  # Nothing can be decided about it until that one is closed.
        if newest is None and rhythm.plan(latest).closes_at <= now:
            return False  # Before its first week a show has missed nothing.
        if not missed:
            return False
        names = {f"missed:{week}": week for week in missed}
        async with self._show.database.reading() as reader:
            fresh = [names[name] for name in await watch.not_told(reader, list(names))]
        if not fresh:
            return False
        owed = tell_of_the_past(self._show, [w for w in fresh if w != latest], outlook, library)
        if latest in fresh:
            owed += let_staff_decide(self._show, latest, outlook, library)
        for week in fresh:
            owed += event_called_off(self._show.settings, week, "missed")
        async with self._show.database.transaction() as tx:
            await posts.owe(tx, owed, to_ms(now))
            await watch.told(tx, [f"missed:{week}" for week in fresh], now)
        return True

    async def over_the_riddles(self, outlook: Outlook, library: Library) -> None:
        """Tell of a riddle that was ready, or is kept for a week, and cannot go out any more."""
        now = self._show.clock.now()
        broken = {one.slug: one for one in library.broken if one.slug not in outlook.used}
        self._broken = {slug: self._broken.get(slug, now) for slug in broken}
        ready = [f"ready:{one.slug}" for one in library.ready if one.slug not in outlook.used]
        plan = outlook.rhythm.next_publication(now, outlook.done)
        patience = timedelta() if plan.publishes_at - now < AT_WORK else AT_WORK
        names = {
            _mistake_of(one): one
            for slug, one in broken.items()
            if now - self._broken[slug] >= patience
        }
        async with self._show.database.reading() as reader:
            fresh = await watch.not_told(reader, ready)
            never = await watch.not_told(reader, [f"ready:{slug}" for slug in broken])
            untold = await watch.not_told(reader, list(names))
        mistakes = {
            key: names[key]
            for key in untold
            if names[key].pinned or f"ready:{names[key].slug}" not in never
        }
        if not fresh and not mistakes:
            return
        instead = outlook.pick(plan.week, library)
        async with self._show.database.transaction() as tx:
            for key, one in mistakes.items():
                owed = not_ready_any_more(self._show, key, one, plan, instead)
                await posts.owe(tx, owed, to_ms(now))
            await watch.told(tx, [*fresh, *mistakes], now)

    async def over_the_clock(self, newest: Round) -> None:
        """Tell of a riddle that went out in the future: this clock is wrong, or was."""
        sentence = Sentence(
            "riddle no. {number} went out {opens_at}, which is still to come: this machine's clock "
            "is wrong, or was wrong then. No other goes out before that. If it is right now, void "
            "the riddle, and the show goes on",
            number=newest.id,
            opens_at=to_ms(newest.opens_at),
        )
        key, now = f"clock:{newest.id}", self._show.clock.now()
        async with self._show.database.transaction() as tx:
            if await watch.not_told(tx, [key]):
                await posts.owe(tx, to_staff(self._show.settings, key, sentence), to_ms(now))
                await watch.told(tx, [key], now)

    async def over_the_queue(self, outlook: Outlook, library: Library) -> bool:
        """Tell when the queue has become as short as two weeks, one, or none. Whether it has."""
        now = self._show.clock.now()
        if library.root_problems:
            await self._tell_of_no_riddles(library, now)
            return False  # How long the queue is nobody knows.
        forecast = outlook.forecast(now, library, watch.PLENTY)
        async with self._show.database.reading() as reader:
            lowest, _ = await watch.lowest(reader)
        if min(forecast.weeks_covered, watch.PLENTY) == lowest:
            return False
        async with self._show.database.transaction() as tx:
            number = await watch.note_queue(tx, forecast.weeks_covered)
            if number is not None:
                sentence = how_long(forecast.weeks_covered, forecast.covered_until)
                owed = to_staff(self._show.settings, f"queue:{number}", sentence)
                await posts.owe(tx, owed, to_ms(now))
        return number is not None

    async def _tell_of_no_riddles(self, library: Library, now: datetime) -> None:
        """The folder of riddles is out of reach: staff hear so once a week while that lasts."""
        sentence = Sentence("no riddle can go out: {why}", why=library.root_problems[0].message)
        key = f"content:{now:%G-W%V}"
        async with self._show.database.transaction() as tx:
            if await watch.not_told(tx, [key]):
                await posts.owe(tx, to_staff(self._show.settings, key, sentence), to_ms(now))
                await watch.told(tx, [key], now)


def _mistake_of(folder: Folder) -> str:
    """What is wrong with a riddle first of all, as a key by which it is told once."""
    return f"unready:{folder.slug}:{crc32(str(errors(folder.problems)[0]).encode()):08x}"
