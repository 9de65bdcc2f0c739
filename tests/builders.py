"""Small true things to test with: a rhythm, rules, members, tries."""

import itertools
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from engine.books.ledger import HOUSE, Kind, Transfer
from engine.calendar import Rhythm, Step, Week, WeeklyTime
from engine.judging import parse_answer
from engine.moments import to_ms
from engine.people.members import Person, account_of
from engine.play.rounds import Round, open_round, take_step
from engine.play.rules import Rules, Wording
from engine.play.settlement import settled as settle
from engine.play.submissions import Attempt, Reply, decide
from engine.storage.database import Database

PARIS = ZoneInfo("Europe/Paris")
WEEK = Week(2026, 48)
MONDAY = datetime(2026, 11, 23, 17, 0, tzinfo=UTC)
"""18:00 in Paris: when the riddle of `WEEK` goes out."""
SERVER = 100_000_000_000_000_001
NEAR_MISS = "a sort"

_interactions = itertools.count(1)


def a_rhythm(**changes: Any) -> Rhythm:
    """The week of the examples."""
    at = WeeklyTime.parse
    usual: dict[str, Any] = {
        "zone": PARIS,
        "publish": at("mon 18:00"),
        "hints": (at("wed 18:00"), at("fri 18:00")),
        "remind": at("sat 10:00"),
        "close": at("sun 20:00"),
        "reveal": at("sun 20:30"),
        "recap": at("sun 20:45"),
    }
    return Rhythm(**usual | changes)


def rules(**changes: Any) -> Rules:
    """A riddle worth 100 points, whose answer is `quicksort`."""
    usual: dict[str, Any] = {
        "title": "What sorts here?",
        "difficulty": 2,
        "value": 100,
        "text": {
            lang: Wording(prompt="?", hints=("one", "two", "three"), solution="!")
            for lang in ("fr", "en")
        },
        "answer": parse_answer(
            {
                "accept": ["quicksort"],
                "reject": ["bogosort"],
                "near": [{"when": NEAR_MISS, "say": {"fr": "Lequel ?", "en": "Which one?"}}],
            }
        ),
    }
    return Rules(**usual | changes)


async def a_round(
    database: Database, *, week: Week = WEEK, slug: str | None = None, **changes: Any
) -> Round:
    """An open round."""
    plan = a_rhythm().plan(week)
    async with database.transaction() as tx:
        return await open_round(
            tx,
            plan=plan,
            slug=slug or f"riddle-{week}",
            rules=rules(**changes),
            now=plan.publishes_at,
        )


def a_person(number: int = 1, **changes: Any) -> Person:
    """A member."""
    usual: dict[str, Any] = {"id": 10_000 + number, "server": SERVER, "name": f"Member {number}"}
    return Person(**usual | changes)


def a_try(
    text: str = "quicksort",
    *,
    member: int = 1,
    after: timedelta = timedelta(minutes=1),
    **changes: Any,
) -> Attempt:
    """A try, so long after the publication."""
    usual: dict[str, Any] = {
        "interaction": next(_interactions),
        "person": a_person(member),
        "lang": "en",
        "text": text,
        "at": to_ms(MONDAY + after),
    }
    usual |= changes
    return Attempt(**{"received_at": usual["at"]} | usual)


async def hand_in(database: Database, *attempts: Attempt) -> list[Reply]:
    """The replies to tries that share one commit."""
    async with database.transaction() as tx:
        return await decide(tx, attempts)


async def hand_in_one(database: Database, text: str = "quicksort", **changes: Any) -> Reply:
    """The reply to a try that is a commit of its own."""
    (reply,) = await hand_in(database, a_try(text, **changes))
    return reply


async def closed(database: Database, round_: Round) -> Round:
    """The round once it was closed at its moment."""
    at = round_.closes_at
    async with database.transaction() as tx:
        return await take_step(tx, round_.id, Step.CLOSE, due_at=at, now=at)


async def settled(database: Database, round_: Round) -> Round:
    """The round once it was closed and settled, each at its moment."""
    round_ = round_ if round_.has(Step.CLOSE) else await closed(database, round_)
    at = round_.settles_at
    async with database.transaction() as tx:
        round_ = await take_step(tx, round_.id, Step.SETTLE, due_at=at, now=at)
        await settle(tx, round_, to_ms(at))
    return round_


async def revealed(database: Database, round_: Round) -> Round:
    """The round once it was closed, settled and revealed, each at its moment."""
    round_ = round_ if round_.is_settled else await settled(database, round_)
    at = round_.reveals_at
    async with database.transaction() as tx:
        return await take_step(tx, round_.id, Step.REVEAL, due_at=at, now=at)


async def account_of_member(database: Database, member: int = 1) -> int:
    """The account of `a_person(member)`, who was met before."""
    async with database.reading() as reader:
        account = await account_of(reader, a_person(member).id)
    assert account is not None
    return account


def a_transfer(target: int, points: int = 40, **changes: Any) -> Transfer:
    """Points from the house."""
    usual: dict[str, Any] = {
        "key": f"test:{next(_interactions)}",
        "kind": Kind.AWARD,
        "source": HOUSE,
        "target": target,
        "points": points,
        "booked_at": to_ms(MONDAY),
        "counts_at": to_ms(MONDAY),
    }
    return Transfer(**usual | changes)
