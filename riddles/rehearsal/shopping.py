"""A visit to the shop: a member has a role and a thing, the host hands the thing over."""

from collections.abc import Callable
from typing import Protocol

from engine.books.ledger import balance
from engine.moments import to_ms
from engine.people.members import account_of
from engine.shop.offers import Asker, offers
from engine.shop.rewards import Reward
from riddles.rehearsal.discord import MemberSpec, Reply
from riddles.rehearsal.stage import Stage


class Check(Protocol):
    """Notes a failure where something does not hold."""

    def __call__(self, what: str, *, holds: bool) -> None:
        """Note it."""
        ...


async def visit(stage: Stage, member: MemberSpec, say: Callable[[str], None], check: Check) -> None:
    """Have the first role and the first thing that the member can afford, if there are any."""
    rewards = list((await stage.program.show.shop.catalogue()).rewards.values())
    if not rewards:
        return
    channel = stage.program.show.settings.server[0].channel
    shop = await stage.standin.command(member, channel, "rewards list")
    say(f"🛍️ {member.display_name} looks at the shop: {len(rewards)} rewards")
    check("the shop is seen by others", holds=shop.ephemeral)
    for kind in ("role", "manual"):
        for reward in rewards:
            if reward.kind == kind and await _can_have(stage, member, reward):
                await _have(stage, member, reward, say, check)
                break


async def _can_have(stage: Stage, member: MemberSpec, reward: Reward) -> bool:
    show = stage.program.show
    async with show.database.reading() as reader:
        asker = Asker(await account_of(reader, member.id))
        now = to_ms(stage.clock.now())
        _, (offer,) = await offers(reader, [reward], asker, now, show.shop.manner)
    return not offer.lacks


async def _have(
    stage: Stage,
    member: MemberSpec,
    reward: Reward,
    say: Callable[[str], None],
    check: Check,
) -> None:
    server = stage.program.show.settings.server[0]
    before = await _balance(stage, member)
    asked = await stage.standin.command(
        member, server.channel, "rewards redeem", {"reward": reward.id}
    )
    told = await stage.standin.press(member, asked, _confirmation(asked))
    await stage.settle()
    name = reward.named("en")
    say(f"🛍️ {member.display_name} hears: {told.text.splitlines()[0]}")
    after = await _balance(stage, member)
    check(
        f"{name} cost {before - after} and not {reward.cost}", holds=before - after == reward.cost
    )
    if reward.role is not None and reward.server is not None:
        has_it = reward.role in stage.standin.roles_of(reward.server, member.id)
        check(f"{name} was not given", holds=has_it)
    else:
        done = await stage.standin.command(
            stage.cast.host, server.channel, "fulfil done", {"requests": "1-9"}
        )
        await stage.settle()
        check(f"{name} was not handed over: {done.text}", holds="✅" in done.text)


def _confirmation(asked: Reply) -> str:
    return next(button for button in asked.buttons if button.startswith("v1:redeem:"))


async def _balance(stage: Stage, member: MemberSpec) -> int:
    async with stage.program.show.database.reading() as reader:
        account = await account_of(reader, member.id)
        return 0 if account is None else await balance(reader, account)
