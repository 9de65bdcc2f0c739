"""Whoever stops a preparation, at whatever moment and however rudely, leaves nothing at work."""

import asyncio
import gc
import os
import signal
import subprocess
import sys
import warnings
from contextlib import suppress
from pathlib import Path

import pytest

from riddles.media import Bounds, Kind, MediaRefusal, Progress, find_prepared, prepare
from riddles.media.decode import watch
from riddles.media.probe import probe
from tests.media.conftest import Put, eventually, files_in
from tests.media.server import Server

LIMIT = 300 * 1024
"""Small enough for two passes over the noisy clip: there is much to interrupt."""


@pytest.mark.parametrize(
    ("step", "fraction"),
    [
        (None, 0),
        ("checking", 0),
        ("fitting", 0),
        ("fitting", 0.5),
        ("watching", 0),
    ],
)
async def test_canceling_leaves_no_process_and_no_file(
    put: Put, data: Path, step: str | None, fraction: float
) -> None:
    source = put("noisy")
    there = asyncio.Event()

    def follow(progress: Progress) -> None:
        if progress.step == step and (progress.fraction or 0) >= fraction:
            there.set()

    task = asyncio.create_task(
        prepare(source, limit=LIMIT, data=data, secrets=[], on_progress=follow)
    )
    if step:
        await there.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task

    assert at_work(data) == []
    assert files_in(data) <= {"hashes"}
    assert find_prepared(source, limit=LIMIT, data=data) is None


@pytest.mark.parametrize("patience_s", [0, 0.001, 0.002, 0.003, 0.01, 0.1, 0.5])
def test_canceling_again_while_a_worker_ends_leaves_no_pipe(
    put: Put, data: Path, patience_s: float
) -> None:
    async def cancel_again_and_again() -> None:
        task = asyncio.create_task(prepare(put("noisy"), limit=LIMIT, data=data, secrets=[]))
        await asyncio.sleep(patience_s)
        while not task.done():
            task.cancel()
            await asyncio.sleep(0)

    with warnings.catch_warnings(record=True) as left_open:
        warnings.simplefilter("always")
        asyncio.run(cancel_again_and_again())
        gc.collect()

    assert [str(one.message) for one in left_open] == []


async def test_when_the_bot_is_killed_its_workers_end_too(put: Put, data: Path) -> None:
    source = put("noisy")
    bot = subprocess.Popen([sys.executable, "-c", bot_preparing(repr(source), data)])  # noqa: S603, ASYNC220 - our own words, and it returns at once
    await eventually(lambda: any("ffmpeg" in line for line in at_work(data)), 20)
    bot.kill()
    bot.wait()

    await eventually(lambda: at_work(data) == [])

    assert files_in(data) == {"hashes", "locks", "work"}
    prepared = await prepare(source, limit=LIMIT, data=data, secrets=[])
    assert prepared.size <= LIMIT
    assert files_in(data) == {"hashes", "prepared"}


async def test_a_worker_that_waits_for_a_server_ends_with_the_bot_too(
    links: Server, folder: Path, data: Path
) -> None:
    source = f"Source(folder=Path({str(folder)!r}), url={links.url('/hang')!r})"
    script = bot_preparing(source, data)
    bot = subprocess.Popen([sys.executable, "-c", script])  # noqa: S603, ASYNC220 - as above
    await eventually(lambda: bool(links.asked), 20)
    waiting = workers(bot.pid)
    bot.kill()
    bot.wait()

    await eventually(lambda: waiting.isdisjoint(workers()))

    assert len(waiting) == 1


async def test_a_worker_that_dies_is_told_in_words(put: Put, data: Path) -> None:
    source = put("noisy")
    task = asyncio.create_task(prepare(source, limit=LIMIT, data=data, secrets=[]))
    await eventually(lambda: any("ffmpeg" in line for line in at_work(data)), 20)
    for pid in workers(os.getpid()):
        os.kill(pid, signal.SIGKILL)

    with pytest.raises(MediaRefusal, match="stopped without an answer") as refused:
        await task

    assert (refused.value.kind, refused.value.may_pass) == (Kind.WORKER, True)
    assert (at_work(data), files_in(data) <= {"hashes"}) == ([], True)


@pytest.mark.long
async def test_a_worker_that_falls_silent_is_stopped(put: Put, data: Path) -> None:
    source = put("noisy")
    frozen = asyncio.create_task(
        prepare(source, limit=LIMIT, data=data, secrets=[], bounds=Bounds(silence_s=2))
    )
    await eventually(lambda: any("ffmpeg" in line for line in at_work(data)), 20)
    for pid in workers(os.getpid()):
        os.kill(pid, signal.SIGSTOP)

    with pytest.raises(MediaRefusal, match="took far too long"):
        await frozen

    assert at_work(data) == []


async def test_two_processes_make_one_result(put: Put, data: Path) -> None:
    source = put("noisy")
    script = bot_preparing(repr(source), data)
    bots = [await asyncio.create_subprocess_exec(sys.executable, "-c", script) for _ in range(2)]

    assert [await bot.wait() for bot in bots] == [0, 0]

    assert find_prepared(source, limit=LIMIT, data=data)
    assert len(list((data / "prepared").iterdir())) == 1
    assert files_in(data) == {"hashes", "prepared"}


def bot_preparing(source: str, data: Path) -> str:
    return (
        "import asyncio; from pathlib import Path, PosixPath;"
        "from riddles.media import Source, prepare;"
        f"asyncio.run(prepare({source}, limit={LIMIT}, data=Path({str(data)!r}), secrets=[],"
        "allow_private=True))"
    )


def at_work(data: Path) -> list[str]:
    """Living ffmpeg processes that name the data folder, and our own workers."""
    programs = [line for line in command_lines().values() if "ffmpeg" in line]
    own = workers(os.getpid())
    return [line for line in programs if str(data) in line] + [str(pid) for pid in own]


def workers(of: int | None = None) -> set[int]:
    """The workers that process has started, or all."""
    return {
        pid
        for pid, line in command_lines().items()
        if "riddles.media.worker" in line and of in {None, parent(pid)}
    }


def command_lines() -> dict[int, str]:
    found: dict[int, str] = {}
    for entry in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            line = (entry / "cmdline").read_bytes()
            found[int(entry.name)] = line.replace(b"\0", b" ").decode(errors="replace")
    return found


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@pytest.mark.long
@pytest.mark.parametrize("tenths", range(0, 60, 3))
async def test_canceling_at_any_moment_leaves_no_process_and_no_file(
    put: Put, data: Path, tenths: int
) -> None:
    source = put("noisy")
    task = asyncio.create_task(prepare(source, limit=LIMIT, data=data, secrets=[]))
    await asyncio.sleep(tenths / 10)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task

    assert at_work(data) == []
    found = find_prepared(source, limit=LIMIT, data=data)
    assert files_in(data) <= ({"hashes", "prepared"} if found else {"hashes"})
    assert found is None or watch(found.video, probe(found.video), lambda _: None).frames > 100
