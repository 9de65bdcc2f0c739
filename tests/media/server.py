"""A web server on loopback that serves clips well, badly, slowly, or never to an end."""

import threading
import time
from collections.abc import Generator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import cast
from urllib.parse import parse_qs, urlsplit

CHUNK = 16 * 1024


class Server(ThreadingHTTPServer):
    """Serves a folder; what it was asked is in `asked`."""

    daemon_threads = True

    def __init__(self, folder: Path) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.folder = folder
        self.asked: list[str] = []
        self.closing = threading.Event()

    def url(self, path: str, host: str = "127.0.0.1") -> str:
        return f"http://{host}:{self.server_port}{path}"

    def handle_error(self, request: object, client_address: object) -> None:
        """Clients of these tests hang up in every way there is."""


@contextmanager
def serving(folder: Path) -> Generator[Server]:
    with Server(folder) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    @property
    def web(self) -> Server:
        return cast("Server", self.server)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - as the base class
        """Quiet."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        self.web.asked.append(f"{parts.path} {self.headers.get('Range', '')}".strip())
        kind, _, rest = parts.path.strip("/").partition("/")
        match kind:
            case "status":
                self._head(int(rest), 0)
            case "loop":
                self._head(302, 0, Location="/loop")
            case "redirect":
                self._head(302, 0, Location=parse_qs(parts.query)["to"][0])
            case "hang":
                self.web.closing.wait(30)
            case "page":
                self._send(b"<html><title>Hourglass</title>No video here.</html>", "text/html")
            case "trickle":
                self._drip(3 * 10**6, pause=0.1)
            case "endless":
                self._head(200, None, **{"Content-Type": "video/mp4"})
                while not self.web.closing.is_set():
                    self.wfile.write(bytes(CHUNK))
            case "cut":
                self._cut(self.web.folder / rest)
            case _:
                self._file(self.web.folder / parts.path.strip("/"))

    def _file(self, path: Path) -> None:
        if not path.is_file():
            self._head(404, 0)
            return
        types = {".m3u8": "application/vnd.apple.mpegurl", ".mpd": "application/dash+xml"}
        self._send(path.read_bytes(), types.get(path.suffix, "video/mp4"))

    def _send(self, data: bytes, kind: str) -> None:
        start = self._start()
        ranged = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if start else {}
        self._head(206 if start else 200, len(data) - start, **{"Content-Type": kind}, **ranged)
        if self.command == "GET":
            self.wfile.write(data[start:])

    def _cut(self, path: Path) -> None:
        """Promise the whole file and hang up after a part of it."""
        data, start = path.read_bytes(), self._start()
        ranged = {"Content-Range": f"bytes {start}-{len(data) - 1}/{len(data)}"} if start else {}
        kind = {"Content-Type": "video/mp4"}
        self._head(206 if start else 200, len(data) - start, **kind, **ranged)
        if self.command == "GET":
            self.wfile.write(data[start : start + len(data) // 3 + 1])
            self.close_connection = True

    def _drip(self, size: int, pause: float) -> None:
        self._head(200, size, **{"Content-Type": "video/mp4"})
        while self.command == "GET" and not self.web.closing.is_set():
            self.wfile.write(bytes(1024))
            time.sleep(pause)

    def _start(self) -> int:
        asked = self.headers.get("Range", "")
        return int(asked.removeprefix("bytes=").split("-")[0]) if asked else 0

    def _head(self, status: int, length: int | None, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        if length is None:
            self.send_header("Connection", "close")
            self.close_connection = True
        else:
            self.send_header("Content-Length", str(length))
        self.end_headers()
