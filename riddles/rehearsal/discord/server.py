"""The HTTP side: each request is recorded, may meet a fault, and is answered as Discord would."""

import asyncio
import hashlib
import json
from email.utils import format_datetime
from typing import Any

from aiohttp import web

from riddles.rehearsal.discord import errors, reading
from riddles.rehearsal.discord import routes as routes  # noqa: PLC0414 - importing registers them
from riddles.rehearsal.discord.errors import JSON, ApiError
from riddles.rehearsal.discord.faults import Action, Faults
from riddles.rehearsal.discord.recording import FileMeta, RecordedRequest, RequestLog
from riddles.rehearsal.discord.routing import Call, Route, match
from riddles.rehearsal.discord.world import World

PREFIX = "/api/v10"
_PRIVATE_HEADERS = frozenset({"authorization", "cookie"})
_TO_NOBODY = 404

Payload = JSON | list[Any] | None


class Server:
    """Answers everything below `/api/v10`."""

    def __init__(self, world: World, token: str, log: RequestLog, faults: Faults) -> None:
        self._world = world
        self._token = token
        self._log = log
        self._faults = faults
        self._released = asyncio.Event()

    def release(self) -> None:
        """Let go of the requests that hang."""
        self._released.set()
        self._released = asyncio.Event()

    async def handle(self, request: web.Request) -> web.StreamResponse:
        """Answer one request."""
        path = request.path.removeprefix(PREFIX)
        found = match(request.method, path) if request.path.startswith(PREFIX) else None
        route, params = found if found is not None else (None, dict[str, str]())
        record = self._record(request, path, route)
        action = self._faults.take(request.method, path, route.template if route else "")
        try:
            body = await reading.read(request, self._world.folder)
        except ApiError as refusal:
            return self._respond(record, refusal.status, refusal.body, route)
        record.json, record.multipart = body.json, body.multipart
        record.files = [
            FileMeta(f"files[{each.number}]", each.filename, each.content_type, each.size)
            for each in body.uploads
        ]
        if action is not None and (answer := await self._before(request, record, route, action)):
            return answer
        call = Call(self._world, params, request.query, body.json, body.uploads)
        status, payload = self._answer(request, route, call)
        response = self._respond(record, status, payload, route)
        if action is not None:
            await self._after(request, action)
        return response

    def _record(self, request: web.Request, path: str, route: Route | None) -> RecordedRequest:
        record = RecordedRequest(
            method=request.method,
            path=path,
            query=dict(request.query),
            headers={k: v for k, v in request.headers.items() if k.lower() not in _PRIVATE_HEADERS},
            at=self._world.clock.now(),
            route=route.template if route else None,
        )
        self._log.add(record)
        return record

    def _answer(self, request: web.Request, route: Route | None, call: Call) -> tuple[int, Payload]:
        try:
            if route is None:
                raise errors.not_found()
            if route.needs_token and request.headers.get("Authorization") != f"Bot {self._token}":
                raise errors.unauthorized()
            return route.handler(call)
        except ApiError as refusal:
            return refusal.status, refusal.body

    def _respond(
        self, record: RecordedRequest, status: int, payload: Payload, route: Route | None
    ) -> web.Response:
        record.status, record.response = status, payload
        headers = _bucket(route) if route is not None else {}
        headers["Date"] = format_datetime(self._world.clock.now(), usegmt=True)
        if payload is None:
            return web.Response(status=status, headers=headers)
        raw = json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()
        return web.Response(
            status=status, body=raw, content_type="application/json", headers=headers
        )

    async def _before(
        self, request: web.Request, record: RecordedRequest, route: Route | None, action: Action
    ) -> web.StreamResponse | None:
        if action.kind == "status":
            error = {"message": action.message, "code": action.code}
            return self._respond(record, action.status, error, route)
        if action.kind == "limit":
            return self._limited(record, route, action)
        if action.kind == "delay" and not action.after:
            await asyncio.sleep(action.seconds)
        if action.kind == "hang":
            await self._released.wait()
        if action.kind in ("hang", "reset"):
            _cut(request)
            return web.Response(status=_TO_NOBODY)
        return None

    async def _after(self, request: web.Request, action: Action) -> None:
        if action.kind == "drop_reply":
            _cut(request)
        if action.kind == "delay" and action.after:
            await asyncio.sleep(action.seconds)

    def _limited(
        self, record: RecordedRequest, route: Route | None, action: Action
    ) -> web.Response:
        error = {
            "message": "You are being rate limited.",
            "retry_after": action.seconds,
            "global": action.everywhere,
        }
        response = self._respond(record, 429, error, route)
        response.headers["Retry-After"] = str(action.seconds)
        response.headers["X-RateLimit-Scope"] = "global" if action.everywhere else "shared"
        if action.everywhere:
            response.headers["X-RateLimit-Global"] = "true"
        return response


def _cut(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()


def _bucket(route: Route) -> dict[str, str]:
    """Rate limit headers; the callback route has none on Discord either.

    Without a bucket hikari sends one request at a time per route.
    """
    if route.template.endswith("/callback"):
        return {}
    name = hashlib.sha256(f"{route.method} {route.template}".encode()).hexdigest()[:32]
    return {
        "X-RateLimit-Bucket": name,
        "X-RateLimit-Limit": "1000",
        "X-RateLimit-Remaining": "999",
        "X-RateLimit-Reset": "0",
        "X-RateLimit-Reset-After": "1.0",
    }
