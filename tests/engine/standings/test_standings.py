"""Equal scores share a rank, the earliest is listed first, and the hidden are on no board.

That boards in memory tell the same is proved in `test_boards.py`.
"""

import random
from collections.abc import Mapping

import pytest

from engine.books.ledger import HELD, HOUSE, Kind, open_account, post
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.seasons import month_of
from engine.standings import Own, Window, own, page
from engine.storage.database import Database
from tests.builders import MONDAY, PARIS, SERVER, WEEK, a_person, a_round, a_transfer, closed

NOW = to_ms(MONDAY)
ALL = Window(season=0)


async def earn(
    database: Database, points: Mapping[int, int], *, server: int = SERVER, **changes: object
) -> dict[int, int]:
    """Give members points, each a millisecond after the one before; their accounts."""
    accounts: dict[int, int] = {}
    async with database.transaction() as tx:
        for n, (member, amount) in enumerate(points.items()):
            person = a_person(member, server=server)
            accounts[member] = await meet_one(tx, person, NOW + n)
            facts = {"counts_at": NOW + n} | changes
            if amount:
                await post(tx, a_transfer(accounts[member], amount, **facts))
    return accounts


async def board(
    database: Database,
    window: Window = ALL,
    *,
    server: int | None = None,
    first: int = 1,
    lines: int = 10,
) -> list[tuple[int, str, int]]:
    async with database.reading() as reader:
        shown = await page(reader, window, server=server, first=first, lines=lines)
    return [(line.rank, line.name, line.points) for line in shown]


async def hide(database: Database, account: int) -> None:
    async with database.transaction() as tx:
        await tx.execute("UPDATE members SET hidden = 1 WHERE account = ?", (account,))


async def test_equal_scores_share_a_rank_and_the_next_is_left_out(database: Database) -> None:
    await earn(database, {1: 50, 2: 70, 3: 70, 4: 50, 5: 10})

    assert await board(database) == [
        (1, "Member 2", 70),
        (1, "Member 3", 70),
        (3, "Member 1", 50),
        (3, "Member 4", 50),
        (5, "Member 5", 10),
    ]


async def test_within_a_rank_whoever_got_there_first_is_listed_first(
    database: Database,
) -> None:
    await earn(database, {1: 40, 2: 50, 3: 50})
    await earn(database, {1: 10})
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(1), NOW)
        await post(tx, a_transfer(account, 5, counts_at=NOW + 9))
        account = await meet_one(tx, a_person(3), NOW)
        await post(tx, a_transfer(account, 5, counts_at=NOW + 8))

    assert [name for _, name, _ in await board(database)] == ["Member 3", "Member 1", "Member 2"]


