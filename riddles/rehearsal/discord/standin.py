"""The stand-in as one thing: start it, act as people, read what was said, break it, close it."""

import asyncio
import base64
import contextlib
import shutil
import tempfile
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path

from aiohttp import web

from riddles.clock import Clock
from riddles.rehearsal.discord.errors import JSON
from riddles.rehearsal.discord.faults import Faults
from riddles.rehearsal.discord.files import StoredFile
from riddles.rehearsal.discord.gateway import Gateway
from riddles.rehearsal.discord.interactions import ANSWER_WITHIN_S, Reply
from riddles.rehearsal.discord.messages import Message
from riddles.rehearsal.discord.options import Value
from riddles.rehearsal.discord.people import Manner, People
from riddles.rehearsal.discord.recording import RecordedRequest, RequestLog
from riddles.rehearsal.discord.server import PREFIX, Server
from riddles.rehearsal.discord.specs import ChannelSpec, GuildSpec, MemberSpec
from riddles.rehearsal.discord.world import Change, Channel, World

_HOST = "127.0.0.1"


class StandIn:
    """A Discord on this machine only, for the servers given.

    Ids and timestamps come from `clock`; deadlines are real time. Of requests and of private
    replies the newest `remember` are kept. `patience` is how many seconds an interaction waits for
    its first answer, three as on Discord; bursts on a busy machine need more.
    """

    def __init__(
        self,
        clock: Clock,
        guilds: Sequence[GuildSpec],
        *,
        remember: int = 20_000,
        patience: float = ANSWER_WITHIN_S,
    ) -> None:
        self._patience = patience
        self._folder = Path(tempfile.mkdtemp(prefix="riddles-rehearsal-"))
        self.world = World(clock, guilds, folder=self._folder, remember=remember)
        first_part = base64.b64encode(str(self.world.bot_id).encode()).decode().rstrip("=")
        self.token = f"{first_part}.rehearsal.{'0' * 38}"
        self.gateway = Gateway(self.world, self.token)
        self.faults = Faults()
        self._log = RequestLog(remember)
        self._server = Server(self.world, self.token, self._log, self.faults)
        self.people = People(self.world, self.gateway)
        self._runner: web.AppRunner | None = None
        self._site: web.TCPSite | None = None
        self._port = 0

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes any that is free."""
        app = web.Application(client_max_size=8 * 1024 * 1024)
        app.router.add_get("/gateway", self.gateway.handle)
        app.router.add_get("/attachments/{channel}/{file}/{name}", self._serve_file)
        app.router.add_route("*", "/{rest:.*}", self._server.handle)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await self._listen(port)

    async def close(self) -> None:
        """Stop, and remove the uploaded files. Close the bot first: it would retry for ever."""
        self._server.release()
        self.gateway.drop()
        if self._runner is not None:
            await self._runner.cleanup()
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def api_url(self) -> str:
        """What goes into `DISCORD_API_URL`."""
        return f"{self.world.base_url}{PREFIX}"

    async def online(self, patience: float = 10.0) -> None:
        """Wait until a bot is connected to the gateway.

        Raises:
            TimeoutError: none came.
        """
        await asyncio.wait_for(self.gateway.identified(), patience)

    # Acting as people

    async def command(
        self,
        member: int | MemberSpec,
        channel: int | ChannelSpec,
        path: str,
        options: Mapping[str, Value] | None = None,
        *,
        locale: str | None = None,
        at: datetime | None = None,
        deliver_twice: bool = False,
        patience: float | None = None,
    ) -> Reply:
        """Call `points balance` as that member; `at` stamps the interaction with another moment.

        Raises:
            CannotDo: no such command or option, hidden from the member, a value out of bounds,
                or no valid answer within `patience`.
        """
        manner = Manner(locale, at, deliver_twice, patience or self._patience)
        return await self.people.command(member, channel, path, options or {}, manner)

    async def autocomplete(
        self,
        member: int | MemberSpec,
        channel: int | ChannelSpec,
        path: str,
        focused: str,
        options: Mapping[str, Value] | None = None,
        *,
        locale: str | None = None,
    ) -> Reply:
        """What the bot proposes while `focused` is being typed; see `Reply.choices`.

        Raises:
            CannotDo: as for `command`.
        """
        manner = Manner(locale, patience=self._patience)
        return await self.people.autocomplete(
            member, channel, path, focused, options or {}, manner=manner
        )

    async def press(
        self,
        member: int | MemberSpec,
        message: Message | Reply,
        custom_id: str,
        *,
        values: Sequence[str] = (),
        locale: str | None = None,
        at: datetime | None = None,
        deliver_twice: bool = False,
        patience: float | None = None,
    ) -> Reply:
        """Press the button with that custom id or label.

        Raises:
            CannotDo: no such button, disabled, not for this member, or no valid answer.
        """
        manner = Manner(locale, at, deliver_twice, patience or self._patience)
        return await self.people.press(member, message, custom_id, values, manner)

    async def submit(
        self,
        member: int | MemberSpec,
        modal: Reply,
        fields: Mapping[str, str],
        *,
        locale: str | None = None,
        at: datetime | None = None,
        deliver_twice: bool = False,
        patience: float | None = None,
    ) -> Reply:
        """Send the modal a reply opened.

        Raises:
            CannotDo: no such field, a value out of bounds, or no valid answer.
        """
        manner = Manner(locale, at, deliver_twice, patience or self._patience)
        return await self.people.submit(member, modal, fields, manner)

    # Changing the servers

    def leave(self, guild: int, member: int) -> None:
        """Let a member leave; Discord answers 404 for them from now on."""
        del self.world.guilds[guild].members[member]
        self.world.changed("member", member_id=member)

    def join(self, guild: int, spec: MemberSpec) -> None:
        """Let somebody in."""
        self.world.welcome(self.world.guilds[guild], spec)
        self.world.changed("member", member_id=spec.id)

    def allow(self, guild: int, command: str, role: int) -> None:
        """Open a hidden command to a role, as an administrator does under Integrations."""
        self.world.book.open_to(guild, command, role)

    def forget_nonces(self) -> None:
        """Forget which messages were sent with which nonce, as Discord does after minutes."""
        self.world.nonces.clear()

    # Reading

    @property
    def requests(self) -> list[RecordedRequest]:
        """The newest requests, oldest first."""
        return self._log.all()

    @property
    def unexpected(self) -> list[RecordedRequest]:
        """Requests to routes the stand-in does not know: each is a fault of somebody's."""
        return self._log.unexpected()

    def forget_requests(self) -> None:
        """Start the record anew."""
        self._log.clear()

    def messages(self, channel: int | ChannelSpec) -> list[Message]:
        """What everybody in a channel or thread sees, oldest first."""
        channel_id = channel if isinstance(channel, int) else channel.id
        return self.world.channels[channel_id].public_messages()

    def private_messages(self, member: int, channel: int | ChannelSpec) -> list[Message]:
        """The ephemeral messages a member has there, oldest first."""
        channel_id = channel if isinstance(channel, int) else channel.id
        kept = self.world.channels[channel_id].messages.values()
        return [each for each in kept if each.ephemeral_to == member]

    def direct_messages(self, member: int) -> list[Message]:
        """What the bot wrote to a member directly."""
        for channel in self.world.channels.values():
            if channel.recipient == member:
                return channel.public_messages()
        return []

    def threads(self, channel: int | ChannelSpec) -> list[Channel]:
        """The threads of a channel, or the posts of a forum, oldest first."""
        channel_id = channel if isinstance(channel, int) else channel.id
        return [
            each
            for each in self.world.channels.values()
            if each.parent is not None and each.parent.id == channel_id
        ]

    def events(self, guild: int) -> list[JSON]:
        """The scheduled events of a server."""
        return list(self.world.guilds[guild].events.values())

    def commands(self, guild: int | None = None) -> list[JSON]:
        """The registered global commands, or those of one server."""
        return self.world.book.listed(guild, localised=True)

    def roles_of(self, guild: int, member: int) -> frozenset[int]:
        """The roles a member has now."""
        return frozenset(self.world.guilds[guild].members[member].roles)

    def file(self, file_id: int) -> StoredFile | None:
        """An uploaded file."""
        return self.world.files.get(file_id)

    def on_change(self, callback: Callable[[Change], None]) -> Callable[[], None]:
        """Call `callback` at every change; the returned function ends that."""
        self.world.watchers.append(callback)
        return lambda: self.world.watchers.remove(callback)

    # Bad weather

    @contextlib.asynccontextmanager
    async def outage(self) -> AsyncGenerator[None]:
        """Refuse every connection while inside; come back on the same port afterwards."""
        if self._site is None or self._runner is None:
            raise RuntimeError("the stand-in is not started")
        await self._site.stop()
        self.gateway.drop()
        self._server.release()
        for connection in self._runner.server.connections if self._runner.server else ():
            connection.force_close()
            if connection.transport is not None:
                connection.transport.abort()
        try:
            yield
        finally:
            await self._listen(self._port)

    async def _listen(self, port: int) -> None:
        if self._runner is None:
            raise RuntimeError("the stand-in is not started")
        self._site = web.TCPSite(self._runner, _HOST, port, reuse_address=True)
        await self._site.start()
        self._port = self._runner.addresses[-1][1]
        self.world.base_url = f"http://{_HOST}:{self._port}"

    async def _serve_file(self, request: web.Request) -> web.StreamResponse:
        number = request.match_info["file"]
        stored = self.world.files.get(int(number)) if number.isdigit() else None
        if stored is None:
            raise web.HTTPNotFound
        response = web.FileResponse(stored.path)
        response.content_type = stored.content_type
        response.headers["X-Content-Type-Options"] = "nosniff"
        response.headers["Content-Security-Policy"] = "sandbox; default-src 'none'"
        return response
