"""Clocks are changed, set back and wrong; each riddle still goes out once, at its moment."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine

from engine.calendar import Step
from engine.play import rounds
from riddles.clock import RehearsalClock, SystemClock
from riddles.rehearsal.discord import faults
from riddles.rehearsal.stage import House, Stage
from riddles.scheduler import Scheduler
from tests.builders import MONDAY
from tests.show.conftest import StageSetter, published
from tests.show.test_exactly_once import until
from tests.show.test_week import play_to_the_end, riddles_seen, seen

Queue = Callable[..., Path]
PARIS = ZoneInfo("Europe/Paris")


async def moments_of(stage: Stage, step: Step) -> list[datetime]:
    """When each round took that step, in Paris."""
    async with stage.program.show.database.reading() as reader:
        taken = await reader.all(
            "SELECT taken_at FROM steps WHERE step = ? ORDER BY round", (str(step),)
        )
    return [datetime.fromtimestamp(row["taken_at"] // 1000, PARIS) for row in taken]


@pytest.mark.parametrize(
    "first",
    [datetime(2026, 10, 19, 16, 0, tzinfo=UTC), datetime(2027, 3, 22, 17, 0, tzinfo=UTC)],
    ids=["when winter time begins", "when summer time begins"],
)
async def test_a_week_in_which_the_clocks_change_keeps_its_local_times(
    queue: Queue, on_stage: StageSetter, first: datetime
) -> None:
    queue("01-first")
    queue("02-second")
    async with on_stage(first - MONDAY - timedelta(seconds=2)) as stage:
        for _ in range(2):
            moment = await stage.program.weekly.next_moment()
            assert moment is not None
            await stage.move_to(moment[1])
            await play_to_the_end(stage)
        published_at = await moments_of(stage, Step.PUBLISH)
        closed_at = await moments_of(stage, Step.CLOSE)

        assert [f"{at:%a %H:%M}" for at in published_at] == ["Mon 18:00"] * 2
        assert [f"{at:%a %H:%M}" for at in closed_at] == ["Sun 20:00"] * 2
        assert published_at[1].utcoffset() != published_at[0].utcoffset()
        assert riddles_seen(stage) == ["riddle-1.mp4", "riddle-2.mp4"]


def set_back(stage: Stage, by: timedelta) -> None:
    """Set the show's clock back, which rehearsals never do."""
    stage.clock._ahead -= by  # pyright: ignore[reportPrivateUsage] # nothing else can


async def test_a_clock_that_is_set_back_over_a_publication_doubles_nothing(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    queue("02-second")
    async with published(on_stage) as stage:
        set_back(stage, timedelta(hours=2))
        for _ in range(3):
            await stage.settle()
            await stage.move_to(stage.clock.now() + timedelta(hours=1))
        async with stage.program.show.database.reading() as reader:
            unfinished = await rounds.unfinished(reader)

        assert riddles_seen(stage, 0) == riddles_seen(stage, 1) == ["riddle-1.mp4"]
        assert [each.slug for each in unfinished] == ["01-first"]


async def test_what_waited_by_the_wrong_clock_is_sent_once_it_is_set_back(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        await stage.move_to(MONDAY + timedelta(days=2))
        before = len(seen(stage, 1))
        async with stage.program.show.database.transaction() as tx:
            await tx.execute(
                """
                UPDATE posts SET state = 'pending', done_at = NULL, message = NULL,
                                 next_at = next_at + 40000000
                WHERE kind = 'hint' AND server = 200000000000000001
                """
            )
        set_back(stage, timedelta(hours=11))
        await stage.settle()
        async with stage.program.show.database.reading() as reader:
            waiting = await reader.value("SELECT count(*) FROM posts WHERE state = 'pending'")

        assert waiting == 0
        assert len(seen(stage, 1)) == before


@pytest.fixture
def system_time() -> Iterator[time_machine.Traveller]:
    """The system's clock, which can be set."""
    with time_machine.travel(MONDAY, tick=True) as traveller:
        yield traveller


async def test_the_loop_goes_on_when_the_systems_clock_is_set_back(
    system_time: time_machine.Traveller,
) -> None:
    ticks: list[datetime] = []

    async def tick() -> None:
        ticks.append(SystemClock().now())

    moment = MONDAY - timedelta(minutes=59, seconds=59)

    async def next_moment() -> tuple[str, datetime] | None:
        return ("publish", moment) if SystemClock().now() < moment else None

    scheduler = Scheduler(SystemClock(), tick, next_moment, UTC, look_s=0.05)
    scheduler.start()
    await until(lambda: len(ticks) == 1)
    system_time.shift(timedelta(hours=-1))
    await until(lambda: len(ticks) >= 3, 5.0)  # Woken at once, and at the moment that came again.
    await scheduler.stop()

    assert ticks[1] < moment <= ticks[2]


async def test_it_wakes_at_its_moment_when_the_systems_clock_is_set_forward(
    system_time: time_machine.Traveller,
) -> None:
    ticks: list[datetime] = []

    async def tick() -> None:
        ticks.append(SystemClock().now())

    async def next_moment() -> None:
        return None

    scheduler = Scheduler(SystemClock(), tick, next_moment, UTC, look_s=0.05)
    scheduler.start()
    await until(lambda: len(ticks) == 1)
    system_time.shift(timedelta(hours=5))
    await until(lambda: len(ticks) == 2, 5.0)
    await asyncio.sleep(0.2)
    await scheduler.stop()

    assert len(ticks) == 2


async def test_while_the_clock_is_hours_from_discords_nothing_is_done(
    queue: Queue, on_stage: StageSetter, house: House
) -> None:
    """As where a machine wakes up a year ahead, and closes what members are answering."""
    queue("01-first")
    queue("02-second")
    async with on_stage(house=house) as stage:
        await stage.move_to(MONDAY)
    wrong = House(RehearsalClock(MONDAY + timedelta(weeks=52)), house.standin, house.cast)
    async with on_stage(house=wrong) as stage:
        await stage.settle()
        untouched = await open_slugs(stage)
        channel = stage.program.show.settings.server[0].staff_channel
        assert channel is not None
        told = [m.text for m in stage.standin.messages(channel) if "horloge" in m.text]
        due = await stage.program.parts.next_moment()
        await stage.settle()
        house.clock.jump(wrong.clock.now())
        await stage.settle()
        went_on = await open_slugs(stage)

        assert untouched == ["01-first"]
        assert due is None
        assert len(told) == 1
        assert "L’horloge de la machine avance de 524\u202f160 minutes" in told[0]
        assert went_on == ["02-second"]


async def open_slugs(stage: Stage) -> list[str]:
    """The riddles that members can answer."""
    async with stage.program.show.database.reading() as reader:
        newest = await rounds.newest(reader)
    return [newest.slug] if newest is not None and newest.is_open else []


async def test_what_a_wrong_clock_put_off_is_tried_as_soon_as_it_is_right(
    queue: Queue, on_stage: StageSetter, house: House
) -> None:
    queue("01-first")
    wrong = House(RehearsalClock(MONDAY + timedelta(hours=3)), house.standin, house.cast)
    async with on_stage(house=wrong) as stage:
        staff = stage.program.show.settings.server[0].staff_channel or 0
        path = f"/channels/{staff}/messages"
        stage.standin.faults.add("POST", path, faults.status(500), times=1)
        await stage.settle()
        late = list(stage.standin.messages(staff))
        set_back(stage, timedelta(hours=3))
        await stage.settle()
        after = stage.standin.messages(staff)

    assert not late
    assert any("horloge" in message.text for message in after)
