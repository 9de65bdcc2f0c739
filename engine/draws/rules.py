"""What is fixed when a draw is announced: lots, eligibility, tickets, the source of chance."""

from collections.abc import Mapping
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

LEAST_WITNESSES = 5


class Part(BaseModel):
    """A part of the rules: known keys only, never changed."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Lot(Part):
    """One kind of prize; lots are drawn in their order, the first one first."""

    name: Mapping[str, str] = Field(min_length=1, description="What is won, by language.")
    count: int = Field(default=1, ge=1, le=1000, description="How many of it there are.")


class Tickets(Part):
    """How tickets are had, and how many one member may hold."""

    per: Literal["member", "solve", "points"] = Field(
        default="member",
        description="member: one each. solve: one per riddle solved in the window. "
        "points: one per `price` points, held until the draw.",
    )
    price: int | None = Field(default=None, ge=1, le=10**9, description="Points a ticket costs.")
    cap: int = Field(default=1, ge=1, le=10_000, description="Tickets of one member at most.")
    since: int = Field(
        default=0, ge=0, description="Milliseconds UTC from which on solves make tickets."
    )

    @model_validator(mode="after")
    def _priced_where_bought(self) -> "Tickets":
        if (self.price is not None) != (self.per == "points"):
            raise ValueError('a price belongs to tickets per "points", and to no others')
        return self


class Eligibility(Part):
    """Who may enter. Everything that is asked must hold, at the entry and at the freezing."""

    least_score: int = Field(default=0, ge=0, le=10**9, description="Points earned in all time.")
    least_solves: int = Field(default=0, ge=0, le=10**6, description="Riddles solved in all time.")
    winners_rest_days: int = Field(
        default=0,
        ge=0,
        le=3650,
        description="Who won a draw so few days ago cannot enter.",
    )


class Seed(Part):
    """Where chance comes from, and how slow the hash of it is.

    `witnesses` is the only source there is; a public beacon could be another.
    """

    source: Literal["witnesses"] = "witnesses"
    window_minutes: int = Field(default=15, ge=1, le=24 * 60)
    least_witnesses: int = Field(default=LEAST_WITNESSES, ge=1)
    rounds: int = Field(ge=1, le=10_000, description="How often the hash is applied in turn.")
    iterations: int = Field(
        ge=1, lt=2**31, description="Iterations of PBKDF2-HMAC-SHA-256 in each round."
    )


class DrawRules(Part):
    """Everything by which a draw is held, for ever."""

    title: Mapping[str, str] = Field(min_length=1)
    lots: tuple[Lot, ...] = Field(min_length=1)
    tickets: Tickets = Field(default_factory=Tickets)
    eligibility: Eligibility = Field(default_factory=Eligibility)
    alternates: int = Field(default=3, ge=0, le=1000)
    least_entrants: int = Field(default=2, ge=1, description="With fewer it is not drawn.")
    when_lacking: Literal["extend", "cancel"] = "extend"
    extend_hours: int = Field(default=48, ge=1, description="By how much it is extended.")
    claim_days: int = Field(
        default=14, ge=1, description="A winner who is silent for longer is passed over."
    )
    seed: Seed

    @property
    def prizes(self) -> int:
        """How many winners there are when everything is handed out."""
        return sum(lot.count for lot in self.lots)

    def text(self, words: Mapping[str, str], lang: str) -> str:
        """Words in `lang`, or in the first language there is."""
        return words.get(lang) or next(iter(words.values()))