async def test_the_moment_that_counts_decides_and_not_the_one_of_booking(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        for member, counts_at in ((1, NOW + 5), (2, NOW + 2)):
            account = await meet_one(tx, a_person(member), NOW)
            await post(tx, a_transfer(account, counts_at=counts_at, booked_at=NOW + 9))

    assert [name for _, name, _ in await board(database)] == ["Member 2", "Member 1"]


async def test_spending_costs_no_rank(database: Database) -> None:
    accounts = await earn(database, {1: 50, 2: 40})
    async with database.transaction() as tx:
        hold = a_transfer(HELD, 50, source=accounts[1], kind=Kind.HOLD, counts_at=NOW + 9)
        await post(tx, hold)

    assert await board(database) == [(1, "Member 1", 50), (2, "Member 2", 40)]


async def test_hidden_members_are_on_no_board_and_see_their_own_rank(
    database: Database,
) -> None:
    accounts = await earn(database, {1: 50, 2: 40, 3: 30})
    await hide(database, accounts[2])
    async with database.reading() as reader:
        hidden = await own(reader, ALL, accounts[2], server=None)
        other = await own(reader, ALL, accounts[3], server=None)

    assert await board(database) == [(1, "Member 1", 50), (2, "Member 3", 30)]
    assert hidden == Own(points=40, rank=2, members=2)
    assert other == Own(points=30, rank=2, members=2, place=2)


async def test_a_servers_board_shows_who_was_seen_there_with_their_whole_score(
    database: Database,
) -> None:
    await earn(database, {1: 50, 2: 70})
    await earn(database, {1: 30, 3: 10}, server=SERVER + 1)

    assert await board(database, server=SERVER) == [(1, "Member 1", 80), (2, "Member 2", 70)]
    assert await board(database, server=SERVER + 1) == [(1, "Member 1", 80), (2, "Member 3", 10)]
    assert len(await board(database)) == 3
    assert await board(database, server=SERVER + 2) == []


async def test_a_servers_board_names_members_as_that_server_does(database: Database) -> None:
    async with database.transaction() as tx:
        for server, name, at in ((SERVER, "Ada here", NOW), (SERVER + 1, "Ada there", NOW + 1)):
            account = await meet_one(tx, a_person(server=server, name=name), at)
        await post(tx, a_transfer(account))

    assert [name for _, name, _ in await board(database, server=SERVER)] == ["Ada here"]
    assert [name for _, name, _ in await board(database, server=SERVER + 1)] == ["Ada there"]
    assert [name for _, name, _ in await board(database)] == ["Ada there"]


async def test_seasons_are_boards_of_their_own(database: Database) -> None:
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO seasons VALUES (1, 'old', ?, ?)", (NOW, NOW + 100))
        await tx.execute("INSERT INTO seasons VALUES (2, 'new', ?, ?)", (NOW + 100, NOW + 200))
    await earn(database, {1: 50}, counts_at=NOW + 99)
    await earn(database, {2: 70}, counts_at=NOW + 100)
    await earn(database, {3: 90}, kind=Kind.OPENING)

    assert await board(database, Window(season=1)) == [(1, "Member 1", 50)]
    assert await board(database, Window(season=2)) == [(1, "Member 2", 70)]
    assert len(await board(database)) == 3


async def test_a_round_has_a_board_of_what_it_gave(database: Database) -> None:
    round_ = await a_round(database)
    window = Window(round=round_.id)
    await earn(database, {1: 50, 2: 70}, round=round_.id)
    accounts = await earn(database, {3: 90})
    await earn(database, {3: 60}, round=round_.id, kind=Kind.ADJUSTMENT)
    async with database.transaction() as tx:
        taken = a_transfer(HOUSE, 30, source=accounts[3], kind=Kind.REVERSAL, round=round_.id)
        await post(tx, taken)
    async with database.reading() as reader:
        mine = await own(reader, window, accounts[3], server=None)

    assert await board(database, window) == [
        (1, "Member 2", 70),
        (2, "Member 1", 50),
        (3, "Member 3", 30),
    ]
    assert mine == Own(points=30, rank=3, members=3, place=3)


async def test_a_month_is_a_board_of_what_counts_in_it(database: Database) -> None:
    since, until = month_of(NOW, PARIS)
    await earn(database, {1: 50}, counts_at=since)
    await earn(database, {2: 60}, counts_at=until - 1)
    await earn(database, {3: 70}, counts_at=until)
    await earn(database, {4: 80}, counts_at=since - 1)
    await earn(database, {5: 90}, kind=Kind.OPENING)

    assert await board(database, Window(span=(since, until))) == [
        (1, "Member 2", 60),
        (2, "Member 1", 50),
    ]


async def test_a_circle_has_a_board_of_what_its_riddles_gave(database: Database) -> None:
    net = await a_round(database, circle="net")
    await closed(database, net)
    web = await a_round(database, week=WEEK.next(), circle="web")
    await earn(database, {1: 50, 2: 70}, round=net.id, circle="web")
    await earn(database, {1: 30}, round=web.id)
    await earn(database, {3: 90})

    assert await board(database, Window(season=0, circle="net")) == [
        (1, "Member 2", 70),
        (2, "Member 1", 50),
    ]
    assert await board(database, Window(round=web.id, circle="web")) == [(1, "Member 1", 30)]
    assert await board(database, Window(round=web.id, circle="net")) == []


async def test_one_who_was_never_seen_is_on_no_board_and_has_a_rank(database: Database) -> None:
    """As after points were brought in from elsewhere: there is no name to show yet."""
    accounts = await earn(database, {1: 50, 2: 40})
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM sightings WHERE account = ?", (accounts[1],))
    async with database.reading() as reader:
        mine = await own(reader, ALL, accounts[1], server=None)

    assert await board(database) == [(1, "Member 2", 40)]
    assert mine == Own(points=50, rank=1, members=1)


async def test_a_reversal_beyond_the_balance_lowers_the_round_by_the_whole(
    database: Database,
) -> None:
    round_ = await a_round(database)
    accounts = await earn(database, {1: 100}, round=round_.id)
    async with database.transaction() as tx:
        await tx.execute(
            "INSERT INTO accounts (id, kind, owner) VALUES (9, 'owed', ?)", (accounts[1],)
        )
        await post(tx, a_transfer(HELD, 60, source=accounts[1], kind=Kind.HOLD))
        for source, points in ((accounts[1], 40), (9, 60)):
            taken = a_transfer(HOUSE, points, source=source, kind=Kind.REVERSAL, round=round_.id)
            await post(tx, taken)

    assert await board(database) == []
    assert await board(database, Window(round=round_.id)) == []


async def test_nobody_without_points_is_on_a_board(database: Database) -> None:
    accounts = await earn(database, {1: 0, 2: 5})
    async with database.reading() as reader:
        nobody = await own(reader, ALL, accounts[1], server=None)
        stranger = await own(reader, ALL, None, server=None)

    assert await board(database) == [(1, "Member 2", 5)]
    assert nobody == stranger == Own(points=0, rank=None, members=1)


async def test_a_score_below_zero_has_no_rank(database: Database) -> None:
    accounts = await earn(database, {1: 40}, kind=Kind.OPENING)
    async with database.transaction() as tx:
        await tx.execute("INSERT INTO seasons VALUES (1, 's', ?, ?)", (NOW, NOW + 100))
        await post(tx, a_transfer(HOUSE, 10, source=accounts[1], kind=Kind.ADJUSTMENT))
    async with database.reading() as reader:
        mine = await own(reader, Window(season=1), accounts[1], server=None)

    assert mine.rank is None


async def test_accounts_that_belong_to_nobody_are_on_no_board(database: Database) -> None:
    async with database.transaction() as tx:
        await post(tx, a_transfer(await open_account(tx), 40))
        await post(tx, a_transfer(HELD, 40))

    assert await board(database) == []


@pytest.mark.parametrize("seed", range(3))
async def test_pages_and_own_ranks_tell_the_same_as_a_plain_reckoning(
    database: Database, seed: int
) -> None:
    rng = random.Random(seed)
    points = {member: rng.choice([0, 10, 20, 30]) for member in range(1, 30)}
    accounts = await earn(database, points)
    shown = {member: amount for member, amount in points.items() if amount}
    expected = [
        (1 + sum(other > amount for other in shown.values()), f"Member {member}", amount)
        for member, amount in sorted(shown.items(), key=lambda one: (-one[1], one[0]))
    ]
    pages = [await board(database, first=first, lines=7) for first in range(1, 36, 7)]
    async with database.reading() as reader:
        ranks = {
            f"Member {member}": (await own(reader, ALL, account, server=SERVER)).rank
            for member, account in accounts.items()
        }

    assert sum(pages, start=list[tuple[int, str, int]]()) == expected
    assert {name: ranks[name] for _, name, _ in expected} == {n: rank for rank, n, _ in expected}
