"""The cast: the servers of `scheduler.toml` filled with people to act as."""

from dataclasses import dataclass

from riddles.clock import Clock
from riddles.config import Server, Settings
from riddles.rehearsal.discord import (
    ChannelSpec,
    GuildSpec,
    MemberSpec,
    Permission,
    RoleSpec,
    aged,
)

CHANNELS = {"fr": ("énigmes", "coulisses"), "en": ("riddles", "backstage")}
FALLBACK_HOST_ROLE = 900_000_000_000_000_001
"""The role of the rehearsal's host where the settings name none."""


@dataclass(frozen=True, slots=True)
class Cast:
    """Who takes part, and where."""

    guilds: tuple[GuildSpec, ...]
    members: tuple[MemberSpec, ...]
    host: MemberSpec


def assemble(settings: Settings, clock: Clock) -> Cast:
    """Every configured server with its channels and roles, and a few people in all of them."""
    people = [("Ada", "fr"), ("Grace", "en-GB"), ("Linus", "fr"), ("Hedy", "fr"), ("Radia", "de")]
    members = tuple(
        MemberSpec(
            id=aged(clock, days=200 + 30 * n, serial=n),
            name=name.lower(),
            display_name=name,
            locale=locale,
        )
        for n, (name, locale) in enumerate(people, 1)
    )
    host_roles = frozenset(role for server in settings.server for role in _host_roles(server))
    host = MemberSpec(
        id=aged(clock, days=900, serial=99),
        name="margaret",
        display_name="Margaret",
        roles=host_roles,
    )
    guilds = tuple(
        _guild(settings, server, (*members, host), number)
        for number, server in enumerate(settings.server, 1)
    )
    return Cast(guilds, members, host)


def _host_roles(server: Server) -> dict[int, str]:
    """What the host holds, so as to play every part: each role by its id, and its name."""
    roles = dict.fromkeys(server.staff_roles[:1], "Équipe")
    return roles | dict.fromkeys(server.animator_roles[:1], "Animation") or {
        FALLBACK_HOST_ROLE: "Animation"
    }


def _guild(
    settings: Settings, server: Server, people: tuple[MemberSpec, ...], number: int
) -> GuildSpec:
    language = settings.language_of(server)
    public, backstage = CHANNELS[language]
    channels = [ChannelSpec(id=server.channel, name=public)]
    hosts = frozenset(_host_roles(server))
    if server.staff_channel is not None:
        channels.append(ChannelSpec(id=server.staff_channel, name=backstage, visible_to=hosts))
    roles = [
        RoleSpec(id=number, name=name, permissions=Permission.MANAGE_GUILD)
        for number, name in _host_roles(server).items()
    ]
    roles += [RoleSpec(id=circle.role, name=circle.name) for circle in settings.circle]
    if server.ping_role is not None:
        roles.append(RoleSpec(id=server.ping_role, name="Joueurs", mentionable=True))
    circles = frozenset(circle.role for circle in settings.circle[:1])
    return GuildSpec(
        id=server.guild,
        name="La communauté" if number == 1 else f"La communauté {number}",
        locale=language,
        channels=tuple(channels),
        roles=tuple({role.id: role for role in roles}.values()),
        members=tuple(_with_roles(person, hosts, circles) for person in people),
    )


def _with_roles(person: MemberSpec, hosts: frozenset[int], circles: frozenset[int]) -> MemberSpec:
    roles = hosts if person.roles else circles
    return MemberSpec(
        id=person.id,
        name=person.name,
        display_name=person.display_name,
        roles=roles,
        locale=person.locale,
    )
