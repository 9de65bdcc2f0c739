"""Every moment of the week comes when the configuration says, once, whatever clocks and bots do."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.calendar import (
    WEEKDAYS,
    DateRange,
    Due,
    Plan,
    Progress,
    Rhythm,
    Step,
    Week,
    WeeklyTime,
    missed_weeks,
    publication_due,
    settling_at,
)
from tests.builders import MONDAY, PARIS, WEEK, a_rhythm

SECOND = timedelta(seconds=1)
MILLISECOND = timedelta(milliseconds=1)
HOUR = timedelta(hours=1)

some_examples = settings(max_examples=40)


def utc(year: int, month: int, day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


def every(plan: Plan) -> list[datetime]:
    """All moments of a plan, in the order in which they are meant."""
    reminder = [] if plan.reminds_at is None else [plan.reminds_at]
    ends = [plan.closes_at, plan.reveals_at, plan.recaps_at]
    return [plan.publishes_at, *plan.hints_at, *reminder, *ends]


# Weeks.


@pytest.mark.parametrize(
    ("day", "week"),
    [
        (date(2026, 11, 23), "2026-W48"),
        (date(2026, 11, 29), "2026-W48"),
        (date(2026, 12, 31), "2026-W53"),
        (date(2027, 1, 3), "2026-W53"),
        (date(2027, 1, 4), "2027-W01"),
        (date(2024, 12, 30), "2025-W01"),
        (date(2021, 1, 1), "2020-W53"),
    ],
)
def test_a_day_lies_in_its_iso_week(day: date, week: str) -> None:
    assert str(Week.of(day)) == week
    assert Week.parse(week).monday() <= day <= Week.parse(week).monday() + timedelta(days=6)


def test_week_53_is_followed_by_week_1() -> None:
    assert Week(2026, 53).next() == Week(2027, 1)
    assert Week(2025, 52).next() == Week(2026, 1)
    assert Week(2026, 53) < Week(2027, 1)


@pytest.mark.parametrize(
    "text", ["2026-W54", "2025-W53", "2026-W00", "2026W48", "2026-48", "2026-W1", "", "0000-W01"]
)
def test_what_is_no_week_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="week"):
        Week.parse(text)


@some_examples
@given(st.dates(date(1990, 1, 1), date(2100, 1, 1)))
def test_a_week_can_be_read_back(day: date) -> None:
    week = Week.of(day)

    assert Week.parse(str(week)) == week
    assert week.next().monday() - week.monday() == timedelta(weeks=1)
    assert week < week.next()


# Weekly times and ranges of days.


@pytest.mark.parametrize(
    "text",
    [
        "monday 18:00",
        "Mon 18:00",
        "mon 24:00",
        "mon 18:60",
        "mon 8:00",
        "0 18:00",
        "mon  18:00",
        "",
    ],
)
def test_what_is_no_weekly_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="weekly moment"):
        WeeklyTime.parse(text)


@pytest.mark.parametrize("day", WEEKDAYS)
def test_a_weekly_time_can_be_read_back(day: str) -> None:
    assert str(WeeklyTime.parse(f"{day} 07:05")) == f"{day} 07:05"


@some_examples
@given(
    st.integers(0, 6),
    st.times().map(lambda at: time(at.hour, at.minute)),
    st.datetimes(datetime(2000, 1, 1), datetime(2050, 1, 1)),  # noqa: DTZ001 - local on purpose
)
def test_the_next_such_time_is_less_than_eight_days_off_and_strictly_later(
    weekday: int, at: time, moment: datetime
) -> None:
    following = WeeklyTime(weekday, at).after(moment)

    assert timedelta(0) < following - moment <= timedelta(weeks=1)
    assert (following.weekday(), following.time()) == (weekday, at)


@pytest.mark.parametrize(
    "text", ["2026-12-21..", "..2026-12-21", "..", "2026-12-21...2026-12-22", "christmas", ""]
)
def test_what_is_no_range_of_days_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="range of dates"):
        DateRange.parse(text)


def test_a_range_of_days_holds_both_its_ends() -> None:
    days = DateRange.parse("2026-12-21..2027-01-03")

    assert date(2026, 12, 20) not in days
    assert date(2026, 12, 21) in days
    assert date(2027, 1, 3) in days
    assert date(2027, 1, 4) not in days
    assert str(days) == "2026-12-21..2027-01-03"


def test_one_day_is_a_range() -> None:
    assert date(2026, 12, 21) in DateRange.parse("2026-12-21")


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="before it begins"):
        DateRange.parse("2026-12-21..2026-12-20")


# Plans.


def test_a_week_in_winter() -> None:
    plan = a_rhythm().plan(WEEK)

    assert plan == Plan(
        week=WEEK,
        publishes_at=MONDAY,
        hints_at=(utc(2026, 11, 25, 17), utc(2026, 11, 27, 17)),
        reminds_at=utc(2026, 11, 28, 9),
        closes_at=utc(2026, 11, 29, 19),
        reveals_at=utc(2026, 11, 29, 19, 30),
        recaps_at=utc(2026, 11, 29, 19, 45),
    )


def test_a_week_in_which_clocks_go_forward_is_an_hour_shorter() -> None:
    plan = a_rhythm().plan(Week(2026, 13))

    assert plan.publishes_at == utc(2026, 3, 23, 17)
    assert plan.closes_at == utc(2026, 3, 29, 18)


def test_a_week_in_which_clocks_go_back_is_an_hour_longer() -> None:
    plan = a_rhythm().plan(Week(2026, 43))

    assert plan.publishes_at == utc(2026, 10, 19, 16)
    assert plan.closes_at == utc(2026, 10, 25, 19)


def test_a_time_that_spring_skips_comes_as_late_as_the_clock_moved() -> None:
    plan = a_rhythm(close=WeeklyTime.parse("sun 02:30")).plan(Week(2026, 13))

    assert plan.closes_at == utc(2026, 3, 29, 1, 30)
    assert f"{plan.closes_at.astimezone(PARIS):%H:%M}" == "03:30"


def test_a_time_that_autumn_doubles_comes_the_first_time() -> None:
    plan = a_rhythm(close=WeeklyTime.parse("sun 02:30")).plan(Week(2026, 43))

    assert plan.closes_at == utc(2026, 10, 25, 0, 30)


def test_a_time_that_spring_skips_stays_before_the_moments_after_it() -> None:
    at = WeeklyTime.parse
    rhythm = a_rhythm(close=at("sun 02:30"), reveal=at("sun 03:00"), recap=at("sun 03:15"))
    moments = every(rhythm.plan(Week(2026, 13)))

    assert moments == sorted(moments)


def test_a_week_over_the_end_of_a_year_goes_on_in_the_next() -> None:
    plan = a_rhythm().plan(Week(2026, 53))

    assert plan.publishes_at == utc(2026, 12, 28, 17)
    assert plan.closes_at == utc(2027, 1, 3, 19)


def test_a_round_may_end_in_the_week_after() -> None:
    at = WeeklyTime.parse
    plan = a_rhythm(
        publish=at("thu 18:00"),
        hints=(at("sat 18:00"),),
        remind=at("mon 10:00"),
        close=at("tue 20:00"),
        reveal=at("tue 20:00"),
        recap=at("tue 20:01"),
    ).plan(WEEK)

    assert plan.publishes_at == utc(2026, 11, 26, 17)
    assert plan.reminds_at == utc(2026, 11, 30, 9)
    assert plan.closes_at == utc(2026, 12, 1, 19)
    assert plan.reveals_at == utc(2026, 12, 8, 19)


def test_moments_of_one_weekday_and_time_come_a_week_apart() -> None:
    at = WeeklyTime.parse("mon 18:00")
    plan = a_rhythm(hints=(at,), remind=None).plan(WEEK)

    assert plan.hints_at == (MONDAY + timedelta(weeks=1),)


@pytest.mark.parametrize(
    ("recap", "fits"), [("mon 17:59", True), ("mon 18:00", False), ("mon 18:01", False)]
)
def test_a_recap_at_or_after_the_next_publication_is_an_overlap(recap: str, *, fits: bool) -> None:
    rhythm = a_rhythm(recap=WeeklyTime.parse(recap))

    assert (rhythm.overlap() is None) == fits


MINUTES = [minute for minute in range(7 * 24 * 60) if minute // 60 % 24 not in (2, 3)]
"""Minutes of a week outside the hours that are skipped or moved where `ZONES` change their time."""
ZONES = ["Europe/Paris", "America/New_York", "Asia/Kolkata", "UTC", "Australia/Sydney"]


@st.composite
def rhythms(draw: st.DrawFn) -> Rhythm:
    """Any week whose moments follow each other within seven days."""
    some = st.lists(st.sampled_from(MINUTES), min_size=4, max_size=9, unique=True)
    minutes = draw(some)
    start = minutes[0]
    minutes.sort(key=lambda minute: (minute - start) % (7 * 24 * 60))
    times = [WeeklyTime(m // 1440, time(m // 60 % 24, m % 60)) for m in minutes]
    publish, *helps, close, reveal, recap = times
    remind = helps.pop() if helps and draw(st.booleans()) else None
    first = draw(st.dates(date(2026, 1, 1), date(2027, 6, 1)))
    skip = DateRange(first, first + timedelta(days=draw(st.integers(0, 30))))
    return Rhythm(
        zone=ZoneInfo(draw(st.sampled_from(ZONES))),
        publish=publish,
        hints=tuple(helps),
        remind=remind,
        close=close,
        reveal=reveal,
        recap=recap,
        skip=draw(st.sampled_from([(), (skip,)])),
    )


weeks = st.dates(date(2026, 1, 1), date(2028, 1, 1)).map(Week.of)
moments = st.datetimes(datetime(2026, 1, 5), datetime(2027, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001 - the strategy adds the zone


@some_examples
@given(rhythms(), weeks)
def test_the_moments_of_a_plan_come_in_order_at_their_local_times(
    rhythm: Rhythm, week: Week
) -> None:
    plan = rhythm.plan(week)
    moments = every(plan)
    helps = [*rhythm.hints, *([rhythm.remind] if rhythm.remind else [])]
    asked = [rhythm.publish, *helps, rhythm.close, rhythm.reveal, rhythm.recap]

    assert moments == sorted(set(moments))
    assert plan.recaps_at < rhythm.plan(week.next()).publishes_at
    assert rhythm.overlap() is None
    for moment, weekly in zip(moments, asked, strict=True):
        local = moment.astimezone(rhythm.zone)
        assert moment.utcoffset() == timedelta(0)
        assert (local.weekday(), local.time()) == (weekly.weekday, weekly.at)


@some_examples
@given(rhythms(), moments, st.sets(weeks, max_size=3))
def test_the_next_publication_is_the_first_after_now_that_may_be(
    rhythm: Rhythm, now: datetime, done: set[Week]
) -> None:
    plan = rhythm.next_publication(now, done)
    candidates = [Week.of(now.date() - timedelta(weeks=1))]
    while len(candidates) < 120:
        candidates.append(candidates[-1].next())
    expected = next(
        week
        for week in candidates
        if rhythm.plan(week).publishes_at > now and week not in done and not rhythm.skips(week)
    )

    assert plan == rhythm.plan(expected)


def test_a_week_that_has_its_round_is_not_published_again() -> None:
    done = {WEEK.next(), WEEK.next().next()}
    plan = a_rhythm(skip=(DateRange.parse("2026-12-14"),)).next_publication(MONDAY, done)

    assert plan.week == Week(2026, 52)


# What is due: publications.


def test_a_publication_is_due_at_its_very_moment_and_not_before() -> None:
    rhythm = a_rhythm()

    assert publication_due(rhythm, MONDAY - MILLISECOND, set()) is None
    due = publication_due(rhythm, MONDAY, set())
    assert due is not None
    assert due.week == WEEK


@pytest.mark.parametrize(
    ("late", "owed"),
    [(36 * HOUR - SECOND, True), (36 * HOUR, True), (36 * HOUR + SECOND, False)],
)
def test_a_publication_is_caught_up_within_its_window_to_the_second(
    late: timedelta, *, owed: bool
) -> None:
    plan = publication_due(a_rhythm(), MONDAY + late, set())

    assert (plan is not None) == owed


def test_a_publication_that_is_done_is_not_due() -> None:
    assert publication_due(a_rhythm(), MONDAY + HOUR, {WEEK}) is None


def test_of_several_missed_weeks_only_the_newest_goes_out() -> None:
    rhythm = a_rhythm(catch_up=timedelta(weeks=5))
    plan = publication_due(rhythm, MONDAY + timedelta(weeks=3, hours=1), set())

    assert plan is not None
    assert plan.week == Week(2026, 51)


def test_a_newest_week_that_is_done_does_not_bring_back_the_one_before() -> None:
    rhythm = a_rhythm(catch_up=timedelta(weeks=5))

    assert publication_due(rhythm, MONDAY + timedelta(weeks=1), {WEEK.next()}) is None


@pytest.mark.parametrize(
    ("skip", "skipped"),
    [
        ("2026-11-23", True),
        ("2026-11-23..2026-11-29", True),
        ("2026-11-16..2026-11-22", False),
        ("2026-11-24..2026-11-29", False),
    ],
)
def test_skipping_covers_dates_of_publication_only(skip: str, *, skipped: bool) -> None:
    rhythm = a_rhythm(skip=(DateRange.parse(skip),))

    assert rhythm.skips(WEEK) == skipped
    assert (publication_due(rhythm, MONDAY, set()) is None) == skipped


def test_the_skipped_date_is_the_local_one() -> None:
    at = WeeklyTime.parse("mon 00:30")
    rhythm = a_rhythm(publish=at, skip=(DateRange.parse("2026-11-23"),))

    assert publication_due(rhythm, utc(2026, 11, 22, 23, 30), set()) is None


def test_a_catch_up_never_opens_a_round_that_would_be_closed() -> None:
    """With rounds of one day, 36 hours of catching up reach past their closing."""
    at = WeeklyTime.parse
    rhythm = a_rhythm(hints=(), remind=None, close=at("tue 18:00"), reveal=at("tue 18:30"))
    plan = publication_due(rhythm, MONDAY + 30 * HOUR, set())

    assert plan is None


@some_examples
@given(rhythms(), moments, st.data())
def test_each_publication_is_due_exactly_once_over_any_sequence_of_ticks(
    rhythm: Rhythm, start: datetime, data: st.DataObject
) -> None:
    # Somebody looks at least once between a publication and the moment it is too late for it.
    plans = [rhythm.plan(Week(2026, number)) for number in range(1, 54)]
    shortest = min(plan.closes_at - plan.publishes_at for plan in plans) - SECOND
    window = min(rhythm.catch_up, shortest)
    gap = st.timedeltas(SECOND, window) | st.sampled_from([SECOND, window])
    gaps = st.lists(gap, min_size=1, max_size=40)
    now, done = start, list[Week]()
    for gap in data.draw(gaps):
        now += gap
        for tick in (now, now):
            plan = publication_due(rhythm, tick, done)
            if plan is not None:
                assert plan.publishes_at <= tick <= plan.publishes_at + rhythm.catch_up
                done.append(plan.week)

    week, owed = Week.of(start.date() - timedelta(weeks=1)), list[Week]()
    while (at := rhythm.plan(week).publishes_at) <= now:
        if at > start and not rhythm.skips(week):
            owed.append(week)
        week = week.next()
    assert done == sorted(set(done))
    assert [week for week in done if rhythm.plan(week).publishes_at > start] == owed


@some_examples
@given(rhythms(), moments, st.lists(st.timedeltas(SECOND, timedelta(days=30)), max_size=12))
def test_every_week_is_published_or_skipped_or_missed_and_only_one_of_them(
    rhythm: Rhythm, start: datetime, gaps: list[timedelta]
) -> None:
    now, last, done = start, rhythm.latest_publication(start), set[Week]()
    for gap in gaps:
        now += gap
        if plan := publication_due(rhythm, now, done):
            done.add(plan.week)
    fates: list[tuple[bool, bool, bool, bool]] = []
    week = last.next()
    while week <= rhythm.latest_publication(now):
        # What can be neither caught up nor was published was missed, or could have been done.
        missed = week in missed_weeks(rhythm, last, now) and week not in done
        open_still = publication_due(rhythm, now, done) == rhythm.plan(week)
        fates.append((week in done, rhythm.skips(week), missed, open_still))
        week = week.next()

    assert all(sum(fate) == 1 for fate in fates)


def test_a_week_whose_closing_has_passed_is_missed() -> None:
    at = WeeklyTime.parse
    rhythm = a_rhythm(hints=(), remind=None, close=at("tue 18:00"), reveal=at("tue 18:30"))

    assert missed_weeks(rhythm, Week(2026, 47), MONDAY + 30 * HOUR) == [WEEK]


def test_missed_weeks_leave_out_what_can_still_be_caught_up() -> None:
    rhythm = a_rhythm(skip=(DateRange.parse("2026-12-07"),))
    now = MONDAY + timedelta(weeks=3, hours=36)

    assert missed_weeks(rhythm, Week(2026, 47), now) == [WEEK, Week(2026, 49)]
    assert missed_weeks(rhythm, Week(2026, 47), now + SECOND) == [
        *(WEEK, Week(2026, 49)),
        Week(2026, 51),
    ]


# What is due: the steps of a round.

LAST = (Step.CLOSE, Step.SETTLE, Step.REVEAL, Step.RECAP)


def progress(plan: Plan | None = None, *taken: tuple[Step, int], sealed: bool = False) -> Progress:
    plan = plan or a_rhythm().plan(WEEK)
    return Progress(
        plan.hints_at,
        plan.reminds_at,
        plan.closes_at,
        settling_at(plan.closes_at, plan.reveals_at, sealed=sealed),
        plan.reveals_at,
        plan.recaps_at,
        taken=frozenset({(Step.PUBLISH, 1), *taken}),
    )


def test_a_round_goes_its_way_step_by_step() -> None:
    assert [(due.step, due.n) for due in progress().remaining()] == [
        (Step.HINT, 1),
        (Step.HINT, 2),
        (Step.REMIND, 1),
        (Step.CLOSE, 1),
        (Step.SETTLE, 1),
        (Step.REVEAL, 1),
        (Step.RECAP, 1),
    ]


def test_a_step_is_due_at_its_very_moment() -> None:
    plan = a_rhythm().plan(WEEK)
    steps = progress(plan)

    assert steps.due(plan.hints_at[0] - MILLISECOND) is None
    assert steps.due(plan.hints_at[0]) == Due(Step.HINT, 1, plan.hints_at[0])


def test_several_late_hints_are_made_up_for_in_order() -> None:
    plan = a_rhythm().plan(WEEK)
    now = plan.hints_at[1] + HOUR

    assert progress(plan).due(now) == Due(Step.HINT, 1, plan.hints_at[0])
    assert progress(plan, (Step.HINT, 1)).due(now) == Due(Step.HINT, 2, plan.hints_at[1])


@pytest.mark.parametrize("late", [timedelta(0), HOUR, timedelta(days=99)])
def test_hints_and_reminders_of_a_closed_round_are_never_made(late: timedelta) -> None:
    plan = a_rhythm().plan(WEEK)
    due = progress(plan).due(plan.closes_at + late)

    assert due == Due(Step.CLOSE, 1, plan.closes_at)
    after = progress(plan, (Step.CLOSE, 1))
    assert [due.step for due in after.remaining()] == [Step.SETTLE, Step.REVEAL, Step.RECAP]


def test_a_millisecond_before_the_closing_a_late_hint_is_still_made() -> None:
    plan = a_rhythm().plan(WEEK)
    due = progress(plan).due(plan.closes_at - MILLISECOND)

    assert due is not None
    assert due.step is Step.HINT


def test_hints_planned_after_an_early_closing_are_dropped() -> None:
    plan = a_rhythm().plan(WEEK)
    early = progress(replace(plan, hints_at=plan.hints_at[:1], closes_at=MONDAY + HOUR))

    assert [due.step for due in early.remaining()] == list(LAST)


def test_a_round_that_is_told_has_nothing_due() -> None:
    done = progress(None, *((step, 1) for step in LAST))

    assert done.remaining() == []
    assert done.due(MONDAY + timedelta(weeks=9)) is None


@some_examples
@given(rhythms(), st.lists(st.timedeltas(timedelta(0), timedelta(days=3)), max_size=20))
def test_over_any_sequence_of_ticks_each_step_is_taken_once_and_in_order(
    rhythm: Rhythm, gaps: list[timedelta]
) -> None:
    plan = rhythm.plan(WEEK)
    now, taken = plan.publishes_at, list[Due]()
    for gap in [*gaps, timedelta(weeks=3)]:
        now += gap
        while due := progress(plan, *((one.step, one.n) for one in taken)).due(now):
            assert due.due_at <= now
            assert due.step not in (Step.HINT, Step.REMIND) or now < plan.closes_at
            taken.append(due)

    assert [due.due_at for due in taken] == sorted(due.due_at for due in taken)
    assert len({(due.step, due.n) for due in taken}) == len(taken)
    assert [due.step for due in taken][-4:] == list(LAST)


@pytest.mark.parametrize(
    ("after_closing", "sealed", "waits"),
    [
        (timedelta(minutes=30), False, timedelta(minutes=1)),
        (timedelta(seconds=59), False, timedelta(seconds=59)),
        (timedelta(minutes=30), True, timedelta(minutes=30)),
    ],
)
def test_a_round_is_settled_a_minute_after_its_closing_and_never_after_its_reveal(
    after_closing: timedelta, *, sealed: bool, waits: timedelta
) -> None:
    settles_at = settling_at(MONDAY, MONDAY + after_closing, sealed=sealed)

    assert settles_at == MONDAY + waits


@pytest.mark.parametrize("sealed", [False, True])
def test_what_was_missed_is_settled_before_it_is_revealed(*, sealed: bool) -> None:
    plan = a_rhythm().plan(WEEK)
    closed = progress(plan, (Step.CLOSE, 1), sealed=sealed)
    due = closed.due(plan.recaps_at)

    assert due is not None
    assert due.step is Step.SETTLE
