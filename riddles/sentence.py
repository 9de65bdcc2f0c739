"""Sentences that are kept before they are said: to staff, to a channel, to one member.

Whoever writes one does not know who will read it, nor in which language; so the English sentence
and its facts are kept apart, and put together where it is read.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any, Protocol, TypeAlias, cast


class Speaker(Protocol):
    """One language, as `riddles.texts.Texts` and its heirs speak it."""

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

    def n(self, one: str, several: str, count: int, /, **facts: object) -> str:
        """The sentence for `count` things."""
        ...

    def number(self, number: int | Decimal) -> str:
        """A number as this language writes it."""
        ...

    def points(self, points: int) -> str:
        """So many points, as this language counts them."""
        ...

    def moment(self, ms: int) -> str:
        """A moment (milliseconds UTC), in the reader's own time zone."""
        ...


Fact: TypeAlias = "str | int | Decimal | Sentence | Mapping[str, str] | None"


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
            name: fact.kept if isinstance(fact, Sentence) else _plain(fact)
            for name, fact in self.facts.items()
        }
        return {"sentence": self.text, "facts": facts}

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> "Sentence":
        """The sentence that was kept."""
        facts = {name: _fact_of(fact) for name, fact in kept.get("facts", {}).items()}
        if "several" in kept:
            return Counted(kept["sentence"], kept["several"], kept["count"], **facts)
        return Sentence(kept["sentence"], **facts)

    def said(self, t: Speaker) -> str:
        """The sentence in the reader's language."""
        if not self.facts:
            return t.plain(self.text)
        return t(self.text, **self._facts_said(t))

    def _facts_said(self, t: Speaker) -> dict[str, str]:
        return {name: _said(t, name, fact) for name, fact in self.facts.items()}


class Counted(Sentence):
    """A sentence about so many things, which it may show as `{count}`.

    `Counted("{count} riddle is ready", "{count} riddles are ready", 3)`
    """

    __slots__ = ("count", "several")

    def __init__(self, one: str, several: str, count: int, /, **facts: Fact) -> None:
        super().__init__(one, **facts)
        self.several = several
        self.count = count

    def __str__(self) -> str:
        text = self.text if self.count == 1 else self.several
        return text.format_map({"count": f"{self.count:,}", **self.facts})

    @property
    def kept(self) -> dict[str, Any]:
        """As JSON keeps it."""
        return {**super().kept, "several": self.several, "count": self.count}

    def said(self, t: Speaker) -> str:
        """The sentence in the reader's language."""
        return t.n(self.text, self.several, self.count, **self._facts_said(t))


Words: TypeAlias = str | Sentence
"""What a person reads: a sentence, or what is the same in every language, like a name."""


def words_in(t: Speaker, words: Words) -> str:
    """The words as that language says them."""
    return words.said(t) if isinstance(words, Sentence) else words


def because(error: OSError) -> Sentence:
    """What the operating system says for why it could not."""
    return Sentence(error.strerror or type(error).__name__)


SYSTEM_SAYS = (
    "Permission denied",
    "No such file or directory",
    "Is a directory",
    "Not a directory",
    "File exists",
    "No space left on device",
    "Read-only file system",
    "Too many levels of symbolic links",
    "File name too long",
    "Input/output error",
)
"""The usual reasons, as the catalogue has them."""


def either(names: Sequence[str]) -> Words:
    """One of several: `a`, `a or b`, `a, b or c`."""
    *most, last = names
    return Sentence("{these} or {that}", these=", ".join(most), that=last) if most else last


def listed(names: Sequence[Words]) -> Words:
    """All of several, with commas between them."""
    *most, last = names
    return Sentence("{these}, {that}", these=listed(most), that=last) if most else last


def both(names: Sequence[str]) -> Words:
    """All of several: `a`, `a and b`, `a, b and c`."""
    *most, last = names
    return Sentence("{these} and {that}", these=", ".join(most), that=last) if most else last


def _plain(fact: Fact) -> Fact:
    return str(fact) if isinstance(fact, Decimal) else fact


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
        case int() | Decimal():
            return t.points(int(fact)) if name == "points" else t.number(fact)
        case str() | None:
            return fact or ""
        case _:
            return fact.get(t.lang) or next(iter(fact.values()), "")
