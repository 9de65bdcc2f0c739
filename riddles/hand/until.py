"""Until when: the moment to which a host extends a round, as they write it."""

import re
from datetime import UTC, datetime, tzinfo

from engine.calendar import WEEKDAYS, WeeklyTime
from engine.durations import parse_duration
from engine.play.rounds import Round
from riddles.hand.extending import Until
from riddles.refusal import Refusal

FRENCH_DAYS: dict[str, str] = dict(
    zip(("lun", "mar", "mer", "jeu", "ven", "sam", "dim"), WEEKDAYS, strict=True)
)


def parse_until(text: str, zone: tzinfo) -> Until:
    """Read `6h`, `mon 12:00` or `2026-11-30 12:00`, in the local time of `zone`.

    A length of time is added to the closing; a weekday means the first such moment after it.

    Raises:
        Refusal: it is none of these.
    """
    said = " ".join(text.lower().removeprefix("+").split())
    for read in (_longer, _weekday, _moment):
        try:
            return read(said, zone)
        except ValueError:
            continue
    raise Refusal(
        "“{text}” is no moment: write a length of time like “6h”, a weekday and a time like "
        "“mon 12:00”, or a date and a time like “2026-11-30 12:00”",
        text=text[:60],
    )


def _longer(said: str, _: tzinfo) -> Until:
    length = parse_duration(said)
    return lambda round_: round_.closes_at + length


def _weekday(said: str, zone: tzinfo) -> Until:
    day, _, time = said.partition(" ")
    hour = re.fullmatch(r"(\d{1,2})[:h](\d{2})", time)
    if hour is None:
        raise ValueError
    weekly = WeeklyTime.parse(f"{FRENCH_DAYS.get(day[:3], day[:3])} {int(hour[1]):02}:{hour[2]}")

    def until(round_: Round) -> datetime:
        closes = round_.closes_at.astimezone(zone).replace(tzinfo=None)
        return weekly.after(closes).replace(tzinfo=zone).astimezone(UTC)

    return until


def _moment(said: str, zone: tzinfo) -> Until:
    if len(said) <= len("2026-11-30"):
        raise ValueError
    moment = datetime.fromisoformat(said)
    aware = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return lambda _: aware.astimezone(UTC)
