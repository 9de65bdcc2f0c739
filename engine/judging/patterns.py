"""RE2 behind one door: matching takes linear time, so no pattern and no answer can hang the bot."""

from dataclasses import dataclass
from typing import Any

import re2 as _re2  # pyright: ignore[reportMissingTypeStubs] - it ships none

from engine.errors import Misread

re2: Any = _re2

PATTERN_LENGTH_MAX = 200
MEMORY_MAX_BYTES = 1 << 20

_COMPLAINTS = {
    "missing )": "a bracket is not closed",
    "unexpected )": "a bracket is closed that was never opened",
    "missing ]": "a square bracket is not closed",
    "invalid perl operator": "look-ahead and look-behind do not exist in RE2",
    "invalid escape sequence": "an escape is unknown; back-references do not exist in RE2",
    "invalid repetition size": "something may be repeated 1000 times at most, nested or not",
    "bad repetition operator": "two repetition signs stand side by side",
    "no argument for repetition operator": "a repetition sign has nothing to repeat",
    "invalid character class range": "a range in square brackets runs backwards",
    "pattern too large": "it needs too much memory; repeat less",
}
"""What RE2 says, in words: its own sentences quote the pattern, which is the answer."""
_UNKNOWN = "it is not written as RE2 expects"


@dataclass(frozen=True, slots=True)
class Pattern:
    """A compiled pattern, or why RE2 refused it."""

    compiled: Any = None
    refusal: Misread | None = None

    def matches(self, text: str) -> bool:
        """Whether the whole text, and not a part of it, is what the pattern says."""
        return self.compiled is not None and self.compiled.fullmatch(text) is not None


def compile_pattern(pattern: str, *, case_sensitive: bool = False) -> Pattern:
    """Compile for RE2; a pattern it does not take comes back as a sentence."""
    options = re2.Options()
    options.log_errors = False
    options.max_mem = MEMORY_MAX_BYTES
    options.case_sensitive = case_sensitive
    try:
        return Pattern(compiled=re2.compile(pattern, options))
    except re2.error as error:
        why = Misread(_complaint(error))
        return Pattern(refusal=Misread("RE2 does not take this pattern: {why}", why=why))
    except UnicodeEncodeError:
        return Pattern(refusal=Misread("this pattern holds half a character"))


def _complaint(error: Exception) -> str:
    said = error.args[0].decode(errors="replace") if error.args else ""
    known = (words for start, words in _COMPLAINTS.items() if said.startswith(start))
    return next(known, _UNKNOWN)
