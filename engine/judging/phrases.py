"""Step (g): what people say around their answer, each tried with and without.

The lists are fixed and nothing is ever taken from the middle, so a negation or a second answer
always survives.
"""

import re
from collections.abc import Iterable

from engine.judging import languages
from engine.judging.fold import fold
from engine.judging.punctuation import without_final_marks


def _spellings(phrases: Iterable[str]) -> str:
    """A pattern for any of the phrases; an apostrophe may be missing or a space, as a hyphen."""
    patterns = {
        re.escape(fold(phrase)).replace("'", "[' ]?").replace(r"\-", "[- ]?") for phrase in phrases
    }
    return "|".join(sorted(patterns, key=len, reverse=True))


def _of_all(table: str) -> list[str]:
    return [word for language in languages.ALL for word in getattr(language, table)]


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE | re.DOTALL)


_LEAD_INS = tuple(
    _pattern(rf"(?:{_spellings([phrase])})(?:\s*[:=,]\s*|\s+)(?P<rest>.+)")
    for phrase in sorted(set(_of_all("lead_ins")), key=len, reverse=True)
)
_ANY_LEAD_IN = _pattern(rf"(?:{_spellings(_of_all('lead_ins'))})[\s:=,]")
_TAIL = _pattern(rf"(?P<rest>.+?)(?:\s*,\s*|\s+)\(?(?:{_spellings(_of_all('tails'))})\)?[\s.!?]*")
_QUESTION_TAIL = _pattern(
    rf"(?P<rest>.+?)(?:\s*[,?]\s*|\s+)(?:{_spellings(_of_all('question_tails'))})[\s!.]*\?[\s!?.]*"
)
_ARTICLE = _spellings(_of_all("articles"))
_BEFORE = _pattern(
    rf"(?:(?:{_ARTICLE})\s*)?\b(?:{_spellings(_of_all('categories_before'))})"
    rf"(?:\s*:\s*|\s+)(?:(?:{_spellings(_of_all('category_links'))})(?:\s+|(?<=')))?(?P<rest>.+)"
)
_BEFORE_NUMBER = _pattern(
    rf"(?:(?:{_ARTICLE})\s*)?\b(?:{_spellings(_of_all('categories_before_number'))})"
    r"(?:\s*:\s*|\s+)(?P<rest>\d.*)"
)
_AFTER = _pattern(rf"(?P<rest>.+)\s+(?:{_spellings(_of_all('categories_after'))})")


def without_tails(text: str) -> list[str]:
    """The text without “je crois”, and without “non ?” where the question mark was typed."""
    return [found["rest"].rstrip(" ,") for found in _matches(text, (_TAIL, _QUESTION_TAIL))]


def without_lead_ins(text: str) -> list[str]:
    """The text without each lead-in it begins with: “I think”, “I think it's”."""
    if not _ANY_LEAD_IN.match(text):
        return []
    return [found["rest"] for found in _matches(text, _LEAD_INS)]


def without_category(text: str) -> list[str]:
    """The text without the word that says what it is: “langage”, “protocol”."""
    return [found["rest"] for found in _matches(text, (_BEFORE, _BEFORE_NUMBER, _AFTER))]


def bare(text: str) -> list[str]:
    """Every text that is left when a tail, a lead-in and a category go, at most one of each."""
    with_tail = [text, *without_tails(text)]
    with_lead_in = [*with_tail]
    for each in with_tail:
        with_lead_in += without_lead_ins(each)
    found = [*with_lead_in]
    for each in with_lead_in:
        found += without_category(without_final_marks(each))
    return found[1:]


def _matches(text: str, patterns: Iterable[re.Pattern[str]]) -> list[re.Match[str]]:
    return [found for pattern in patterns if (found := pattern.fullmatch(text))]
