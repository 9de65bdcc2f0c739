"""Words in French and English: gettext catalogues, English as it stands in the code.

The catalogues are read as they are written (`.po`); nothing has to be compiled.
"""

import io
from decimal import Decimal
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Literal, get_args

import polib

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

SIGNS: dict[Language, dict[int, str]] = {
    "fr": str.maketrans({",": "\N{NARROW NO-BREAK SPACE}", ".": ","}),
    "en": {},
}
DOMAINS = {"riddles": "discord/locales", "console": "console/locales"}
"""What is said on Discord, and what only a terminal says."""


class Texts:
    """Sentences in one language; what a moment looks like is for each place to say."""

    def __init__(self, lang: Language, catalogue: NullTranslations) -> None:
        self.lang: Language = lang
        self._catalogue = catalogue

    def __call__(self, sentence: str, /, **facts: object) -> str:
        """The sentence in this language, with its facts filled in."""
        return self._catalogue.gettext(sentence).format_map(facts)

    def plain(self, sentence: str) -> str:
        """The sentence in this language, with nothing to fill in."""
        return self._catalogue.gettext(sentence)

    def n(self, one: str, several: str, count: int, /, **facts: object) -> str:
        """The sentence for `count` things, which it may show as `{count}`."""
        sentence = self._catalogue.ngettext(one, several, count)
        return sentence.format_map({"count": self.number(count), **facts})

    def number(self, number: int | Decimal) -> str:
        """A number with its thousands set apart; in French a comma stands for the point."""
        return f"{number:,}".translate(SIGNS[self.lang])

    def points(self, points: int) -> str:
        """So many points."""
        return self.n("{count} point", "{count} points", points)


def read_catalogue(lang: Language, *domains: str) -> NullTranslations:
    """The catalogue of the first domain, which falls back on those after it, and on English."""
    if lang == "en":
        return NullTranslations()
    first, *others = (_read(file) for file in (_file(lang, domain) for domain in domains))
    for other in others:
        first.add_fallback(other)
    return first


def _file(lang: Language, domain: str) -> Traversable:
    return resources.files("riddles").joinpath(
        *DOMAINS[domain].split("/"), lang, "LC_MESSAGES", f"{domain}.po"
    )


def _read(file: Traversable) -> NullTranslations:
    return GNUTranslations(io.BytesIO(polib.pofile(file.read_text(encoding="utf-8")).to_binary()))
