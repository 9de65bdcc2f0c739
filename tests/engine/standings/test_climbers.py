"""What a week changed: ranks gained by its points, and riddles solved in a row."""

from datetime import timedelta

from engine.books.ledger import HOUSE, Kind, post
from engine.calendar import Week
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.play.rounds import Round
from engine.seasons import current, ensure
from engine.standings import Climb, Row, climbers, longest_rows
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
    closed,
    hand_in,
    revealed,
)

NOW = to_ms(MONDAY)


async def season_of(database: Database) -> int:
    async with database.transaction() as tx:
        await ensure(tx, MONDAY, PARIS, 3)
        return await current(tx, NOW)


async def earn(
    database: Database, points: dict[int, int], number: int | None = None, at: int = NOW
) -> None:
    async with database.transaction() as tx:
        for member, amount in points.items():
            account = await meet_one(tx, a_person(member), NOW)
            facts = {"counts_at": at, "round": number}
            if amount > 0:
                await post(tx, a_transfer(account, amount, **facts))
            else:
                facts |= {"source": account, "kind": Kind.REVERSAL}
                await post(tx, a_transfer(HOUSE, -amount, **facts))


async def climbed(
    database: Database, season: int, round_: Round, server: int | None = SERVER
) -> list[tuple[str, int, int]]:
    async with database.reading() as reader:
        found = await climbers(reader, season, round_.id, server=server)
    return [(one.name, one.ranks, one.rank) for one in found]


async def test_climbers_are_those_whom_the_round_lifted_the_highest_first(
    database: Database,
) -> None:
    season, round_ = await season_of(database), await a_round(database)
    await earn(database, {1: 100, 2: 90, 3: 80, 4: 70, 5: 10})
    await earn(database, {3: 15, 4: 200, 5: 65}, round_.id)

    # Before: 1, 2, 3, 4, 5. After: 4, 1, 3, 2, 5.
    assert await climbed(database, season, round_) == [("Member 4", 3, 1)]


async def test_the_highest_gain_comes_first_and_only_the_first_few_are_named(
    database: Database,
) -> None:
    season, round_ = await season_of(database), await a_round(database)
    await earn(database, {1: 100, 2: 90, 3: 80, 4: 70, 5: 60})
    await earn(database, {3: 25, 5: 35, 4: 15}, round_.id)

    # Before: 1, 2, 3, 4, 5. After: 3 (105), 1 (100), 5 (95), 2 (90), 4 (85).
    assert await climbed(database, season, round_) == [("Member 3", 2, 1), ("Member 5", 2, 3)]
    await earn(database, {5: 20}, round_.id)
    assert await climbed(database, season, round_) == [("Member 5", 4, 1), ("Member 3", 1, 2)]
    async with database.reading() as reader:
        (first,) = await climbers(reader, season, round_.id, server=None, most=1)
    assert first.name == "Member 5"


async def test_equal_ranks_count_as_one(database: Database) -> None:
    season, round_ = await season_of(database), await a_round(database)
    await earn(database, {1: 50, 2: 50, 3: 40})
    await earn(database, {3: 10}, round_.id)

    assert await climbed(database, season, round_) == [("Member 3", 2, 1)]


async def test_whoever_had_no_rank_before_has_climbed_none(database: Database) -> None:
    season, round_ = await season_of(database), await a_round(database)
    await earn(database, {1: 50})
    await earn(database, {2: 90}, round_.id)

    assert await climbed(database, season, round_) == []


async def test_only_what_counts_in_the_season_lifts(database: Database) -> None:
    """A round at the end of a season is answered in the next one too."""
    season, round_ = await season_of(database), await a_round(database)
    await earn(database, {1: 50, 2: 40})
    await earn(database, {2: 90}, round_.id, at=NOW + 90 * 86_400_000)

    assert await climbed(database, season, round_) == []


async def test_the_hidden_climb_unseen_and_hold_no_rank(database: Database) -> None:
    season, round_ = await season_of(database), await a_round(database)
    await earn(database, {1: 50, 2: 40, 3: 30})
    await earn(database, {2: 20, 3: 15}, round_.id)
    async with database.transaction() as tx:
        await tx.execute("UPDATE members SET hidden = 1 WHERE id = ?", (a_person(2).id,))

    # Among those who are shown: 1 and 3 before, 1 and 3 after.
    assert await climbed(database, season, round_) == []


async def test_a_server_tells_of_its_own_members(database: Database) -> None:
    season, round_ = await season_of(database), await a_round(database)
    await earn(database, {1: 50, 2: 40})
    await earn(database, {2: 20}, round_.id)

    assert await climbed(database, season, round_, SERVER + 1) == []
    async with database.reading() as reader:
        (climb,) = await climbers(reader, season, round_.id, server=None)
    assert climb == Climb(climb.account, "Member 2", 1, 1)


async def weeks(database: Database, solvers: list[set[int]]) -> Round:
    """A riddle a week, each solved by those; the last round."""
    week, start, rounds = WEEK, MONDAY, list[Round]()
    for solved in solvers:
        round_ = await a_round(database, week=week)
        after = start - MONDAY + timedelta(minutes=1)
        tries = [a_try("quicksort", member=member, after=after) for member in sorted(solved)]
        await hand_in(database, *tries)
        rounds.append(await revealed(database, await closed(database, round_)))
        week, start = week.next(), start + timedelta(days=7)
    return rounds[-1]


async def rows(database: Database, round_: Round, least: int = 2) -> list[tuple[str, int]]:
    async with database.reading() as reader:
        found = await longest_rows(reader, round_, server=SERVER, least=least)
    assert all(isinstance(one, Row) for one in found)
    return [(one.name, one.rounds) for one in found]


async def test_rows_are_riddles_solved_one_after_another_up_to_this_one(
    database: Database,
) -> None:
    round_ = await weeks(database, [{1, 2, 3, 4}, {1, 2, 4}, {2, 3, 4}, {1, 2, 3}])

    assert await rows(database, round_) == [("Member 2", 4), ("Member 3", 2)]
    assert await rows(database, round_, least=3) == [("Member 2", 4)]
    assert round_.week == Week(2026, 51)


async def test_whoever_is_not_shown_has_no_row_to_tell_of(database: Database) -> None:
    round_ = await weeks(database, [{1, 2}, {1, 2}])
    async with database.transaction() as tx:
        await tx.execute("UPDATE members SET hidden = 1 WHERE id = ?", (a_person(1).id,))

    assert await rows(database, round_) == [("Member 2", 2)]
