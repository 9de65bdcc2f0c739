"""Keeps the page to the person at this machine: no other site can read it or act through it."""

from aiohttp import web
from aiohttp.typedefs import Handler

_LOOPBACK = frozenset({"127.0.0.1", "localhost", "[::1]"})
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        "media-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


@web.middleware
async def guard(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Refuse names that merely resolve to this machine, and posts that another site could make."""
    host = request.host.rsplit(":", 1)[0] if not request.host.endswith("]") else request.host
    if host not in _LOOPBACK:
        raise web.HTTPForbidden(text="This page answers to 127.0.0.1 and localhost only.")
    if request.method == "POST" and (
        request.content_type != "application/json"  # What a form of another site cannot send.
        or request.headers.get("Origin", f"http://{request.host}") != f"http://{request.host}"
    ):
        raise web.HTTPForbidden(text="This page takes requests from itself only.")
    return await handler(request)


async def harden(_: web.Request, response: web.StreamResponse) -> None:
    """Add the headers that keep text from ever becoming script; streams get them as well."""
    response.headers.update(_HEADERS)
