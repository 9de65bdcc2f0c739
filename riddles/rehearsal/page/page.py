"""The page's server: its files, what is to be seen, and the buttons of the clock."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from aiohttp import web

from riddles.clock import Clock
from riddles.refusal import Refusal
from riddles.rehearsal.discord import CannotDo, StandIn
from riddles.rehearsal.discord.errors import JSON
from riddles.rehearsal.page import offers, views
from riddles.rehearsal.page.acts import Acts
from riddles.rehearsal.page.guard import guard, harden
from riddles.rehearsal.page.stream import Stream

_STATIC = Path(__file__).parent / "static"
_STEPS = {"hour": timedelta(hours=1), "day": timedelta(days=1)}
_LARGEST_BODY = 64 * 1024 * 1024
_GLANCE_S = 0.5

NextMoment = Callable[[], tuple[str, datetime] | None]
Jump = Callable[[datetime], Awaitable[object]]


class Page:
    """A window on the stand-in, on a loopback port of its own.

    Without `timezone` (an IANA name) times are shown in the browser's zone.
    """

    def __init__(
        self,
        standin: StandIn,
        clock: Clock,
        next_moment: NextMoment,
        jump: Jump,
        *,
        timezone: str | None = None,
    ) -> None:
        self.url = ""
        self._standin = standin
        self._clock = clock
        self._next_moment = next_moment
        self._jump = jump
        self._timezone = timezone
        self._awaited: tuple[tuple[str, datetime] | None, datetime] = (None, clock.now())
        self._acts = Acts(standin)
        self._stream = Stream(standin, self._clock_face)
        self._runner: web.AppRunner | None = None
        self._watching: asyncio.Task[None] | None = None
        clock.on_jump(self._stream.tick)

    async def start(self, port: int = 0) -> None:
        """Listen on loopback; port 0 takes any that is free."""
        app = web.Application(middlewares=[guard], client_max_size=_LARGEST_BODY)
        app.on_response_prepare.append(harden)
        app.router.add_get("/", self._index)
        app.router.add_get("/scene", self._scene)
        app.router.add_get("/messages", self._messages)
        app.router.add_get("/commands", self._commands)
        app.router.add_get("/events", self._stream.handle)
        app.router.add_get("/files/{file}", self._file)
        app.router.add_post("/act/{act}", self._acts.handle)
        app.router.add_post("/jump", self._move_clock)
        app.router.add_static("/static", _STATIC)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.5)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", port).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/"
        self._watching = asyncio.create_task(self._watch_plan())

    async def close(self) -> None:
        """Stop serving."""
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        self._stream.close()
        if self._runner is not None:
            await self._runner.cleanup()
        self._acts.close()

    async def _watch_plan(self) -> None:
        """Show what comes next anew whenever that changes without a jump."""
        while True:
            await asyncio.sleep(_GLANCE_S)
            if self._next_moment() != self._awaited[0]:
                self._stream.tick()

    def _clock_face(self) -> JSON:
        now, following = self._clock.now(), self._next_moment()
        if following != self._awaited[0]:
            self._awaited = following, now
        face: JSON = {"now": _milliseconds(now), "next": None}
        if following is not None:
            label, moment = following
            face["next"] = {
                "label": label,
                "at": _milliseconds(moment),
                "since": _milliseconds(self._awaited[1]),
            }
        return face

    async def _index(self, _: web.Request) -> web.FileResponse:
        return web.FileResponse(_STATIC / "index.html")

    async def _scene(self, request: web.Request) -> web.Response:
        world = self._standin.world
        member = int(request.query.get("member") or 0)
        if member not in world.users:
            member = views.default_member(world) or 0
        return web.json_response(
            {
                "member": str(member),
                "servers": views.servers(world, member),
                "conversations": views.conversations(world, member),
                "bot": {"id": str(world.bot_id), "name": world.bot_name},
                "timezone": self._timezone,
                "clock": self._clock_face(),
            }
        )

    async def _messages(self, request: web.Request) -> web.Response:
        member = int(request.query["member"])
        try:
            channel, _ = self._standin.people.locate(member, int(request.query["channel"]))
        except CannotDo:
            return web.json_response([])
        return web.json_response(views.messages(self._standin.world, channel, member))

    async def _commands(self, request: web.Request) -> web.Response:
        member, channel = int(request.query["member"]), int(request.query["channel"])
        locale = self._standin.world.users[member].locale
        try:
            return web.json_response(offers.offered(self._standin, member, channel, locale))
        except CannotDo:
            return web.json_response([])

    async def _file(self, request: web.Request) -> web.StreamResponse:
        number = request.match_info["file"]
        stored = self._standin.file(int(number)) if number.isdigit() else None
        if stored is None:
            raise web.HTTPNotFound
        response = web.FileResponse(stored.path)
        response.content_type = stored.content_type
        if not stored.content_type.startswith(("image/", "video/", "audio/", "text/plain")):
            response.headers["Content-Disposition"] = f'attachment; filename="{stored.filename}"'
        return response

    async def _move_clock(self, request: web.Request) -> web.Response:
        to: Any = (await request.json()).get("to")
        following = self._next_moment()
        if to in _STEPS:
            moment = self._clock.now() + _STEPS[to]
        elif to == "next" and following is not None:
            moment = max(following[1], self._clock.now())
        else:
            raise web.HTTPBadRequest(text="jump to what?")
        try:
            await self._jump(moment)
        except Refusal as refusal:
            return web.json_response({"kind": "refused", "why": str(refusal)})
        self._stream.tick()
        return web.json_response(self._clock_face())


def _milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)
