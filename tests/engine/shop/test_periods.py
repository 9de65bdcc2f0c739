"""Each moment lies in one period of the stock, in any zone, whenever its clocks are changed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.moments import to_ms
from engine.shop.redeeming import Refused, decide
from engine.shop.redemptions import Redemption
from engine.shop.rewards import Period, Restock, Reward, period
from engine.shop.shortfalls import Why
from engine.storage.database import Database
from tests.builders import PARIS
from tests.rewards import a_manner, a_reward, a_wish, endow

ZONES = (
    "Europe/Paris",
    "America/Santiago",  # Midnight is left out once a year,
    "America/Havana",  # or there twice.
    "Africa/Cairo",
    "Asia/Beirut",
    "Australia/Lord_Howe",  # Half an hour.
    "Pacific/Apia",  # A day without a 30th of December, in 2011.
    "Asia/Kathmandu",
)
MOMENTS = st.integers(
    to_ms(datetime(2010, 1, 1, tzinfo=UTC)), to_ms(datetime(2037, 1, 1, tzinfo=UTC))
)


@given(
    at=MOMENTS,
    first=st.none() | MOMENTS,
    zone=st.sampled_from(ZONES),
    days=st.none() | st.integers(1, 400),
)
@settings(max_examples=400)
def test_periods_follow_each_other_without_gap_or_overlap(
    at: int, first: int | None, zone: str, days: int | None
) -> None:
    restock = Restock(every="week") if days is None else Restock(every="days", days=days)
    reward = a_reward(stock=1, restock=restock, opens_at=first)
    place = ZoneInfo(zone)

    def of(moment: int) -> Period:
        return period(reward, moment, place, Period())

    now = of(at)
    assert now.ends_at is not None
    assert now.starts_at <= at < now.ends_at
    assert of(now.starts_at) == of(now.ends_at - 1) == now
    assert of(now.ends_at).starts_at == now.ends_at
    assert of(now.starts_at - 1).ends_at == now.starts_at


AUTUMN = datetime(2026, 10, 25, 23, 0, tzinfo=UTC)
"""Monday, midnight in Paris: an hour later than a week of hours after the last one."""


@pytest.mark.parametrize(("ms", "had"), [(-3_600_000, False), (-1, False), (0, True), (1, True)])
async def test_a_stock_is_filled_at_the_millisecond_of_midnight_and_not_an_hour_before(
    database: Database,
    ms: int,
    had: bool,  # noqa: FBT001 - a parameter
) -> None:
    reward = a_reward(stock=1, restock=Restock(every="week"), cost=1)
    await endow(database, 9, 1, 2)
    friday = to_ms(datetime(2026, 10, 23, 12, tzinfo=UTC))
    (first,) = await one(database, reward, 1, friday)
    (second,) = await one(database, reward, 2, to_ms(AUTUMN) + ms)

    assert isinstance(first, Redemption)
    assert isinstance(second, Redemption) is had
    if isinstance(second, Refused):
        assert [(lack.why, lack.at) for lack in second.lacks] == [(Why.SOLD_OUT, to_ms(AUTUMN))]


async def one(
    database: Database, reward: Reward, member: int, at: int
) -> list[Redemption | Refused]:
    """A request at that millisecond."""
    async with database.transaction() as tx:
        return await decide(tx, [a_wish(reward, member=member, at=at)], a_manner(zone=PARIS))
