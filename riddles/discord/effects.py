"""Effects: how each kind of post is made on Discord, and found again if nobody knows.

A message is found by its post's number, which it carries as its first component's id. Edits
and threads are naturally repeatable: made twice, they are there once.
"""

import asyncio
import logging
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import hikari

from engine import posts, rounds, standings
from engine.database import Reader
from engine.posts import Post
from engine.rounds import Round
from engine.standings import Window
from riddles.config import Server
from riddles.content.library import read_folder
from riddles.discord.locales import Texts, texts
from riddles.discord.snowflakes import first_snowflake
from riddles.discord.views import media
from riddles.discord.views import rounds as views
from riddles.discord.views.rounds import Outgoing
from riddles.media.limits import variants
from riddles.preparing import prepare_riddle
from riddles.refusal import Refusal
from riddles.show import Show

log = logging.getLogger(__name__)

TOO_LARGE = 413
UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, THREAD_EXISTS = 10003, 10008, 160004
LOOK_BACK_MS = 60_000
"""How much earlier than the first attempt to look: our clock and Discord's may differ."""
MOST_LOOKED_AT = 1000
"""Messages of a busy channel that are looked through for our own."""
BOARD_LINES = 10


class PublicationToCome(Exception):  # noqa: N818 - a matter of time
    """What belongs to a publication cannot come before it."""


@dataclass(frozen=True, slots=True)
class Landed:
    """Where an effect is to be found."""

    channel: int | None = None
    message: int | None = None


