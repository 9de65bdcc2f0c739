"""The program in a process of its own, which kills itself at one statement of its books.

It is told, as JSON, the folder, how far its clock is ahead, how to reach Discord, and the trap: a
part of a statement, the how manieth such statement it is, and the phase: `statement` (it is about
to run), `commit` (the commit after it is about to run) or `after` (that commit is done). Once the
trap is set it says so, in a line.
"""

import asyncio
import os
import signal
import sqlite3
import threading
import time
from typing import Any

from tests.show.child import as_told, told


class Trap:
    """Hears every statement of the writer, and kills at the one it waits for."""

    def __init__(self, trap: dict[str, Any], sqlite: sqlite3.Connection) -> None:
        self._words: str = trap["words"]
        self._left: int = trap["nth"]
        self._phase: str = trap["phase"]
        self._sqlite = sqlite
        sqlite.set_trace_callback(self._hear)

    def _hear(self, statement: str) -> None:
        """`statement` is about to run."""
        if self._words in " ".join(statement.split()):
            self._left -= 1
            if self._left == 0 and self._phase == "statement":
                _kill()
        if self._left <= 0 and statement == "COMMIT":
            if self._phase == "commit":
                _kill()
            threading.Thread(target=self._kill_after, daemon=True).start()

    def _kill_after(self) -> None:
        while self._sqlite.in_transaction:
            time.sleep(0)
        _kill()


def _kill() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def main() -> None:
    async with as_told() as program:
        sqlite = program.show.database._writer._sqlite  # pyright: ignore[reportPrivateUsage] # the very moment of a kill
        assert sqlite is not None
        Trap(told(), sqlite)
        print("set", flush=True)  # noqa: T201 - whoever started it waits for this
        await asyncio.Event().wait()


asyncio.run(main())
