"""Roles follow the books: given once, taken when lost, given again when earned again."""

import random
from datetime import datetime, timedelta
from typing import Any

from engine import seasons
from engine.books.ledger import HOUSE, Kind, post
from engine.moments import to_ms
from engine.people import bans
from engine.people.members import meet
from engine.people.milestones import Change, Milestone, reconcile
from engine.storage.database import Database
from tests.builders import (
    MONDAY,
    PARIS,
    SERVER,
    WEEK,
    a_person,
    a_round,
    a_transfer,
    a_try,
    account_of_member,
    hand_in,
    revealed,
)

NOW = to_ms(MONDAY)
ROLE = 77


def a_milestone(**changes: Any) -> Milestone:
    usual: dict[str, Any] = {"server": SERVER, "role": ROLE, "feat": "score", "least": 100}
    return Milestone(**usual | changes)


async def look(database: Database, **changes: Any) -> list[Change]:
    async with database.transaction() as tx:
        return await reconcile(tx, a_milestone(**changes), NOW)


async def earn(database: Database, points: int, member: int = 1) -> int:
    async with database.transaction() as tx:
        person = a_person(member)
        account = (await meet(tx, [person], NOW))[person.id]
        if points > 0:
            await post(tx, a_transfer(account, points))
        else:
            lost = a_transfer(HOUSE, -points, source=account, kind=Kind.REVERSAL)
            await post(tx, lost)
    return account


async def test_a_role_is_given_once(database: Database) -> None:
    account = await earn(database, 100)
    (given,) = await look(database)

    assert (given.account, given.give, given.number) == (account, True, 1)
    assert await look(database) == []


async def test_one_point_short_is_short(database: Database) -> None:
    await earn(database, 99)

    assert await look(database) == []


async def test_a_role_lost_is_taken_and_given_again_under_another_number(
    database: Database,
) -> None:
    await earn(database, 100)
    await look(database)
    await earn(database, -1)
    (taken,) = await look(database)
    await earn(database, 1)
    (again,) = await look(database)

    assert (taken.give, taken.number) == (False, 2)
    assert (again.give, again.number) == (True, 3)


async def test_a_role_may_be_kept_for_good(database: Database) -> None:
    await earn(database, 100)
    await look(database, keeps=True)
    await earn(database, -50)

    assert await look(database, keeps=True) == []


async def test_a_podium_stands_until_another_season_was_played(database: Database) -> None:
    async with database.transaction() as tx:
        await seasons.ensure(tx, MONDAY, PARIS, 1)
    await a_round(database)
    winner = await earn(database, 100)
    (given,) = await at_the_podium(database, MONDAY + timedelta(weeks=2))

    assert (given.account, given.give) == (winner, True)
    assert await at_the_podium(database, MONDAY + timedelta(weeks=9)) == []


async def at_the_podium(database: Database, now: datetime) -> list[Change]:
    async with database.transaction() as tx:
        await seasons.ensure(tx, now, PARIS, 1)
        return await reconcile(tx, a_milestone(feat="podium", least=1), to_ms(now))


async def test_a_banned_member_loses_it_and_has_it_back_afterwards(database: Database) -> None:
    await earn(database, 100)
    await look(database)
    async with database.transaction() as tx:
        await bans.impose(tx, [(a_person(1).id, "spam")], origin="here", now_ms=NOW)
    (taken,) = await look(database)
    async with database.transaction() as tx:
        await bans.lift(tx, NOW)
    (given,) = await look(database)

    assert (taken.give, given.give) == (False, True)


async def test_a_circle_is_mastered_by_its_riddles_alone(database: Database) -> None:
    first = await a_round(database, circle="réseau")
    await hand_in(database, a_try(member=1))
    await revealed(database, first)
    await a_round(database, week=WEEK.next(), circle="matériel")
    await hand_in(database, a_try(member=1, after=timedelta(days=7, minutes=1)))

    assert len(await look(database, feat="solved", least=1, circle="réseau")) == 1
    assert await look(database, feat="solved", least=2, circle="réseau", role=78) == []
    assert len(await look(database, feat="solved", least=2, role=79)) == 1


async def test_a_streak_is_counted_to_the_newest_reveal(database: Database) -> None:
    for number, week in enumerate((WEEK, WEEK.next())):
        round_ = await a_round(database, week=week)
        await hand_in(database, a_try(member=1, after=timedelta(days=7 * number, minutes=1)))
        await revealed(database, round_)
    account = await account_of_member(database, 1)

    assert [one.account for one in await look(database, feat="streak", least=2)] == [account]
    assert await look(database, feat="streak", least=3, role=78) == []


async def test_members_of_another_server_hold_it_there(database: Database) -> None:
    await earn(database, 100)

    assert await look(database, server=SERVER + 1) == []


async def test_who_holds_the_role_is_who_deserves_it_whatever_happened(database: Database) -> None:
    rng = random.Random(20261123)
    holding: set[int] = set()
    scores: dict[int, int] = {}
    for _ in range(60):
        member, points = rng.randrange(1, 4), rng.randrange(-60, 60) or 1
        if scores.get(member, 0) + points < 0:
            continue
        account = await earn(database, points, member)
        scores[member] = scores.get(member, 0) + points
        for change in await look(database, least=50):
            (holding.add if change.give else holding.remove)(change.account)

        if scores[member] >= 50:
            assert account in holding
        else:
            assert account not in holding
