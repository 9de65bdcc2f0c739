"""Does a text name the answer?

Texts and accepted entries are read as the judge reads them, then compared word by word: accents,
capitals, plurals, hyphens and articles hide nothing, and a part of a longer word is no mention.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import chain

from engine.judging import AnswerKey, Outcome, compile_key, entries_of, judge
from engine.judging.fold import fold
from engine.judging.forms import entry_forms
from engine.judging.key import (
    ChoiceAnswer,
    DateAnswer,
    ExactAnswer,
    NumberAnswer,
    RegexAnswer,
    SetAnswer,
)
from engine.judging.patterns import compile_pattern
from engine.judging.singular import singulars
from engine.judging.symbols import read_signs
from engine.judging.tidy import has_letter_or_digit, tidy
from riddles.content.placeholders import PLACEHOLDER
from riddles.problems import Severity

SHORT = 2
"""Answers this short occur in every text: they count only as typed, and only as a warning."""
JOINED_LENGTH_MIN = 6
"""From here on, "quick sort" also names "quicksort"; "a pi" does not name "api"."""
WINDOW_WORDS_MAX = 4
"""A date or a quantity is no longer than this."""

Mention = Callable[[str], Severity | None]
"""Whether a text names the answer: surely, perhaps (a warning), or not."""

_WORD = re.compile(r"[^\W_]+")


def mention_of(answer: AnswerKey) -> Mention:
    """What recognises this answer in a text."""
    match answer:
        case ChoiceAnswer():
            return _choice(answer)
        case SetAnswer():
            lists = [answer.accept] if isinstance(answer.accept, tuple) else answer.accept.values()
            return _any(_all(map(_entry, entries)) for entries in lists)
        case NumberAnswer():
            return _judged(answer, "error" if abs(answer.value) >= Decimal(100) else "warning")
        case DateAnswer():
            return _judged(answer, "error")
        case _:
            recognise = _RECOGNISERS.get(type(answer), _entry)
            return _any(map(recognise, entries_of(answer)))


def _any(mentions: Iterable[Mention]) -> Mention:
    """The surest of several."""
    each = tuple(mentions)

    def names(text: str) -> Severity | None:
        found = {mention(text) for mention in each}
        return "error" if "error" in found else "warning" if "warning" in found else None

    return names


def _all(mentions: Iterable[Mention]) -> Mention:
    each = tuple(mentions)
    return lambda text: "error" if all(mention(text) for mention in each) else None


def _entry(entry: str) -> Mention:
    """An entry that is compared as text."""
    if entry == PLACEHOLDER:
        return lambda _: None
    if not has_letter_or_digit(entry):
        sign = tidy(entry)
        sure: Severity = "error" if len(sign) > SHORT else "warning"
        return lambda text: sure if sign in tidy(text) else None
    forms = [_read(" ".join(form.typed)) for form in entry_forms(entry)]

    def names(text: str) -> Severity | None:
        found = {_contains(_read(text), form) for form in forms if form.plain}
        return "error" if "error" in found else "warning" if "warning" in found else None

    return names


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of a text: signs read, accents gone."""

    typed: tuple[str, ...]
    """With their capitals."""
    singular: tuple[frozenset[str], ...]
    """Without; what each may be the plural of."""
    plain: tuple[str, ...]
    seen: frozenset[str]
    joined: str


@lru_cache(maxsize=1024)
def _read(text: str) -> _Words:
    typed = tuple(_WORD.findall(" ".join(read_signs(fold(tidy(text)).replace("\n", " ")))))
    plain = tuple(word.casefold() for word in typed)
    singular = tuple(frozenset(singulars(word)) for word in plain)
    return _Words(typed, singular, plain, frozenset(chain(*singular)), "".join(plain))


def _contains(words: _Words, form: _Words) -> Severity | None:
    whole = form.joined
    if len(whole) <= SHORT:
        return "warning" if form.typed[0] in words.typed else None
    if form.singular[0].isdisjoint(words.seen) and whole not in words.joined:
        return None  # Most texts name most entries not at all; say so quickly.
    for start in range(len(words.plain)):
        if _same_words(words, start, form) or _joined(words.plain[start:], whole):
            return "error"
    return None


def _same_words(words: _Words, start: int, form: _Words) -> bool:
    there = words.singular[start : start + len(form.singular)]
    if len(there) < len(form.singular):
        return False
    return all(one & other for one, other in zip(there, form.singular, strict=True))


def _joined(words: tuple[str, ...], whole: str) -> bool:
    """Whether the first words, written as one, are the whole."""
    if len(whole) < JOINED_LENGTH_MIN:
        return False
    joined = ""
    for word in words:
        joined += word
        if not whole.startswith(joined):
            return False
        if joined == whole:
            return True
    return False


def _exact(entry: str) -> Mention:
    bounded = re.compile(rf"(?<!\w){re.escape(entry)}(?!\w)", re.IGNORECASE)
    exactly = re.compile(bounded.pattern)
    if len(entry) <= SHORT:
        return lambda text: "warning" if exactly.search(text) else None
    return lambda text: "error" if bounded.search(text) else None


def _pattern(pattern: str) -> Mention:
    """A pattern anywhere in the text, with no letter or digit on either side."""
    outside = r"(?:^|$|[^\pL\pN])"
    compiled = compile_pattern(f"(?s:.*){outside}(?:{pattern}){outside}(?s:.*)")
    return lambda text: "error" if compiled.matches(tidy(text)) else None


def _choice(answer: ChoiceAnswer) -> Mention:
    """The options are public; a text that names the right one alone gives it away."""
    right = {entry.casefold() for entry in entries_of(answer)}
    named: dict[bool, list[Mention]] = {True: [], False: []}
    for letter, option in answer.choices.items():
        named[letter.casefold() in right or option.casefold() in right].append(_entry(option))
    is_right, is_other = _any(named[True]), _any(named[False])
    return lambda text: None if is_other(text) else is_right(text)


def _judged(answer: NumberAnswer | DateAnswer, severity: Severity) -> Mention:
    """Whether the judge would accept any few words of the text that hold a digit."""
    key = compile_key(answer)

    def names(text: str) -> Severity | None:
        accepted = any(
            judge(key, window, language).outcome is Outcome.ACCEPT
            for window in _windows(text)
            for language in ("fr", "en")
        )
        return severity if accepted else None

    return names


def _windows(text: str) -> Iterator[str]:
    words = tidy(text).split()
    for start in range(len(words)):
        for length in range(1, WINDOW_WORDS_MAX + 1):
            window = " ".join(words[start : start + length]).strip("()[]«»\"'*_`~ .,;:!?")
            if any(map(str.isdigit, window)):
                yield window


_RECOGNISERS: dict[type, Callable[[str], Mention]] = {RegexAnswer: _pattern, ExactAnswer: _exact}
"""How one entry is found in a text, where not as words."""
