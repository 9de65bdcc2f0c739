"""Step (f), second half: how the signs inside an answer are read.

A sign that distinguishes (`C++` from `C`) becomes a word; one that only links (`UTF-8`) becomes
a space; every other sign stays, and has to be typed.
"""

import re
from collections.abc import Callable

from engine.judging import languages

_MODIFIERS = "|".join(sorted({key for each in languages.ALL for key in each.modifier_keys}))

_Reading = str | Callable[[re.Match[str]], str]


def _link(hyphen: re.Match[str]) -> str:
    """A space, except between two digits (`755-644`) and between two single letters (`p-q`)."""
    left, right = hyphen.group("left"), hyphen.group("right")
    two_digits = left[-1].isdigit() and right[0].isdigit()
    two_letters = len(left) == len(right) == 1 and left.isalpha() and right.isalpha()
    return left + ("-" if two_digits or two_letters else " ")


_READINGS: tuple[tuple[re.Pattern[str], _Reading], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), reading)
    for pattern, reading in (
        (rf"\b({_MODIFIERS}) ?[+-] ?(?=\S)", r"\1 "),  # ctrl+c
        (r"(?<!\S)\.(?=[^\W\d_])", "dot "),  # .NET
        (r"(?<=\w)(?:\+\+(?!\+)| \+\+(?!\S))", " plusplus "),  # C++, C ++
        (r"(?<=[^\W\d_])(?:#(?![^\W\d_]|#)| #(?!\S))", " sharp "),  # C#, C #
        (r"(?P<left>[^\W_]+)-(?=(?P<right>[^\W_]+))", _link),  # three-way, UTF-8
        (r"(?<=[^\W\d_])\.(?=[^\W\d_])", " "),  # socket.io
        (r"(?<=[^\W\d_])/(?=\d)|(?<=\d)/(?=[^\W\d_])", " "),  # PS/2
    )
)
_SIGN = re.compile(r"[^\w ']")


def read_signs(text: str) -> list[str]:
    """The words of a folded text, signs read as words or spaces."""
    if _SIGN.search(text):
        for pattern, reading in _READINGS:
            text = pattern.sub(reading, text)
    return text.split()
