"""The moment to which a round is extended, as hosts write it."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import cast
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.play.rounds import Round
from riddles.hand import parse_until
from riddles.refusal import Refusal

PARIS = ZoneInfo("Europe/Paris")
CLOSING = datetime(2026, 11, 29, 19, 0, tzinfo=UTC)
"""Sunday, 20:00 in Paris."""
ROUND = cast("Round", SimpleNamespace(closes_at=CLOSING))


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("6h", CLOSING + timedelta(hours=6)),
        ("+90 min", CLOSING + timedelta(minutes=90)),
        ("2D", CLOSING + timedelta(days=2)),
        ("mon 12:00", datetime(2026, 11, 30, 11, 0, tzinfo=UTC)),
        ("lundi 12h00", datetime(2026, 11, 30, 11, 0, tzinfo=UTC)),
        ("Dim 21:30", datetime(2026, 11, 29, 20, 30, tzinfo=UTC)),
        ("sun 20:00", datetime(2026, 12, 6, 19, 0, tzinfo=UTC)),
        ("tue 9:05", datetime(2026, 12, 1, 8, 5, tzinfo=UTC)),
        ("2026-11-30 12:00", datetime(2026, 11, 30, 11, 0, tzinfo=UTC)),
        ("2026-11-30T12:00+00:00", datetime(2026, 11, 30, 12, 0, tzinfo=UTC)),
    ],
)
def test_lengths_weekdays_and_moments_are_read(text: str, moment: datetime) -> None:
    assert parse_until(text, PARIS)(ROUND) == moment


@pytest.mark.parametrize(
    "text", ["", "soon", "0h", "12:00", "2026-11-30", "mon 25:00", "lun", "-6h", "6", "٣h"]
)
def test_what_is_no_moment_is_refused_in_words(text: str) -> None:
    with pytest.raises(Refusal, match="is no moment"):
        parse_until(text, PARIS)


@given(st.text(max_size=40))
def test_nothing_that_is_typed_makes_it_fail_otherwise(text: str) -> None:
    try:
        moment = parse_until(text, PARIS)(ROUND)
    except Refusal:
        return
    assert moment.tzinfo is not None
