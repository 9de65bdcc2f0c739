"""The gateway: sessions that outlive their connections, so that missed events can be replayed."""

import asyncio
import contextlib
import importlib
import json
import zlib
from collections import deque
from typing import Any, Protocol

from aiohttp import WSMsgType, web

from riddles.rehearsal.discord import wire
from riddles.rehearsal.discord.errors import JSON
from riddles.rehearsal.discord.world import World

_DISPATCH, _HEARTBEAT, _IDENTIFY, _RESUME = 0, 1, 2, 6
_RECONNECT, _INVALID, _HELLO, _ACK = 7, 9, 10, 11
_HEARTBEAT_INTERVAL_MS = 41_250
_GUILDS_INTENT = 1
_FAREWELLS = frozenset({1000, 1001})  # Closing like this ends the session, as on Discord.
_FLUSH = b"\x00\x00\xff\xff"  # Ends each message of a compressed stream.
_MOST_MISSED = 10_000
_MOST_SESSIONS = 8


class _Compressor(Protocol):
    def __call__(self, text: bytes) -> bytes: ...


def _zlib() -> _Compressor:
    shared = zlib.compressobj(level=1)
    return lambda text: shared.compress(text) + shared.flush(zlib.Z_SYNC_FLUSH)


def _zstd() -> _Compressor | None:
    try:  # In the standard library from Python 3.14 on; a client that asks for it runs there.
        zstd: Any = importlib.import_module("compression.zstd")
    except ImportError:
        return None
    shared = zstd.ZstdCompressor()
    return lambda text: shared.compress(text, mode=shared.FLUSH_BLOCK)


class Connection:
    """One WebSocket; what is sent goes out in order, in binary frames where compressed."""

    def __init__(self, socket: web.WebSocketResponse, request: web.Request) -> None:
        self.socket = socket
        self.transport = request.transport
        self.closed_by_us = False
        compress = request.query.get("compress")
        self._outbox: asyncio.Queue[str | int | bytes] = asyncio.Queue()
        self._compress = (
            _zlib() if compress == "zlib-stream" else _zstd() if compress == "zstd-stream" else None
        )

    def send(self, op: int, data: object = None) -> None:
        """Queue a control frame."""
        self.push(json.dumps({"op": op, "d": data, "s": None, "t": None}))

    def push(self, frame: str | bytes) -> None:
        """Queue a frame; bytes go out as they are."""
        self._outbox.put_nowait(frame)

    def close(self, code: int) -> None:
        """Close with that code once everything queued was sent."""
        self.closed_by_us = True
        self._outbox.put_nowait(code)

    async def write(self) -> None:
        """Send what is queued, until closed."""
        with contextlib.suppress(ConnectionError):  # The other side is gone; so is the reader.
            while True:
                frame = await self._outbox.get()
                if isinstance(frame, int):
                    await self.socket.close(code=frame)
                    return
                if isinstance(frame, bytes):
                    await self.socket.send_bytes(frame)
                elif self._compress is not None:
                    await self.socket.send_bytes(self._compress(frame.encode()))
                else:
                    await self.socket.send_str(frame)


class Session:
    """What a bot holds: a sequence of events, and the connection it comes over, if any."""

    def __init__(self, session_id: str, intents: int) -> None:
        self.id = session_id
        self.intents = intents
        self.connection: Connection | None = None
        self.sequence = 0
        self._sent: deque[tuple[int, str]] = deque(maxlen=_MOST_MISSED)

    def dispatch(self, event: str, data: str) -> None:
        """Number an event, remember it, and send it if somebody is there."""
        self.sequence += 1
        frame = f'{{"op":{_DISPATCH},"s":{self.sequence},"t":"{event}","d":{data}}}'
        self._sent.append((self.sequence, frame))
        if self.connection is not None:
            self.connection.push(frame)

    def replay(self, after: int) -> None:
        """Send again what came after that number."""
        for sequence, frame in self._sent:
            if sequence > after and self.connection is not None:
                self.connection.push(frame)


