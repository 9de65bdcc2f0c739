"""Number words, behind one door: “quatre-vingt-dix-sept” is 97 and “forty-two” is 42.

text2num does the arithmetic. It reads the letter o as zero and stops at “nineteen ninety-one”,
so it is only ever shown whole runs of words that are numbers and nothing else.
"""

import re
from collections.abc import Sequence
from functools import lru_cache

from text_to_num import text2num  # pyright: ignore[reportMissingTypeStubs, reportUnknownVariableType] - it ships none

from engine.judging import languages

_RUN_WORDS_MAX = 14
GROUP_DIGITS = 3
"""Thousands are written in groups of three."""

_YEAR_HALF = re.compile(r"[1-9]\d")


@lru_cache(maxsize=4096)
def value_of(words: str, code: str) -> int | None:
    """The whole number these words say in this language; None if they say anything else."""
    if not words.replace(" ", "").isalpha() or not words.isascii():
        return None
    if any(len(word) == 1 for word in words.split()):
        return None
    try:
        return int(text2num(words, code))  # pyright: ignore[reportUnknownArgumentType] - as above
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def is_number_word(word: str) -> bool:
    """Whether the word is a number in any language; such a word is never a typing slip."""
    return any(value_of(word, code) is not None for code in languages.CODES)


@lru_cache(maxsize=512)
def wordings(words: tuple[str, ...]) -> tuple[tuple[str, ...], ...]:
    """The words, and the same with their numbers in digits, once per language that differs."""
    found = [words]
    if any(is_number_word(word) for word in words):
        found += (_in_digits(words, code) for code in languages.CODES)
    return tuple(dict.fromkeys([words, *map(_grouped, found)]))


def _in_digits(words: Sequence[str], code: str) -> tuple[str, ...]:
    """Each longest run of number words as one number."""
    found: list[str] = []
    start = 0
    while start < len(words):
        length = _run_length(words, start, code)
        if length:
            found.append(str(value_of(" ".join(words[start : start + length]), code)))
        else:
            found.append(words[start])
        start += max(length, 1)
    return _as_year(words, tuple(found))


def _run_length(words: Sequence[str], start: int, code: str) -> int:
    if value_of(words[start], code) is None:
        return 0
    longest = min(_RUN_WORDS_MAX, len(words) - start)
    lengths = range(longest, 1, -1)
    runs = ((length, " ".join(words[start : start + length])) for length in lengths)
    return next((length for length, run in runs if value_of(run, code) is not None), 1)


def _as_year(words: Sequence[str], found: tuple[str, ...]) -> tuple[str, ...]:
    """“Nineteen ninety-one”, nothing before and nothing after, is 1991."""
    two_halves = len(found) == 2 and all(_YEAR_HALF.fullmatch(half) for half in found)  # noqa: PLR2004 - a century and its years
    spoken = two_halves and not any(word[0].isdigit() for word in words)
    return ("".join(found),) if spoken else found


def _grouped(words: tuple[str, ...]) -> tuple[str, ...]:
    """Thousands written in groups, “10 000”, as one number."""
    if not any(len(word) == GROUP_DIGITS and word.isdigit() for word in words):
        return words
    found: list[str] = []
    open_group = False
    for word in words:
        digits = word.isascii() and word.isdigit()
        if open_group and digits and len(word) == GROUP_DIGITS:
            found[-1] += word
        else:
            found.append(word)
            open_group = digits and len(word) <= GROUP_DIGITS and not word.startswith("0")
    return tuple(found)
