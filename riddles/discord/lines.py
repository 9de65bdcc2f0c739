"""Lines: a connection of its own for the posts of each server, so that none holds up another.

The library lets the first requests to an address wait for each other until Discord has said how
many it takes. On one line the upload to a slow server would keep all others waiting; and posts
would stop whenever the gateway is opened anew.
"""

from collections.abc import Callable

import hikari

Line = hikari.impl.RESTClientImpl


class Lines:
    """Opens a line to each server when it is first needed."""

    def __init__(self, open_line: Callable[[], Line]) -> None:
        self._open_line = open_line
        self._lines: dict[int, Line] = {}

    def to(self, server: int) -> hikari.api.RESTClient:
        """The line for one server."""
        line = self._lines.get(server)
        if line is None:
            line = self._lines[server] = self._open_line()
            line.start()
        return line

    async def close(self) -> None:
        """Close all lines."""
        for line in self._lines.values():
            await line.close()
        self._lines.clear()
