"""The program in a process of its own, in somebody else's house and time, until it is killed."""

import json
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from riddles.clock import RehearsalClock
from riddles.config import load_settings
from riddles.program import Program, running
from riddles.rehearsal.stage import SECRET


def told() -> dict[str, Any]:
    """What whoever started this process has told it, as JSON."""
    return json.loads(sys.argv[1])


@asynccontextmanager
async def as_told() -> AsyncGenerator[Program, None]:
    """The program in the folder, at the time and with the Discord it was told."""
    facts = told()
    folder = Path(facts["folder"])
    async with running(
        load_settings(folder / "scheduler.toml"),
        clock=RehearsalClock(datetime.now(UTC) + timedelta(seconds=facts["ahead"])),
        content=folder / "content",
        database=folder / "rehearsal.db",
        kind="rehearsal",
        token=facts["token"],
        api_url=facts["api_url"],
        secret=SECRET,
    ) as program:
        yield program
