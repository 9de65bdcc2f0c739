"""Owing: which posts an event of the game causes, for whoever writes them down with it.

Facts in, posts out. The kinds are made in `riddles/discord/effects/`.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from engine import posts
from engine.calendar import Plan, Week
from engine.moments import to_ms
from engine.people import reminders
from engine.play.rounds import Round
from engine.posts import Owed
from engine.storage.database import Reader, Transaction
from riddles.config import Server, Settings

MENTIONS_MAX = 100
"""Members whom Discord notifies by one message."""


def role_change(key: str, *, server: int, account: int, role: int, give: bool) -> Owed:
    """A role to give to the holder of `account`, or to take from them.

    Changes of one role in one server happen in the order in which they were owed. The `key` is
    what makes owing it twice harmless: `reward:17`, `season:4:first`.
    """
    kind = "role_give" if give else "role_take"
    return Owed(
        key=f"{kind}:{key}",
        kind=kind,
        lane=f"{server}:role:{role}",
        server=server,
        facts={"account": account, "role": role},
    )


def an_effect(
    kind: str,
    round_: Round,
    server: Server,
    facts: Mapping[str, Any],
    *,
    name: str | None = None,
    lane: str = "channel",
) -> Owed:
    """One effect of a round in one server; `name` tells it from others of its kind.

    What lies in another lane than the channel's follows the publication.
    """
    return Owed(
        key=f"{name or kind}:{round_.id}:{server.guild}",
        kind=kind,
        lane=f"{server.guild}:{lane}",
        server=server.guild,
        round=round_.id,
        facts=facts,
        follows=None if lane == "channel" else f"publication:{round_.id}:{server.guild}",
    )


def crosspost(round_: Round, server: Server) -> list[Owed]:
    """The publication, passed on to whoever follows the channel; nothing in other channels."""
    if not server.crosspost:
        return []
    return [an_effect("crosspost", round_, server, {}, lane="crosspost")]


async def served(reader: Reader, settings: Settings, round_: Round) -> list[Server]:
    """The servers that the round is published in, or is owed to: only they hear how it goes on."""
    return [
        server
        for server in settings.server
        if await posts.known(reader, f"publication:{round_.id}:{server.guild}")
    ]


async def publish_again(tx: Transaction, round_: Round, server: Server, now_ms: int) -> None:
    """A publication is gone, and its place with it: owe it where the settings have it now."""
    place = f"{round_.id}:{server.guild}"
    await posts.owe_again(tx, f"publication:{place}", {"channel": server.channel}, now_ms)
    for kind in ("thread", "crosspost"):
        await posts.owe_again(tx, f"{kind}:{place}", {}, now_ms)
    await posts.owe(tx, event(round_, server, f"moved:{server.channel}"), now_ms)


def moved(round_: Round, server: Server) -> Owed:
    """A look whether the round has to be published once more, in another channel."""
    name = f"moved:{server.channel}"
    return an_effect("moved", round_, server, {}, name=name, lane="moved")


async def mentions(
    reader: Reader, servers: Iterable[Server], round_: Round, *, opening: bool
) -> list[Owed]:
    """Those who asked to be reminded, so many to a message, each server's in its own discussion."""
    owed: list[Owed] = []
    for server in servers:
        wanted = await reminders.wanted(reader, round_, server.guild, opening=opening)
        for first in range(0, len(wanted), MENTIONS_MAX):
            facts = {"accounts": wanted[first : first + MENTIONS_MAX], "opening": opening}
            name = f"mention-{'opening' if opening else 'closing'}-{first // MENTIONS_MAX + 1}"
            owed.append(an_effect("mention", round_, server, facts, lane="mention", name=name))
    return owed


def event(round_: Round, server: Server, because: str) -> list[Owed]:
    """The event of a round, to be brought in line with it: it opened, its closing moved, it closed.

    `because` tells one occasion from another; for the same one it is owed once.
    """
    if not server.event:
        return []
    facts, name = {"week": str(round_.week)}, f"event-{because}"
    return [an_effect("event", round_, server, facts, lane="event", name=name)]


def announced_event(settings: Settings, plan: Plan, because: str = "") -> list[Owed]:
    """The event of a riddle to come, with the moments of its plan.

    `because` tells an announcement from an earlier one that was called off since.
    """
    starts_at, ends_at = to_ms(plan.publishes_at), to_ms(plan.closes_at)
    facts = {"week": str(plan.week), "starts_at": starts_at, "ends_at": ends_at}
    key = f"event:{plan.week}:{starts_at}:{ends_at}"
    return _events(settings, f"{key}:{because}" if because else key, facts)


def event_called_off(settings: Settings, week: Week, because: str) -> list[Owed]:
    """The event of a week in which no riddle goes out after all."""
    return _events(settings, f"event:{week}:off:{because}", {"week": str(week), "off": True})


def _events(settings: Settings, key: str, facts: Mapping[str, Any]) -> list[Owed]:
    return [
        Owed(
            key=f"{key}:{server.guild}",
            kind="event",
            lane=f"{server.guild}:event",
            server=server.guild,
            facts=facts,
        )
        for server in settings.server
        if server.event
    ]
