"""Who is really notified by a message: what it mentions, cut down by what it allows."""

import re
from typing import Any

from riddles.rehearsal.discord.errors import JSON, FormErrors
from riddles.rehearsal.discord.messages import Pings
from riddles.rehearsal.discord.permissions import Permission
from riddles.rehearsal.discord.world import Channel

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(everyone|here)\b")


def check(faults: FormErrors, allowed: JSON | None) -> None:
    """Note a contradiction between `parse` and the lists, which Discord refuses."""
    for key in ("users", "roles"):
        if allowed and key in (allowed.get("parse") or ()) and allowed.get(key):
            faults.add(
                ("allowed_mentions",),
                "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
                f'parse:["{key}"] and {key}: [ids...] are mutually exclusive.',
            )


def resolve(channel: Channel, text: str, allowed: JSON | None) -> Pings:
    """The notifications of a text said by the bot in that channel.

    Without `allowed_mentions` everything mentioned counts, as on Discord: the bot has to be modest.
    """
    if "<@" not in text and "@" not in text:
        return Pings()
    may_all = Permission.MENTION_EVERYONE in (channel.parent or channel).bot_permissions
    guild = channel.guild
    pingable = {
        role.id for role in (guild.roles.values() if guild else ()) if role.mentionable or may_all
    }
    users = _chosen(allowed, "users", {int(each) for each in _USER.findall(text)})
    roles = _chosen(allowed, "roles", {int(each) for each in _ROLE.findall(text)})
    everyone = allowed is None or "everyone" in (allowed.get("parse") or ())
    return Pings(
        users=frozenset(users),
        roles=frozenset(roles & pingable),
        everyone=bool(everyone and may_all and _EVERYONE.search(text)),
    )


def _chosen(allowed: JSON | None, key: str, mentioned: set[int]) -> set[int]:
    if allowed is None or key in (allowed.get("parse") or ()):
        return mentioned
    listed: list[Any] = allowed.get(key) or []
    return mentioned & {int(each) for each in listed}
