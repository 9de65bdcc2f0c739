"""Step (e): letters that are the same to a reader become the same. Case is kept until the end.

Capitals still tell something after this step: which words an author wrote as an acronym, and
whether a unit is a bit or a byte.
"""

import re
import unicodedata

_ALIKE = str.maketrans(
    {
        **dict.fromkeys("’‘ʼʻ‛′ʹ‹›", "'"),
        **dict.fromkeys("‐‑‒–—―−⁃➖", "-"),
        **dict.fromkeys("“”„‟«»″", '"'),
        **dict.fromkeys("⁄∕", "/"),
        "➕": "+",
        "‚": ",",
        "→": "->",
        "œ": "oe",
        "Œ": "Oe",
        "æ": "ae",
        "Æ": "Ae",
        "ø": "o",
        "Ø": "O",
        "ł": "l",
        "Ł": "L",
        "đ": "d",
        "Đ": "D",
        "ı": "i",
    }
)

_LONG_DASH_OPTION = re.compile(r"(?<!\S)—(?=\w)")
"""Phones write `--help` as one long dash."""

_EMOJI_CODE = re.compile(r"<a?:(\w+):\d+>|(?<!\S):(?=\S*[A-Za-z])([\w+-]{2,}):(?!\S)")
_EMOJI = re.compile(
    "[\U0001f000-\U0001faff\u2600-\u27bf\u231a\u231b\u23e9-\u23fa\u2b1b\u2b1c\u2b50\u2b55]"
)
_NO_SIGNS = frozenset("❌❎✖✗✘⛔🚫🚳🚷🙅👎")
_NO_CODES = re.compile(
    r"x|no|non|nope|nop|not|pas|no_\w+|\w*cross\w*|\w*down|false|faux|\w*_x", re.IGNORECASE
)
"""Emoji that say no are words: “🚫 Python” is not Python."""

_COMMON_MARKS = re.compile("[\u0300-\u0333\u0339-\u036f]+")

_STROKES = frozenset("\u0334\u0335\u0336\u0337\u0338\u20d2\u20d3\u20e0\u20e5\u20e6\u20ea\u20eb")
"""Marks that strike out what they stand on: ≠ is not =."""

_LETTERS = re.compile(r"[^\W\d_]+")
_LATIN = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
_LOOK_ALIKES = str.maketrans(
    "АВЕКМНОРСТХУІЈЅԌаеорсхуіјѕԁһкΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορυκμτ",
    "ABEKMHOPCTXYIJSGaeopcxyijsdhkABEZHIKMNOPTYXaivopukut",
)


def fold(text: str) -> str:
    """Write apostrophes, hyphens, quotes and accented letters one way; drop emoji."""
    if not text.isascii():
        text = _LONG_DASH_OPTION.sub("--", text)
        text = _EMOJI.sub(_without_emoji, text.translate(_ALIKE))
        text = _without_marks(text)
    if not text.isascii():
        text = _LETTERS.sub(_in_one_script, text)
    if ":" in text:
        text = _EMOJI_CODE.sub(_without_code, text)
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(filter(None, lines))


def _without_emoji(found: re.Match[str]) -> str:
    return found.group() if found.group() in _NO_SIGNS else " "


def _without_marks(text: str) -> str:
    apart = _COMMON_MARKS.sub("", unicodedata.normalize("NFD", text))
    if apart.isascii():
        return apart
    kept = (letter for letter in apart if letter in _STROKES or not _is_mark(letter))
    return unicodedata.normalize("NFC", "".join(kept))


def _without_code(found: re.Match[str]) -> str:
    return found.group() if _NO_CODES.fullmatch(found[1] or found[2]) else " "


def _is_mark(letter: str) -> bool:
    return unicodedata.category(letter) in {"Mn", "Me"}


def _in_one_script(word: re.Match[str]) -> str:
    """Latin letters for the Cyrillic and Greek ones that only look Latin, in a mixed word."""
    letters = word.group()
    if letters.isascii() or not _LATIN.search(letters):
        return letters
    return letters.translate(_LOOK_ALIKES)
