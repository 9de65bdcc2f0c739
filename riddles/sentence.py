"""Sentences that are kept before they are said: to staff, to a channel, to one member.

Whoever writes one does not know who will read it, nor in which language; so the English sentence
and its facts are kept apart, and put together where it is read.
"""

from collections.abc import Mapping
from typing import Any, Protocol, TypeAlias, cast


class Speaker(Protocol):
    """One language, as `riddles.discord.locales.Texts` speaks it."""

    @property
    def lang(self) -> str:
        """Which language it is."""
        ...

    def __call__(self, sentence: str, /, **facts: object) -> str:
        """The sentence in this language, with its facts filled in."""
        ...

    def plain(self, sentence: str) -> str:
        """The sentence in this language, with nothing to fill in."""
        ...

    def number(self, number: int) -> str:
        """A whole number as this language writes it."""
        ...

    def points(self, points: int) -> str:
        """So many points, as this language counts them."""
        ...

    def moment(self, ms: int) -> str:
        """A moment (milliseconds UTC), in the reader's own time zone."""
        ...


Fact: TypeAlias = "str | int | Sentence | Mapping[str, str] | None"


class Sentence:
    """A sentence and its facts: `Sentence("{slug} waits until {opens_at}", slug=…, opens_at=…)`.

    Facts are what JSON can hold. Whole numbers are written as the reader's language writes them;
    a fact called `points` is counted in points, one called `…_at` is a moment in milliseconds. A
    fact that is itself a sentence is said in the same language; of words by language
    (`{"fr": …, "en": …}`) the reader's are said.
    """

    __slots__ = ("facts", "text")

    def __init__(self, text: str, /, **facts: Fact) -> None:
        self.text = text
        self.facts = facts

    def __str__(self) -> str:
        return self.text.format_map(self.facts) if self.facts else self.text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sentence) and self.kept == other.kept

    def __hash__(self) -> int:
        return hash(str(self))

    @property
    def kept(self) -> dict[str, Any]:
        """As JSON keeps it."""
        facts = {
            name: fact.kept if isinstance(fact, Sentence) else fact
            for name, fact in self.facts.items()
        }
        return {"sentence": self.text, "facts": facts}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Sentence":
        """The sentence that was kept."""
        facts = {name: _fact_of(fact) for name, fact in kept.get("facts", {}).items()}
        return cls(kept["sentence"], **facts)

    def said(self, t: Speaker) -> str:
        """The sentence in the reader's language."""
        if not self.facts:
            return t.plain(self.text)
        return t(self.text, **{name: _said(t, name, fact) for name, fact in self.facts.items()})


def _fact_of(kept: Any) -> Fact:  # noqa: ANN401 - as JSON had it
    if isinstance(kept, dict) and "sentence" in kept:
        return Sentence.of(cast("dict[str, Any]", kept))
    return cast("Fact", kept)


def _said(t: Speaker, name: str, fact: Fact) -> str:
    match fact:
        case Sentence():
            return fact.said(t)
        case int() if name.endswith("_at"):
            return t.moment(fact)
        case int():
            return t.points(fact) if name == "points" else t.number(fact)
        case str() | None:
            return fact or ""
        case _:
            return fact.get(t.lang) or next(iter(fact.values()), "")
