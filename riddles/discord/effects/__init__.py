"""Effects: how each kind of post is made on Discord, and found again if nobody knows.

Each kind names its maker in one table. A maker may be called again for a post whose outcome is
unknown, and has to leave one effect: a message is looked for first, the rest is repeatable.
"""

import hikari

from engine import rounds
from engine.posts import Post
from riddles.discord.effects import round as life
from riddles.discord.effects import staff
from riddles.discord.effects.making import Landed, Maker, Making, PublicationToCome
from riddles.discord.locales import texts
from riddles.show import Show

__all__ = ["MAKERS", "Effects", "Landed", "PublicationToCome"]

MAKERS: dict[str, Maker] = {
    "publication": life.publish,
    "thread": life.thread,
    "hint": life.hint,
    "remind": life.remind,
    "close": life.close,
    "reveal": life.reveal,
    "recap": life.recap,
    "staff": staff.tell,
}
"""How each kind of post is made."""


class Effects:
    """Makes posts real, through Discord's REST interface."""

    def __init__(self, show: Show, rest: hikari.api.RESTClient) -> None:
        self._show = show
        self._rest = rest

    async def make(self, post: Post) -> Landed:
        """Make the effect, or find it made.

        Raises:
            hikari.HTTPError: Discord refused it, or its outcome is unknown.
        """
        server = self._show.server(post.server)
        if server is None:
            return Landed()  # The server was taken out of the settings: nothing is owed to it.
        maker = MAKERS.get(post.kind)
        if maker is None:
            raise ValueError(f"nobody knows how to make a post of kind {post.kind}")
        async with self._show.database.reading() as reader:
            about = None if post.round is None else await rounds.get(reader, post.round)
        t = texts(self._show.settings.language_of(server))
        return await maker(Making(self._show, self._rest, post, server, t, about))
