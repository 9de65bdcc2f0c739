"""A full disk: staff hear of it once, members are told the truth, and the log stays readable."""

import logging
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from engine.storage.database import Database
from riddles.config import Settings, load_settings
from tests.builders import MONDAY
from tests.show.conftest import SETTINGS, StageSetter, published
from tests.show.test_standby import looks, unprepared

Queue = Callable[..., Path]
PAGES_MAX = "PRAGMA max_page_count = 1"


@pytest.fixture
def settings(tmp_path: Path, request: pytest.FixtureRequest) -> Settings:
    """The first server's upload limit is the parameter: for vast videos no disk has room."""
    path = tmp_path / "scheduler.toml"
    limit = getattr(request, "param", "10 MiB")
    text = SETTINGS.replace("ping_role", f'upload_limit = "{limit}"\nping_role')
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


async def fill(database: Database) -> None:
    """Leave the file no page to grow by, as a full disk does."""
    async with database.transaction() as tx:
        await tx.execute("CREATE TABLE filler (bytes BLOB) STRICT")
        await tx.execute(PAGES_MAX)


@pytest.mark.parametrize("settings", ["900000 GiB"], indirect=True)
async def test_staff_hear_once_that_no_video_has_room(queue: Queue, on_stage: StageSetter) -> None:
    for slug in ("01-first", "02-second", "03-third"):
        unprepared(queue(slug))
    async with on_stage() as stage:
        stage.clock.reach(MONDAY)
        await looks(stage)
        await stage.settle()
        channel = stage.program.show.settings.server[0].staff_channel
        assert channel is not None
        told = [message.text for message in stage.standin.messages(channel)]
        async with stage.program.show.database.reading() as reader:
            rows = await reader.all("SELECT key FROM posts WHERE key GLOB 'staff:unready:*'")

    assert len(rows) == 1, [row["key"] for row in rows]
    said = [text for text in told if "de disque à côté de la base" in text]
    assert said
    assert all("reprend de lui-même dans les 5 minutes" in text for text in said), said


async def test_an_answer_that_the_disk_refuses_is_one_line_of_the_log(
    queue: Queue, on_stage: StageSetter, caplog: pytest.LogCaptureFixture
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        caplog.set_level(logging.ERROR)
        ada = next(each for each in stage.cast.members if each.name == "ada")
        channel = stage.program.show.settings.server[0].channel
        await fill(stage.program.show.database)
        for number in range(40):
            text = {"text": f"{number} " + "x" * 300}
            reply = await stage.standin.command(ada, channel, "answer", text)
            if "💥" in reply.text:
                break
            await stage.move_to(stage.clock.now() + timedelta(hours=1))

    failures = [one for one in caplog.records if "interaction" in one.message]
    assert [(one.exc_info, "disk is full" in one.message) for one in failures] == [(None, True)]
