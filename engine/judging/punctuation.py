"""Step (f), first half: marks at the end of an answer go, unless they are the answer."""

import re

_MARKS = frozenset(".!?,;:")
_ELLIPSIS = re.compile(r"\.{3,}$")
_PATH_DOTS = re.compile(r"(?:^|[ /])\.{1,2}$")
_SMILEY = re.compile(r"(?<=\S)\s(?:[:;=]'?-?[()DPp]|[xX]D+|\^\^|<3)$")
_DOUBLED = re.compile(r"\S ([.!?,;:])\1+$")


def has_doubled_marks(text: str) -> bool:
    """Whether the text ends in marks doubled after a space, as `sudo !!` does."""
    return _DOUBLED.search(text) is not None


def without_final_marks(text: str) -> str:
    """The text without the marks, smileys and empty brackets at its end."""
    while text:
        if ellipsis := _ELLIPSIS.search(text):
            text = text[: ellipsis.start()]
        elif smiley := _SMILEY.search(text):
            text = text[: smiley.start()]
        elif text.endswith("()"):
            text = text[:-2]
        elif text[-1] not in _MARKS or _PATH_DOTS.search(text):
            break
        else:
            text = text[:-1]
        text = text.rstrip()
    return text
