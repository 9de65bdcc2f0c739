"""Who is calling: an interaction, read into the words of the game."""

from dataclasses import dataclass

import hikari

from engine.people.erasure import mark
from engine.people.members import Person
from riddles.config import Server
from riddles.discord.locales import LANGUAGES, Texts, texts
from riddles.discord.snowflakes import snowflake_ms
from riddles.show import Show

Interaction = hikari.CommandInteraction | hikari.ComponentInteraction | hikari.ModalInteraction


class Unwelcome(Exception):  # noqa: N818 - it is an answer, not an error
    """An interaction that is refused; the sentence is shown to whoever made it."""


def language_of(show: Show, interaction: hikari.PartialInteraction) -> Texts:
    """The caller's own Discord language where we speak it, else their server's."""
    own = str(interaction.locale).split("-")[0]
    if own in LANGUAGES:
        return texts(own)
    server = show.server(interaction.guild_id)
    return texts(show.settings.language_of(server) if server else show.settings.language)


@dataclass(frozen=True, slots=True)
class Caller:
    """A member who typed or pressed something in one of the community's servers."""

    person: Person
    server: Server
    texts: Texts
    at_ms: int
    """When Discord had it: the millisecond in the interaction's id."""
    account_created_ms: int
    joined_ms: int | None
    is_animator: bool
    is_staff: bool
    roles: frozenset[int] = frozenset()

    @classmethod
    def of(cls, show: Show, interaction: Interaction | hikari.AutocompleteInteraction) -> "Caller":
        """Read an interaction.

        Raises:
            Unwelcome: it comes from outside the community's servers.
        """
        server, member = show.server(interaction.guild_id), interaction.member
        t = language_of(show, interaction)
        if server is None or member is None:
            raise Unwelcome(t("This show is played in its own servers only, and not in this one."))
        roles = {int(role) for role in member.role_ids}
        manages = bool(member.permissions & hikari.Permissions.MANAGE_GUILD)
        hosts = {*server.animator_roles, *server.staff_roles}
        return cls(
            person=Person(
                id=int(member.id),
                server=server.guild,
                name=member.display_name,
                circle=next((c.id for c in show.settings.circle if c.role in roles), None),
                mark=None if show.secret is None else mark(show.secret, int(member.id)),
            ),
            server=server,
            texts=t,
            at_ms=snowflake_ms(interaction.id),
            account_created_ms=snowflake_ms(member.id),
            joined_ms=int(member.joined_at.timestamp() * 1000) if member.joined_at else None,
            # Where no role is configured, whoever manages the server decides.
            is_animator=bool(roles & hosts) if hosts else manages,
            is_staff=bool(roles & {*server.staff_roles}) if server.staff_roles else manages,
            roles=frozenset(roles),
        )

    def must_be_animator(self) -> None:
        """Let hosts pass.

        Raises:
            Unwelcome: the caller holds none of the roles that may host here.
        """
        if not self.is_animator:
            raise Unwelcome(self.texts("Only the show's hosts can do this."))

    def must_be_staff(self) -> None:
        """Let staff pass.

        Raises:
            Unwelcome: the caller holds none of the staff's roles here.
        """
        if not self.is_staff:
            raise Unwelcome(self.texts("Only the staff can do this."))
