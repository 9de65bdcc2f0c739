"""Which riddle goes out in which week: pins, name order, reserves, and each only once."""

from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from engine.calendar import DateRange, Rhythm, Week, WeeklyTime
from riddles.content import Folder, Library, Riddle, RiddleFile
from riddles.content.queue import forecast, pick

RHYTHM = Rhythm(
    zone=ZoneInfo("Europe/Paris"),
    publish=WeeklyTime.parse("mon 18:00"),
    close=WeeklyTime.parse("sun 20:00"),
    reveal=WeeklyTime.parse("sun 20:30"),
    recap=WeeklyTime.parse("sun 20:45"),
)
NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)  # Wednesday of 2026-W47
W47, W48, W49, W50 = (Week(2026, number) for number in (47, 48, 49, 50))


def a_library(*riddles: tuple[str, Week | None, bool]) -> Library:
    """Ready riddles from (slug, pin, reserve)."""
    folders = tuple(
        Folder(slug, Path(slug), draft=False, riddle=_riddle(slug, week, reserve=reserve))
        for slug, week, reserve in sorted(riddles, key=lambda one: one[0])
    )
    return Library(Path("content"), folders)


def _riddle(slug: str, week: Week | None, *, reserve: bool) -> Riddle:
    file = RiddleFile.model_validate(
        {
            "title": slug,
            "week": week,
            "reserve": reserve,
            "video": {"file": "video.mp4"},
            "text": {"fr": {"prompt": "?", "solution": "!"}},
            "answer": {"accept": ["hourglass"]},
        }
    )
    return Riddle(slug, Path(slug), file)


def _slug(week: Week, library: Library, *used: str) -> str | None:
    riddle = pick(week, library, used)
    return riddle.slug if riddle else None


def test_the_riddle_pinned_to_the_week_goes_first() -> None:
    library = a_library(("a", None, False), ("z", W48, False))

    assert _slug(W48, library) == "z"
    assert _slug(W49, library, "z") == "a"


def test_without_a_pin_folders_go_out_in_name_order() -> None:
    library = a_library(("b", None, False), ("a", None, False), ("c", None, False))

    assert _slug(W48, library) == "a"
    assert _slug(W48, library, "a") == "b"


def test_a_riddle_kept_for_a_later_week_waits() -> None:
    library = a_library(("a", W50, False), ("b", None, False))

    assert _slug(W48, library) == "b"
    assert _slug(W48, library, "b") is None


def test_a_pin_that_was_missed_binds_no_longer() -> None:
    library = a_library(("a", None, False), ("b", W47, False))

    assert _slug(W48, library, "a") == "b"


def test_a_reserve_goes_out_only_when_nothing_else_can() -> None:
    library = a_library(("a", None, True), ("b", None, False))

    assert _slug(W48, library) == "b"
    assert _slug(W48, library, "b") == "a"
    assert _slug(W48, library, "a", "b") is None


def test_the_forecast_names_each_week_and_where_the_queue_ends() -> None:
    library = a_library(("a", None, False), ("b", W49, False), ("r", None, True))

    plan = forecast(RHYTHM, NOW, library, (), 4)

    weeks = [(str(line.week), line.slug) for line in plan.lines]
    assert weeks == [("2026-W48", "a"), ("2026-W49", "b"), ("2026-W50", "r"), ("2026-W51", None)]
    assert plan.covered_until == W50
    assert plan.reserve == ()


def test_the_cover_is_reckoned_beyond_the_weeks_that_are_shown() -> None:
    library = a_library(*((slug, None, False) for slug in "abcdef"))

    plan = forecast(RHYTHM, NOW, library, {"a"}, 2)

    assert [line.slug for line in plan.lines] == ["b", "c"]
    assert plan.covered_until == Week(2026, 52)


def test_a_reserve_that_is_not_needed_stays_in_reserve() -> None:
    library = a_library(("a", None, False), ("r", None, True))

    assert [riddle.slug for riddle in forecast(RHYTHM, NOW, library, (), 1).reserve] == ["r"]


