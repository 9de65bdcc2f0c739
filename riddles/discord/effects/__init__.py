"""Effects: how each kind of post is made on Discord, and found again if nobody knows.

Each kind names its maker in one table. A maker may be called again for a post whose outcome is
unknown, and has to leave one effect: a message is looked for first, the rest is repeatable.
"""

from engine.play import rounds
from engine.posts import Post
from riddles.discord.effects import (
    announcements,
    corrections,
    draws,
    errata,
    events,
    requests,
    results,
    roles,
    seasons,
    staff,
)
from riddles.discord.effects import round as life
from riddles.discord.effects.making import After, Landed, Maker, Making
from riddles.discord.lines import Lines
from riddles.discord.locales import texts
from riddles.show import Show

__all__ = ["AFTER", "MAKERS", "Effects", "Landed"]

MAKERS: dict[str, Maker] = {
    "publication": life.publish,
    "moved": life.moved,
    "thread": life.thread,
    "hint": life.hint,
    "remind": life.remind,
    "mention": life.mention,
    "close": life.close,
    "crosspost": life.crosspost,
    "event": events.align,
    "reveal": results.reveal,
    "recap": results.recap,
    "season_start": seasons.start,
    "season_end": seasons.end,
    "edit": errata.refresh,
    "erratum": errata.tell_erratum,
    "extension": errata.tell_extension,
    "staff": staff.tell,
    "draw": draws.tell,
    "announcement": announcements.tell,
    "correction": corrections.tell,
    "role_give": roles.give,
    "role_take": roles.take,
    "reward_role": requests.give_role,
    "request": requests.post,
    "request_state": requests.restate,
}
"""How each kind of post is made."""

AFTER: dict[str, After] = {
    "role_give": roles.note_gone,
    "role_take": roles.note_gone,
    "reward_role": requests.after_role,
}
"""What the end of a post of that kind brings about."""


class Effects:
    """Makes posts real, through Discord's REST interface."""

    def __init__(self, show: Show, lines: Lines) -> None:
        self._show = show
        self._lines = lines
        self._forums: dict[int, bool] = {}

    async def make(self, post: Post) -> Landed:
        """Make the effect, or find it made.

        Raises:
            hikari.HTTPError: Discord refused it, or its outcome is unknown.
        """
        server = self._show.server(post.server)
        if server is None:
            # The server was taken out of the settings: nothing is owed to it, or to its members.
            return Landed(gone=True)
        maker = MAKERS.get(post.kind)
        if maker is None:
            raise ValueError(f"nobody knows how to make a post of kind {post.kind}")
        async with self._show.database.reading() as reader:
            about = None if post.round is None else await rounds.get(reader, post.round)
        t = texts(self._show.settings.language_of(server))
        rest = self._lines.to(server.guild)
        return await maker(Making(self._show, rest, post, server, t, about, self._forums))
