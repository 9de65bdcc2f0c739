"""Exact: the very characters, because here the case or an accent is the point."""

import unicodedata
from collections.abc import Sequence

from engine.judging import rules
from engine.judging.answer import Answer
from engine.judging.decision import Decision, accepted
from engine.judging.matcher import WordMatcher
from engine.judging.tidy import length_limit


class ExactMatcher(WordMatcher):
    """Accepted texts, composed and trimmed."""

    lists_are_guesses = False

    def __init__(self, accept: Sequence[str], *, ignore_case: bool) -> None:
        self.length_max = length_limit(max(len(entry.strip()) for entry in accept))
        self._ignore_case = ignore_case
        self._verbatim = {entry.strip(): entry for entry in accept}
        self._exact = {unicodedata.normalize("NFC", entry.strip()): entry for entry in accept}
        self._free = {entry.casefold(): text for entry, text in self._exact.items()}

    def verbatim(self, raw: str) -> Decision | None:
        """The very text, as it stands or between back-ticks."""
        if raw in self._verbatim:
            return accepted(rules.VERBATIM, self._verbatim[raw])
        text = exact_text(raw)
        return accepted(rules.EXACT, self._exact[text]) if text in self._exact else None

    def normal(self, raw: str, tidied: str) -> str:  # noqa: ARG002 - what is not seen still counts here
        """Every character counts; lone surrogates go, because they cannot be stored."""
        text = exact_text(raw).encode(errors="ignore").decode()
        return text.casefold() if self._ignore_case else text

    def is_empty(self, tidied: str) -> bool:
        """Any sign may be meant."""
        return not tidied

    def accept(self, answer: Answer) -> Decision | None:
        """With `ignore_case`, the text in any case."""
        text = exact_text(answer.raw).casefold()
        if self._ignore_case and text in self._free:
            return accepted(rules.EXACT, self._free[text])
        return None


def exact_text(raw: str) -> str:
    """The text composed, trimmed, and out of one pair of back-ticks."""
    text = unicodedata.normalize("NFC", raw.strip())
    inner = text[1:-1].strip()
    quoted = len(text) > 2 and text[0] == text[-1] == "`"  # noqa: PLR2004 - two back-ticks and something
    return inner if quoted and inner and "`" not in inner else text
