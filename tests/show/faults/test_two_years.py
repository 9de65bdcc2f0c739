"""A show of many weeks in bad weather: nothing is missed, doubled or out of order."""

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.calendar import Week
from engine.standings import Window, page
from engine.storage.database import open_database
from riddles.rehearsal.discord.specs import ChannelType
from tests.audit import assert_books_fit
from tests.builders import MONDAY
from tests.show.faults.reading import of, recomputed, troubles
from tests.show.faults.scene import a_house_of
from tests.show.faults.weeks import FORUM, NEWS, Course, write_settings

Queue = Callable[..., Path]
KINDS = {NEWS + 1: ChannelType.ANNOUNCEMENT, FORUM + 1: ChannelType.FORUM}


@pytest.mark.parametrize(
    "weeks", [8, pytest.param(104, marks=pytest.mark.long)], ids=["8 weeks", "104 weeks"]
)
async def test_weeks_of_faults_and_restarts_leave_each_post_once_and_the_books_true(
    queue: Queue, finished: Path, tmp_path: Path, weeks: int
) -> None:
    shutil.copytree(finished, tmp_path / "rehearsal-data" / "prepared")
    seed = int(os.environ.get("WEEKS_SEED") or random.randrange(10**9))
    print(f"WEEKS_SEED={seed}")  # noqa: T201 - whoever sees it fail wants to see it again
    settings = write_settings(tmp_path)
    (tmp_path / "content").mkdir()
    async with a_house_of(settings, KINDS, MONDAY.replace(hour=16)) as house:
        course = Course(house, settings, tmp_path, queue, seed, weeks)
        await course.play()
        print(  # noqa: T201 - as above
            f"{course.requests} requests, {course.struck} faults, {course.restarts} restarts, "
            f"{course.answers} answers"
        )
        async with (
            open_database(
                tmp_path / "rehearsal.db", kind="rehearsal", now=house.clock.now()
            ) as books,
            books.reading() as reader,
        ):
            held = [row["week"] for row in await reader.all("SELECT week FROM rounds ORDER BY id")]
            lines = await page(reader, Window(season=0), server=None, lines=100)

            assert held == [str(Week.of(monday)) for monday in course.expected]
            assert not await troubles(reader, course)
            assert of(lines) == await recomputed(reader)
            await assert_books_fit(reader)
        assert not course.objections
        assert course.restarts
        assert course.struck > weeks
