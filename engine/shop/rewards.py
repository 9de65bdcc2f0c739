"""Rewards: what points can be turned into, at which price, and who may have it when.

A reward is what the catalogue says at a moment; a redemption keeps the copy it was made by. All
of it is plain facts: whether a member may have a reward now is decided in `engine/shop/shortfalls`.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from engine.moments import from_ms, to_ms

Kind = Literal["role", "code", "manual", "entry"]
"""Given by the program, taken from a pool of secret codes, handed over by a person, or tickets
for a draw, which are taken where the draw is held."""

What = Literal["role", "score", "season_score", "streak", "solved"]


class _Facts(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Requirement(_Facts):
    """A role to hold, or a figure to have reached."""

    what: What
    value: int
    """The role's id, or the least figure."""


class Requirements(_Facts):
    """What is asked of a member, combined."""

    every: tuple[Requirement, ...] = ()
    at_least_one: tuple[Requirement, ...] = ()
    none: tuple[Requirement, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.every or self.at_least_one or self.none)

    @property
    def asked(self) -> tuple[Requirement, ...]:
        """Each of them."""
        return (*self.every, *self.at_least_one, *self.none)


class Restock(_Facts):
    """When the stock is filled up again."""

    every: Literal["week", "season", "days"]
    days: int = 0
    """How many, counted from the day on which the reward was first to be had."""


class Reward(_Facts):
    """A reward as the catalogue has it. Moments and spans are milliseconds."""

    id: str
    kind: Kind
    name: Mapping[str, str]
    """By language; so are all words."""
    description: Mapping[str, str] = Field(default_factory=dict)
    picture: str | None = None
    cost: int = Field(ge=1)
    paused: bool = False
    stock: int | None = None
    """How many there are, or are there after each restock; None: no end of them."""
    restock: Restock | None = None
    limit_per_season: int | None = None
    limit_ever: int | None = None
    cooldown_ms: int = 0
    """How long a member waits after one before the next, also where the first was canceled."""
    opens_at: int | None = None
    ends_at: int | None = None
    """From this moment on it can no longer be had."""
    requires: Requirements = Field(default_factory=Requirements)
    consent: Mapping[str, str] | None = None
    """The condition of age or of a guardian's consent that staff tick at the hand-over."""
    deadline_ms: int | None = None
    """How long a request may wait for a person; None: as long as is usual."""
    role: int | None = None
    server: int | None = None
    """Where the role is."""
    lasts_ms: int | None = None
    """How long the role is lent; None: for good."""
    draw: str | None = None

    @property
    def by_hand(self) -> bool:
        """Whether a person has to see to it."""
        return self.kind == "manual" or self.consent is not None

    @property
    def promise(self) -> str:
        """What a member agrees to beside the price, in short: another one is another promise."""
        facts = [self.kind, self.role, self.server, self.lasts_ms, dict(self.consent or {})]
        text = json.dumps(facts, sort_keys=True)
        return hashlib.blake2b(text.encode(), digest_size=4).hexdigest()

    def named(self, lang: str) -> str:
        """The name in `lang`, or in the first language there is."""
        return in_language(self.name, lang)

    def described(self, lang: str) -> str:
        """The description, likewise."""
        return in_language(self.description, lang)


def in_language(words: Mapping[str, str], lang: str) -> str:
    """The words in `lang`, or in the first language there is."""
    return words.get(lang) or next(iter(words.values()), "")


@dataclass(frozen=True, slots=True)
class Period:
    """The time for which one filling of the stock has to do. Milliseconds; the end is excluded."""

    starts_at: int = 0
    ends_at: int | None = None


ALWAYS = Period()


def period(reward: Reward, at_ms: int, zone: ZoneInfo, season: Period) -> Period:
    """The period of the stock that holds a moment; weeks and days begin at midnight in `zone`."""
    if reward.restock is None:
        return ALWAYS
    match reward.restock.every:
        case "season":
            return season
        case "week":
            today = from_ms(at_ms).astimezone(zone).date()
            monday = today - timedelta(days=today.weekday())
            return Period(_midnight(monday, zone), _midnight(monday + timedelta(days=7), zone))
        case "days":
            today = from_ms(at_ms).astimezone(zone).date()
            first = from_ms(reward.opens_at or 0).astimezone(zone).date()
            span = reward.restock.days
            start = first + timedelta(days=(today - first).days // span * span)
            return Period(_midnight(start, zone), _midnight(start + timedelta(days=span), zone))


def _midnight(day: date, zone: ZoneInfo) -> int:
    return to_ms(datetime(day.year, day.month, day.day, tzinfo=zone))
