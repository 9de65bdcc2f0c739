"""What it takes to make one effect, and where it landed."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import hikari

from engine.moments import to_ms
from engine.play.rounds import Round
from engine.posts import Post
from engine.storage.database import Transaction
from riddles.config import Server
from riddles.discord.locales import Texts
from riddles.show import Show

LATE_MS = 10 * 60_000
"""Who reads a post later than this after its moment is told so."""


A_MOMENT_MS = 100


class NotYet(Exception):  # noqa: N818 - a matter of time
    """Nothing was tried: it is not the moment. `wait_ms` says how long to wait."""

    def __init__(self, why: str, wait_ms: int = 1_000) -> None:
        super().__init__(why)
        self.wait_ms = wait_ms


class PublicationToCome(NotYet):
    """What belongs to a publication cannot come before it."""

    def __init__(self) -> None:
        super().__init__("it waits for the publication", A_MOMENT_MS)


@dataclass(frozen=True, slots=True)
class Landed:
    """Where an effect is to be found."""

    channel: int | None = None
    message: int | None = None
    gone: bool = False
    """The member whom it concerns has left the server; there was nothing to make."""
    called_off: bool = False
    """What it was owed for is off; this attempt asked nothing of Discord."""


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
    forums: dict[int, bool]
    """Which channels are forums, as far as anybody asked."""

    @property
    def round(self) -> Round:
        """The round that the post belongs to.

        Raises:
            LookupError: it belongs to none, which is a bug where it was owed.
        """
        if self.about is None:
            raise LookupError(f"post {self.post.id} ({self.post.key}) belongs to no round")
        return self.about

    @property
    def now_ms(self) -> int:
        """The show's time, in milliseconds UTC."""
        return to_ms(self.show.clock.now())

    @property
    def overdue(self) -> int | None:
        """When the post was due (milliseconds UTC), if that is long enough ago to say so."""
        due_at = self.post.facts.get("due_at")
        late = due_at is not None and self.now_ms - due_at > LATE_MS
        return due_at if late else None


Maker = Callable[[Making], Awaitable[Landed]]

After = Callable[[Transaction, Post, Landed | None, int], Awaitable[None]]
"""What the end of a post brings about, in the transaction that records it: where it landed, or
None if it cannot be made; and the moment, in milliseconds UTC."""
