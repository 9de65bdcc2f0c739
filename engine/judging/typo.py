"""Rule 6: a slip of the finger in a long word, and the hint for one slip more.

Measured on 1,100 answers: long words only, first letter right, one slip each. Anything looser
accepts an opposite (stalactite, stalagmite) before it saves one right answer.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from engine.judging.distance import slips
from engine.judging.forms import Form
from engine.judging.numberwords import is_number_word, wordings
from engine.judging.singular import VOWELS, singulars

LETTERS_MIN = 7
LETTERS_MIN_FOR_HINT = 5
SLIPS_MAX = 2
"""In all, at most one in a word."""

_CAPITALS = re.compile(r"([^\W\d_a-z]{2,})")


@dataclass(frozen=True, slots=True)
class TypoWord:
    """A word of an entry, and which part of it a finger may slip on."""

    word: str
    singulars: frozenset[str]
    pieces: tuple[str, ...]
    """Around its runs of capitals: OpenSSL is (“open”, “ssl”, “”), and only the even ones bend."""
    bends: bool


def typo_words(form: Form) -> list[tuple[TypoWord, ...]]:
    """What rule 6 has to know of an entry's form, as typed and with its numbers in digits."""
    same_length = (words for words in wordings(form.words) if len(words) == len(form.words))
    return [tuple(map(_typo_word, words, form.typed)) for words in same_length]


def _typo_word(word: str, typed: str) -> TypoWord:
    pieces = [word]
    if typed != word == typed.casefold():
        pieces = [piece.casefold() for piece in _CAPITALS.split(typed)]
    return TypoWord(word, frozenset(singulars(word)), tuple(pieces), bends=_is_fuzzy(word))


def _is_fuzzy(word: str) -> bool:
    """Whether the word may be misspelt at all: long, letters only, not a number."""
    return (
        len(word) >= LETTERS_MIN_FOR_HINT
        and word.isalpha()
        and not VOWELS.isdisjoint(word)
        and not is_number_word(word)
    )


def slips_too_many(entry: Sequence[TypoWord], words: Sequence[str]) -> int | None:
    """0 for a slip that is forgiven, 1 for one that earns a hint, None for another answer."""
    total = forgiven = 0
    for mine, given in zip(entry, words, strict=True):
        count = _slips_in(mine, given)
        if count is None:
            return None
        total += count
        forgiven += count > 0 and len(mine.word) >= LETTERS_MIN
        if total > SLIPS_MAX + 1:
            return None
    too_many = total - min(forgiven, SLIPS_MAX)
    return too_many if too_many <= 1 else None


def _slips_in(mine: TypoWord, given: str) -> int | None:
    if mine.word == given:
        return 0
    if not mine.singulars.isdisjoint(singulars(given)):
        return 0
    if not mine.bends or mine.word[0] != given[0]:
        return None
    if not given.isalpha() or VOWELS.isdisjoint(given) or is_number_word(given):
        return None
    most = 2 if len(mine.word) >= LETTERS_MIN else 1
    if len(mine.pieces) == 1:
        count = slips(mine.word, given, most)
    else:
        count = min(_slips_beside_capitals(mine.pieces, given, most), default=most + 1)
    return count if count <= most else None


def _slips_beside_capitals(pieces: Sequence[str], given: str, most: int) -> list[int]:
    """The slips in each piece that may bend, where all around it is as the entry has it."""
    found: list[int] = []
    for position in range(0, len(pieces), 2):
        before, after = "".join(pieces[:position]), "".join(pieces[position + 1 :])
        surrounded = given.startswith(before) and given.endswith(after)
        if pieces[position] and surrounded and len(given) >= len(before) + len(after):
            bent = given[len(before) : len(given) - len(after)]
            found.append(slips(pieces[position], bent, most))
    return found
