"""The terms of a reward as they are written: names, rhythms, moments, requirements."""

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from engine.durations import parse_duration, write_duration
from engine.errors import Misread
from engine.shop.rewards import Requirement
from riddles.config.settings import Snowflake, Table
from riddles.content.riddle import Line
from riddles.toml import Written, mistake

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")
ID_LENGTH_MAX = 32
NAME_LENGTH_MAX = 80
DESCRIPTION_LENGTH_MAX = 400
DAY = timedelta(days=1)


def _an_id(value: str) -> str:
    if not ID.fullmatch(value) or len(value) > ID_LENGTH_MAX:
        raise mistake("an id is small letters, digits and hyphens, 32 characters at most")
    return value


def _a_moment(value: object) -> object:
    if not isinstance(value, date):  # A date with a time is a date too.
        raise mistake("write a date or a date with a time, without quotes: 2026-12-01T18:00:00")
    return value


@dataclass(frozen=True, slots=True)
class Refill:
    """How often the stock is filled up: each week, each season, or every so many days."""

    every: Literal["week", "season", "days"]
    days: int = 0

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `week`, `season` or `14d`.

        Raises:
            ValueError: it is none of them.
        """
        if text == "week":
            return cls("week")
        if text == "season":
            return cls("season")
        try:
            span = parse_duration(text)
        except ValueError:
            span = timedelta(0)
        if not span or span % DAY:
            raise Misread(
                '"{text}" is no rhythm; write "week", "season" or days like "14d"', text=text
            )
        return cls("days", span // DAY)

    def __str__(self) -> str:
        return write_duration(self.days * DAY) if self.every == "days" else self.every


Id = Annotated[str, AfterValidator(_an_id)]
Moment = Annotated[
    date | datetime,
    BeforeValidator(_a_moment),
    WithJsonSchema({"type": "string", "format": "date-time"}),
]
Refilled = Annotated[Refill, Written(Refill.parse, "week")]
Name = Annotated[Line, Field(max_length=NAME_LENGTH_MAX)]


class Words(Table):
    """The same in each language."""

    fr: Line | None = Field(default=None, description="In French.")
    en: Line | None = Field(default=None, description="In English.")

    @property
    def by_language(self) -> dict[str, str]:
        """What is written, by language."""
        return {lang: words for lang in ("fr", "en") if (words := getattr(self, lang))}

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.by_language:
            raise mistake('write it in a language: { fr = "…", en = "…" }')
        return self


class Names(Words):
    """The name in each language."""

    fr: Name | None = Field(default=None, description="In French.")
    en: Name | None = Field(default=None, description="In English.")


class Descriptions(Words):
    """What it is, in each language."""

    fr: Annotated[str, Field(min_length=1, max_length=DESCRIPTION_LENGTH_MAX)] | None = None
    en: Annotated[str, Field(min_length=1, max_length=DESCRIPTION_LENGTH_MAX)] | None = None


class Need(Table):
    """One requirement: exactly one of these."""

    role: Snowflake | None = Field(default=None, description="A role's id, to be held.")
    score: int | None = Field(default=None, ge=1, description="Least score of all time.")
    season_score: int | None = Field(default=None, ge=1, description="Least score this season.")
    streak: int | None = Field(default=None, ge=1, description="Riddles solved in a row, lately.")
    solved: int | None = Field(default=None, ge=1, description="Riddles solved, all in all.")

    @property
    def requirement(self) -> Requirement:
        """The requirement."""
        what, value = next((name, value) for name, value in self if value is not None)
        return Requirement.model_validate({"what": what, "value": value})

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if sum(value is not None for _, value in self) != 1:
            raise mistake("write exactly one of role, score, season_score, streak, solved")
        return self


class Needs(Table):
    """What a member needs besides points."""

    every: tuple[Need, ...] = Field(default=(), description="All of these.")
    at_least_one: tuple[Need, ...] = Field(default=(), description="One of these or more.")
    none: tuple[Need, ...] = Field(default=(), description="None of these.")


class Limit(Table):
    """How many of it one member can have; canceled ones do not count."""

    season: int | None = Field(default=None, ge=1, description="In one season.")
    ever: int | None = Field(default=None, ge=1, description="All in all.")
