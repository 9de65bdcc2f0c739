"""Whose days are these: lent roles through every order of buying, refunding, ending and leaving.

The model is a queue for each member: loans wait one behind the other, the first of them is used
up as time passes, and a refund takes its loan out of the queue with whatever is left of it.
"""

import asyncio
from collections import defaultdict
from collections.abc import Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar, cast

import hikari
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from engine import posts
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.play.submissions import AnswerDesk
from engine.posts import OPEN, Post
from engine.shop import fulfilment, refunds
from engine.shop.proof import misfit
from engine.shop.redemptions import Redemption
from engine.shop.rewards import Reward
from engine.standings import Boards
from engine.storage.database import Database, open_database
from riddles.clock import SystemClock
from riddles.config import load_settings
from riddles.discord.effects import AFTER, MAKERS, Landed
from riddles.discord.effects.making import Making
from riddles.discord.locales import texts
from riddles.discord.troubles import diagnose
from riddles.shop import leaving
from riddles.shop.counter import Shop
from riddles.shop.promises import owed_for
from riddles.shop.rewarding import Rewarding, take_refunded
from riddles.show import Show
from tests.audit import assert_books_fit
from tests.builders import MONDAY, a_person
from tests.engine.conftest import MEMORY
from tests.rewards import DAY_MS, a_role, a_wish, ask, endow
from tests.show.conftest import SETTINGS

T = TypeVar("T")
GUILD, ROLE = 100_000_000_000_000_001, 556
SECRET = bytes(range(32))
SHORT = a_role(id="short", cost=1, role=ROLE, server=GUILD, lasts_ms=3 * DAY_MS)
LONG = a_role(id="long", cost=1, role=ROLE, server=GUILD, lasts_ms=7 * DAY_MS)
GOOD = a_role(id="good", cost=1, role=ROLE, server=GUILD)


@dataclass
class StillClock(SystemClock):
    """A clock that stands, until somebody moves it."""

    moment: datetime = MONDAY + timedelta(hours=1)

    def now(self) -> datetime:
        """The moment it stands at."""
        return self.moment


@dataclass(slots=True)
class Loan:
    """A loan that was given, and what is left of it."""

    number: int
    left_ms: int


@dataclass(slots=True)
class Member:
    """What a member has by the plain rules of the game."""

    id: int
    loans: list[Loan] = field(default_factory=list[Loan])
    for_good: set[int] = field(default_factory=set[int])
    coming: set[int] = field(default_factory=set[int])
    gone_at: int | None = None
    robbed: bool = False
    """Somebody took the role by hand, and nothing was given since."""

    def use(self, span_ms: int) -> None:
        """Time passes: the first loan is used up, then the next."""
        while self.loans and span_ms:
            used = min(span_ms, self.loans[0].left_ms)
            self.loans[0].left_ms -= used
            span_ms -= used
            if not self.loans[0].left_ms:
                del self.loans[0]

    def lose(self, number: int) -> None:
        """What `number` gave is paid back."""
        self.loans = [loan for loan in self.loans if loan.number != number]
        self.for_good.discard(number)


@dataclass(slots=True)
class Roles:
    """As much of Discord as roles need: who has the role, and what the next request meets."""

    holders: set[int] = field(default_factory=set[int])
    weather: str = "fair"

    async def add_role_to_member(self, _: int, member: int, __: int, *, reason: str) -> None:
        """Give the role."""
        self._meet(reason)
        self.holders.add(member)
        self._lose_the_reply()

    async def remove_role_from_member(self, _: int, member: int, __: int, *, reason: str) -> None:
        """Take the role."""
        self._meet(reason)
        self.holders.discard(member)
        self._lose_the_reply()

    async def fetch_member(self, _: int, member: int) -> Any:
        """Look at a member."""

        @dataclass
        class Seen:
            role_ids: tuple[int, ...]

        if self.weather == "banished":
            raise _forbidden()
        if self.weather == "down":
            raise OSError
        return Seen((ROLE,) if member in self.holders else ())

    def _meet(self, reason: str) -> None:
        assert reason.startswith("post ")
        if self.weather in ("refused", "banished"):
            raise _forbidden()
        if self.weather == "down":
            raise OSError

    def _lose_the_reply(self) -> None:
        if self.weather == "lost":
            raise TimeoutError


def _forbidden() -> hikari.ForbiddenError:
    return hikari.ForbiddenError(
        url="", headers={}, raw_body=b"", message="Missing Permissions", code=50013
    )


