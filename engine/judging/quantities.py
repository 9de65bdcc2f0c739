"""Numbers as people write them: digits, words, thousands, decimals, units. Exact, or not at all.

A text is read whole: what is left over makes it no number. Where a comma could mean two things,
both are tried.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from decimal import Decimal

from engine.judging import languages
from engine.judging.fold import fold
from engine.judging.numberwords import value_of, wordings
from engine.judging.units import Unit, find_unit

EXPONENT_MAX = 15
_WORDS_MAX = 16


@dataclass(frozen=True, slots=True)
class Quantity:
    """A value, and its unit if one was written."""

    value: Decimal
    unit: Unit | None


_MINUS = "|".join(fold(word) for each in languages.ALL for word in each.minus)
_SIGNED = re.compile(rf"(?:(?P<minus>-|(?:{_MINUS})\s)|\+)?\s?(?P<rest>\S.*)", re.IGNORECASE)
_BASED = re.compile(r"0(?:[bB](?P<b2>[01]+)|[oO](?P<b8>[0-7]+)|[xX](?P<b16>[0-9a-fA-F]+))")
_NUMERAL = re.compile(
    r"(?P<whole>[0-9]{1,3}(?P<comma>,)[0-9]{3}(?:,[0-9]{3})*|[0-9]{1,3}(?:[ _][0-9]{3})+|[0-9]*)"
    r"(?:[.,](?P<part>[0-9]+))?(?:[eE](?P<exponent>[+-]?[0-9]{1,2}))?(?P<rest>(?![0-9]).*)"
)
_LONE_COMMA = re.compile(r"(?P<whole>[0-9]+),(?P<part>[0-9]{3})(?P<rest>(?![0-9,._eE]).*)")
_MULTIPLIERS = {
    fold(word): factor for each in languages.ALL for word, factor in each.multipliers.items()
}


def read_quantities(text: str, bases: Collection[int]) -> Iterator[Quantity]:
    """Every quantity that the whole text may be; a `0x` only where `bases` has 16."""
    signed = _SIGNED.fullmatch(text)
    if not signed:
        return
    sign = -1 if signed["minus"] else 1
    rest = signed["rest"]
    for value, unit in (*_based(rest, bases), *_in_digits(rest), *_in_words(rest)):
        if not unit:
            yield Quantity(sign * value, None)
        elif found := find_unit(unit):
            yield Quantity(sign * value, found)


def _based(text: str, bases: Collection[int]) -> Iterator[tuple[Decimal, str]]:
    found = _BASED.match(text)
    for base in bases if found else ():
        if found and (digits := found[f"b{base}"]):
            yield Decimal(int(digits, base)), text[found.end() :].strip()


def _in_digits(text: str) -> Iterator[tuple[Decimal, str]]:
    if not re.match(r"[.,]?[0-9]", text):
        return
    if found := _NUMERAL.fullmatch(text):
        whole = re.sub(r"[ _,]", "", found["whole"])
        exponent = int(found["exponent"] or 0)
        leading_zero = found["comma"] and found["whole"].startswith("0")
        if abs(exponent) <= EXPONENT_MAX and not leading_zero:
            value = Decimal(f"{whole or 0}.{found['part'] or 0}e{exponent}")
            yield from _with_multiplier(value, found["rest"].strip())
    if found := _LONE_COMMA.fullmatch(text):
        yield from _with_multiplier(
            Decimal(f"{found['whole']}.{found['part']}"), found["rest"].strip()
        )


def _with_multiplier(value: Decimal, rest: str) -> Iterator[tuple[Decimal, str]]:
    yield value, rest
    word, _, unit = rest.partition(" ")
    if factor := _MULTIPLIERS.get(word.casefold()):
        yield value * factor, unit


def _in_words(text: str) -> Iterator[tuple[Decimal, str]]:
    """Number words, then perhaps a unit; the longest run of words that is a number."""
    words = text.casefold().replace("-", " ").split()
    typed = text.replace("-", " ").split()
    if not words or words[0][0].isdigit() or len(words) > _WORDS_MAX:
        return
    for length in range(len(words), 0, -1):
        values = set(_values(words[:length]))
        yield from ((value, " ".join(typed[length:])) for value in values)
        if values:
            return


def _values(words: list[str]) -> Iterator[Decimal]:
    in_digits = [each[0] for each in wordings(tuple(words)) if len(each) == 1]
    yield from (Decimal(digits) for digits in in_digits if digits.isascii() and digits.isdigit())
    for language in languages.ALL:
        for point in language.point:
            if point in words:
                at = words.index(point)
                yield from _with_decimals(words[:at], words[at + 1 :], language.code)


def _with_decimals(whole: list[str], part: list[str], code: str) -> Iterator[Decimal]:
    """“Trois virgule quatorze”; zeros right after the point count, one by one."""
    before = value_of(" ".join(whole), code) if whole else None
    if before is None:
        return
    zeros = 0
    while zeros < len(part) and value_of(part[zeros], "en") == 0:
        zeros += 1
    digits = [value_of(word, code) for word in part[zeros:]]
    together = value_of(" ".join(part[zeros:]), code)
    if together is not None:
        yield Decimal(f"{before}.{'0' * zeros}{together}")
    elif digits and all(digit is not None and digit < 10 for digit in digits):  # noqa: PLR2004 - read digit by digit
        yield Decimal(f"{before}.{'0' * zeros}{''.join(map(str, digits))}")
