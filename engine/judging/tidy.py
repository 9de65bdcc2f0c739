"""Steps (a) and (b): how much is read at all, and the characters nobody sees.

What comes out has no invisible characters, no compatibility forms (ﬁ, １, ℡) and no white space
but single spaces and single line breaks. Line breaks stay, because they may part two answers.
"""

import re
import unicodedata

LENGTH_MAX = 200
"""The longest answer that is read, unless an accepted entry is longer than half of this."""

_PLAIN = re.compile(r"[!-~]+(?: [!-~]+)*")
_ODD = re.compile("[^ -~\u00a0-\u00ac\u00ae-\u017f]")
"""Not sure to be seen; the accented Latin letters are."""

_SUPERSCRIPTS = re.compile("[²³¹\u2070-\u207f]+")
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")
_LINE_BREAK = re.compile(r"[ \n]*\n[ \n]*")
_SPACES = re.compile(" {2,}")

_LINE_ENDS = frozenset("\n\r\v\f\x85\u2028\u2029")
_SKIN_TONES = range(0x1F3FB, 0x1F400)
_BLANKS = frozenset("\u2800")
"""Drawn as nothing although Unicode counts them as symbols."""

_UNSEEN = frozenset(
    [
        *map(chr, range(0xFE00, 0xFE10)),  # variation selectors
        *map(chr, range(0xE0100, 0xE01F0)),  # variation selectors of the supplement
        *map(chr, _SKIN_TONES),
        *"\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u3164\uffa0",  # fillers
    ]
)
"""Drawn as nothing, or changing only how the character before is drawn."""


def length_limit(longest_entry: int) -> int:
    """The characters that are read when the longest accepted entry has `longest_entry`."""
    return max(LENGTH_MAX, 2 * longest_entry)


def tidy(raw: str) -> str:
    """Take out what is not seen, write compatible characters alike, trim and single spaces."""
    if _PLAIN.fullmatch(raw):
        return raw
    text = raw.replace("´", "'").replace("♯", "#")
    text = _SUPERSCRIPTS.sub(lambda run: "^" + run.group(), text)
    # The second time composes what the invisible characters had kept apart.
    text = unicodedata.normalize("NFKC", text)
    if _ODD.search(text):
        text = unicodedata.normalize("NFKC", _visible(text))
    return _LINE_BREAK.sub("\n", _SPACES.sub(" ", text)).strip()


def _visible(text: str) -> str:
    return "".join(_seen_as(character) for character in text)


def _seen_as(character: str) -> str:
    """The character itself, the white space it stands for, or nothing."""
    if " " < character < "\x7f":
        return character
    if character in _LINE_ENDS:
        return "\n"
    category = unicodedata.category(character)
    if category in {"Cc", "Zs"} or character in _BLANKS:
        return " "
    # A lone surrogate cannot even be stored as UTF-8.
    if category in {"Cf", "Cs"} or character in _UNSEEN:
        return ""
    return character


def has_letter_or_digit(text: str) -> bool:
    """Whether there is a word at all; an answer without one is compared sign by sign."""
    return _LETTER_OR_DIGIT.search(text) is not None
