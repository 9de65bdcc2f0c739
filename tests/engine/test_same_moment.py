"""A thousand members solve at the same moment: Discord's milliseconds give the places.

The answers come from a thousand tasks, in any order and through many commits; bot lag costs nobody
a place.
"""

import asyncio
import json
import random
from collections import Counter

import pytest

from engine.moments import to_ms
from engine.play.submissions import AnswerDesk, Told
from engine.scoring import Scoring
from engine.storage.database import Database
from tests.audit import assert_books_fit
from tests.builders import MONDAY, a_round, a_try, settled

MEMBERS = 1000
PODIUM = (50, 30, 10)
OPENS = to_ms(MONDAY)


@pytest.mark.parametrize("spread", [1, 40, 400, 5000])
async def test_places_follow_the_millisecond_and_equal_ones_share_a_place(
    database: Database, spread: int
) -> None:
    """`spread` milliseconds for all: with 1 everybody is first, with 400 most are in a tie."""
    dice = random.Random(spread)
    round_ = await a_round(database, scoring=Scoring(podium=PODIUM))
    desk = AnswerDesk(database)
    moments = {n: 10_000 + dice.randrange(spread) for n in range(1, MEMBERS + 1)}
    ids = dict(zip(moments, dice.sample(range(1, 10_000), MEMBERS), strict=True))

    async def solve(member: int, lag: float) -> Told:
        await asyncio.sleep(lag)
        attempt = a_try(member=member, at=OPENS + moments[member], interaction=ids[member])
        return (await desk.submit(attempt)).told

    arrival = dice.sample(list(moments), MEMBERS)
    tasks = [asyncio.create_task(solve(n, dice.random() * 0.2)) for n in arrival]
    told = await asyncio.gather(*tasks)
    await settled(database, round_)

    assert set(told) == {Told.ACCEPT}
    rows = await database.look(
        "SELECT members.id - 10000 AS member, settled, balance FROM solves "
        "JOIN members USING (account) JOIN accounts ON accounts.id = account"
    )
    before = Counter(moments.values())
    places = {n: 1 + sum(before[at] for at in before if at < moments[n]) for n in moments}
    bonus = dict(enumerate(PODIUM, 1))
    assert {row["member"]: json.loads(row["settled"])["place"] for row in rows} == places
    assert {row["member"]: row["balance"] for row in rows} == {
        n: 100 + bonus.get(place, 0) for n, place in places.items()
    }
    async with database.reading() as reader:
        await assert_books_fit(reader)
