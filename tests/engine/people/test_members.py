"""A Discord user has one account, whichever server they come from, and a name in each."""

from engine.moments import to_ms
from engine.people.members import account_of, meet, meet_one
from engine.storage.database import Database
from tests.builders import MONDAY, SERVER, a_person

NOW = to_ms(MONDAY)


async def names(database: Database) -> list[tuple[int, str, int]]:
    """Server, name and moment of every sighting."""
    async with database.reading() as reader:
        rows = await reader.all("SELECT server, name, seen_at FROM sightings ORDER BY server")
    return [(row["server"], row["name"], row["seen_at"] - NOW) for row in rows]


async def test_a_member_has_one_account_in_all_servers(database: Database) -> None:
    async with database.transaction() as tx:
        here = await meet_one(tx, a_person(server=1), NOW)
        there = await meet_one(tx, a_person(server=2), NOW)

        assert here == there == await account_of(tx, a_person().id)


async def test_members_met_together_get_an_account_each(database: Database) -> None:
    people = [a_person(1), a_person(2), a_person(1, server=9), a_person(2**62)]
    async with database.transaction() as tx:
        accounts = await meet(tx, people, NOW)

        assert len(set(accounts.values())) == len(accounts) == 3
        assert await meet(tx, people, NOW) == accounts


async def test_nobody_met_is_nobody(database: Database) -> None:
    async with database.transaction() as tx:
        assert await meet(tx, [], NOW) == {}
        assert await account_of(tx, 4) is None


async def test_the_largest_id_discord_can_give_is_kept(database: Database) -> None:
    async with database.transaction() as tx:
        account = await meet_one(tx, a_person(id=2**63 - 1), NOW)

        assert await account_of(tx, 2**63 - 1) == account


async def test_a_name_is_kept_for_each_server(database: Database) -> None:
    async with database.transaction() as tx:
        await meet_one(tx, a_person(name="Ada", server=SERVER), NOW)
        await meet_one(tx, a_person(name="Countess", server=SERVER + 1), NOW)
        await meet_one(tx, a_person(name="Ada 🦊 'L'", server=SERVER), NOW + 5)

    assert await names(database) == [(SERVER, "Ada 🦊 'L'", 5), (SERVER + 1, "Countess", 0)]


async def test_of_two_names_in_one_commit_the_later_stays(database: Database) -> None:
    async with database.transaction() as tx:
        await meet(tx, [a_person(name="old"), a_person(name="new")], NOW)

    assert [name for _, name, _ in await names(database)] == ["new"]


async def test_being_seen_again_under_the_same_name_is_being_seen(database: Database) -> None:
    """The board of all servers names a member as they were seen last."""
    async with database.transaction() as tx:
        await meet_one(tx, a_person(name="Ada", server=1), NOW)
        await meet_one(tx, a_person(name="Countess", server=2), NOW + 1)
        await meet_one(tx, a_person(name="Ada", server=1), NOW + 2)

    assert max(await names(database), key=lambda sighting: sighting[2])[1] == "Ada"


async def test_an_interaction_that_arrives_late_brings_no_old_name_back(
    database: Database,
) -> None:
    async with database.transaction() as tx:
        await meet_one(tx, a_person(name="new"), NOW + 5)
        await meet_one(tx, a_person(name="old"), NOW)

    assert await names(database) == [(SERVER, "new", 5)]


async def test_when_a_member_was_first_met_is_kept(database: Database) -> None:
    async with database.transaction() as tx:
        await meet_one(tx, a_person(), NOW)
        await meet_one(tx, a_person(), NOW + 99)

        assert await tx.value("SELECT first_at FROM members") == NOW
