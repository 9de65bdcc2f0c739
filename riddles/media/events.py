"""What a worker says while it works, one line of JSON at a time on its standard output."""

import json
import sys
import time

EVERY_S = 0.2


class Events:
    """What the worker says while it works."""

    def __init__(self) -> None:
        self._last = 0.0
        self._step: str | None = None

    def progress(self, step: str, fraction: float | None, detail: str = "") -> None:
        """How far it is; often enough for a bar, and no more."""
        now = time.monotonic()
        if now - self._last >= EVERY_S or step != self._step or fraction == 1:
            self._last, self._step = now, step
            self.say("progress", step=step, fraction=fraction, detail=detail)

    def deadline(self, seconds: float) -> None:
        """How long this work may take from now on, known once the video has been looked at."""
        self.say("deadline", seconds=seconds)

    def say(self, event: str, **facts: object) -> None:
        """One line to whoever started us."""
        sys.stdout.write(json.dumps({"event": event, **facts}) + "\n")
        sys.stdout.flush()
