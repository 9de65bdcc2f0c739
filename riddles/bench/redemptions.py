"""Redemptions racing: ten thousand requests for a hundred items by a thousand members at once.

Each member has points for one and almost for a second, and asks ten times. Counted are requests
that were decided durably per second, and what must not be: more items than there are, points below
zero, limits and cooldowns broken, books that do not fit.
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

from engine.books.audit import audit
from engine.books.ledger import HOUSE, Kind, Transfer, post_all
from engine.moments import to_ms
from engine.people.members import Person, meet
from engine.shop.redeeming import Manner, Outcome, RedemptionDesk, Wish
from engine.shop.redemptions import Redemption
from engine.shop.rewards import Reward
from engine.storage.database import Database, open_database
from riddles.bench.figures import Figure, median_of
from riddles.bench.play import NOW
from riddles.bench.riddle import FIRST_MEMBER, SERVER
from riddles.bench.sizes import Rush, Sizes
from riddles.bench.steps import OnStep

PRICE = 100
NOW_MS = to_ms(NOW)
DAY_MS = 86_400_000

BROKEN = {
    "oversold": "rewards given that were not in stock",
    "unsold": "rewards left although somebody could have had them",
    "overspent": "members who spent more than they had",
    "limits": "limits and cooldowns broken",
    "misfits": "books that do not fit",
}
"""What would be wrong, by its name in the report."""


async def measure(folder: Path, sizes: Sizes, on_step: OnStep) -> list[Figure]:
    """Race once a round, each on a database of its own below `folder`."""
    rush = sizes.rush
    speeds: list[float] = []
    broken = Counter[str]()
    for round_ in range(sizes.rounds):
        on_step(f"redeeming {rush.items:,} rewards", round_, sizes.rounds)
        async with _a_shop(folder, rush) as database:
            seconds, outcomes = await _race(database, rush)
            speeds.append(len(outcomes) / seconds)
            broken.update(await _broken(database, rush, outcomes))
    what = (
        f"{rush.requests:,} requests for {rush.items} rewards by {rush.members:,} members at once"
    )
    return [
        median_of(speeds, name="redemptions.per_second", what=what, unit="/s"),
        *(
            Figure(
                name=f"redemptions.{name}",
                what=f"… {words}",
                value=broken[name],
                unit="",
                at_most=0,
            )
            for name, words in BROKEN.items()
        ),
    ]


@asynccontextmanager
async def _a_shop(folder: Path, rush: Rush) -> AsyncGenerator[Database, None]:
    with TemporaryDirectory(dir=folder) as place:
        path = Path(place) / "race.db"
        async with open_database(path, kind="rehearsal", now=NOW) as database:
            async with database.transaction() as tx:
                people = [_person(number) for number in range(rush.members)]
                accounts = await meet(tx, people, NOW_MS)
                await post_all(tx, [_gift(account) for account in accounts.values()])
            yield database


def _person(number: int) -> Person:
    return Person(id=FIRST_MEMBER + number, server=SERVER, name=f"Member {number}")


def _gift(account: int) -> Transfer:
    """Points for one, and almost for a second."""
    return Transfer(
        key=f"gift:{account}",
        kind=Kind.AWARD,
        source=HOUSE,
        target=account,
        points=2 * PRICE - 1,
        booked_at=NOW_MS,
        counts_at=NOW_MS,
    )


def _rewards(rush: Rush) -> list[Reward]:
    """One that is limited to one each, and one that rests for a day."""
    limited = Reward(
        id="limited",
        kind="manual",
        name={"en": "limited"},
        cost=PRICE,
        stock=rush.items // 2,
        limit_ever=1,
    )
    rests = {"id": "cooled", "limit_ever": None, "cooldown_ms": DAY_MS}
    return [limited, limited.model_copy(update=rests)]


async def _race(database: Database, rush: Rush) -> tuple[float, Sequence[Outcome]]:
    rewards = _rewards(rush)
    desk = RedemptionDesk(database, Manner(ZoneInfo("Europe/Paris")))
    wishes = [
        Wish(
            request=number,
            person=_person(number % rush.members),
            # Each member asks for both, in turns.
            reward=rewards[(number + number // rush.members) % 2],
            at=NOW_MS + number // 10,
        )
        for number in range(1, rush.requests + 1)
    ]
    gc.collect()
    begun = perf_counter()
    outcomes = await asyncio.gather(*(desk.redeem(wish) for wish in wishes))
    return perf_counter() - begun, outcomes


async def _broken(database: Database, rush: Rush, outcomes: Sequence[Outcome]) -> Counter[str]:
    """Which promises were broken, and how often."""
    granted = [one for one in outcomes if isinstance(one, Redemption)]
    sold = Counter(one.reward for one in granted)
    per_member = Counter(one.account for one in granted)
    per_reward = Counter((one.account, one.reward) for one in granted)
    async with database.reading() as reader:
        below = await reader.value(
            "SELECT count(*) FROM accounts WHERE kind = 'member' AND balance < 0"
        )
        found = await audit(reader)
    stock = {reward.id: reward.stock or 0 for reward in _rewards(rush)}
    return Counter(
        oversold=sum(max(sold[reward] - there, 0) for reward, there in stock.items()),
        unsold=sum(max(there - sold[reward], 0) for reward, there in stock.items()),
        overspent=below + sum(count > 1 for count in per_member.values()),
        limits=sum(count > 1 for count in per_reward.values()),
        misfits=int(found.trouble is not None),
    )
