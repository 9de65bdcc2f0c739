"""Child processes, started and waited for to the end, whoever cancels meanwhile."""

import asyncio
from asyncio.subprocess import Process
from typing import TypeVar

T = TypeVar("T")


async def to_its_end(task: asyncio.Task[T]) -> T:
    """Wait for a task that must not be broken off; a cancellation is passed on afterwards."""
    canceled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as error:
            canceled = error
    if canceled:
        raise canceled
    return task.result()


async def reaped(killed: Process) -> None:
    """Wait for a process that was killed: a matter of milliseconds.

    An event loop that closes before it has noticed the end leaves the process's pipes open.
    """
    canceled: asyncio.CancelledError | None = None
    while killed.returncode is None:
        try:
            await killed.wait()
        except asyncio.CancelledError as error:
            canceled = error
    if canceled:
        raise canceled