def test_a_skipped_week_is_shown_and_takes_no_riddle() -> None:
    library = a_library(("a", None, False), ("b", None, False))
    rhythm = Rhythm(
        zone=RHYTHM.zone,
        publish=RHYTHM.publish,
        close=RHYTHM.close,
        reveal=RHYTHM.reveal,
        recap=RHYTHM.recap,
        skip=(DateRange.parse("2026-11-30"),),
    )

    plan = forecast(rhythm, NOW, library, (), 3)

    assert [(line.skipped, line.slug) for line in plan.lines] == [
        (False, "a"),
        (True, None),
        (False, "b"),
    ]
    assert plan.covered_until == W50


def test_a_calendar_that_is_skipped_for_ever_ends_the_reckoning() -> None:
    rhythm = Rhythm(
        zone=RHYTHM.zone,
        publish=RHYTHM.publish,
        close=RHYTHM.close,
        reveal=RHYTHM.reveal,
        recap=RHYTHM.recap,
        skip=(DateRange.parse("2026-01-01..9999-12-31"),),
    )

    plan = forecast(rhythm, NOW, a_library(("a", None, False)), (), 2)

    assert plan.covered_until is None


def test_a_week_already_published_is_left_out() -> None:
    library = a_library(("a", None, False))

    plan = forecast(RHYTHM, NOW, library, (), 1, done={W48})

    assert [line.week for line in plan.lines] == [W49]


pins = st.none() | st.sampled_from([W47, W48, W49, W50])
queues = st.dictionaries(st.sampled_from("abcdef"), st.tuples(pins, st.booleans()))


@given(queue=queues)
def test_no_riddle_goes_out_twice_and_the_forecast_is_what_happens(
    queue: dict[str, tuple[Week | None, bool]],
) -> None:
    library = a_library(*((slug, week, reserve) for slug, (week, reserve) in queue.items()))
    plan = forecast(RHYTHM, NOW, library, (), 12)

    used: list[str] = []
    for line in plan.lines:
        riddle = pick(line.week, library, used)
        assert (riddle.slug if riddle else None) == line.slug
        used += [riddle.slug] if riddle else []

    assert sorted(used) == sorted(queue)


# Riddles that changed places.


def test_riddles_that_changed_places_go_out_in_each_others_weeks() -> None:
    library = a_library(("a", None, False), ("b", None, False), ("c", None, False))
    places = {"a": "c", "c": "a"}
    plan = forecast(RHYTHM, NOW, library, (), 3, places=places)

    assert [line.slug for line in plan.lines] == ["c", "b", "a"]
    assert plan.weeks_covered == 3


@given(st.permutations(["a", "b", "c", "d", "r"]), st.sampled_from([None, W48, W49, W50]))
def test_whatever_has_changed_places_every_riddle_goes_out_once_and_pins_hold(
    order: list[str], pin: Week | None
) -> None:
    library = a_library(
        *((slug, None, False) for slug in "abc"), ("d", pin, False), ("r", None, True)
    )
    places = {slug: place for slug, place in zip("abcdr", order, strict=True) if slug != place}
    lines = forecast(RHYTHM, NOW, library, (), 6, places=places).lines
    weeks = {line.slug: line.week for line in lines if line.slug}

    assert sorted(weeks) == ["a", "b", "c", "d", "r"]
    assert pin is None or weeks["d"] == pin


def test_whoever_takes_a_reserves_place_becomes_one() -> None:
    library = a_library(("a", None, False), ("r", None, True))
    plan = forecast(RHYTHM, NOW, library, (), 1, places={"a": "r", "r": "a"})

    assert [line.slug for line in plan.lines] == ["r"]
    assert [riddle.slug for riddle in plan.reserve] == ["a"]


def test_a_place_whose_folder_is_gone_still_stands() -> None:
    library = a_library(("b", None, False), ("c", None, False))
    plan = forecast(RHYTHM, NOW, library, (), 2, places={"c": "a", "a": "c"})

    assert [line.slug for line in plan.lines] == ["c", "b"]
