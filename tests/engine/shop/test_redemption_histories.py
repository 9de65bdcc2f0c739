"""Whatever members and staff do, in whichever order: every promise about rewards holds."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from engine.books.ledger import HELD, SPENT
from engine.errors import EngineError
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.shop import fulfilment, loans, refunds
from engine.shop.proof import misfit
from engine.shop.redemptions import Redemption
from engine.shop.rewards import Restock
from engine.storage.database import Database, open_database
from tests.audit import assert_books_fit
from tests.builders import MONDAY, a_person
from tests.engine.conftest import MEMORY
from tests.rewards import DAY_MS, SECRET, a_code, a_reward, a_role, a_wish, ask, endow, fill

T = TypeVar("T")
MEMBERS = (1, 2, 3)
REWARDS = (
    a_reward(id="plain", cost=30),
    a_reward(id="scarce", cost=20, stock=2, restock=Restock(every="week")),
    a_reward(id="once", cost=10, limit_ever=1, cooldown_ms=DAY_MS),
    a_role(id="gold", cost=25),
    a_role(id="lent", cost=5, lasts_ms=3 * DAY_MS),
    a_code(id="key", cost=40),
    a_code(id="adult", cost=15, consent={"en": "16 years"}),
)
CODES = {"key": 3, "adult": 2}


class Histories(RuleBasedStateMachine):
    """A shop, three members, one of the staff, and time that only goes forward."""

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.folder = TemporaryDirectory(dir=MEMORY if MEMORY.exists() else None)
        self.opened = open_database(Path(self.folder.name) / "books.db", kind="live", now=MONDAY)
        self.database: Database = self.do(self.opened.__aenter__())
        self.now = timedelta(minutes=1)
        self.last: int | None = None
        self.do(self._set_up())

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self.loop.run_until_complete(work)

    async def _set_up(self) -> None:
        for reward, count in CODES.items():
            await fill(self.database, count, reward)
        async with self.database.transaction() as tx:
            self.staff = await meet_one(tx, a_person(99), to_ms(MONDAY))

    def teardown(self) -> None:
        self.do(self.opened.__aexit__(None, None, None))
        self.loop.close()
        self.folder.cleanup()

    @property
    def now_ms(self) -> int:
        return to_ms(MONDAY + self.now)

    @rule(member=st.sampled_from(MEMBERS), points=st.integers(1, 60))
    def a_member_earns(self, member: int, points: int) -> None:
        self.do(endow(self.database, points, member))

    @rule(
        asked=st.lists(
            st.tuples(st.sampled_from(MEMBERS), st.sampled_from(REWARDS), st.booleans()),
            min_size=1,
            max_size=6,
        )
    )
    def members_ask_at_once(self, asked: list[tuple[int, Any, bool]]) -> None:
        wishes = [
            a_wish(reward, member=member, after=self.now, received_at=self.now_ms)
            for member, reward, _ in asked
        ]
        twice = [wish for wish, (*_, again) in zip(wishes, asked, strict=True) if again]
        outcomes = self.do(ask(self.database, *wishes, *twice))
        for outcome in outcomes:
            if isinstance(outcome, Redemption):
                self.last = outcome.id

    @rule(
        what=st.sampled_from(
            ["claim", "back", "done", "cancel", "given", "refused", "save", "refund"]
        ),
        earlier=st.integers(0, 5),
        consent=st.booleans(),
    )
    def somebody_sees_to_one(self, what: str, earlier: int, consent: bool) -> None:  # noqa: FBT001 - drawn
        if self.last is None:
            return
        try:
            self.do(self._see_to(what, max(self.last - earlier, 1), consent=consent))
        except EngineError:
            return

    async def _see_to(self, what: str, number: int, *, consent: bool) -> None:
        async with self.database.transaction() as tx:
            match what:
                case "claim":
                    await fulfilment.claim(tx, number, self.staff, self.now_ms)
                case "back":
                    await fulfilment.give_back(tx, number, self.staff, self.now_ms)
                case "done":
                    await fulfilment.hand_over(
                        tx, number, self.staff, self.now_ms, consent=consent, secret=SECRET
                    )
                case "cancel":
                    await fulfilment.cancel(tx, number, self.now_ms, actor=self.staff)
                case "given":
                    await fulfilment.given(tx, number, self.now_ms)
                case "refused":
                    await fulfilment.cancel(tx, number, self.now_ms, step="refused")
                case "refund":
                    await refunds.refund(tx, number, self.staff, self.now_ms, note="torn")
                case _:
                    owner = await tx.value(
                        "SELECT account FROM redemptions WHERE id = ?", (number,)
                    )
                    await fulfilment.save_code(tx, number, owner, self.now_ms)

    @rule(hours=st.sampled_from([1, 30, 24 * 8, 24 * 20]))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

        async def loop() -> None:
            async with self.database.transaction() as tx:
                await fulfilment.cancel_neglected(tx, self.now_ms)
                await loans.end_roles(tx, self.now_ms)

        self.do(loop())

    @rule(member=st.sampled_from(MEMBERS))
    def a_member_is_forgotten(self, member: int) -> None:
        async def forget() -> None:
            async with self.database.transaction() as tx:
                account = await meet_one(tx, a_person(member), self.now_ms)
                await fulfilment.forget(tx, account, self.now_ms)

        self.do(forget())

    @invariant()
    def every_promise_holds(self) -> None:
        self.do(self._look())

    async def _look(self) -> None:
        async with self.database.reading() as reader:
            await assert_books_fit(reader)
            assert await misfit(reader) is None
            balances = {
                row["id"]: row["balance"]
                for row in await reader.all("SELECT id, balance FROM accounts")
            }
            rows = await reader.all("SELECT * FROM redemptions")
            steps = await reader.all("SELECT redemption, step FROM redemption_steps")
            assigned = await reader.all("SELECT * FROM codes WHERE redemption IS NOT NULL")
        held = sum(row["cost"] for row in rows if row["state"] == "unfulfilled")
        spent = sum(
            row["cost"]
            for row in rows
            if row["state"] == "fulfilled" and row["refunded_at"] is None
        )
        assert (balances[HELD], balances[SPENT]) == (held, spent)
        alive = [row for row in rows if row["state"] != "canceled"]
        for reward, count in CODES.items():
            assert sum(row["reward"] == reward for row in alive) <= count
        kept = [row for row in alive if row["refunded_at"] is None]
        for account in balances:
            assert sum(row["reward"] == "once" for row in kept if row["account"] == account) <= 1
            assert sum(row["reward"] == "gold" for row in kept if row["account"] == account) <= 1
        for one in {row["account"] for row in rows}:
            mine = sorted(
                row["at"] for row in rows if row["reward"] == "once" and row["account"] == one
            )
            assert all(b - a >= DAY_MS for a, b in pairwise(mine))
        assert {row["redemption"] for row in assigned} == {
            row["id"] for row in rows if row["kind"] == "code" and row["state"] == "fulfilled"
        }
        ends = [row["redemption"] for row in steps if row["step"] not in NO_ENDS]
        assert sorted(ends) == sorted(row["id"] for row in rows if row["state"] != "unfulfilled")
        refunded = [row["redemption"] for row in steps if row["step"] == "refunded"]
        assert sorted(refunded) == [row["id"] for row in rows if row["refunded_at"] is not None]


NO_ENDS = ("requested", "claimed", "returned", "saved", "ended", "refunded")

Histories.TestCase.settings = settings(
    max_examples=40,
    stateful_step_count=25,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
TestHistories = Histories.TestCase
