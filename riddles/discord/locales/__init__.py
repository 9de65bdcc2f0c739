"""Words in French and English: gettext catalogues, English as it stands in the code.

The catalogues are read as they are written (`.po`); nothing has to be compiled.
"""

import io
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib import resources
from typing import Literal, get_args

import polib

from riddles.discord.markdown import when

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, ...] = get_args(Language)

THOUSANDS = {"fr": "\N{NARROW NO-BREAK SPACE}", "en": ","}


class Texts:
    """Sentences in one language."""

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

    def command(self, key: str) -> str:
        """The name or description of a command, as members of this language see it."""
        return self._catalogue.pgettext("command", key)

    def number(self, number: int) -> str:
        """A whole number with its thousands set apart."""
        return f"{number:,}".replace(",", THOUSANDS[self.lang])

    def points(self, points: int) -> str:
        """So many points."""
        return self.n("{count} point", "{count} points", points)

    def moment(self, ms: int) -> str:
        """A moment (milliseconds UTC), which each reader sees in their own time zone."""
        return when(ms, "F")


@cache
def texts(lang: str) -> Texts:
    """The sentences of `lang`; English for a language there is no catalogue of."""
    language: Language = "fr" if lang == "fr" else "en"
    return Texts(language, _catalogue(language))


def _catalogue(lang: Language) -> NullTranslations:
    if lang == "en":
        return NullTranslations()
    file = resources.files(__name__) / lang / "LC_MESSAGES" / "riddles.po"
    return GNUTranslations(io.BytesIO(polib.pofile(file.read_text(encoding="utf-8")).to_binary()))
