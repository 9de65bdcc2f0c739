"""The names of the steps that decide, as they are stored with every verdict.

A name is never given another meaning; `RULES_VERSION` goes up whenever an answer could be
judged differently than before. docs/judging.md explains each with an example.
"""

from typing import Final

RULES_VERSION: Final = 1

TOO_LONG: Final = "too_long"
EMPTY: Final = "empty"
SEVERAL: Final = "several_answers"

VERBATIM: Final = "verbatim"
SIGNS: Final = "signs"
SAME_WORDS: Final = "same_words"
JOINED: Final = "joined"
NUMBER_WORDS: Final = "number_words"
SINGULAR: Final = "singular"
SWAPPED: Final = "swapped"
INNER_WORDS: Final = "inner_words"
TYPO: Final = "typo"

EXACT: Final = "exact"
NUMBER: Final = "number"
CHOICE_LETTER: Final = "choice_letter"
CHOICE_TEXT: Final = "choice_text"
PATTERN: Final = "pattern"
SET: Final = "set"
DATE: Final = "date"

NEAR_ENTRY: Final = "near_entry"
SPELLING: Final = "spelling"

REJECT_ENTRY: Final = "reject_entry"
NEARER_REFUSED: Final = "nearer_refused"
NO_MATCH: Final = "no_match"

MEANING: Final[dict[str, str]] = {
    TOO_LONG: "longer than is read",
    EMPTY: "nothing is left to judge",
    SEVERAL: "it looks like several answers at once",
    VERBATIM: "the very text of the entry",
    SIGNS: "the same signs",
    SAME_WORDS: "the same words: case, accents, punctuation, articles and lead-ins aside",
    JOINED: "the same when written in one",
    NUMBER_WORDS: "the same with numbers in digits",
    SINGULAR: "the same in the singular",
    SWAPPED: "the same two words, swapped",
    INNER_WORDS: "the same without the little words inside",
    TYPO: "a slip of the finger in a long word",
    EXACT: "the very characters",
    NUMBER: "the right quantity",
    CHOICE_LETTER: "a right option, by its letter",
    CHOICE_TEXT: "a right option, by its text",
    PATTERN: "the pattern matches all of it",
    SET: "every item, and no other",
    DATE: "the right date",
    NEAR_ENTRY: "an entry of near",
    SPELLING: "one slip more than is forgiven",
    REJECT_ENTRY: "an entry of reject",
    NEARER_REFUSED: "as near to an entry of reject as to the accepted one",
    NO_MATCH: "no rule makes it right",
}
"""Each step in words, for who wrote the riddle."""
