"""Starts a worker, listens to it, and makes sure that nothing of it outlives the wish for it."""

import asyncio
import contextlib
import json
import logging
import os
import signal
import sys
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from riddles.children import reaped, to_its_end
from riddles.media.limits import BOUNDS, Bounds
from riddles.media.refusal import Kind, MediaRefusal
from riddles.sentence import Sentence

log = logging.getLogger(__name__)

LONGEST_LINE = 1024 * 1024
POLITE_S = 1.0
GONE_S = 0.5
PRIVATE = ("DISCORD_", "RIDDLES_")
"""Environment that is none of a worker's business: tokens and secrets."""


async def work(
    job: Mapping[str, Any],
    on_progress: Callable[[str, float | None, str], None],
    *,
    deadline_s: float,
    bounds: Bounds = BOUNDS,
) -> dict[str, Any]:
    """Have a worker do the job; cancelling this ends the worker and all its children.

    Raises:
        MediaRefusal: the worker refused, died, fell silent or took too long.
    """
    async with _worker() as process:
        assert process.stdin  # noqa: S101 - it was asked for
        assert process.stdout  # noqa: S101 - as above
        process.stdin.write(json.dumps(job).encode() + b"\n")
        with contextlib.suppress(ConnectionError):
            await process.stdin.drain()
        try:
            async with asyncio.timeout(deadline_s) as overall:
                async for event in _events(process.stdout, bounds.silence_s):
                    match event.pop("event"):
                        case "progress":
                            on_progress(event["step"], event["fraction"], event["detail"])
                        case "deadline":
                            overall.reschedule(asyncio.get_running_loop().time() + event["seconds"])
                        case "refusal":
                            raise MediaRefusal.of(
                                Sentence.of(event["sentence"]), Kind(event["kind"])
                            )
                        case "result":
                            return event
                        case _:
                            pass
        except TimeoutError:
            raise _too_slow(job) from None
    raise MediaRefusal(
        "the video worker stopped without an answer; the log says more: try again, and export the "
        "video anew if it happens twice",
        Kind.WORKER,
    )


@asynccontextmanager
async def _worker() -> AsyncGenerator[asyncio.subprocess.Process]:
    root = str(Path(__file__).parents[2])
    environment = {k: v for k, v in os.environ.items() if not k.startswith(PRIVATE)}
    environment["PYTHONPATH"] = os.pathsep.join([root, *filter(None, [os.getenv("PYTHONPATH")])])
    starting = asyncio.create_task(
        asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "riddles.media.worker"),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            start_new_session=True,
            env=environment,
            limit=LONGEST_LINE,
        )
    )
    try:
        process = await to_its_end(starting)
    except asyncio.CancelledError:
        # A start that is broken off half-way would leave its pipes open, or hang.
        await _stop(starting.result())
        raise
    assert process.stderr  # noqa: S101 - it was asked for
    complaints = asyncio.create_task(_complaints(process.stderr))
    try:
        yield process
    finally:
        try:
            await _stop(process)
        finally:
            complaints.cancel()


async def _stop(process: asyncio.subprocess.Process) -> None:
    """End the worker and all its children, and wait until they are gone."""
    try:
        # Asked to, a worker ends its children first and waits for them; else nobody would.
        with contextlib.suppress(ProcessLookupError, TimeoutError):
            process.terminate()
            await asyncio.wait_for(process.wait(), POLITE_S)
    finally:
        _end(process.pid)
        await reaped(process)
    await _until_gone(process.pid)


def _end(group: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, signal.SIGKILL)


async def _until_gone(group: int) -> None:
    """Wait for the children too: one of them might still be writing into the folder."""
    loop = asyncio.get_running_loop()
    end = loop.time() + GONE_S
    while loop.time() < end:
        try:
            os.killpg(group, 0)
        except (ProcessLookupError, PermissionError):
            return
        await asyncio.sleep(0.02)


async def _events(stream: asyncio.StreamReader, silence_s: float) -> AsyncIterator[dict[str, Any]]:
    while True:
        async with asyncio.timeout(silence_s):
            line = await stream.readline()
        if not line:
            return
        yield json.loads(line)


async def _complaints(stream: asyncio.StreamReader) -> None:
    """Drain what a worker writes to stderr, so that it never blocks on a full pipe."""
    while line := await stream.readline():
        log.warning("media worker: %s", line.decode(errors="replace").rstrip())


def _too_slow(job: Mapping[str, Any]) -> MediaRefusal:
    if job["verb"] == "fetch":
        return MediaRefusal(
            "the download did not get through in its time: try again later, or put a video.mp4 "
            "into the folder",
            Kind.NETWORK,
        )
    return MediaRefusal(
        "preparing the video took far too long and was stopped: export it at 1080p or less, or "
        "try again when the computer is less busy",
        Kind.WORKER,
    )
