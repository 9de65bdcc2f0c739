"""A permission is missing for weeks: staff hear so each week, and nobody is called too late."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from riddles.rehearsal.discord import Permission
from riddles.rehearsal.stage import Stage
from tests.builders import MONDAY
from tests.show.conftest import StageSetter
from tests.show.test_course import staff
from tests.show.test_week import play_to_the_end, seen

Queue = Callable[..., Path]
FIRST = 100000000000000002
WEEK = timedelta(weeks=1)


async def weeks_without_files(stage: Stage, weeks: int) -> None:
    """The first server's channel takes no files while the show goes on, and then does again."""
    channel = stage.standin.world.channels[FIRST]
    good = channel.bot_permissions
    channel.bot_permissions = good & ~Permission.ATTACH_FILES
    for week in range(weeks):
        await stage.move_to(MONDAY + week * WEEK)
        await stage.move_to(MONDAY + week * WEEK + timedelta(hours=2))
        if week < weeks - 1:
            await play_to_the_end(stage)
    channel.bot_permissions = good
    await stage.move_to(stage.clock.now() + timedelta(hours=2))


def of_the_missing(stage: Stage) -> list[str]:
    return [word for word in staff(stage) if "n’arrive pas encore" in word]


async def test_staff_hear_each_week_what_waits_for_a_missing_permission(
    queue: Queue, on_stage: StageSetter
) -> None:
    for number in range(4):
        queue(f"0{number}-riddle")
    async with on_stage() as stage:
        await weeks_without_files(stage, 3)
        told = of_the_missing(stage)

        assert len(told) == 3
        assert all("La publication de l’énigme n°\u00a01" in word for word in told)
        assert "autres messages attendent derrière" in told[1]


async def test_a_riddle_that_comes_after_its_closing_calls_nobody_and_takes_no_answers(
    queue: Queue, on_stage: StageSetter
) -> None:
    for number in range(3):
        queue(f"0{number}-riddle")
    async with on_stage() as stage:
        await weeks_without_files(stage, 2)
        first, second = (message for message in seen(stage) if message.files)

        assert not first.pings
        assert "🔒 Fermée" in first.text
        assert second.pings
        assert "⏳ Ouverte" in second.text
