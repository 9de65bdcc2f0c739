"""Before the shop opens: can the bot give the roles that are for sale?

Nobody is kept waiting by it: a role that cannot be given is refunded when somebody asks for it.
But who runs the show should hear of it first.
"""

import logging
from collections.abc import Iterator, Sequence

import hikari

from engine import posts
from engine.moments import to_ms
from engine.shop.rewards import Reward
from riddles.discord.permissions import in_guild, lacking
from riddles.sentence import Sentence
from riddles.show import Show
from riddles.telling import to_staff

log = logging.getLogger(__name__)

FOR_ROLES = {hikari.Permissions.MANAGE_ROLES: "Manage Roles"}


async def look(rest: hikari.api.RESTClient, show: Show) -> None:
    """Look at every role of the catalogue, and tell staff once of each that cannot be given."""
    rewards = [
        reward
        for reward in (await show.shop.catalogue()).rewards.values()
        if reward.kind == "role" and not reward.paused
    ]
    me = await rest.fetch_my_user() if rewards else None
    for server in show.settings.server:
        here = [reward for reward in rewards if reward.server == server.guild]
        if not here or me is None:
            continue
        try:
            guild = await rest.fetch_guild(server.guild)
            member = await rest.fetch_member(server.guild, me.id)
        except (hikari.NotFoundError, hikari.ForbiddenError):
            continue  # Said already: the bot is not in that server.
        except hikari.InternalServerError:
            continue  # Discord has trouble there: a role that cannot be given is refunded.
        for key, sentence in _troubles(guild, member, here):
            log.warning("%s", sentence)
            async with show.database.transaction() as tx:
                word = to_staff(show.settings, key, sentence, only=server.guild)
                await posts.owe(tx, word, to_ms(show.clock.now()))


def _troubles(
    guild: hikari.RESTGuild, member: hikari.Member, rewards: Sequence[Reward]
) -> Iterator[tuple[str, Sentence]]:
    """Why roles cannot be given, each under the key by which it is told once."""
    if lacking(in_guild(guild, member), FOR_ROLES):
        yield (
            f"shop:manage:{guild.id}",
            Sentence("The shop gives roles, and the bot lacks Manage Roles in this server."),
        )
    mine = [guild.roles[number] for number in member.role_ids if number in guild.roles]
    highest = max((role.position for role in mine), default=0)
    for reward in rewards:
        role = guild.roles.get(hikari.Snowflake(reward.role or 0))
        if role is None:
            yield (
                f"shop:gone:{reward.id}:{reward.role}",
                Sentence(
                    "“{reward}” gives the role {role}, and this server has no such role: correct "
                    "rewards.toml.",
                    reward=dict(reward.name),
                    role=str(reward.role),
                ),
            )
        elif role.position >= highest and guild.owner_id != member.id:
            yield (
                f"shop:high:{reward.id}:{reward.role}",
                Sentence(
                    "“{reward}” gives the role {role}, which stands above the bot's own: put the "
                    "bot's role higher (Server Settings > Roles).",
                    reward=dict(reward.name),
                    role=f"<@&{reward.role}>",
                ),
            )
