"""Roles are given and taken once, in order, and trouble with one of them is a person's to mend."""

from datetime import timedelta

from engine import posts
from engine.moments import to_ms
from engine.people.members import Person, meet_one
from engine.posts import Owed
from riddles.rehearsal.discord import MemberSpec, faults
from riddles.rehearsal.stage import Stage
from riddles.week.owing import role_change
from tests.builders import MONDAY
from tests.show.conftest import StageSetter

GUILD, STAFF = 100000000000000001, 100000000000000003
PING, HOSTS = 100000000000000005, 100000000000000004
ROLES = r"/guilds/\{guild\}/members/\{user\}/roles"


async def account_of(stage: Stage, member: MemberSpec) -> int:
    show = stage.program.show
    person = Person(id=member.id, server=GUILD, name=member.name)
    async with show.database.transaction() as tx:
        return await meet_one(tx, person, to_ms(show.clock.now()))


async def owe(stage: Stage, *owed: Owed) -> None:
    show = stage.program.show
    async with show.database.transaction() as tx:
        await posts.owe(tx, owed, to_ms(show.clock.now()))
    await settle(stage)


async def settle(stage: Stage) -> None:
    stage.program.courier.wake()
    await stage.program.courier.idle()


async def state_of(stage: Stage, key: str) -> str:
    async with stage.program.show.database.reading() as reader:
        post = await posts.find(reader, key)
    assert post is not None
    return post.state


def told(stage: Stage) -> list[str]:
    """What staff heard of roles."""
    texts = [message.text for message in stage.standin.messages(STAFF)]
    return [text for text in texts if "rôle" in text]


async def test_a_role_is_given_and_taken_in_the_order_it_was_owed(on_stage: StageSetter) -> None:
    async with on_stage() as stage:
        ada = stage.cast.members[0]
        account = await account_of(stage, ada)
        given = role_change("prize:1", server=GUILD, account=account, role=PING, give=True)
        await owe(stage, given)
        held = stage.standin.roles_of(GUILD, ada.id)
        taken = role_change("prize:1", server=GUILD, account=account, role=PING, give=False)
        again = role_change("prize:2", server=GUILD, account=account, role=PING, give=True)
        last = role_change("prize:2", server=GUILD, account=account, role=PING, give=False)
        await owe(stage, taken, again, last)

        assert PING in held
        assert PING not in stage.standin.roles_of(GUILD, ada.id)


async def test_a_role_whose_reply_was_lost_is_held_once_and_done(on_stage: StageSetter) -> None:
    async with on_stage() as stage:
        ada = stage.cast.members[0]
        account = await account_of(stage, ada)
        fault = stage.standin.faults.add("PUT", ROLES, faults.drop_reply())
        await owe(stage, role_change("a", server=GUILD, account=account, role=PING, give=True))
        stage.clock.reach(MONDAY + timedelta(minutes=1))
        await settle(stage)

        assert fault.hits == 1
        assert PING in stage.standin.roles_of(GUILD, ada.id)
        assert await state_of(stage, "role_give:a") == "done"


async def test_a_member_who_left_gets_nothing_and_is_remembered_as_gone(
    on_stage: StageSetter,
) -> None:
    async with on_stage() as stage:
        ada, grace = stage.cast.members[:2]
        accounts = await account_of(stage, ada), await account_of(stage, grace)
        stage.standin.leave(GUILD, ada.id)
        await owe(
            stage,
            role_change("a", server=GUILD, account=accounts[0], role=PING, give=True),
            role_change("b", server=GUILD, account=accounts[1], role=PING, give=True),
        )
        async with stage.program.show.database.reading() as reader:
            gone = await reader.all("SELECT account FROM presences WHERE gone_at IS NOT NULL")

        assert await state_of(stage, "role_give:a") == "done"
        assert PING in stage.standin.roles_of(GUILD, grace.id)
        assert [row["account"] for row in gone] == [accounts[0]]
        assert not told(stage)


async def test_an_erased_member_is_asked_about_nowhere(on_stage: StageSetter) -> None:
    async with on_stage() as stage:
        await owe(stage, role_change("a", server=GUILD, account=77, role=PING, give=True))

        assert await state_of(stage, "role_give:a") == "done"
        assert not [
            one for one in stage.standin.requests if one.method == "PUT" and "roles" in one.path
        ]


async def test_a_role_above_the_bots_own_waits_and_staff_are_told_once_what_to_do(
    on_stage: StageSetter,
) -> None:
    async with on_stage() as stage:
        ada = stage.cast.members[0]
        account = await account_of(stage, ada)
        refused = faults.status(403, 50013, "Missing Permissions")
        fault = stage.standin.faults.add("PUT", f"roles/{HOSTS}", refused, times=5)
        await owe(
            stage,
            role_change("a", server=GUILD, account=account, role=HOSTS, give=True),
            role_change("b", server=GUILD, account=account, role=PING, give=True),
        )
        for minutes in (2, 10, 30, 100, 200, 300):
            stage.clock.reach(MONDAY + timedelta(minutes=minutes))
            await settle(stage)

        assert PING in stage.standin.roles_of(GUILD, ada.id)
        assert fault.hits == 5
        assert await state_of(stage, "role_give:a") == "done"
        (said,) = told(stage)
        assert said == (
            "🛠️ Un rôle à donner n’arrive pas encore\u00a0: Discord refuse (Missing Permissions). "
            f"Place le rôle du bot au-dessus de <@&{HOSTS}> (Paramètres du serveur > Rôles) et "
            "accorde-lui Gérer les rôles."
        )


async def test_roles_that_no_longer_exist_are_given_up_and_told_once(on_stage: StageSetter) -> None:
    async with on_stage() as stage:
        accounts = [await account_of(stage, one) for one in stage.cast.members]
        await owe(
            stage,
            *(
                role_change(str(n), server=GUILD, account=account, role=404, give=True)
                for n, account in enumerate(accounts)
            ),
        )

        assert await state_of(stage, "role_give:4") == "failed"
        assert told(stage) == [
            "🛠️ Un rôle à donner\u00a0: c’est abandonné. Le rôle 404 n’existe plus sur ce serveur."
        ]
