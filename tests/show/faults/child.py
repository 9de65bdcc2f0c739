"""The program in a process of its own, in somebody else's house and time, until it is killed."""

import asyncio
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from riddles.clock import RehearsalClock
from riddles.config import load_settings
from riddles.program import running
from riddles.rehearsal.stage import SECRET


async def main() -> None:
    told = json.loads(sys.argv[1])
    folder = Path(told["folder"])
    async with running(
        load_settings(folder / "scheduler.toml"),
        clock=RehearsalClock(datetime.now(UTC) + timedelta(seconds=told["ahead"])),
        content=folder / "content",
        database=folder / "rehearsal.db",
        kind="rehearsal",
        token=told["token"],
        api_url=told["api_url"],
        secret=SECRET,
    ):
        await asyncio.Event().wait()


asyncio.run(main())
