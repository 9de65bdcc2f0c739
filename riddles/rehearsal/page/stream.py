"""Everything that changes, pushed to the browsers that are open (server-sent events)."""

import asyncio
import json
from collections.abc import Callable

from aiohttp import web

from riddles.rehearsal.discord import Change, StandIn
from riddles.rehearsal.discord.errors import JSON
from riddles.rehearsal.page import views

_MOST_WAITING = 500
_STILL_HERE_S = 15.0


class Stream:
    """The open browsers, each with the member it acts as."""

    def __init__(self, standin: StandIn, clock_face: Callable[[], JSON]) -> None:
        self._standin = standin
        self._clock_face = clock_face
        self._open: dict[asyncio.Queue[str | None], int] = {}
        self._forget = standin.on_change(self._changed)

    def close(self) -> None:
        """End every stream."""
        self._forget()
        for queue in self._open:
            queue.put_nowait(None)

    def tick(self) -> None:
        """Tell everybody what the clock says now."""
        for queue in self._open:
            _put(queue, "clock", self._clock_face())

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Serve one browser until it leaves."""
        response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
        await response.prepare(request)
        queue: asyncio.Queue[str | None] = asyncio.Queue(_MOST_WAITING + 1)
        self._open[queue] = int(request.query.get("member", "0"))
        _put(queue, "clock", self._clock_face())
        try:
            while (event := await _next(queue)) is not None:
                await response.write(event.encode())
        except ConnectionError:  # The browser left; that is how streams end.
            pass
        finally:
            del self._open[queue]
        return response

    def _changed(self, change: Change) -> None:
        for queue, member_id in self._open.items():
            message = change.message
            if message is None:
                if change.kind in ("channel", "commands", "member"):
                    _put(queue, "scene", {})
            elif message.ephemeral_to in (None, member_id):
                body: JSON = {"channel": str(message.channel_id), "id": str(message.id)}
                if change.kind != "delete":
                    body["message"] = views.message(self._standin.world, message, member_id)
                _put(queue, change.kind, body)


async def _next(queue: asyncio.Queue[str | None]) -> str | None:
    try:
        return await asyncio.wait_for(queue.get(), _STILL_HERE_S)
    except TimeoutError:
        return ": still here\n\n"


def _put(queue: asyncio.Queue[str | None], kind: str, body: JSON) -> None:
    if queue.qsize() >= _MOST_WAITING:  # Too slow to follow: one line says to start over.
        while not queue.empty():
            queue.get_nowait()
        kind, body = "reload", {}
    queue.put_nowait(f"event: {kind}\ndata: {json.dumps(body, ensure_ascii=False)}\n\n")
