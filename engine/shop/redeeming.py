"""Redeeming: who may have what is decided where it is written.

Price, stock, limits and cooldowns hold however many ask at once: a batch of requests is decided
in the order of Discord's milliseconds, each on what those before it left.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from engine import posts
from engine.books.ledger import Transfer
from engine.people.members import Person, meet
from engine.posts import Owed
from engine.shop import codes
from engine.shop.circumstances import Season, read_standings, read_stores, seasons_of
from engine.shop.redemptions import Redemption, State, from_row, hold, move, spend, to_row
from engine.shop.rewards import Reward
from engine.shop.shortfalls import Lack, shortfalls
from engine.storage.batches import Batches
from engine.storage.database import Database, Reader, Transaction

ROLE_DEADLINE_MS = 86_400_000
"""How long a role may be on its way, whatever keeps Discord from giving it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A member asks for a reward. Moments are milliseconds UTC."""

    request: int
    """The interaction in which the member chose: asked twice, it is had once."""
    person: Person
    reward: Reward
    at: int
    """The millisecond in the interaction's id."""
    received_at: int = 0
    roles: frozenset[int] = frozenset()
    """What the member holds where they asked."""
    price: int | None = None
    """What they agreed to pay."""
    promise: str | None = None
    """What they were shown for it: see `Reward.promise`."""
    deadline_ms: int | None = None
    """How long a request may wait for a person, where the reward does not say."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A request that was not granted, and everything against it."""

    lacks: tuple[Lack, ...]


Outcome = Redemption | Refused
OwedFor = Callable[[Redemption], Sequence[Owed]]
"""What Discord is owed for a new redemption; pure, as it is asked within the transaction."""


@dataclass(frozen=True, slots=True)
class Manner:
    """How requests are decided in this community."""

    zone: ZoneInfo
    """Where weeks and days begin at midnight."""
    owed: OwedFor = lambda _: ()
    secret: bytes | None = None
    """Which secret is at hand to open codes."""


class RedemptionDesk:
    """Where rewards are asked for; each request is answered once it is on disk."""

    def __init__(self, database: Database, manner: Manner) -> None:
        async def grant(tx: Transaction, wishes: Sequence[Wish]) -> list[Outcome]:
            return await decide(tx, wishes, manner)

        self._batches = Batches(database, grant)

    async def redeem(self, wish: Wish) -> Outcome:
        """Decide and book one request. The same one twice is one, and hears the same."""
        return await self._batches.ask(wish)

    async def idle(self) -> None:
        """Return once every request is on disk."""
        await self._batches.idle()


async def decide(tx: Transaction, wishes: Sequence[Wish], manner: Manner) -> list[Outcome]:
    """Grant or refuse the requests of one commit; the outcomes come in the order of the wishes."""
    if not wishes:
        return []
    in_order = sorted(wishes, key=lambda wish: (wish.at, wish.request))
    accounts = await meet(tx, [wish.person for wish in in_order], in_order[-1].at)

    def name(wish: Wish) -> tuple[int, int]:
        return accounts[wish.person.id], wish.request

    known = await _earlier(tx, [name(wish) for wish in in_order])
    fresh = {name(wish): wish for wish in in_order if name(wish) not in known}
    seasons = await seasons_of(tx, {wish.at for wish in fresh.values()})
    # As a rule all of them fall into one season.
    for season, group in groupby(fresh.values(), key=lambda wish: seasons[wish.at]):
        known |= await _decide(tx, list(group), accounts, season, manner)
    return [known[name(wish)] for wish in wishes]


async def _decide(
    tx: Transaction,
    wishes: Sequence[Wish],
    accounts: Mapping[int, int],
    season: Season,
    manner: Manner,
) -> dict[tuple[int, int], Outcome]:
    # The catalogue may have changed between two of them.
    rewards = list({id(wish.reward): wish.reward for wish in wishes}.values())
    stores = await read_stores(
        tx,
        [(wish.reward, wish.at) for wish in wishes],
        zone=manner.zone,
        season=season,
        secret=manner.secret,
    )
    roles = {accounts[wish.person.id]: wish.roles for wish in wishes}
    standings = await read_standings(tx, roles, rewards, season)
    number = await tx.value("SELECT coalesce(max(id), 0) FROM redemptions")
    outcomes: dict[tuple[int, int], Outcome] = {}
    granted: list[tuple[Wish, Redemption]] = []
    for wish in wishes:
        account = accounts[wish.person.id]
        standing = standings[account]
        standing.roles = wish.roles
        shelf = stores.shelf(wish.reward, wish.at)
        lacks = shortfalls(
            wish.reward,
            standing,
            shelf,
            wish.at,
            season.period,
            price=wish.price,
            promise=wish.promise,
        )
        if lacks:
            outcomes[account, wish.request] = Refused(lacks)
            continue
        number += 1
        granted.append((wish, _granted(wish, number, account)))
        outcomes[account, wish.request] = granted[-1][1]
        standing.take(wish.reward, wish.at)
        stores.take(wish.reward, wish.at)
    await _keep_refusals(tx, wishes, accounts, outcomes)
    await _book(tx, granted, manner)
    return outcomes


