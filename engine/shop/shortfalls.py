"""Shortfalls: what a member lacks for a reward, each with its figures.

Pure: what is known of the member and of the shelf goes in, every reason against it comes out, in
the order in which a member would want to hear them. Nothing lacking means: it may be had.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from engine.shop.rewards import Period, Requirement, Reward, What


class Why(StrEnum):
    """The kinds of reasons."""

    BANNED = "banned"
    PAUSED = "paused"
    """The reward is not handed out for the time being."""
    EARLY = "early"
    EXPIRED = "expired"
    DRAW = "draw"
    """It is tickets for a draw, which are taken there."""
    PRICE = "price"
    """It costs something else than what the member agreed to."""
    CHANGED = "changed"
    """It is something else than what the member was shown."""
    SOLD_OUT = "sold_out"
    OWNED = "owned"
    """A role that the member has already."""
    LIMIT_EVER = "limit_ever"
    LIMIT_SEASON = "limit_season"
    COOLDOWN = "cooldown"
    EVERY = "every"
    """A requirement that is not met."""
    AT_LEAST_ONE = "at_least_one"
    """None of several requirements is met."""
    NONE = "none"
    """A requirement is met that must not be."""
    POINTS = "points"


@dataclass(frozen=True, slots=True)
class Asked:
    """A requirement, and what the member has of it."""

    what: What
    need: int
    have: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lack:
    """One reason why a member may not have a reward now."""

    why: Why
    have: int = 0
    need: int = 0
    at: int | None = None
    """From which millisecond on this may be different, where that is known."""
    asked: tuple[Asked, ...] = ()


@dataclass(slots=True)
class Had:
    """What a member has had of one reward."""

    ever: int = 0
    season: int = 0
    last_at: int | None = None
    """When the last was asked for, canceled or not."""


@dataclass(slots=True)
class Standing:
    """One member, as far as rewards ask."""

    balance: int = 0
    score: int = 0
    season_score: int = 0
    streak: int = 0
    solved: int = 0
    roles: frozenset[int] = frozenset()
    banned: bool = False
    had: dict[str, Had] = field(default_factory=dict[str, Had])
    """By reward."""
    shop_roles: dict[int, bool] = field(default_factory=dict[int, bool])
    """The roles that are theirs from the shop, or on their way; whether for good."""

    def meets(self, requirement: Requirement) -> bool:
        """Whether the requirement is met."""
        if requirement.what == "role":
            return requirement.value in self.roles
        return self.figure(requirement.what) >= requirement.value

    def figure(self, what: What) -> int:
        """The member's figure; a role has none."""
        return 0 if what == "role" else int(getattr(self, what))

    def take(self, reward: Reward, at_ms: int) -> None:
        """Count one more, as the next request meets it."""
        had = self.had.setdefault(reward.id, Had())
        had.ever += 1
        had.season += 1
        had.last_at = max(at_ms, had.last_at or at_ms)
        if reward.role is not None:
            for_good = reward.lasts_ms is None
            self.shop_roles[reward.role] = self.shop_roles.get(reward.role, False) or for_good
        self.balance -= reward.cost


@dataclass(frozen=True, slots=True)
class Shelf:
    """What is left of one reward in a period of its stock."""

    period: Period
    left: int | None = None
    """None: no end of them."""


def shortfalls(
    reward: Reward,
    standing: Standing,
    shelf: Shelf,
    at_ms: int,
    season: Period,
    *,
    price: int | None = None,
    promise: str | None = None,
) -> tuple[Lack, ...]:
    """Every reason why the member may not have the reward now.

    They agreed to `price`, for what was `promise` then.
    """
    return (
        *_as_a_whole(reward, standing, at_ms),
        *_agreed(reward, price, promise),
        *_on_the_shelf(shelf),
        *_of_the_members_own(reward, standing, at_ms, season),
        *_required(reward, standing),
        *_points(reward, standing),
    )


def _as_a_whole(reward: Reward, standing: Standing, at_ms: int) -> Iterable[Lack]:
    if standing.banned:
        yield Lack(why=Why.BANNED)
    if reward.paused:
        yield Lack(why=Why.PAUSED)
    if reward.opens_at is not None and at_ms < reward.opens_at:
        yield Lack(why=Why.EARLY, at=reward.opens_at)
    if reward.ends_at is not None and at_ms >= reward.ends_at:
        yield Lack(why=Why.EXPIRED, at=reward.ends_at)
    if reward.kind == "entry":
        yield Lack(why=Why.DRAW)


def _agreed(reward: Reward, price: int | None, promise: str | None) -> Iterable[Lack]:
    if price is not None and price != reward.cost:
        yield Lack(why=Why.PRICE, have=price, need=reward.cost)
    if promise is not None and promise != reward.promise:
        yield Lack(why=Why.CHANGED)


def _on_the_shelf(shelf: Shelf) -> Iterable[Lack]:
    if shelf.left is not None and shelf.left <= 0:
        yield Lack(why=Why.SOLD_OUT, at=shelf.period.ends_at)


def _of_the_members_own(
    reward: Reward, standing: Standing, at_ms: int, season: Period
) -> Iterable[Lack]:
    had = standing.had.get(reward.id, Had())
    if reward.kind == "role" and _has_the_role(reward, standing):
        yield Lack(why=Why.OWNED)
        return
    if reward.limit_ever is not None and had.ever >= reward.limit_ever:
        yield Lack(why=Why.LIMIT_EVER, have=had.ever, need=reward.limit_ever)
    elif reward.limit_per_season is not None and had.season >= reward.limit_per_season:
        yield Lack(
            why=Why.LIMIT_SEASON, have=had.season, need=reward.limit_per_season, at=season.ends_at
        )
    # Requests may come in another order than they were made in: no cooldown makes nobody wait.
    free = (had.last_at or 0) + reward.cooldown_ms
    if reward.cooldown_ms and had.last_at is not None and at_ms < free:
        yield Lack(why=Why.COOLDOWN, at=free)


def _has_the_role(reward: Reward, standing: Standing) -> bool:
    """Whether there is nothing to give. A role that is lent may be had again: it lasts longer."""
    role = reward.role or 0
    return standing.shop_roles.get(role, role in standing.roles)


def _required(reward: Reward, standing: Standing) -> Iterable[Lack]:
    requires = reward.requires
    for one in requires.every:
        if not standing.meets(one):
            yield Lack(why=Why.EVERY, asked=_asked([one], standing))
    if requires.at_least_one and not any(map(standing.meets, requires.at_least_one)):
        yield Lack(why=Why.AT_LEAST_ONE, asked=_asked(requires.at_least_one, standing))
    for one in requires.none:
        if standing.meets(one):
            yield Lack(why=Why.NONE, asked=_asked([one], standing))


def _asked(requirements: Iterable[Requirement], standing: Standing) -> tuple[Asked, ...]:
    return tuple(Asked(one.what, one.value, standing.figure(one.what)) for one in requirements)


def _points(reward: Reward, standing: Standing) -> Iterable[Lack]:
    if standing.balance < reward.cost:
        yield Lack(why=Why.POINTS, have=standing.balance, need=reward.cost)