class Gateway:
    """All sessions, and the switches for bad weather."""

    def __init__(self, world: World, token: str) -> None:
        self._world = world
        self._token = token
        self._sessions: dict[str, Session] = {}
        self._counter = 0
        self._identified = asyncio.Event()
        self.silent = False
        """While set, whoever connects hears nothing, not even a greeting."""

    @property
    def online(self) -> bool:
        """Whether a bot is connected."""
        return any(session.connection for session in self._sessions.values())

    @property
    def reachable(self) -> bool:
        """Whether a bot is connected or may come back for what it missed."""
        return bool(self._sessions)

    async def identified(self) -> None:
        """Wait until a bot is connected."""
        await self._identified.wait()

    def dispatch(self, event: str, data: JSON) -> None:
        """Send an event to every session."""
        text = json.dumps(data, ensure_ascii=False, separators=(",", ":"))
        for session in self._sessions.values():
            session.dispatch(event, text)

    def reconnect(self) -> None:
        """Ask to reconnect and resume (op 7)."""
        for connection in self._connections():
            connection.send(_RECONNECT)

    def invalidate(self, *, resumable: bool = False) -> None:
        """Declare the session invalid (op 9)."""
        for connection in self._connections():
            connection.send(_INVALID, resumable)
        if not resumable:
            self._sessions.clear()
            self._identified.clear()

    def close(self, code: int) -> None:
        """Close every connection with that code."""
        for connection in self._connections():
            connection.close(code)

    def drop(self) -> None:
        """Cut every connection without a word."""
        for connection in self._connections():
            if connection.transport is not None:
                connection.transport.abort()

    def garble(self) -> None:
        """Send what nobody can read."""
        for connection in self._connections():
            connection.push(b"nonsense" + _FLUSH)

    async def handle(self, request: web.Request) -> web.WebSocketResponse:
        """Serve one connection until it ends."""
        socket = web.WebSocketResponse(max_msg_size=1 << 20)
        await socket.prepare(request)
        connection = Connection(socket, request)
        if not self.silent:
            connection.send(_HELLO, {"heartbeat_interval": _HEARTBEAT_INTERVAL_MS})
        writer = asyncio.create_task(connection.write())
        session: Session | None = None
        try:
            async for frame in socket:
                if frame.type not in (WSMsgType.TEXT, WSMsgType.BINARY):
                    break
                session = self._receive(connection, session, json.loads(frame.data))
        finally:
            writer.cancel()
            await asyncio.gather(writer, return_exceptions=True)
            self._ended(connection, session, socket.close_code)
        return socket

    def _receive(
        self, connection: Connection, session: Session | None, frame: JSON
    ) -> Session | None:
        op: int = frame["op"]
        data: Any = frame.get("d")
        if op == _HEARTBEAT:
            connection.send(_ACK)
        elif op in (_IDENTIFY, _RESUME) and data["token"] != self._token:
            connection.close(4004)
        elif op == _IDENTIFY:
            return self._identify(connection, data)
        elif op == _RESUME:
            return self._resume(connection, data)
        elif session is None:
            connection.close(4003)
        return session

    def _identify(self, connection: Connection, data: JSON) -> Session:
        self._counter += 1
        session = Session(f"session-{self._counter}", int(data.get("intents") or 0))
        session.connection = connection
        self._sessions[session.id] = session
        self._forget_old()
        world = self._world
        url = world.base_url.replace("http://", "ws://", 1) + "/gateway"
        ready = {
            "v": 10,
            "user": wire.my_user(world),
            "guilds": [{"id": str(each), "unavailable": True} for each in world.guilds],
            "session_id": session.id,
            "resume_gateway_url": url,
            "shard": data.get("shard") or [0, 1],
            "application": {"id": str(world.application_id), "flags": 0},
        }
        session.dispatch("READY", json.dumps(ready))
        if session.intents & _GUILDS_INTENT:
            for payload in self._guild_payloads():
                session.dispatch("GUILD_CREATE", json.dumps(payload))
        self._identified.set()
        return session

    def _resume(self, connection: Connection, data: JSON) -> Session | None:
        session = self._sessions.get(data["session_id"])
        if session is None:
            connection.send(_INVALID, data=False)
            return None
        session.connection = connection
        session.replay(int(data["seq"]))
        session.dispatch("RESUMED", "{}")
        self._identified.set()
        return session

    def _ended(self, connection: Connection, session: Session | None, code: int | None) -> None:
        if session is None or session.connection is not connection:
            return
        session.connection = None
        if code in _FAREWELLS and not connection.closed_by_us:  # A client echoes with 1000.
            self._sessions.pop(session.id, None)
        if not self.online:
            self._identified.clear()

    def _forget_old(self) -> None:
        while len(self._sessions) > _MOST_SESSIONS:
            self._sessions.pop(next(iter(self._sessions)))

    def _connections(self) -> list[Connection]:
        return [each.connection for each in self._sessions.values() if each.connection]

    def _guild_payloads(self) -> list[JSON]:
        return [
            wire.guild(self._world, guild)
            | {
                "joined_at": wire.bot_member(self._world, guild)["joined_at"],
                "large": False,
                "unavailable": False,
                "member_count": len(guild.members) + 1,
                "members": [wire.bot_member(self._world, guild)],
                "channels": [wire.channel(self._world, each) for each in guild.channels.values()],
                "threads": [],
                "presences": [],
                "voice_states": [],
                "stage_instances": [],
                "guild_scheduled_events": [],
                "soundboard_sounds": [],
            }
            for guild in self._world.guilds.values()
        ]