def _granted(wish: Wish, number: int, account: int) -> Redemption:
    reward = wish.reward
    at_once = reward.kind == "code" and not reward.by_hand
    now = max(wish.at, wish.received_at)
    patience = None if at_once else _patience_ms(wish)
    return Redemption(
        id=number,
        request=wish.request,
        account=account,
        server=wish.person.server,
        terms=reward,
        cost=reward.cost,
        state=State.FULFILLED if at_once else State.UNFULFILLED,
        at=wish.at,
        deadline_at=None if patience is None else now + patience,
        settled_at=now if at_once else None,
    )


def _patience_ms(wish: Wish) -> int | None:
    """How long the points wait before they go back by themselves."""
    if not wish.reward.by_hand:
        return ROLE_DEADLINE_MS
    return wish.deadline_ms if wish.reward.deadline_ms is None else wish.reward.deadline_ms


async def _keep_refusals(
    tx: Transaction,
    wishes: Iterable[Wish],
    accounts: Mapping[int, int],
    outcomes: Mapping[tuple[int, int], Outcome],
) -> None:
    rows: list[tuple[int, int, str, str, int]] = []
    for wish in wishes:
        account = accounts[wish.person.id]
        outcome = outcomes[account, wish.request]
        if isinstance(outcome, Refused):
            kept = _LACKS.dump_json(outcome.lacks).decode()
            rows.append((account, wish.request, wish.reward.id, kept, wish.at))
    await tx.many("INSERT INTO redemption_refusals VALUES (?, ?, ?, ?, ?)", rows)


async def _book(
    tx: Transaction, granted: Sequence[tuple[Wish, Redemption]], manner: Manner
) -> None:
    """Write the redemptions, hold their points, give what can be given at once."""
    if not granted:
        return
    terms = {id(wish.reward): wish.reward.model_dump_json() for wish, _ in granted}
    await tx.many(
        f"INSERT INTO redemptions VALUES ({', '.join('?' * 16)})",  # noqa: S608 - place-holders only
        [to_row(one, terms[id(wish.reward)]) for wish, one in granted],
    )
    steps: list[tuple[int, str, int]] = []
    transfers: list[Transfer] = []
    by_pool: dict[str, list[int]] = {}
    for wish, one in granted:
        now = max(wish.at, wish.received_at)
        steps.append((one.id, "requested", now))
        transfers.append(hold(one, now))
        if one.state is State.FULFILLED:
            steps.append((one.id, "fulfilled", now))
            transfers.append(spend(one, now))
            by_pool.setdefault(one.reward, []).append(one.id)
    await tx.many("INSERT INTO redemption_steps (redemption, step, at) VALUES (?, ?, ?)", steps)
    for reward, numbers in by_pool.items():
        await codes.assign(tx, reward, numbers, manner.secret)
    await move(tx, transfers)
    await posts.owe(
        tx,
        [post for _, one in granted for post in manner.owed(one)],
        max(max(wish.at, wish.received_at) for wish, _ in granted),
    )


_LACKS = TypeAdapter(tuple[Lack, ...])


async def _earlier(
    reader: Reader, names: Sequence[tuple[int, int]]
) -> dict[tuple[int, int], Outcome]:
    """What became of requests that are on disk already."""
    wanted = (json.dumps([request for _, request in names]),)
    granted = await reader.all(
        "SELECT * FROM redemptions WHERE request IN (SELECT value FROM json_each(?))", wanted
    )
    known: dict[tuple[int, int], Outcome] = {
        (row["account"], row["request"]): from_row(row) for row in granted
    }
    refused = await reader.all(
        "SELECT * FROM redemption_refusals WHERE request IN (SELECT value FROM json_each(?))",
        wanted,
    )
    for row in refused:
        lacks = _LACKS.validate_json(row["lacks"])
        known[row["account"], row["request"]] = Refused(lacks)
    return known
