"""Promises: which posts a new redemption causes, for whoever writes them down with it. Pure."""

from collections.abc import Sequence
from dataclasses import replace

from engine.posts import Owed
from engine.shop.redeeming import OwedFor
from engine.shop.redemptions import Redemption
from riddles.config import Settings
from riddles.week.owing import role_change


def owed_for(settings: Settings) -> OwedFor:
    """What Discord is owed for a new redemption."""

    def owed(one: Redemption) -> Sequence[Owed]:
        if one.terms.by_hand:
            return _requests(settings, one)
        return [role_post(one)] if one.terms.kind == "role" else []

    return owed


def _requests(settings: Settings, one: Redemption) -> list[Owed]:
    """A request for the staff of its server, or of all if that one has no channel for them."""
    with_staff = [server.guild for server in settings.server if server.staff_channel is not None]
    where = [one.server] if one.server in with_staff else with_staff
    return [
        Owed(
            key=f"request:{one.id}:{guild}",
            kind="request",
            lane=f"{guild}:staff",
            server=guild,
            facts={"redemption": one.id},
        )
        for guild in where
    ]


def role_post(one: Redemption, *, give: bool = True) -> Owed:
    """The role of a redemption, to give or to take back.

    Each member's changes of a role happen in order, and wait for nobody else's: what was paid for
    does not stand behind a change that Discord refuses.
    """
    change = role_change(
        f"redemption:{one.id}",
        server=one.terms.server or one.server,
        account=one.account,
        role=one.terms.role or 0,
        give=give,
    )
    change = replace(change, lane=f"{change.lane}:{one.account}")
    if not give:
        return change
    # What was paid for is given back where it cannot be given.
    facts = {**change.facts, "redemption": one.id}
    return replace(change, key=f"reward_role:{one.id}", kind="reward_role", facts=facts)
