"""One at a time, across coroutines and processes, and free again whatever happens to the holder.

The operating system gives up a file lock when its holder dies, so a crash blocks nobody.
"""

import asyncio
import fcntl
import os
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

POLL_S = 0.1


@asynccontextmanager
async def held(path: Path, waiting: Callable[[], None]) -> AsyncGenerator[None]:
    """Hold the lock at `path`; `waiting` is called once if somebody else has it."""
    told = False
    while (handle := try_lock(path)) is None:
        if not told:
            waiting()
            told = True
        await asyncio.sleep(POLL_S)
    try:
        yield
    finally:
        release(path, handle)


def try_lock(path: Path) -> int | None:
    """Take the lock if nobody holds it; the result goes to `release`."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # The last holder removes the file; a lock on a removed file keeps nobody out.
        if os.fstat(handle).st_ino == path.stat().st_ino:
            return handle
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(handle)
    return None


def release(path: Path, handle: int) -> None:
    """Give the lock back and leave no file behind."""
    path.unlink(missing_ok=True)
    os.close(handle)
