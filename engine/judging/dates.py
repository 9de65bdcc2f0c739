"""Dates as people write them, in French and English; what cannot be a day of the calendar is none.

A date is (year, month, day) with zeros for what was not said.
"""

import re
from calendar import monthrange
from collections.abc import Iterator
from typing import Literal

from engine.judging import languages
from engine.judging.fold import fold
from engine.judging.numberwords import value_of

Precision = Literal["day", "month", "year"]
PRECISIONS: dict[Precision, str] = {"day": "1970-01-31", "month": "1970-01", "year": "1970"}
PARTS: dict[Precision, int] = {"year": 1, "month": 2, "day": 3}
"""How many of year, month, day count."""

Date = tuple[int, int, int]

_ISO = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")
_TIME = re.compile(r"(?<=\d)[t ]\d\d?:\d\d(?::\d\d)?(?:[.]\d+)?z?$")
_YEAR = re.compile(r"\d{3,4}")
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)")
_YEAR_FIRST = re.compile(r"(?P<y>\d{4})(?P<by>[-/. ])(?P<m>\d\d?)(?:(?P=by)(?P<d>\d\d?))?")
_YEAR_LAST = re.compile(r"(?:(?P<a>\d\d?)(?P<by>[-/. ]))?(?P<b>\d\d?)[-/. ](?P<y>\d{4}|\d\d)")


def written_as_iso(entry: str, precision: Precision) -> bool:
    """Whether an author's entry is a day of the calendar, fine enough for the precision."""
    return iso_date(entry, precision) is not None


def is_no_day(entry: str) -> bool:
    """Whether an author wrote a date rightly, and the calendar does not have it."""
    found = _ISO.fullmatch(entry.strip())
    return found is not None and not _exists(*(int(part or 0) for part in found.groups()))


def iso_date(entry: str, precision: Precision) -> Date | None:
    """The date an author wrote."""
    found = _ISO.fullmatch(entry.strip())
    if not found:
        return None
    year, month, day = (int(part or 0) for part in found.groups())
    fine_enough = all((year, month, day)[: PARTS[precision]])
    return (year, month, day) if fine_enough and _exists(year, month, day) else None


def read_dates(text: str, lang: str, century: int) -> set[Date]:
    """Every date the whole text may be; `century` completes a year of two digits."""
    text = _TIME.sub("", text.casefold()).strip()
    words = _words(text)
    found = {*_in_digits(" ".join(words), lang, century), *_with_month_name(words, century)}
    return {date for date in found if _exists(*date)}


def _exists(year: int, month: int, day: int) -> bool:
    if not month:
        return year > 0 and not day
    if not (1 <= month <= 12 and 1 <= year <= 9999):  # noqa: PLR2004 - the calendar's
        return False
    return 0 <= day <= monthrange(year, month)[1]


def _in_digits(text: str, lang: str, century: int) -> Iterator[Date]:
    if _YEAR.fullmatch(text):
        yield int(text), 0, 0
    if found := _COMPACT.fullmatch(text):
        yield int(found[1]), int(found[2]), int(found[3])
    if found := _YEAR_FIRST.fullmatch(text):
        yield int(found["y"]), int(found["m"]), int(found["d"] or 0)
    if found := _YEAR_LAST.fullmatch(text):
        yield from _year_last(found, lang, century)


def _year_last(found: re.Match[str], lang: str, century: int) -> Iterator[Date]:
    typed = found["y"]
    second = int(found["b"])
    if found["a"] is None:
        if len(typed) == 4:  # noqa: PLR2004 - 01/70 could be a day and a month
            yield int(typed), second, 0
        return
    first, year = int(found["a"]), _full_year(typed, century)
    day_first, month_first = (year, second, first), (year, first, second)
    if _exists(*day_first):
        yield day_first
    if not _exists(*day_first) or _month_may_come_first(lang):
        yield month_first


def _month_may_come_first(lang: str) -> bool:
    return any(each.month_first for each in languages.ALL if each.code == lang)


def _full_year(typed: str, century: int) -> int:
    return int(typed) + (century * 100 if len(typed) == 2 else 0)  # noqa: PLR2004 - a century left out


_MONTHS = {
    fold(name): number
    for each in languages.ALL
    for number, names in enumerate(each.months, start=1)
    for name in names
}
_WEEKDAYS = {fold(name) for each in languages.ALL for name in each.weekdays}
_DATE_WORDS = {fold(word) for each in languages.ALL for word in each.date_words}
_DAYS = {name: day for each in languages.ALL for name, day in each.irregular_days.items()}
_ORDINALS = "|".join(sorted({fold(e) for each in languages.ALL for e in each.ordinals}))
_DAY_WORD = re.compile(rf"(\d\d?)(?:{_ORDINALS})")


def _words(text: str) -> list[str]:
    """The words that say something: no weekday, no “en”, no “of”; number words as digits."""
    text = re.sub(r"(?<=[^\W\d_])[-.,]|[-.,](?=[^\W\d_])|,", " ", text)
    text = text.replace("l'", "l' ")
    words = [word.rstrip(".") for word in text.split()]
    said = [word for word in words if word and word not in _DATE_WORDS | {"l'"}]
    # “Mar” is a weekday only before a whole date: “mar 3 mars 1970”.
    ambiguous = bool(said) and said[0] in _MONTHS
    if said and said[0] in _WEEKDAYS and len(said) > (3 if ambiguous else 1):
        said = said[1:]
    return [_day_digits(word) for word in _years_in_digits(said)]


def _day_digits(word: str) -> str:
    if word in _DAYS:
        return str(_DAYS[word])
    ordinal = _DAY_WORD.fullmatch(word)
    return ordinal[1] if ordinal else word


def _years_in_digits(words: list[str]) -> list[str]:
    """Runs of number words as digits, in whichever language says them all."""
    found: list[str] = []
    run: list[str] = []
    for word in [*words, ""]:
        if (
            any(
                value_of(" ".join([*run, word]).strip(), code) is not None
                for code in languages.CODES
            )
            and word
        ):
            run.append(word)
            continue
        if run:
            found.append(_digits(run))
        run = []
        if word:
            found.append(word)
    return found


def _digits(run: list[str]) -> str:
    values = (value_of(" ".join(run), code) for code in languages.CODES)
    return str(next(value for value in values if value is not None))


def _with_month_name(words: list[str], century: int) -> Iterator[Date]:
    named = [position for position, word in enumerate(words) if word in _MONTHS]
    if len(named) != 1:
        return
    month = _MONTHS[words[named[0]]]
    match words[: named[0]], words[named[0] + 1 :]:
        case [], [year] if _YEAR.fullmatch(year):
            yield int(year), month, 0
        case [[day], [year]] | [[], [day, year]] if _DAY.fullmatch(day) and _LONG_YEAR.fullmatch(
            year
        ):
            yield _full_year(year, century), month, int(day)
        case [year], [] if _YEAR.fullmatch(year):
            yield int(year), month, 0
        case [year], [day] if _YEAR.fullmatch(year) and _DAY.fullmatch(day):
            yield int(year), month, int(day)
        case _:
            return


_DAY = re.compile(r"[1-9]|0[1-9]|[12]\d|3[01]")
_LONG_YEAR = re.compile(r"\d{2,4}")
