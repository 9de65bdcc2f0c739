"""Rules 1 to 5, each as a key: two texts are the same by a rule when they share its key.

Keys of entries are computed once, so that an answer is looked up and never compared in turn.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, pairwise, product

from engine.judging import languages, rules
from engine.judging.forms import Form
from engine.judging.numberwords import wordings
from engine.judging.singular import singulars

SINGULAR_KEYS_MAX = 16
LONG_WORDS_MIN = 2
LONG_WORD_LETTERS = 3

Keys = Callable[[Form], tuple[str, ...]]

_remembered = lru_cache(maxsize=512)
"""An answer meets the same rule several times: as a whole, for `near`, for each item of a set."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One way of being the same; an entry and an answer may be keyed differently."""

    name: str
    of_entry: Keys
    of_answer: Keys


def same_words(form: Form) -> tuple[str, ...]:
    """Rule 1: word by word."""
    return (" ".join(form.words),)


@_remembered
def joined(form: Form) -> tuple[str, ...]:
    """Rule 1: or written in one, as handshake for hand-shake."""
    return (join(form.words),)


@_remembered
def number_words(form: Form) -> tuple[str, ...]:
    """Rule 2: numbers in digits."""
    return tuple(join(words) for words in wordings(form.words))


@_remembered
def singular(form: Form) -> tuple[str, ...]:
    """Rule 3: every word in the singular."""
    found: list[str] = []
    for words in wordings(form.words):
        choices = product(*map(singulars, words))
        found += (join(chosen) for chosen in islice(choices, SINGULAR_KEYS_MAX))
    return tuple(found)


def as_typed(form: Form) -> tuple[str, ...]:
    """Rule 4, of the entry: exactly two words."""
    return (" ".join(form.words),) if form.pair else ()


def swapped(form: Form) -> tuple[str, ...]:
    """Rule 4, of the answer: the same two, last name first."""
    return (" ".join(reversed(form.words)),) if form.pair else ()


@_remembered
def without_inner_words(form: Form) -> tuple[str, ...]:
    """Rule 5: rules 1 to 3 without the little words inside, if enough is left to compare."""
    words = tuple(_outer_words(form))
    long_words = [word for word in words if len(word) >= LONG_WORD_LETTERS and word.isalpha()]
    if len(long_words) < LONG_WORDS_MIN:
        return ()
    bare = Form(words, words, pair=False)
    return number_words(bare) + singular(bare)


SAME: tuple[Rule, ...] = (
    Rule(rules.SAME_WORDS, same_words, same_words),
    Rule(rules.JOINED, joined, joined),
)
COUNTED: tuple[Rule, ...] = (Rule(rules.NUMBER_WORDS, number_words, number_words),)
LOOSE: tuple[Rule, ...] = (Rule(rules.SINGULAR, singular, singular),)
LOOSEST: tuple[Rule, ...] = (
    Rule(rules.SWAPPED, as_typed, swapped),
    Rule(rules.INNER_WORDS, without_inner_words, without_inner_words),
)

REJECT_RULES = SAME
NEAR_RULES = SAME + COUNTED + LOOSE
STRICT_RULES = SAME + COUNTED
TEXT_RULES = SAME + COUNTED + LOOSE + LOOSEST


class Index:
    """Entries under their keys, rule by rule."""

    def __init__(self, forms: Mapping[str, Sequence[Form]], by: Sequence[Rule]) -> None:
        self._rules = [(rule, _keyed(forms, rule)) for rule in by]

    def find(self, forms: Sequence[Form]) -> tuple[str, str] | None:
        """The first rule by which any of the forms is an entry, and that entry."""
        for rule, entries in self._rules:
            for form in forms:
                for key in rule.of_answer(form):
                    if key in entries:
                        return rule.name, entries[key]
        return None


def _keyed(forms: Mapping[str, Sequence[Form]], rule: Rule) -> dict[str, str]:
    found: dict[str, str] = {}
    for entry, each in forms.items():
        for form in each:
            for key in rule.of_entry(form):
                found.setdefault(key, entry)
    return found


_INSIDE_APOSTROPHE = re.compile(r"(?<=[^\W\d_])'(?=[^\W\d_])")
_FREE_SPACE = re.compile(r"(?<=[^\W\d]) (?=.)|(?<=\d) (?=\D)|(?<=\W) (?=\w)")
_OPTION = re.compile(r"(?<!\S)[-/]")
_OPTION_SIGNS = ("-", "/")


def join(words: Sequence[str]) -> str:
    """The words in one, except where a space tells two things apart.

    It does between two numbers, between two signs, and on either side of an option.
    """
    if (letters := "".join(words)).isalpha():
        return letters
    spaced = " ".join(words)
    if _OPTION.search(spaced):
        pairs = pairwise(words)
        parted = (word if _joinable(before, word) else " " + word for before, word in pairs)
        text = words[0] + "".join(parted)
    else:
        text = _FREE_SPACE.sub("", spaced)
    return _INSIDE_APOSTROPHE.sub("", text) if "'" in text else text


def _joinable(before: str, word: str) -> bool:
    """Whether the space between two words is free: never on either side of an option."""
    if before.startswith(_OPTION_SIGNS) or word.startswith(_OPTION_SIGNS):
        return False
    return not _FREE_SPACE.sub("", f"{before[-1]} {word[0]}").count(" ")


_INNER = frozenset(word for each in languages.ALL for word in each.inner)
_INNER_ELIDED = tuple(word for word in _INNER if word.endswith("'"))


def _outer_words(form: Form) -> Iterator[str]:
    last = len(form.words) - 1
    for position, (word, typed) in enumerate(zip(form.words, form.typed, strict=True)):
        if 0 < position < last and word in _INNER and not typed.isupper():
            continue
        elided = position > 0 and word.startswith(_INNER_ELIDED)
        yield word.split("'", 1)[1] or word if elided else word
