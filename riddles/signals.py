"""Signals: a stop that was asked for while the program runs, or while it is still starting."""

import asyncio
import logging
import os
import signal
from types import TracebackType
from typing import Self

log = logging.getLogger(__name__)

SAME_SIGNAL_S = 1.0
"""A signal may arrive twice, from the terminal's group and from whoever started us."""
NUMBERS = (signal.SIGINT, signal.SIGTERM)


class Signals:
    """Listens for SIGINT and SIGTERM inside the block; a second one ends the process at once.

    Until `started()` a stop cancels the task that entered the block; after it, `stop` is set.
    """

    def __init__(self) -> None:
        self.stop = asyncio.Event()
        self._starting: asyncio.Task[object] | None = None
        self._first_asked = 0.0

    def __enter__(self) -> Self:
        self._starting = asyncio.current_task()
        for number in NUMBERS:
            asyncio.get_running_loop().add_signal_handler(number, self._asked)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for number in NUMBERS:
            asyncio.get_running_loop().remove_signal_handler(number)

    def started(self) -> None:
        """From now on whoever waits for `stop` ends the program."""
        self._starting = None

    def _asked(self) -> None:
        now = asyncio.get_running_loop().time()
        if self.stop.is_set():
            if now - self._first_asked > SAME_SIGNAL_S:
                # What is acknowledged is on disk, and what is owed is in the books.
                os._exit(1)
            return
        log.info("stopping: finishing what is in hand")
        self._first_asked = now
        self.stop.set()
        if self._starting is not None:
            self._starting.cancel()
