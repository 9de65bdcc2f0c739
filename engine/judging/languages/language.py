"""What judging needs to know of a language; every field is a plain table of words.

Words are written as people write them, accents and typographic apostrophes included: judging
folds them like any answer before it compares.
"""

from dataclasses import dataclass, field


def words(text: str) -> tuple[str, ...]:
    """The words of a table, parted by spaces."""
    return tuple(text.split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Language:
    """One language's tables. What a table is for stands beside it; docs/judging.md tells more."""

    code: str
    """As in `[text.fr]`; also the language text2num is asked for number words."""

    articles: tuple[str, ...]
    """Optional before an answer. One ending in an apostrophe sticks to the next word."""

    inner: tuple[str, ...]
    """Little words that may be missing inside a longer answer."""

    lead_ins: tuple[str, ...]
    """What people put before their answer: “c'est”, “I think it's”."""

    tails: tuple[str, ...]
    """What people put after it: “je crois”, “please”."""

    question_tails: tuple[str, ...]
    """Tails that mean something else without their question mark: “non ?”."""

    categories_before: tuple[str, ...]
    """What an answer is, said before it: “langage Python”."""

    categories_before_number: tuple[str, ...]
    """Said before a number only: “port 443”."""

    categories_after: tuple[str, ...]
    """What an answer is, said after it: “Python language”."""

    category_links: tuple[str, ...]
    """Between a category and the answer: “le langage *de* …”."""

    either: tuple[str, ...]
    """The words between two guesses: “ou”."""

    both: tuple[str, ...]
    """The words between the items of a list: “et”."""

    multipliers: dict[str, int]
    """What may follow digits: “5 millions”."""

    minus: tuple[str, ...]
    """The words that make a number negative."""

    point: tuple[str, ...]
    """The words between a number's whole part and its decimals: “virgule”."""

    option_words: tuple[str, ...]
    """Said before the letter of a choice: “réponse B”."""

    months: tuple[tuple[str, ...], ...]
    """Twelve rows, January first: the name, then its short forms."""

    weekdays: tuple[str, ...]
    """Names and short forms; a date may carry one, and it is ignored."""

    ordinals: tuple[str, ...]
    """What follows the day's number in a date: “1er”, “2nd”."""

    month_first: bool
    """Whether 3/4/1999 may be the fourth of March even though a day could come first."""

    date_words: tuple[str, ...] = ()
    """Said before a date or inside it, and ignored: “en 1970”, “the 1st of January”."""

    irregular_days: dict[str, int] = field(default_factory=dict[str, int])
    """Days of a month that are words of their own: “premier”."""

    modifier_keys: tuple[str, ...] = ()
    """Keys that are held down while another is pressed: “maj”."""
