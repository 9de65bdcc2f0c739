"""The slow hash of a draw, in a process of its own: it takes minutes, and answers must not wait.

It reads one job as a line of JSON, `{"transcript", "rounds", "iterations", "done", "reached"}`,
and answers with a line for each further round, `{"done", "reached"}`. When its input closes,
because the bot is gone, it ends; whoever starts it again goes on from the last round it heard of.
"""

import asyncio
import hashlib
import json
import os
import sys
import threading
import time
from collections.abc import AsyncGenerator
from contextlib import suppress

from engine.draws.lottery import seeds
from engine.draws.record import Draw
from engine.draws.rules import Seed
from riddles.children import reaped

NICENESS = 10
ROUNDS = 60
"""Of a hash that was calibrated: so often progress is seen, and saved."""
SAMPLE = 200_000
MOST_ITERATIONS = 2**31 - 1


async def hash_slowly(draw: Draw) -> AsyncGenerator[tuple[int, bytes], None]:
    """The rounds that are still to do: how many are done by then, and what was reached.

    Raises:
        ChildProcessError: the process ended before the last round.
    """
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    if process.stdin is None or process.stdout is None:
        raise ChildProcessError("the slow hash has no pipes")
    done, seed = draw.rounds_done, draw.rules.seed
    job = {
        "transcript": draw.transcript,
        "rounds": seed.rounds,
        "iterations": seed.iterations,
        "done": done,
        "reached": (draw.reached or b"").hex(),
    }
    try:
        process.stdin.write(json.dumps(job).encode() + b"\n")
        async for line in process.stdout:
            said = json.loads(line)
            done = said["done"]
            yield done, bytes.fromhex(said["reached"])
        if done < seed.rounds:
            raise ChildProcessError("the slow hash ended before its last round")
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await reaped(process)


def calibrated(seconds: float) -> Seed:
    """A seed whose hash takes about so long on this machine; measures for a moment."""
    started = time.perf_counter()
    hashlib.pbkdf2_hmac("sha256", b"calibration", b"riddles-draw-v1", SAMPLE)
    speed = SAMPLE / (time.perf_counter() - started)
    iterations = int(seconds * speed / ROUNDS)
    return Seed(rounds=ROUNDS, iterations=min(max(iterations, 1), MOST_ITERATIONS))


def main() -> None:
    """Do the one job on standard input."""
    os.nice(NICENESS)
    job = json.loads(sys.stdin.readline())
    threading.Thread(target=_end_with_parent, daemon=True).start()
    done = job["done"]
    rest = seeds(
        job["transcript"],
        rounds=job["rounds"] - done,
        iterations=job["iterations"],
        after=bytes.fromhex(job["reached"]),
    )
    for number, value in enumerate(rest, done + 1):
        sys.stdout.write(json.dumps({"done": number, "reached": value.hex()}) + "\n")
        sys.stdout.flush()


def _end_with_parent() -> None:
    sys.stdin.read()
    os._exit(1)


if __name__ == "__main__":
    main()
