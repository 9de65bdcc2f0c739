"""Offers: each reward as one member meets it now, with everything that they lack for it."""

from collections.abc import Sequence
from dataclasses import dataclass

from engine.shop.circumstances import read_standings, read_stores, seasons_of
from engine.shop.redeeming import Manner
from engine.shop.rewards import Reward
from engine.shop.shortfalls import Lack, Standing, shortfalls
from engine.storage.database import Reader


@dataclass(frozen=True, slots=True)
class Offer:
    """A reward as one member meets it now."""

    reward: Reward
    lacks: tuple[Lack, ...]
    left: int | None
    """How many there are; None: no end of them."""
    restocks_at: int | None


@dataclass(frozen=True, slots=True)
class Asker:
    """Who looks at rewards: the account (None: never seen), and what the interaction shows."""

    account: int | None
    roles: frozenset[int] = frozenset()


async def offers(
    reader: Reader, rewards: Sequence[Reward], asker: Asker, at_ms: int, manner: Manner
) -> tuple[int, list[Offer]]:
    """What the member can spend, and each reward with everything that they lack for it."""
    season = (await seasons_of(reader, [at_ms]))[at_ms]
    stores = await read_stores(
        reader,
        [(reward, at_ms) for reward in rewards],
        zone=manner.zone,
        season=season,
        secret=manner.secret,
    )
    standing = Standing(roles=asker.roles)
    if asker.account is not None:
        found = await read_standings(reader, {asker.account: asker.roles}, rewards, season)
        standing = found[asker.account]
    seen: list[Offer] = []
    for reward in rewards:
        shelf = stores.shelf(reward, at_ms)
        lacks = shortfalls(reward, standing, shelf, at_ms, season.period)
        seen.append(Offer(reward, lacks, shelf.left, shelf.period.ends_at))
    return standing.balance, seen
