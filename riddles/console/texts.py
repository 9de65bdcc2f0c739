"""What the terminal says: sentences of its own, and those that Discord says as well."""

from datetime import UTC, datetime
from functools import cache

from riddles import texts as words
from riddles.console.language import language_of
from riddles.texts import Language, read_catalogue

DAYS = ("lun.", "mar.", "mer.", "jeu.", "ven.", "sam.", "dim.")
MONTHS = (
    *("janv.", "févr.", "mars", "avr.", "mai", "juin"),
    *("juil.", "août", "sept.", "oct.", "nov.", "déc."),
)


class Texts(words.Texts):
    """Sentences in one language, as a terminal shows them."""

    def moment(self, ms: int) -> str:
        """A moment (milliseconds UTC), in UTC: nobody knows where the terminal stands."""
        return f"{datetime.fromtimestamp(ms / 1000, UTC):%Y-%m-%d %H:%M} UTC"

    def day(self, moment: datetime) -> str:
        """A moment of these weeks, in its own zone: `Mon 23 Nov 18:00`."""
        if self.lang == "en":
            return f"{moment:%a %d %b %H:%M}"
        day, month = DAYS[moment.weekday()], MONTHS[moment.month - 1]
        return f"{day} {moment.day} {month} {moment:%H:%M}"


@cache
def texts(lang: Language) -> Texts:
    """The terminal's sentences in that language."""
    return Texts(lang, read_catalogue(lang, "console", "riddles"))


def here() -> Texts:
    """The sentences in the language of whoever sits at this terminal."""
    return texts(language_of())
