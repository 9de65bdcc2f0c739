"""A season is a window over moments; opening one moves no points and loses none."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.books.ledger import ALL_TIME, open_account, post
from engine.moments import EPOCH, from_ms, to_ms
from engine.seasons import current, ensure, month_of, window
from engine.storage.database import Database
from tests.audit import assert_books_fit
from tests.builders import MONDAY, PARIS, a_transfer

MILLISECOND = timedelta(milliseconds=1)
NEW_YEAR = datetime(2026, 12, 31, 23, 0, tzinfo=UTC)
"""Midnight in Paris."""


async def open_season(database: Database, at: datetime, months: int = 3) -> int:
    async with database.transaction() as tx:
        await ensure(tx, at, PARIS, months)
        return await current(tx, to_ms(at))


async def windows(database: Database) -> list[tuple[str, datetime, datetime]]:
    async with database.reading() as reader:
        rows = await reader.all("SELECT * FROM seasons WHERE id <> 0 ORDER BY starts_at")
    return [(row["label"], from_ms(row["starts_at"]), from_ms(row["ends_at"])) for row in rows]


@pytest.mark.parametrize(
    ("at", "months", "label"),
    [
        (NEW_YEAR - MILLISECOND, 3, "2026-4"),
        (NEW_YEAR, 3, "2027-1"),
        (NEW_YEAR, 12, "2027-1"),
        (NEW_YEAR - MILLISECOND, 1, "2026-12"),
        (MONDAY, 5, "2026-3"),
    ],
)
def test_a_season_is_named_by_its_year_and_number(at: datetime, months: int, label: str) -> None:
    assert window(at, PARIS, months)[0] == label


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001 - the strategy adds the zone
    st.integers(1, 12),
    st.sampled_from(["Europe/Paris", "America/New_York", "Pacific/Apia", "UTC"]),
)
def test_a_season_holds_its_moment_and_starts_at_a_local_midnight(
    at: datetime, months: int, zone: str
) -> None:
    _, start, end = window(at, ZoneInfo(zone), months)
    first, last = (moment.astimezone(ZoneInfo(zone)) for moment in (start, end))

    assert start <= at < end
    assert (first.day, first.hour, last.day, last.hour) == (1, 0, 1, 0)
    assert (last.year - first.year) * 12 + last.month - first.month == months


@given(
    st.integers(0, to_ms(datetime(2100, 1, 1, tzinfo=UTC))),
    st.sampled_from(["Europe/Paris", "America/New_York", "Pacific/Apia", "UTC"]),
)
def test_a_month_holds_its_moment_and_is_the_zones_own(at_ms: int, zone: str) -> None:
    since, until = month_of(at_ms, ZoneInfo(zone))
    first, last = (from_ms(moment).astimezone(ZoneInfo(zone)) for moment in (since, until))

    assert since <= at_ms < until
    assert (first.day, first.hour, last.day, last.hour) == (1, 0, 1, 0)
    assert (last.year - first.year) * 12 + last.month - first.month == 1


async def test_a_season_is_opened_once(database: Database) -> None:
    first = await open_season(database, MONDAY)
    again = await open_season(database, MONDAY + timedelta(days=9))

    assert first == again != ALL_TIME
    start = datetime(2026, 9, 30, 22, tzinfo=UTC)
    assert await windows(database) == [("2026-4", start, NEW_YEAR)]


async def test_a_season_ends_to_the_millisecond(database: Database) -> None:
    season = await open_season(database, MONDAY)
    async with database.reading() as reader:
        assert await current(reader, to_ms(NEW_YEAR) - 1) == season
        assert await current(reader, to_ms(NEW_YEAR)) == ALL_TIME


async def test_without_a_season_all_time_holds_a_moment(database: Database) -> None:
    async with database.reading() as reader:
        assert await current(reader, to_ms(MONDAY)) == ALL_TIME


async def test_seasons_follow_each_other_without_a_gap(database: Database) -> None:
    for month in range(12):
        await open_season(database, MONDAY + timedelta(days=30 * month))
    found = await windows(database)

    assert [label for label, _, _ in found] == ["2026-4", "2027-1", "2027-2", "2027-3", "2027-4"]
    assert [end for _, _, end in found[:-1]] == [start for _, start, _ in found[1:]]


async def test_longer_seasons_start_where_an_earlier_one_ends(database: Database) -> None:
    await open_season(database, datetime(2027, 4, 20, tzinfo=UTC), months=1)
    await open_season(database, datetime(2027, 5, 20, tzinfo=UTC), months=12)
    (_, _, end), (_, start, _) = await windows(database)

    assert start == end


async def test_the_length_of_seasons_may_be_changed_between_two(database: Database) -> None:
    """Every transition of the week opens a season first, so this would stop them all."""
    for month in (1, 2):
        await open_season(database, datetime(2027, month, 15, tzinfo=UTC), months=1)
    season = await open_season(database, datetime(2027, 4, 15, tzinfo=UTC), months=3)

    assert season != ALL_TIME


async def test_a_remainder_of_hours_belongs_to_the_season_that_follows(database: Database) -> None:
    """As when the community moves its clocks to Montreal in the last days of a year."""
    await open_season(database, NEW_YEAR - timedelta(days=9))
    async with database.transaction() as tx:
        for hours in (0, 1, 7, 24 * 80):
            moment = NEW_YEAR + timedelta(hours=hours)
            await ensure(tx, moment, ZoneInfo("America/Montreal"), 3)
    found = await windows(database)

    assert [label for label, _, _ in found] == ["2026-4", "2027-1"]
    assert [end for _, _, end in found[:-1]] == [start for _, start, _ in found[1:]]


async def test_no_two_seasons_have_one_name(database: Database) -> None:
    """As when January was a season, and the year goes on in quarters."""
    await open_season(database, datetime(2027, 1, 15, tzinfo=UTC), months=1)
    for month in (2, 3, 4):
        await open_season(database, datetime(2027, month, 15, tzinfo=UTC), months=3)
    found = await windows(database)

    assert [label for label, _, _ in found] == ["2027-1", "2027-1-2", "2027-2"]
    assert [end for _, _, end in found[:-1]] == [start for _, start, _ in found[1:]]


async def test_points_earned_before_a_season_was_opened_count_in_it(database: Database) -> None:
    """At midnight nobody is awake: the first answers of a season come before its first tick."""
    async with database.transaction() as tx:
        await ensure(tx, MONDAY, PARIS, 3)
        member = await open_account(tx)
        await post(tx, a_transfer(member, 40, counts_at=to_ms(NEW_YEAR) + 1))
    season = await open_season(database, NEW_YEAR + timedelta(hours=18))
    async with database.reading() as reader:
        points = await reader.value("SELECT points FROM scores WHERE season = ?", (season,))

        assert points == 40
        await assert_books_fit(reader)


async def test_opening_a_season_moves_no_points(database: Database) -> None:
    async with database.transaction() as tx:
        member = await open_account(tx)
        await post(tx, a_transfer(member, 40, counts_at=to_ms(MONDAY) - 9**12))
    await open_season(database, MONDAY)
    async with database.reading() as reader:
        await assert_books_fit(reader)


@given(st.integers(-(10**13), 10**14))
def test_a_millisecond_is_kept_exactly(ms: int) -> None:
    assert to_ms(from_ms(ms)) == ms


@given(st.integers(0, 999_999), st.integers(0, 10**9))
def test_parts_of_a_millisecond_are_dropped(microseconds: int, seconds: int) -> None:
    moment = EPOCH + timedelta(seconds=seconds, microseconds=microseconds)

    assert to_ms(moment) == seconds * 1000 + microseconds // 1000
