"""A large refund needs two people, as any large correction does, by the same words and buttons."""

from collections.abc import Callable
from copy import deepcopy

import pytest

from riddles.config import Settings
from riddles.rehearsal.discord import MemberSpec, Message, Reply, RoleSpec
from riddles.rehearsal.discord.specs import Permission
from riddles.shop import leaving
from tests.show.rewards.conftest import GOLD, GUILD, LENT, STAFF, Counter

BACKSTAGE, OFFICE = 100_000_000_000_000_004, 100_000_000_000_000_077
SECRET = bytes(range(32))

Hire = Callable[[str], MemberSpec]


@pytest.fixture
def settings(settings: Settings) -> Settings:
    """What costs more than 80 points is paid back by two."""
    staff = settings.staff.model_copy(update={"approve_above": 80})
    return settings.model_copy(update={"staff": staff})


@pytest.fixture
def hire(counter: Counter) -> Hire:
    """Let a member be of the staff."""

    def hired(name: str) -> MemberSpec:
        guild = counter.stage.standin.world.guilds[GUILD]
        guild.roles[OFFICE] = RoleSpec(
            id=OFFICE, name="office", permissions=Permission.MANAGE_GUILD
        )
        member = counter.member(name)
        guild.members[member.id].roles.update({BACKSTAGE, OFFICE})
        return member

    return hired


async def refunds(counter: Counter, name: str = "margaret", number: int = 1) -> str:
    return await settled(
        counter, await counter.says(name, "fulfil refund", request=number, why="terni")
    )


async def presses(counter: Counter, name: str, on: Message, button: str) -> str:
    return await settled(counter, await counter.presses(name, on, button))


async def settled(counter: Counter, reply: Reply) -> str:
    final = await reply.final()
    await counter.stage.settle()
    return final.text


def told(counter: Counter) -> list[Message]:
    """What staff read of corrections."""
    messages = counter.stage.standin.messages(STAFF)
    return [message for message in messages if message.text.startswith("🧾")]


async def test_a_large_refund_waits_for_somebody_else_and_is_made_once(
    counter: Counter, hire: Hire
) -> None:
    hire("grace")
    await counter.endow(100, "ada")
    await counter.has("ada", "gold")
    said = await refunds(counter)
    again = await refunds(counter, "grace")
    (waiting,) = told(counter)
    asked = deepcopy(waiting)
    before = (await counter.balance("ada"), GOLD in counter.roles("ada"))
    own = await presses(counter, "margaret", waiting, "v1:approve:1")
    approved = await presses(counter, "grace", waiting, "v1:approve:1")
    twice = await presses(counter, "grace", asked, "v1:approve:1")
    after = (await counter.balance("ada"), GOLD in counter.roles("ada"))
    heard = await counter.says("ada", "points balance")
    async with counter.stage.program.show.database.reading() as reader:
        notices = await reader.value("SELECT count(*) FROM notices")

    assert said == (
        "🕓 **Correction n° 1**\u00a0: n° 1 («\u202fRôle doré\u202f») remboursé, "
        f"**100 points** rendus\n> terni\n{said.splitlines()[-1]}"
    )
    assert again.startswith("🕓 **Correction no. 1**: no. 1 (“Golden role”) refunded")
    assert before == (0, True)
    assert "quelqu’un d’autre doit l’approuver" in own
    assert approved.startswith("✅ **Correction no. 1**: no. 1 (“Golden role”) refunded")
    assert twice == approved
    assert after == (100, False)
    assert not waiting.buttons
    assert heard.text.startswith("🔔 L’équipe t’a rendu tes 100 points pour «\u202fRôle doré")
    assert notices == 1
    assert len(told(counter)) == 2


async def test_whoever_would_have_the_points_approves_no_refund_of_theirs(
    counter: Counter, hire: Hire
) -> None:
    hire("grace")
    await counter.endow(100, "grace")
    await counter.has("grace", "gold")
    await refunds(counter)
    (waiting,) = told(counter)
    said = await presses(counter, "grace", waiting, "v1:approve:1")
    own = await refunds(counter, "grace")

    assert said == "⛔ You would gain points by correction no. 1: somebody else has to approve it."
    assert own.startswith("🕓")
    assert await counter.balance("grace") == 0


async def test_nobody_proposes_a_refund_of_their_own_either(counter: Counter, hire: Hire) -> None:
    hire("grace")
    await counter.endow(100, "grace")
    await counter.has("grace", "gold")
    said = await refunds(counter, "grace")

    assert said == "⛔ No. 1 is your own: somebody else has to refund it."
    assert not told(counter)


async def test_a_refund_that_was_dropped_or_came_too_late_can_be_proposed_again(
    counter: Counter, hire: Hire
) -> None:
    hire("grace")
    await counter.endow(100, "ada")
    await counter.has("ada", "gold")
    await refunds(counter)
    await presses(counter, "grace", told(counter)[0], "v1:drop:1")
    second = await refunds(counter)
    await counter.passes(days=3, minutes=1)
    third = await refunds(counter)
    approved = await settled(counter, await counter.says("grace", "ledger approve", correction=3))
    late = await settled(counter, await counter.says("grace", "ledger approve", correction=2))

    assert second.startswith("🕓 **Correction n° 2**")
    assert third.startswith("🕓 **Correction n° 3**")
    assert approved.startswith("✅")
    assert late.startswith("⛔")
    assert await counter.balance("ada") == 100


async def test_a_small_refund_between_takes_the_large_ones_place_once(
    counter: Counter, hire: Hire
) -> None:
    """Two proposals cannot pay twice, however the first came to be."""
    hire("grace")
    await counter.endow(100, "ada")
    await counter.has("ada", "gold")
    show = counter.stage.program.show
    await refunds(counter)
    async with show.database.transaction() as tx:
        await tx.execute("UPDATE corrections SET expires_at = 1")
    await refunds(counter)
    async with show.database.transaction() as tx:
        await tx.execute("UPDATE corrections SET expires_at = expires_at + 9000000000000")
    first = await settled(counter, await counter.says("grace", "ledger approve", correction=1))
    second = await settled(counter, await counter.says("grace", "ledger approve", correction=2))

    assert first.startswith("✅")
    assert second == "⛔ No. 1 was refunded before."
    assert await counter.balance("ada") == 100


async def test_a_refund_that_waits_is_over_once_its_member_is_forgotten(
    counter: Counter, hire: Hire
) -> None:
    hire("grace")
    await counter.endow(100, "ada")
    await counter.has("ada", "gold")
    await refunds(counter)
    database = counter.stage.program.show.database
    async with database.transaction() as tx:
        await leaving.forget(tx, counter.member("ada").id, SECRET, 0)
    await database.scrub()
    said = await settled(counter, await counter.says("grace", "ledger approve", correction=1))

    files = [file for file in database.path.parent.glob(f"{database.path.name}*") if file.is_file()]
    assert said == "⛔ Correction no. 1 was withdrawn."
    assert not any(b"terni" in file.read_bytes() for file in files)


async def test_what_costs_no_more_than_that_is_paid_back_by_one(counter: Counter) -> None:
    await counter.endow(100, "ada")
    await counter.has("ada", "lent")
    said = await refunds(counter)

    assert said.startswith("💸 n° 1")
    assert await counter.balance("ada") == 100
    assert LENT not in counter.roles("ada")
