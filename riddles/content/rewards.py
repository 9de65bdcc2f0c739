"""A reward as an animator wrote it: one `[[reward]]` of `content/rewards.toml`.

The descriptions of the fields are also what editors show beside them, by way of the JSON Schema.
"""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from pydantic import Field

from engine.moments import to_ms
from engine.shop.rewards import Kind, Requirements, Restock, Reward
from riddles.config.settings import Duration, Snowflake, Table
from riddles.content.reward_terms import (
    Descriptions,
    Id,
    Limit,
    Moment,
    Names,
    Needs,
    Refilled,
    Words,
)
from riddles.content.riddle import Line

COST_MAX = 1_000_000_000


class RewardFile(Table):
    """One `[[reward]]`."""

    id: Id = Field(description="What the books call it; do not change or reuse it.")
    kind: Kind = Field(
        description="role: given by the bot. code: a secret code from a pool. "
        "manual: handed over by a person. entry: tickets for a draw."
    )
    name: Names = Field(description=Names.__doc__)
    description: Descriptions | None = Field(default=None, description=Descriptions.__doc__)
    picture: Line | None = Field(
        default=None, description="A picture beside this file, or an address https://…"
    )
    cost: int = Field(ge=1, le=COST_MAX, description="Its price in points.")
    paused: bool = Field(default=False, description="Shown, but not handed out for now.")
    stock: int | None = Field(
        default=None, ge=1, description="How many there are; unset: no end of them."
    )
    restock: Refilled | None = Field(
        default=None, description='When there are so many again: "week", "season" or "14d".'
    )
    limit: Limit = Field(default_factory=Limit, description=Limit.__doc__)
    cooldown: Duration | None = Field(
        default=None,
        description="How long a member waits before the next; a refund changes nothing.",
    )
    begins: Moment | None = Field(
        default=None, alias="from", description="From when it can be had."
    )
    until: Moment | None = Field(default=None, description="From when it can no longer be had.")
    requires: Needs = Field(default_factory=Needs, description=Needs.__doc__)
    consent: Words | None = Field(
        default=None,
        description="A condition of age or of a guardian's consent, ticked at the hand-over.",
    )
    deadline: Duration | None = Field(
        default=None, description="How long a request may wait for a person before it is refunded."
    )
    role: Snowflake | None = Field(default=None, description="kind role: the role's id.")
    server: Snowflake | None = Field(
        default=None, description="kind role: its server; unset: the only one."
    )
    lasts: Duration | None = Field(
        default=None, description="kind role: how long it is lent; unset: for good."
    )
    draw: Line | None = Field(default=None, description="kind entry: the draw's name.")

    def reward(self, zone: ZoneInfo, only_server: int | None) -> Reward:
        """The reward as the engine reckons with it."""
        return Reward(
            id=self.id,
            kind=self.kind,
            name=self.name.by_language,
            description=self.description.by_language if self.description else {},
            picture=self.picture,
            cost=self.cost,
            paused=self.paused,
            stock=self.stock,
            restock=self.restock and Restock(every=self.restock.every, days=self.restock.days),
            limit_per_season=self.limit.season,
            limit_ever=self.limit.ever,
            cooldown_ms=_ms(self.cooldown) or 0,
            opens_at=moment_ms(self.begins, zone),
            ends_at=moment_ms(self.until, zone),
            requires=Requirements(
                every=tuple(one.requirement for one in self.requires.every),
                at_least_one=tuple(one.requirement for one in self.requires.at_least_one),
                none=tuple(one.requirement for one in self.requires.none),
            ),
            consent=self.consent.by_language if self.consent else None,
            deadline_ms=_ms(self.deadline),
            role=self.role,
            server=(self.server or only_server) if self.kind == "role" else None,
            lasts_ms=_ms(self.lasts),
            draw=self.draw,
        )


class CatalogueFile(Table):
    """Everything `rewards.toml` says."""

    reward: tuple[RewardFile, ...] = Field(default=(), description="One [[reward]] each.")


def moment_ms(moment: date | datetime | None, zone: ZoneInfo) -> int | None:
    """A moment as written: what names no zone is local, and a day begins at midnight."""
    if moment is None:
        return None
    if not isinstance(moment, datetime):
        moment = datetime(moment.year, moment.month, moment.day)  # noqa: DTZ001 - local, see below
    return to_ms(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _ms(span: timedelta | None) -> int | None:
    return None if span is None else span // timedelta(milliseconds=1)
