"""What may stand in an `[answer]` table, value by value, and what is said when something else does.

Answers are text in quotes, always: TOML would read an unquoted 1.10 as 1.1 and `yes` as nothing
at all. No error quotes an answer, because errors are read by more people than the author.
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Annotated

from pydantic import BeforeValidator, Discriminator, Field, Tag, WithJsonSchema
from pydantic_core import PydanticCustomError

from engine.errors import Misread
from engine.judging import languages
from engine.judging.patterns import PATTERN_LENGTH_MAX, compile_pattern

ENTRY_LENGTH_MAX = 1_000
ENTRY_COUNT_MAX = 500

_READ_AS: dict[type, str] = {
    bool: "write it in quotes: without them it is true or false",
    int: "write it in quotes: without them it is a whole number",
    float: "write it in quotes: without them it is a number",
    list: "write it in quotes: without them it is a list",
}
_NOT_TEXT = "write it in quotes: without them it is something that is not text"


def _in_quotes(value: object) -> object:
    """Insist on text: an answer that lost its quotes has already lost its zeros."""
    if not isinstance(value, str):
        raise mistaken("in_quotes", Misread(_READ_AS.get(type(value), _NOT_TEXT)))
    if not value.strip():
        raise PydanticCustomError("empty_text", "this text is empty: write it, or delete it")
    if len(value) > ENTRY_LENGTH_MAX:
        says = "this text has {length} characters; {most} are the most"
        raise mistaken("text_too_long", Misread(says, length=len(value), most=ENTRY_LENGTH_MAX))
    return value


def mistaken(kind: str, says: Misread) -> PydanticCustomError:
    """An error whose sentence and facts stay apart for who reads files."""
    return PydanticCustomError(kind, "{says}", {"says": says})  # pyright: ignore[reportArgumentType] - ours


def _in_brackets(value: object) -> object:
    """Insist on a list, even of one."""
    if not isinstance(value, list | tuple):
        raise PydanticCustomError("in_brackets", 'write a list in square brackets: ["…"]')
    return value  # pyright: ignore[reportUnknownVariableType] - pydantic types the items


def _known_languages(value: object) -> object:
    """Insist on language codes as the keys of a table."""
    if not isinstance(value, Mapping) or not value:
        raise PydanticCustomError("by_language", 'write a table by language: { fr = "…" }')
    return value  # pyright: ignore[reportUnknownVariableType] - pydantic types keys and values


def _exact_decimal(value: object) -> object:
    """Take the number as it is written: 0.1 is one tenth and not its nearest binary fraction."""
    if isinstance(value, bool) or not isinstance(value, int | float | str | Decimal):
        raise PydanticCustomError("a_number", "write a number without quotes")
    try:
        number = Decimal(str(value))
    except (InvalidOperation, ValueError):
        number = Decimal("NaN")
    if not number.is_finite() or (number and not -99 < number.adjusted() < 99):  # noqa: PLR2004 - any sane quantity
        raise PydanticCustomError("a_number", "write a number without quotes, such as 1024 or 0.5")
    return number


Text = Annotated[str, BeforeValidator(_in_quotes)]
Number = Annotated[Decimal, BeforeValidator(_exact_decimal), WithJsonSchema({"type": "number"})]
Entries = Annotated[
    tuple[Text, ...], BeforeValidator(_in_brackets), Field(max_length=ENTRY_COUNT_MAX)
]
AcceptedEntries = Annotated[Entries, Field(min_length=1)]


def _a_language(value: object) -> object:
    if value not in languages.CODES:
        known = ", ".join(languages.CODES)
        raise mistaken("language", Misread("the languages here are {known}", known=known))
    return value


def _a_language_or_any(value: object) -> object:
    return value if value == ANY else _a_language(value)


ANY = "any"
LanguageCode = Annotated[str, BeforeValidator(_a_language)]
Say = Annotated[dict[LanguageCode, Text], BeforeValidator(_known_languages)]
AcceptTable = Annotated[
    dict[Annotated[str, BeforeValidator(_a_language_or_any)], AcceptedEntries],
    BeforeValidator(_known_languages),
]


def _list_or_table(value: object) -> str:
    return "table" if isinstance(value, Mapping) else "list"


Accept = Annotated[
    Annotated[AcceptedEntries, Tag("list")] | Annotated[AcceptTable, Tag("table")],
    Discriminator(_list_or_table),
    Field(description="The right answers: a list, or a table of lists by language or 'any'."),
]


def _a_pattern(value: object) -> object:
    if isinstance(value, str) and len(value) > PATTERN_LENGTH_MAX:
        says = "this pattern has {length} characters; {most} are the most"
        raise mistaken(
            "pattern_too_long", Misread(says, length=len(value), most=PATTERN_LENGTH_MAX)
        )
    if isinstance(value, str) and (refusal := compile_pattern(value).refusal):
        raise mistaken("pattern", refusal)
    return value


Pattern = Annotated[Text, BeforeValidator(_a_pattern)]
Patterns = Annotated[
    tuple[Pattern, ...],
    BeforeValidator(_in_brackets),
    Field(min_length=1, max_length=ENTRY_COUNT_MAX),
]
PatternTable = Annotated[
    dict[Annotated[str, BeforeValidator(_a_language_or_any)], Patterns],
    BeforeValidator(_known_languages),
]
AcceptPatterns = Annotated[
    Annotated[Patterns, Tag("list")] | Annotated[PatternTable, Tag("table")],
    Discriminator(_list_or_table),
    Field(description="Patterns of RE2: a list, or a table of lists by language or 'any'."),
]
