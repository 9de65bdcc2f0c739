"""What is said on Discord, in French and in English."""

from functools import cache

from riddles import texts as words
from riddles.discord.markdown import when
from riddles.texts import LANGUAGES, Language, read_catalogue


class Texts(words.Texts):
    """Sentences in one language, as Discord shows them."""

    def command(self, key: str) -> str:
        """The name or description of a command, as members of this language see it."""
        return self._catalogue.pgettext("command", key)

    def moment(self, ms: int) -> str:
        """A moment (milliseconds UTC), which each reader sees in their own time zone."""
        return when(ms, "F")


@cache
def texts(lang: str) -> Texts:
    """The sentences of `lang`; English for a language there is no catalogue of."""
    language: Language = "fr" if lang == "fr" else "en"
    return Texts(language, read_catalogue(language, "riddles"))


__all__ = ["LANGUAGES", "Language", "Texts", "texts"]
