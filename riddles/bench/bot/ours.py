"""Our bot on the stand-in, as `riddles run` runs it, with a riddle that is open for days."""

import asyncio
import sys
from datetime import datetime, timedelta
from pathlib import Path

from engine.calendar import Plan, Week
from engine.play.rounds import open_round
from engine.storage.database import open_existing
from riddles.bench.riddle import RULES
from riddles.clock import SystemClock
from riddles.config import load_settings
from riddles.program import running, until_stopped


async def main(config: Path, database: Path, url: str, token: str) -> None:
    """Run until told to stop."""
    clock = SystemClock()
    await _open_riddle(database, clock.now())
    async with running(
        load_settings(config),
        clock=clock,
        content=config.parent / "content",
        database=database,
        kind="rehearsal",
        token=token,
        api_url=url,
    ) as program:
        await until_stopped(program)


async def _open_riddle(database: Path, now: datetime) -> None:
    closes_at = now + timedelta(days=6)
    plan = Plan(
        week=Week.of(now.date()),
        publishes_at=now - timedelta(minutes=1),
        hints_at=(),
        reminds_at=None,
        closes_at=closes_at,
        reveals_at=closes_at + timedelta(hours=1),
        recaps_at=closes_at + timedelta(hours=2),
    )
    async with open_existing(database) as books, books.transaction() as tx:
        await open_round(tx, plan=plan, slug="bench", rules=RULES, now=plan.publishes_at)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), Path(sys.argv[2]), *sys.argv[3:]))
