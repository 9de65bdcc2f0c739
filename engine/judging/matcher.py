"""What `judge` asks of each kind of answer."""

from typing import Protocol

from engine.judging.answer import Answer
from engine.judging.decision import Decision
from engine.judging.forms import folded_text, normal_form


class Matcher(Protocol):
    """One kind's accept tests, compiled from the `[answer]` table."""

    length_max: int
    """Longer answers are not read."""
    lists_are_guesses: bool
    """Whether “A or B” is several answers at once, and not one that happens to look so."""

    def verbatim(self, raw: str) -> Decision | None:
        """Accept the very text of an entry, whatever the `reject` list says."""
        ...

    def normal(self, raw: str, tidied: str) -> str:
        """What makes two answers the same try."""
        ...

    def is_empty(self, tidied: str) -> bool:
        """Whether there is nothing to judge once final marks and emoji are gone."""
        ...

    def accept(self, answer: Answer) -> Decision | None:
        """Accept the answer, or decide at once against it; None leaves it to the next step."""
        ...

    def close(self, answer: Answer) -> Decision | None:
        """A hint that the spelling is nearly right."""
        ...


class WordMatcher:
    """What the kinds that read words have in common; each adds `accept`."""

    length_max: int
    lists_are_guesses = True

    def verbatim(self, raw: str) -> Decision | None:  # noqa: ARG002 - no kind but text and exact has one
        """Most kinds have no text that is right by itself."""
        return None

    def normal(self, raw: str, tidied: str) -> str:  # noqa: ARG002 - some kinds look at the raw text
        """Case, accents and final marks do not make another try."""
        return normal_form(tidied).casefold()

    def is_empty(self, tidied: str) -> bool:
        """Final marks and emoji are no answer."""
        return not folded_text(tidied)

    def close(self, answer: Answer) -> Decision | None:  # noqa: ARG002 - most kinds have no spelling
        """A nearly right number, letter or date would be a hot-and-cold game."""
        return None
