"""The circles' cup compares what circles' best members earned for them, whatever their size."""

import random
from collections import defaultdict
from fractions import Fraction
from typing import Any

import pytest

from engine.books.ledger import HOUSE, Kind, open_account, post
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.people.presence import mark_gone
from engine.standings import Boards, CupLine, Window, cup
from engine.storage.database import Database
from tests.builders import MONDAY, a_person, a_round, a_transfer, a_try, hand_in

NOW = to_ms(MONDAY)
ALL = Window(season=0)


async def earn(database: Database, *earned: tuple[int, int, str | None], **facts: Any) -> None:
    """Members, points, and the circles they were in."""
    async with database.transaction() as tx:
        for member, points, circle in earned:
            account = await meet_one(tx, a_person(member), NOW)
            await post(tx, a_transfer(account, points, circle=circle, **facts))


async def standing(
    database: Database, *circles: str, best: int = 2, window: Window = ALL
) -> list[tuple[int, str, Fraction]]:
    async with database.reading() as reader:
        lines = await cup(reader, window, circles or ("net", "web"), best=best)
    return [(line.rank, line.circle, line.points) for line in lines]


async def test_a_circle_is_as_good_as_the_mean_of_its_best(database: Database) -> None:
    await earn(database, (1, 100, "net"), (2, 50, "net"), (3, 40, "net"), (4, 80, "web"))
    await earn(database, (5, 71, "web"))

    assert await standing(database) == [(1, "web", Fraction(151, 2)), (2, "net", Fraction(75))]


async def test_a_hero_alone_is_no_circle(database: Database) -> None:
    await earn(database, (1, 100, "net"), (2, 60, "web"), (3, 50, "web"))

    assert await standing(database) == [(1, "web", Fraction(55)), (2, "net", Fraction(50))]


async def test_equal_means_share_a_rank_and_nothing_earned_is_the_last(
    database: Database,
) -> None:
    await earn(database, (1, 60, "net"), (2, 60, "web"), (3, 90, None))

    assert await standing(database, "web", "net", "old") == [
        (1, "net", Fraction(30)),
        (1, "web", Fraction(30)),
        (3, "old", Fraction(0)),
    ]


async def test_points_stay_with_the_circle_in_which_they_were_earned(
    database: Database,
) -> None:
    await earn(database, (1, 60, "net"), (1, 10, "web"))

    assert await standing(database, best=1) == [(1, "net", Fraction(60)), (2, "web", Fraction(10))]


async def test_what_is_taken_back_is_taken_from_the_circle_that_had_it(
    database: Database,
) -> None:
    await earn(database, (1, 60, "net"), (1, 60, "web"))
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(1), NOW)
        for points, first in ((50, 1), (60, 2)):
            facts = {"source": account, "kind": Kind.REVERSAL, "corrects": first}
            await post(tx, a_transfer(HOUSE, points, **facts))
        lines = await cup(tx, ALL, ["net", "web"], best=1)

    assert lines == [
        CupLine(1, "net", Fraction(10), scorers=1, took_part=0, members=0),
        CupLine(2, "web", Fraction(0), scorers=0, took_part=0, members=0),
    ]


async def test_hidden_members_count_for_their_circle_and_those_who_left_do_not(
    database: Database,
) -> None:
    await earn(database, (1, 60, "net"), (2, 50, "web"))
    async with database.transaction() as tx:
        await tx.execute("UPDATE members SET hidden = 1 WHERE id = ?", (a_person(2).id,))
        account = await meet_one(tx, a_person(1), NOW)
        await mark_gone(tx, a_person().server, account, NOW + 1)
        await post(tx, a_transfer(await open_account(tx), 500, circle="net"))

    assert await standing(database, best=1) == [(1, "web", Fraction(50)), (2, "net", Fraction(0))]


async def test_a_cup_has_its_window(database: Database) -> None:
    round_ = await a_round(database)
    await earn(database, (1, 60, "net"), counts_at=NOW + 10)
    await earn(database, (2, 50, "web"), counts_at=NOW + 20, round=round_.id)

    assert await standing(database, best=1, window=Window(span=(NOW, NOW + 15))) == [
        (1, "net", Fraction(60)),
        (2, "web", Fraction(0)),
    ]
    assert (await standing(database, best=1, window=Window(round=round_.id)))[0][1] == "web"


async def test_those_take_part_who_tried_and_those_are_known_who_ever_did(
    database: Database,
) -> None:
    await a_round(database)
    people = {
        n: a_person(n, circle=circle)
        for n, circle in ((1, "net"), (2, "net"), (3, "web"), (4, None), (5, "net"))
    }
    await hand_in(database, *(a_try("bogosort", person=person) for person in people.values()))
    moved = a_person(1, circle="web")
    await hand_in(database, a_try("quicksort", person=moved, at=NOW + 7_200_000))
    await hand_in(database, a_try("   ", person=a_person(6, circle="web")))
    window = Window(span=(NOW + 3_600_000, NOW + 10**9))
    async with database.reading() as reader:
        then = await cup(reader, window, ["net", "web"], best=1)
        ever = await cup(reader, ALL, ["net", "web"], best=1)

    assert [line for line in then if line.circle == "web"] == [
        CupLine(1, "web", Fraction(100), scorers=1, took_part=1, members=3)
    ]
    assert [line for line in ever if line.circle == "net"] == [
        CupLine(2, "net", Fraction(0), scorers=0, took_part=2, members=2)
    ]
    assert [line for line in ever if line.circle == "web"] == [
        CupLine(1, "web", Fraction(100), scorers=1, took_part=2, members=3)
    ]
    assert then[0].participation == Fraction(1, 3)


@pytest.mark.parametrize("seed", range(4))
async def test_it_tells_the_same_as_a_plain_reckoning(database: Database, seed: int) -> None:
    dice = random.Random(seed)
    circles = ["net", "web", "dev"]
    totals = defaultdict[tuple[str, int], int](int)
    for _ in range(40):
        member, points = dice.randrange(12), dice.choice([10, 20, 30])
        circle = dice.choice([*circles, None])
        await earn(database, (member, points, circle))
        if circle is not None:
            totals[circle, member] += points
    best = dice.randrange(1, 6)
    means = {
        circle: Fraction(
            sum(sorted((p for (c, _), p in totals.items() if c == circle), reverse=True)[:best]),
            best,
        )
        for circle in circles
    }
    expected = [
        (1 + sum(other > means[circle] for other in means.values()), circle, means[circle])
        for circle in sorted(circles, key=lambda circle: (-means[circle], circle))
    ]

    assert await standing(database, *circles, best=best) == expected


async def test_boards_tell_the_cup_as_it_stands(database: Database) -> None:
    async with Boards(database) as boards:
        await earn(database, (1, 60, "net"))
        first = await boards.cup(ALL, ["net"], best=1)
        while True:  # It is reckoned again soon after.
            await earn(database, (1, 1, "net"))
            again = await boards.cup(ALL, ["net"], best=1)
            if again != first:
                break

    assert first[0].points == 60
    assert again[0].points > 60