class Effects:
    """Makes posts real, through Discord's REST interface."""

    def __init__(self, show: Show, rest: hikari.api.RESTClient) -> None:
        self._show = show
        self._rest = rest

    async def make(self, post: Post) -> Landed:  # noqa: PLR0911 - a line for each kind
        """Make the effect, or find it made.

        Raises:
            hikari.HTTPError: Discord refused it, or its outcome is unknown.
        """
        server = self._show.server(post.server)
        if server is None:
            return Landed()  # The server was taken out of the settings: nothing is owed to it.
        t = texts(self._show.settings.language_of(server))
        async with self._show.database.reading() as reader:
            round_ = None if post.round is None else await rounds.get(reader, post.round)
        if round_ is None:
            return await self._staff(post, server, t)
        if post.kind in ("hint", "remind") and not round_.is_open:
            return Landed()  # It came too late: everybody knows what it would say.
        match post.kind:
            case "close":
                return await self._close(round_, server, t)
            case "thread":
                return await self._thread(round_, server, t)
            case "publication":
                return await self._publish(post, round_, server, t)
            case _:
                async with self._show.database.reading() as reader:
                    outgoing = await self._compose(reader, post, round_, server, t)
                return await self._send(post, server.channel, outgoing)

    async def _publish(self, post: Post, round_: Round, server: Server, t: Texts) -> Landed:
        """Send the riddle; where the server takes less than it did, with the smaller video."""
        path = self._show.data / post.facts["video"]
        if not path.is_file():
            path = await self._made_again(round_, server.upload_limit)
        try:
            return await self._send_riddle(post, round_, server, t, path)
        except hikari.ClientHTTPResponseError as error:
            smaller = await self._made_again(round_, variants(server.upload_limit)[-1])
            if error.status != TOO_LARGE or smaller == path:
                raise
            log.warning("server %d takes less than its upload_limit says", server.guild)
            return await self._send_riddle(post, round_, server, t, smaller)

    async def _send_riddle(
        self, post: Post, round_: Round, server: Server, t: Texts, path: Path
    ) -> Landed:
        video = media.upload(path, video_name(round_), views.alt_text(t, round_.rules))
        ping = server.ping_role
        outgoing = views.publication(t, round_, post=post.id, video=video, ping=ping)
        return await self._send(post, server.channel, outgoing)

    async def _made_again(self, round_: Round, limit: int) -> Path:
        """The round's video at that limit; found finished, as a rule.

        Raises:
            Refusal: the riddle's folder or its video is gone.
        """
        folder = await asyncio.to_thread(read_folder, self._show.content / round_.slug)
        if folder.riddle is None:
            raise Refusal(f"the folder {round_.slug} cannot be read any more")
        return (await prepare_riddle(folder.riddle, limit=limit, data=self._show.data)).video

    async def _compose(
        self, reader: Reader, post: Post, round_: Round, server: Server, t: Texts
    ) -> Outgoing:
        """The message of a post."""
        facts = post.facts
        match post.kind:
            case "hint":
                return views.hint(t, round_, post=post.id, n=facts["n"])
            case "remind":
                return views.reminder(t, round_, post=post.id)
            case "reveal":
                first = await _names(reader, facts["first"], server.guild)
                outcome = views.Outcome(facts["tried"], facts["solved"], first)
                return views.reveal(t, round_, outcome, post=post.id)
            case "recap":
                return views.recap(
                    t,
                    round_,
                    post=post.id,
                    week=await standings.page(
                        reader, Window(round=round_.id), server=server.guild, lines=BOARD_LINES
                    ),
                    season=await standings.page(
                        reader,
                        Window(season=facts["season"]),
                        server=server.guild,
                        lines=BOARD_LINES,
                    ),
                    digest=facts["digest"],
                    next_at=facts["next_at"],
                )
            case unknown:
                raise ValueError(f"no message is known for a post of kind {unknown}")

    async def _send(self, post: Post, channel: int, outgoing: Outgoing) -> Landed:
        """Send a message, unless an earlier attempt did."""
        if post.tried_before and (found := await self._find(post, channel)):
            return Landed(channel, found)
        message = await self._rest.create_message(
            channel,
            component=outgoing.container,
            nonce=f"{post.id}-{post.owed_at:x}",
            role_mentions=outgoing.pings or hikari.UNDEFINED,
        )
        return Landed(channel, int(message.id))

    async def _find(self, post: Post, channel: int) -> int | None:
        """The message in which an earlier attempt resulted, if it did."""
        me = await self._rest.fetch_my_user()
        since = first_snowflake((post.first_at or post.owed_at) - LOOK_BACK_MS)
        history = self._rest.fetch_messages(channel, after=since).limit(MOST_LOOKED_AT)
        async for message in history:
            components = message.components
            if message.author.id == me.id and components and components[0].id == post.id:
                return int(message.id)
        return None

    async def _staff(self, post: Post, server: Server, t: Texts) -> Landed:
        if server.staff_channel is None:
            return Landed()
        outgoing = views.staff(t, post=post.id, sentence=post.facts["sentence"])
        return await self._send(post, server.staff_channel, outgoing)

    async def _publication(self, round_: Round, server: Server) -> "_Publication | None":
        """Where the round was published in that server; None where it was not."""
        async with self._show.database.reading() as reader:
            found = await posts.find(reader, f"publication:{round_.id}:{server.guild}")
        if found is not None and found.state in ("pending", "sending"):
            raise PublicationToCome
        if found is None or found.message is None or found.channel is None:
            return None
        return _Publication(found.id, found.channel, found.message)

    async def _close(self, round_: Round, server: Server, t: Texts) -> Landed:
        """Edit the publication: the button says closed, the video stays."""
        publication = await self._publication(round_, server)
        if publication is None:
            return Landed()
        video = media.kept(video_name(round_), views.alt_text(t, round_.rules))
        closed = views.closed_publication(
            t, round_, post=publication.post, video=video, ping=server.ping_role
        )
        # An edit that names no attachments keeps those there are.
        with _gone_is_done():
            await self._rest.edit_message(
                publication.channel, publication.message, component=closed.container
            )
        return Landed(publication.channel, publication.message)

    async def _thread(self, round_: Round, server: Server, t: Texts) -> Landed:
        """Open the discussion under the publication; a message has one thread at most."""
        publication = await self._publication(round_, server)
        if publication is None:
            return Landed()
        name = t("Riddle no. {number}: talk, but no spoilers", number=round_.id)
        with _gone_is_done():
            await self._rest.create_message_thread(
                publication.channel, publication.message, name[:100]
            )
        return Landed(publication.message)  # A thread has the number of its message.


@dataclass(frozen=True, slots=True)
class _Publication:
    post: int
    channel: int
    message: int


@contextmanager
def _gone_is_done() -> Generator[None, None, None]:
    """Take no offence at a publication that somebody deleted, or at a thread that is there."""
    try:
        yield
    except (hikari.NotFoundError, hikari.BadRequestError) as error:
        if error.code not in (UNKNOWN_CHANNEL, UNKNOWN_MESSAGE, THREAD_EXISTS):
            raise


def video_name(round_: Round) -> str:
    """The name under which the video is uploaded: it says nothing."""
    return f"riddle-{round_.id}.mp4"


async def _names(reader: Reader, accounts: list[int], server: int) -> list[str]:
    """How members are called in a server; those seen only elsewhere are not named here."""
    names: list[str] = []
    for account in accounts:
        name = await reader.value(
            """
            SELECT name FROM sightings WHERE account = ? AND server = ?
            """,
            (account, server),
        )
        if name is not None:
            names.append(name)
    return names
