"""The `[answer]` table of a riddle, as its author wrote it: one model for each kind of answer."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, TypeAdapter, model_validator
from pydantic_core import PydanticCustomError

from engine.errors import Misread
from engine.judging.dates import PRECISIONS, Precision, is_no_day, written_as_iso
from engine.judging.fields import (
    ENTRY_COUNT_MAX,
    Accept,
    AcceptPatterns,
    Entries,
    Number,
    Say,
    Text,
    mistaken,
)
from engine.judging.units import UNIT_NAMES, find_unit


class _Table(BaseModel):
    """A table of the riddle's file: complete, known keys only, never changed after reading."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Near(_Table):
    """A wrong answer that deserves a word: the member keeps the try and reads the message."""

    when: Text = Field(description="The answer, compared like an entry of `accept`.")
    say: Say = Field(description="The message by language.")


class _Answer(_Table):
    reject: Entries = Field((), description="Answers refused whatever the other rules say.")
    near: tuple[Near, ...] = Field((), max_length=ENTRY_COUNT_MAX, description=Near.__doc__)


class TextAnswer(_Answer):
    """Words: accents, case, articles, plurals and small slips are forgiven."""

    kind: Literal["text"] = "text"
    accept: Accept
    strict: bool = Field(default=False, description="Forgive accents, case and punctuation only.")


class ExactAnswer(_Answer):
    """The very characters: for answers where case or an accent is the point."""

    kind: Literal["exact"]
    accept: Accept
    ignore_case: bool = False


class NumberAnswer(_Answer):
    """A quantity, in digits or in words, with or without a unit."""

    kind: Literal["number"]
    value: Number
    tolerance: Annotated[Number, Field(ge=0)] = Decimal(0)
    tolerance_pct: Annotated[Number, Field(ge=0, lt=100)] | None = None
    bases: tuple[Literal[2, 8, 16], ...] = Field((), description="0b…, 0o…, 0x… also count.")
    unit: Text | None = None
    unit_required: bool | None = Field(None, description="Default: yes with a unit, except %.")
    binary_units: bool = Field(default=False, description="1 Go may also be 1024 Mo.")

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.tolerance and self.tolerance_pct is not None:
            raise PydanticCustomError(
                "two_tolerances", "write tolerance or tolerance_pct, not both"
            )
        if self.unit is not None and find_unit(self.unit) is None:
            says = "this unit is not known; known are {known}"
            raise mistaken("unit", Misread(says, known=UNIT_NAMES))
        if self.unit_required and self.unit is None:
            raise PydanticCustomError("no_unit", "unit_required needs a unit")
        return self


class ChoiceAnswer(_Answer):
    """One of the options the riddle shows."""

    kind: Literal["choice"]
    choices: dict[Annotated[str, Field(pattern=r"^([A-Za-z]|[1-9][0-9]?)$")], Text] = Field(
        min_length=2, description="The options by letter."
    )
    accept: Accept = Field(description="The right option, by its letter or its full text.")

    @model_validator(mode="after")
    def _names_options(self) -> Self:
        options = {option.casefold() for pair in self.choices.items() for option in pair}
        if any(entry.casefold() not in options for entry in entries_of(self)):
            raise PydanticCustomError("option", "accept names an option that choices does not have")
        letters = {letter.casefold() for letter in self.choices}
        if len(letters) < len(self.choices):
            raise PydanticCustomError("option", "two options have the same letter")
        return self


class RegexAnswer(_Answer):
    """A pattern of RE2 that the whole answer must match."""

    kind: Literal["regex"]
    accept: AcceptPatterns
    case_sensitive: bool = False


class SetAnswer(_Answer):
    """Several items, all of them and no other; each is judged as text."""

    kind: Literal["set"]
    accept: Accept
    ordered: bool = False


class DateAnswer(_Answer):
    """A day, a month or a year, in any usual notation."""

    kind: Literal["date"]
    accept: Accept
    precision: Precision = "day"

    @model_validator(mode="after")
    def _written_as_iso(self) -> Self:
        for number, entry in enumerate(entries_of(self), 1):
            if is_no_day(entry):
                says = "entry {number} of accept is no day: the calendar does not have it"
                raise mistaken("date", Misread(says, number=number))
        if any(not written_as_iso(entry, self.precision) for entry in entries_of(self)):
            example = PRECISIONS[self.precision]
            raise mistaken("date", Misread('write dates as "{example}" or finer', example=example))
        return self


def _kind_of(value: object) -> str | None:
    if isinstance(value, Mapping):
        kind: object = value.get("kind", "text")  # pyright: ignore[reportUnknownVariableType, reportUnknownMemberType] - any table
    else:
        kind = getattr(value, "kind", None)
    return kind if isinstance(kind, str) else None


AnswerKey = Annotated[
    Annotated[TextAnswer, Tag("text")]
    | Annotated[ExactAnswer, Tag("exact")]
    | Annotated[NumberAnswer, Tag("number")]
    | Annotated[ChoiceAnswer, Tag("choice")]
    | Annotated[RegexAnswer, Tag("regex")]
    | Annotated[SetAnswer, Tag("set")]
    | Annotated[DateAnswer, Tag("date")],
    Discriminator(
        _kind_of,
        custom_error_type="kind",
        custom_error_message="kind is one of text, exact, number, choice, regex, set, date",
    ),
]
"""The `[answer]` table; a field annotation for other models, with its JSON Schema."""

_adapter: TypeAdapter[AnswerKey] = TypeAdapter(
    AnswerKey, config=ConfigDict(hide_input_in_errors=True)
)


def parse_answer(table: Mapping[str, Any]) -> AnswerKey:
    """Read an `[answer]` table.

    Raises:
        pydantic.ValidationError: something in the table is missing, unknown or not in quotes.
    """
    return _adapter.validate_python(table)


def entries_of(answer: AnswerKey) -> tuple[str, ...]:
    """Every accepted entry, whatever its language; none for a number."""
    if isinstance(answer, NumberAnswer):
        return ()
    if isinstance(answer.accept, tuple):
        return answer.accept
    return tuple(entry for entries in answer.accept.values() for entry in entries)
