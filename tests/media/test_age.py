"""yt-dlp ages in weeks: its version and age stand in the log of every start."""

import logging
from datetime import UTC, datetime, timedelta
from importlib.metadata import version
from pathlib import Path

import pytest

from riddles.clock import RehearsalClock
from riddles.config import load_settings
from riddles.program import run_live
from riddles.refusal import Refusal
from tests.riddles.content.builders import SERVER

INSTALLED = version("yt-dlp")
YEAR, MONTH, DAY = (int(part) for part in INSTALLED.split(".")[:3])
RELEASED = datetime(YEAR, MONTH, DAY, 12, tzinfo=UTC)


async def start(folder: Path, age: timedelta) -> None:
    """Start the bot so long after yt-dlp came out, with a token that ends it at once."""
    path = folder / "scheduler.toml"
    path.write_text(SERVER, encoding="utf-8")
    with pytest.raises(Refusal, match="DISCORD_TOKEN"):
        await run_live(
            load_settings(path),
            clock=RehearsalClock(RELEASED + age),
            content=folder / "content",
            database=folder / "riddles.db",
            token="no token",
            api_url="http://127.0.0.1:9",
            secret=None,
        )


@pytest.mark.parametrize(
    ("days", "level", "said"),
    [
        (1, logging.INFO, f"yt-dlp {INSTALLED}, 1 day old"),
        (30, logging.INFO, f"yt-dlp {INSTALLED}, 30 days old"),
        (
            120,
            logging.WARNING,
            (
                f"yt-dlp {INSTALLED}, 120 days old: "
                'update yt-dlp (pip install -U "yt-dlp[default,deno]")'
            ),
        ),
    ],
)
async def test_a_start_logs_how_old_yt_dlp_is_and_warns_when_it_is_old(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, days: int, level: int, said: str
) -> None:
    caplog.set_level(logging.INFO)

    await start(tmp_path, timedelta(days=days))

    lines = [(one.levelno, one.getMessage()) for one in caplog.records if "yt-dlp" in one.message]
    assert lines == [(level, said)]
