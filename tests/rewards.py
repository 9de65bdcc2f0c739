"""Small true things about rewards to test with."""

import itertools
from datetime import timedelta
from typing import Any

from engine.books.ledger import post_all
from engine.moments import to_ms
from engine.people.members import meet
from engine.shop.codes import SealedCode, load
from engine.shop.redeeming import Manner, Outcome, Wish, decide
from engine.shop.redemptions import Redemption
from engine.shop.rewards import Reward
from engine.storage.database import Database
from tests.builders import MONDAY, PARIS, a_person, a_transfer

SECRET = b"the name"
DAY_MS = 86_400_000
_requests = itertools.count(1_000)
_codes = itertools.count(1)


def a_reward(**changes: Any) -> Reward:
    """A sticker for 100 points, handed over by a person."""
    usual: dict[str, Any] = {
        "id": "sticker",
        "kind": "manual",
        "name": {"fr": "Autocollant", "en": "Sticker"},
        "cost": 100,
    }
    return Reward(**usual | changes)


def a_role(**changes: Any) -> Reward:
    """A golden role for 100 points."""
    usual: dict[str, Any] = {
        "id": "gold",
        "kind": "role",
        "name": {"fr": "Rôle doré", "en": "Golden role"},
        "role": 555,
        "server": a_person().server,
    }
    return a_reward(**usual | changes)


def a_code(**changes: Any) -> Reward:
    """A game key for 100 points."""
    usual: dict[str, Any] = {
        "id": "key",
        "kind": "code",
        "name": {"fr": "Clé de jeu", "en": "Game key"},
    }
    return a_reward(**usual | changes)


def a_manner(**changes: Any) -> Manner:
    """How requests are decided in these tests."""
    usual: dict[str, Any] = {"zone": PARIS, "secret": SECRET}
    return Manner(**usual | changes)


def a_wish(
    reward: Reward | None = None,
    *,
    member: int = 1,
    after: timedelta = timedelta(minutes=1),
    **changes: Any,
) -> Wish:
    """A request, so long after the publication."""
    usual: dict[str, Any] = {
        "request": next(_requests),
        "person": a_person(member),
        "reward": reward or a_reward(),
        "at": to_ms(MONDAY + after),
        "deadline_ms": 14 * DAY_MS,
    }
    return Wish(**usual | changes)


async def endow(database: Database, points: int, *members: int) -> None:
    """Give each member points."""
    async with database.transaction() as tx:
        accounts = await meet(tx, [a_person(member) for member in members or (1,)], to_ms(MONDAY))
        await post_all(tx, [a_transfer(account, points) for account in accounts.values()])


async def fill(database: Database, count: int, reward: str = "key") -> None:
    """Put codes into a pool."""
    codes = [
        SealedCode(
            id=number,
            reward=reward,
            sealed=b"sealed %d" % number,
            secret=SECRET,
            fingerprint=b"fingerprint %d" % number,
        )
        for number in itertools.islice(_codes, count)
    ]
    async with database.transaction() as tx:
        await load(tx, codes, to_ms(MONDAY))


async def ask(database: Database, *wishes: Wish, **manner: Any) -> list[Outcome]:
    """What becomes of requests that share one commit."""
    async with database.transaction() as tx:
        return await decide(tx, wishes, a_manner(**manner))


async def had(database: Database, reward: Reward | None = None, **changes: Any) -> Redemption:
    """A request that was granted, in a commit of its own."""
    (outcome,) = await ask(database, a_wish(reward, **changes))
    assert isinstance(outcome, Redemption), outcome
    return outcome
