"""Regex: a pattern of RE2 that the whole answer has to match. Accents are not folded."""

import unicodedata
from collections.abc import Sequence

from engine.judging import rules
from engine.judging.answer import Answer
from engine.judging.decision import Decision, accepted
from engine.judging.matcher import WordMatcher
from engine.judging.patterns import compile_pattern

LENGTH_MAX = 500


class RegexMatcher(WordMatcher):
    """Compiled patterns."""

    length_max = LENGTH_MAX
    lists_are_guesses = False

    def __init__(self, accept: Sequence[str], *, case_sensitive: bool) -> None:
        self._case_sensitive = case_sensitive
        self._patterns = {
            entry: compile_pattern(entry, case_sensitive=case_sensitive) for entry in accept
        }

    def normal(self, raw: str, tidied: str) -> str:  # noqa: ARG002 - a pattern sees the raw text
        """The text a pattern sees."""
        text = pattern_text(raw)
        return text if self._case_sensitive else text.casefold()

    def is_empty(self, tidied: str) -> bool:
        """Any sign may be meant."""
        return not tidied

    def accept(self, answer: Answer) -> Decision | None:
        """Accept by the first pattern that matches."""
        text = pattern_text(answer.raw)
        for entry, pattern in self._patterns.items():
            if pattern.matches(text):
                return accepted(rules.PATTERN, entry)
        return None


def pattern_text(raw: str) -> str:
    """The text composed and trimmed; a lone surrogate has no place in UTF-8."""
    return unicodedata.normalize("NFC", raw.strip()).encode(errors="replace").decode()
