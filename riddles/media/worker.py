"""A process of its own for everything heavy or foreign: decoding, encoding, fetching.

It reads one job as a line of JSON, answers in lines of JSON, and ends. It leads a process group,
so that whoever started it can end it with all its children; and when its input closes, because
the bot is gone, it ends itself the same way. It runs niced: members' answers come first.
"""

import contextlib
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import Any

from riddles.media.events import Events
from riddles.media.refusal import Kind, MediaRefusal
from riddles.sentence import Sentence, because

NICENESS = 15
PATIENCE_S = 0.8


def main() -> int:
    """Do the one job on standard input."""
    if os.getpgrp() != os.getpid():
        # Started by hand: what ends our group would end the caller's.
        os.setsid()
    signal.signal(signal.SIGTERM, _stop)
    os.nice(NICENESS)
    job: dict[str, Any] = json.loads(_line())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    events = Events()
    try:
        events.say("result", **_do(job, events))
    except MediaRefusal as refusal:
        events.say("refusal", sentence=refusal.kept.kept, kind=refusal.kind)
    except OSError as error:
        events.say("refusal", sentence=_about(error).kept, kind=Kind.SPACE)
    return 0


def _do(job: dict[str, Any], events: Events) -> dict[str, Any]:
    match job["verb"]:
        case "make":
            from riddles.media.make import make  # noqa: PLC0415 - a fetch needs no codecs

            return make(job, events)
        case "poster":
            from riddles.media.make import poster_only  # noqa: PLC0415 - as above

            return poster_only(job, events)
        case "fetch":
            from riddles.media.fetch import fetch  # noqa: PLC0415 - only a fetch needs yt-dlp

            return fetch(job, events)
        case "search":
            from riddles.media.leaks import leaks  # noqa: PLC0415 - as above

            return {"leaks": any(leaks(Path(path), job["secrets"]) for path in job["paths"])}
        case verb:
            raise ValueError(f"no such job: {verb}")


def _line() -> bytes:
    """The job, read byte-wise past any buffer: the thread below goes on reading."""
    line = bytearray()
    while not line.endswith(b"\n"):
        more = os.read(0, 65536)
        if not more:
            os._exit(1)
        line += more
    return bytes(line)


def _end_with_parent() -> None:
    while os.read(0, 65536):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(PATIENCE_S)
    os.killpg(0, signal.SIGKILL)


def _stop(_signal: int, _frame: object) -> None:
    """End the children, wait for them, and end."""
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.killpg(0, signal.SIGTERM)
    end = time.monotonic() + PATIENCE_S
    with contextlib.suppress(ChildProcessError):
        while time.monotonic() < end:
            os.waitpid(-1, os.WNOHANG)
            time.sleep(0.01)
    os._exit(128 + signal.SIGTERM)


def _about(error: OSError) -> Sentence:
    return Sentence(
        "the computer refused a step of the preparation ({why}): free some disk space, and check "
        "the data folder's permissions",
        why=because(error),
    )


if __name__ == "__main__":
    sys.exit(main())