def a_show(database: Database, clock: StillClock, folder: Path) -> Show:
    """A show without a riddle."""
    path = folder / "scheduler.toml"
    path.write_text(SETTINGS, encoding="utf-8")
    settings = load_settings(path)
    return Show(
        settings=settings,
        clock=clock,
        database=database,
        desk=AnswerDesk(database),
        boards=Boards(database),
        shop=Shop(folder, settings, database, None),
        content=folder,
        data=folder,
    )


class LoanHistories(RuleBasedStateMachine):
    """Two members, one role, Discord in any weather, and time that only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory(dir=MEMORY if MEMORY.exists() else None)
        folder = Path(self.folder.name)
        self.clock = StillClock()
        self.opened = open_database(folder / "books.db", kind="live", now=MONDAY)
        self.database: Database = self.do(self.opened.__aenter__())
        self.show = a_show(self.database, self.clock, folder)
        self.rewarding = Rewarding(self.show, lambda: None)
        self.roles = Roles()
        self.members = {number: Member(a_person(number).id) for number in (1, 2)}
        self.owners = dict[int, Member]()
        self.terms = dict[int, Reward]()
        self.do(self._set_up())

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    async def _set_up(self) -> None:
        await endow(self.database, 1_000, *self.members)
        async with self.database.transaction() as tx:
            self.staff = await meet_one(tx, a_person(99), self.now_ms)

    async def _prove(self) -> None:
        async with self.database.reading() as reader:
            await assert_books_fit(reader)
            assert await misfit(reader) is None

    def teardown(self) -> None:
        self.do(self._prove())
        self.do(self.opened.__aexit__(None, None, None))
        self.loop.close()
        self.folder.cleanup()

    @property
    def now_ms(self) -> int:
        return to_ms(self.clock.now())

    @rule(
        number=st.sampled_from([1, 2]),
        reward=st.sampled_from([SHORT, LONG, SHORT, LONG, GOOD]),
        elsewhere=st.booleans(),
    )
    def a_member_asks(self, number: int, reward: Reward, *, elsewhere: bool) -> None:
        self.ask(number, reward, elsewhere=elsewhere)

    def ask(self, number: int, reward: Reward, *, elsewhere: bool) -> None:
        member = self.members[number]
        if member.gone_at is not None:
            return
        held = member.id in self.roles.holders and not elsewhere
        wish = a_wish(
            reward,
            member=number,
            at=self.now_ms,
            received_at=self.now_ms,
            roles=frozenset({ROLE} if held else ()),
        )
        owed = owed_for(self.show.settings)
        (outcome,) = self.do(ask(self.database, wish, owed=owed))
        if isinstance(outcome, Redemption):
            member.coming.add(outcome.id)
            self.owners[outcome.id] = member
            self.terms[outcome.id] = reward

    @rule(
        number=st.sampled_from([1, 2]),
        rewards=st.lists(st.sampled_from([SHORT, LONG]), min_size=1, max_size=3),
    )
    def a_member_is_lent_it_at_once(self, number: int, rewards: list[Reward]) -> None:
        for reward in rewards:
            self.ask(number, reward, elsewhere=True)
        self.hear("fair", 9)

    @rule(
        weather=st.sampled_from(["fair", "fair", "lost", "refused", "banished", "down"]),
        most=st.integers(1, 3),
    )
    def discord_hears(self, weather: str, most: int) -> None:
        self.hear(weather, most)

    def hear(self, weather: str, most: int) -> None:
        self.roles.weather = weather
        self.do(self._deliver(most))

    async def _deliver(self, most: int) -> None:
        async with self.database.reading() as reader:
            ready = await posts.ready(reader, self.now_ms + 10 * DAY_MS)
        for post in [one for one in ready if "role" in one.kind][:most]:
            async with self.database.transaction() as tx:
                claimed = await posts.claim(tx, post.id, self.now_ms)
            assert claimed is not None
            await self._attempt(claimed)

    async def _attempt(self, post: Post) -> None:
        show = self.show
        server = show.server(post.server)
        assert server is not None
        rest = cast("hikari.api.RESTClient", self.roles)
        making = Making(show, rest, post, server, texts("en"), None, {})
        landed: Landed | None = None
        again: int | None = None
        try:
            landed = await MAKERS[post.kind](making)
        except Exception as error:  # noqa: BLE001 - as the courier takes it
            trouble = diagnose(post, server, error)
            again = None if trouble.final else self.now_ms + trouble.wait_ms
        async with self.database.transaction() as tx:
            before = await self._states(tx)
            if landed is not None:
                await posts.confirm(tx, post.id, channel=None, message=None, now_ms=self.now_ms)
            elif again is not None:
                await posts.put_off(tx, post.id, error="", next_ms=again)
            else:
                await posts.fail(tx, post.id, error="")
            if again is None and (after := AFTER.get(post.kind)):
                await after(tx, post, landed, self.now_ms)
            self._learn(before, await self._states(tx))

    @staticmethod
    async def _states(reader: Any) -> dict[int, str]:
        rows = await reader.all("SELECT id, state FROM redemptions")
        return {row["id"]: row["state"] for row in rows}

    def _learn(self, before: dict[int, str], now: dict[int, str]) -> None:
        """What was on its way and was given, or was given up, counts from here."""
        for number in (number for number in now if now[number] != before.get(number)):
            member, terms = self.owners[number], self.terms[number]
            member.coming.discard(number)
            if now[number] != "fulfilled":
                continue
            member.robbed = False
            if terms.lasts_ms is None:
                member.for_good.add(number)
            else:
                member.loans.append(Loan(number, terms.lasts_ms))

    @precondition(lambda self: self.owners)
    @rule(earlier=st.integers(0, 3))
    def staff_refund(self, earlier: int) -> None:
        number = max(max(self.owners) - earlier, 1)

        async def refund() -> None:
            async with self.database.transaction() as tx:
                one = await refunds.refund(tx, number, self.staff, self.now_ms, note="x")
                await take_refunded(tx, one, self.now_ms)

        try:
            self.do(refund())
        except fulfilment.EngineError:
            return
        self.owners[number].lose(number)

    @rule(hours=st.sampled_from([1, 20, 72, 24 * 8]), seen=st.booleans())
    def time_passes(self, hours: int, *, seen: bool) -> None:
        """`seen`: the program looks at what is due."""
        span = timedelta(hours=hours)
        self.clock.moment += span
        for member in self.members.values():
            member.use(span // timedelta(milliseconds=1))
        if seen:
            self.do(self._tick())

    async def _tick(self) -> None:
        async with self.database.reading() as reader:
            before = await self._states(reader)
        await self.rewarding.tick()
        async with self.database.reading() as reader:
            self._learn(before, await self._states(reader))

    @rule(number=st.sampled_from([1, 2]))
    def somebody_takes_the_role_by_hand(self, number: int) -> None:
        member = self.members[number]
        self.roles.holders.discard(member.id)
        member.robbed = True

    @precondition(lambda self: len(self.owners) > 3)
    @rule()
    def a_member_is_forgotten(self) -> None:
        member = self.members[1]

        async def forget() -> None:
            async with self.database.transaction() as tx:
                await leaving.forget(tx, member.id, SECRET, self.now_ms)

        self.do(forget())
        member.loans.clear()
        member.coming.clear()
        member.gone_at = member.gone_at or self.now_ms

    @invariant()
    def each_loan_lasts_as_long_as_it_was_bought_for(self) -> None:
        self.do(self._look())

    async def _look(self) -> None:
        async with self.database.reading() as reader:
            rows = await reader.all(
                """
                SELECT id, ends_at FROM redemptions
                WHERE ends_at > ? AND ended_at IS NULL ORDER BY ends_at
                """,
                (self.now_ms,),
            )
        booked = defaultdict[int, list[tuple[int, int]]](list)
        for row in rows:
            booked[self.owners[row["id"]].id].append((row["id"], row["ends_at"]))
        for member in self.members.values():
            end, expected = self.now_ms, list[tuple[int, int]]()
            for loan in member.loans:
                end += loan.left_ms
                expected.append((loan.number, end))
            assert booked[member.id] == expected

    @invariant()
    def once_discord_has_heard_everything_the_role_is_where_it_belongs(self) -> None:
        self.do(self._compare())

    async def _compare(self) -> None:
        async with self.database.reading() as reader:
            waits = await reader.value(
                f"SELECT count(*) FROM posts WHERE {OPEN} AND instr(kind, 'role')"  # noqa: S608 - our own condition
            )
            late = await reader.value(
                "SELECT count(*) FROM redemptions WHERE ends_at <= ? AND ended_at IS NULL",
                (self.now_ms,),
            )
        if waits or late:
            return
        for member in self.members.values():
            deserves = bool(member.loans or member.for_good)
            holds = member.id in self.roles.holders
            if member.gone_at is not None and self.now_ms >= member.gone_at + leaving.WAIT_MS:
                continue  # By now nobody knows whom to take it from.
            assert not member.coming
            assert deserves or not holds, member
            assert holds or member.robbed or not deserves, member


LoanHistories.TestCase.settings = settings(
    max_examples=80,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestLoanHistories = LoanHistories.TestCase
