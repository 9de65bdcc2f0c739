"""Whoever left a server is off its board, keeps everything, and is back with their next step."""

from engine.books.ledger import post
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.people.presence import ASK_AGAIN_MS, Asked, mark_gone, mark_here, to_ask
from engine.standings import Own, Window, own, page
from engine.storage.database import Database
from tests.builders import MONDAY, SERVER, a_person, a_transfer

NOW = to_ms(MONDAY)
OTHER = SERVER + 1
ALL = Window(season=0)


async def seen(database: Database, member: int = 1, server: int = SERVER, at: int = NOW) -> int:
    async with database.transaction() as tx:
        return await meet_one(tx, a_person(member, server=server), at)


async def with_points(database: Database, member: int = 1) -> int:
    account = await seen(database, member)
    async with database.transaction() as tx:
        await post(tx, a_transfer(account))
    return account


async def gone(database: Database, account: int, *, server: int = SERVER, at: int = NOW) -> None:
    async with database.transaction() as tx:
        await mark_gone(tx, server, account, at)


async def on_board(database: Database, server: int | None = SERVER) -> list[str]:
    async with database.reading() as reader:
        return [line.name for line in await page(reader, ALL, server=server)]


async def asked(database: Database, *accounts: int, at: int) -> list[Asked]:
    async with database.reading() as reader:
        return await to_ask(reader, [SERVER, OTHER], accounts, at)


async def test_one_who_left_is_off_the_board_and_keeps_everything(database: Database) -> None:
    first, second = [await with_points(database, n) for n in (1, 2)]
    await gone(database, first, at=NOW + 1)
    async with database.reading() as reader:
        mine = await own(reader, ALL, first, server=SERVER)

    assert await on_board(database) == ["Member 2"]
    assert mine == Own(points=40, rank=1, members=1)
    assert second != first


async def test_leaving_one_server_leaves_only_its_board(database: Database) -> None:
    account = await with_points(database)
    await seen(database, server=OTHER)
    await gone(database, account, at=NOW + 1)

    assert await on_board(database, SERVER) == []
    assert await on_board(database, OTHER) == ["Member 1"]
    assert await on_board(database, None) == ["Member 1"]


async def test_one_who_left_every_server_is_on_no_board(database: Database) -> None:
    account = await with_points(database)
    await seen(database, server=OTHER)
    for server in (SERVER, OTHER):
        await gone(database, account, server=server, at=NOW + 1)

    assert await on_board(database, None) == []


async def test_the_next_interaction_brings_them_back(database: Database) -> None:
    account = await with_points(database)
    await gone(database, account, at=NOW + 5)
    assert await on_board(database) == []
    await seen(database, at=NOW + 6)

    assert await on_board(database) == ["Member 1"]


async def test_what_happened_before_they_left_does_not_bring_them_back(
    database: Database,
) -> None:
    account = await with_points(database)
    await gone(database, account, at=NOW + 5)
    await seen(database, at=NOW + 5)

    assert await on_board(database) == []


async def test_an_answer_of_discord_that_a_step_has_overtaken_changes_nothing(
    database: Database,
) -> None:
    account = await with_points(database)
    await seen(database, at=NOW + 9)
    await gone(database, account, at=NOW + 5)

    assert await on_board(database) == ["Member 1"]


async def test_one_who_came_back_to_the_server_is_on_the_board_again(database: Database) -> None:
    account = await with_points(database)
    await gone(database, account, at=NOW + 1)
    async with database.transaction() as tx:
        await mark_here(tx, SERVER, account, NOW + 2)

    assert await on_board(database) == ["Member 1"]


async def test_an_older_answer_never_overrules_a_newer_one(database: Database) -> None:
    account = await with_points(database)
    await gone(database, account, at=NOW + 5)
    async with database.transaction() as tx:
        await mark_here(tx, SERVER, account, NOW + 4)

    assert await on_board(database) == []


async def test_nobody_is_asked_about_within_a_day(database: Database) -> None:
    account = await with_points(database)
    tomorrow = NOW + ASK_AGAIN_MS

    assert await asked(database, account, at=tomorrow - 1) == []
    assert await asked(database, account, at=tomorrow) == [Asked(SERVER, account, a_person(1).id)]
    async with database.transaction() as tx:
        await mark_here(tx, SERVER, account, tomorrow)
    assert await asked(database, account, at=tomorrow + ASK_AGAIN_MS - 1) == []
    assert len(await asked(database, account, at=tomorrow + ASK_AGAIN_MS)) == 1


async def test_members_are_asked_about_where_they_were_seen(database: Database) -> None:
    first, second = [await with_points(database, n) for n in (1, 2)]
    await seen(database, 2, server=OTHER)
    await seen(database, 1, server=99)
    found = await asked(database, second, first, at=NOW + ASK_AGAIN_MS)

    assert [(one.account, one.server) for one in found] == [
        (second, SERVER),
        (second, OTHER),
        (first, SERVER),
    ]


async def test_a_name_that_is_erased_takes_its_presence_along(database: Database) -> None:
    account = await with_points(database)
    await gone(database, account)
    async with database.transaction() as tx:
        await tx.execute("DELETE FROM sightings WHERE account = ?", (account,))

        assert await tx.all("SELECT * FROM presences") == []


async def test_of_somebody_who_was_never_seen_nothing_is_kept(database: Database) -> None:
    await gone(database, 12345)
    async with database.reading() as reader:
        assert await reader.all("SELECT * FROM presences") == []
