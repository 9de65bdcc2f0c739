"""A refusal: something a person asked for cannot be done, said in one sentence."""

from collections.abc import Sequence
from typing import Protocol

from engine.errors import Told
from riddles.sentence import Sentence, Speaker, Words


class Refusal(Exception):  # noqa: N818 - it is an answer, not an error
    """What cannot be done, why, and what to do about it. Shown as it is; never a traceback.

    A sentence that may reach members keeps its facts apart, so that it can be said in their
    language: `Refusal("riddle no. {number} is open", number=3)`.
    """

    def __init__(self, sentence: str, **facts: object) -> None:
        super().__init__(sentence.format_map(facts) if facts else sentence)
        self.sentence = sentence
        self.facts = facts

    @property
    def kept(self) -> Sentence:
        """The sentence, to be said later and to somebody else."""
        return Sentence(self.sentence, **{name: _kept(fact) for name, fact in self.facts.items()})

    def said(self, t: Speaker) -> str:
        """The refusal in the reader's language."""
        return self.kept.said(t)

    @classmethod
    def told(cls, error: Told) -> "Refusal":
        """What the engine refuses, said to a person."""
        return Refusal(error.sentence, **error.facts)


class Sayable(Protocol):
    """What can be said in a language; `str` says it in English."""

    def said(self, t: Speaker) -> str:
        """In the reader's language."""
        ...


class Several(Refusal):
    """Several reasons at once, a line each."""

    def __init__(self, lines: Sequence[Sayable]) -> None:
        super().__init__("\n".join(map(str, lines)))
        self._lines = tuple(lines)

    def said(self, t: Speaker) -> str:
        """Every line in the reader's language."""
        return "\n".join(line.said(t) for line in self._lines)


def told(error: Told) -> Sentence:
    """What the engine says, its facts apart."""
    return Sentence(error.sentence, **{name: _kept(fact) for name, fact in error.facts.items()})


def _kept(fact: object) -> Words | int:
    match fact:
        case int() | Sentence():
            return fact
        case Told():
            return told(fact)
        case _:
            return str(fact)
