"""What it takes to make one effect, and where it landed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import hikari

from engine.posts import Post
from engine.rounds import Round
from riddles.config import Server
from riddles.discord.locales import Texts
from riddles.show import Show


class PublicationToCome(Exception):  # noqa: N818 - a matter of time
    """What belongs to a publication cannot come before it."""


@dataclass(frozen=True, slots=True)
class Landed:
    """Where an effect is to be found."""

    channel: int | None = None
    message: int | None = None


@dataclass(frozen=True, slots=True)
class Making:
    """A post under way: what is owed, to which server, and the means to make it."""

    show: Show
    rest: hikari.api.RESTClient
    post: Post
    server: Server
    t: Texts
    """The server's language."""
    about: Round | None
    """The round that the post belongs to, if it belongs to one."""

    @property
    def round(self) -> Round:
        """The round that the post belongs to.

        Raises:
            LookupError: it belongs to none, which is a bug where it was owed.
        """
        if self.about is None:
            raise LookupError(f"post {self.post.id} ({self.post.key}) belongs to no round")
        return self.about


Maker = Callable[[Making], Awaitable[Landed]]
