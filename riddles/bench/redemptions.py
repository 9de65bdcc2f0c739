"""Redemptions racing: ten thousand requests for a hundred items by a thousand members at once.

Each member has points for one and almost for a second, and asks ten times. Counted are requests
that were decided durably per second, and what must not be: items too many, points below zero,
limits and cooldowns broken, books that do not fit.
"""

import asyncio
import gc
from collections import Counter
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from zoneinfo import ZoneInfo

from engine.books.ledger import HOUSE, Kind, Transfer, post_all
from engine.moments import to_ms
from engine.people.members import Person, meet
from engine.shop.proof import misfit
from engine.shop.redeeming import Manner, Outcome, RedemptionDesk, Wish
from engine.shop.redemptions import Redemption
from engine.shop.rewards import Reward
from engine.storage.database import Database, open_database
from riddles.bench.figures import Figure, median_of
from riddles.bench.play import NOW
from riddles.bench.riddle import FIRST_MEMBER, SERVER

ITEMS = 100
MEMBERS = 1_000
REQUESTS = 10_000
PRICE = 100
NOW_MS = to_ms(NOW)
DAY_MS = 86_400_000


async def measure(folder: Path, *, rounds: int = 5) -> list[Figure]:
    """Race `rounds` times, each on a database of its own below `folder`."""
    speeds: list[float] = []
    wrongs = 0
    for _ in range(rounds):
        async with _a_shop(folder) as database:
            seconds, outcomes = await _race(database)
            speeds.append(len(outcomes) / seconds)
            wrongs += await _wrongs(database, outcomes)
    return [
        median_of(
            speeds,
            name="redemptions.per_second",
            what=f"{REQUESTS:,} requests for {ITEMS} rewards by {MEMBERS:,} members at once",
            unit="/s",
        ),
        Figure(
            name="redemptions.wrong",
            what="… items too many, points too few, limits broken",
            value=wrongs,
            unit="",
            at_most=0,
        ),
    ]


@asynccontextmanager
async def _a_shop(folder: Path) -> AsyncGenerator[Database, None]:
    with TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "race.db"
        async with open_database(path, kind="rehearsal", now=NOW) as database:
            async with database.transaction() as tx:
                people = [_person(number) for number in range(MEMBERS)]
                accounts = await meet(tx, people, NOW_MS)
                await post_all(tx, [_gift(account) for account in accounts.values()])
            yield database


def _person(number: int) -> Person:
    return Person(id=FIRST_MEMBER + number, server=SERVER, name=f"Member {number}")


def _gift(account: int) -> Transfer:
    return Transfer(
        key=f"gift:{account}",
        kind=Kind.AWARD,
        source=HOUSE,
        target=account,
        points=2 * PRICE - 1,
        booked_at=NOW_MS,
        counts_at=NOW_MS,
    )


def _reward(name: str, *, limit: int | None = None, cooldown_ms: int = 0) -> Reward:
    return Reward(
        id=name,
        kind="manual",
        name={"en": name},
        cost=PRICE,
        stock=ITEMS // 2,
        limit_ever=limit,
        cooldown_ms=cooldown_ms,
    )


async def _race(database: Database) -> tuple[float, Sequence[Outcome]]:
    rewards = [_reward("limited", limit=1), _reward("cooled", cooldown_ms=DAY_MS)]
    desk = RedemptionDesk(database, Manner(ZoneInfo("Europe/Paris")))
    wishes = [
        Wish(
            request=number,
            person=_person(number % MEMBERS),
            reward=rewards[number % 2],
            at=NOW_MS + number // 10,
        )
        for number in range(1, REQUESTS + 1)
    ]
    gc.collect()
    begun = perf_counter()
    outcomes = await asyncio.gather(*(desk.redeem(wish) for wish in wishes))
    return perf_counter() - begun, outcomes


async def _wrongs(database: Database, outcomes: Sequence[Outcome]) -> int:
    """How many promises were broken."""
    granted = [one for one in outcomes if isinstance(one, Redemption)]
    per_member = Counter(one.account for one in granted)
    async with database.reading() as reader:
        below = await reader.value(
            "SELECT count(*) FROM accounts WHERE kind = 'member' AND balance < 0"
        )
        total = await reader.value("SELECT sum(balance) FROM accounts")
        trouble = await misfit(reader)
    return (
        abs(len(granted) - ITEMS)
        + sum(count - 1 for count in per_member.values())
        + below
        + abs(total)
        + (trouble is not None)
    )
