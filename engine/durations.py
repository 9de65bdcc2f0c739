"""Lengths of time as people write them: `36h`, `2d`, `90min`, `30s`."""

import re
from datetime import timedelta

from engine.errors import Misread

_UNITS = {
    "d": timedelta(days=1),
    "h": timedelta(hours=1),
    "min": timedelta(minutes=1),
    "s": timedelta(seconds=1),
}
_FORM = re.compile(r"([0-9]{1,4}) ?(d|h|min|m|s)")
_TOO_LONG = re.compile(r"[0-9]{5,} ?(d|h|min|m|s)")
_SHOWN_MAX = 60


def parse_duration(text: str) -> timedelta:
    """Read `36h`, `2d`, `90min` (or `90m`), `30s`.

    Raises:
        ValueError: not of that form, or nothing at all.

    >>> parse_duration("10m") == parse_duration("10 min") == timedelta(minutes=10)
    True
    """
    match = _FORM.fullmatch(text)
    if match is None or int(match[1]) == 0:
        if not text.isprintable() or len(text) > _SHOWN_MAX:
            raise Misread('this is not a length of time; write it like "36h", "2d" or "90min"')
        if _TOO_LONG.fullmatch(text):
            raise Misread('"{text}" is too long: its number has four digits at most', text=text)
        raise Misread(
            '"{text}" is not a length of time; write it like "36h", "2d" or "90min"', text=text
        )
    return int(match[1]) * _UNITS["min" if match[2] == "m" else match[2]]


def write_duration(duration: timedelta) -> str:
    """The text that reads back as `duration`, which is whole seconds.

    >>> write_duration(timedelta(minutes=90)), write_duration(timedelta(days=2))
    ('90min', '2d')
    """
    unit, length = next(
        (unit, length) for unit, length in _UNITS.items() if duration % length == timedelta(0)
    )
    return f"{duration // length}{unit}"
