"""How large a file each server takes: as its settings say, or as its boosts allow.

Discord tells a server's boost level when the program starts. It is written down beside the
videos, so that `riddles prepare`, which asks nobody, makes them for the same limits.
"""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from riddles.config import Server
from riddles.media.limits import upload_limit, variants
from riddles.media.store import write_aside


class Uploads:
    """Reads what is written down each time it is asked: that is a few bytes."""

    def __init__(self, data: Path) -> None:
        self._path = data / "boosts.json"

    def limit_of(self, server: Server) -> int:
        """Bytes that one file may have in this server."""
        return upload_limit(self._levels().get(str(server.guild), 0), server.upload_limit)

    def limits_of(self, servers: Iterable[Server]) -> list[int]:
        """Every limit to prepare for, largest first; with one that fits when a boost ends."""
        limits = {limit for server in servers for limit in variants(self.limit_of(server))}
        return sorted(limits, reverse=True)

    def saw(self, guild: int, boost_level: int) -> None:
        """Write down a server's boost level (0 to 3)."""
        levels = self._levels()
        if levels.get(str(guild)) != boost_level:
            write_aside(self._path, json.dumps(levels | {str(guild): boost_level}).encode())

    def _levels(self) -> dict[str, int]:
        try:
            found: Any = json.loads(self._path.read_text())
            return {str(guild): int(level) for guild, level in found.items()}
        except (OSError, ValueError, TypeError, AttributeError):
            return {}  # Nobody has asked yet; level 0 holds for every server.
