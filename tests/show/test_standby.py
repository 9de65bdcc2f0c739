"""A riddle whose video is late holds up nobody, and goes out once, as soon as it can."""

import asyncio
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from engine.calendar import Step
from engine.play import rounds
from riddles.media.lock import held
from riddles.media.store import Store
from riddles.rehearsal.discord import Reply
from riddles.rehearsal.stage import House, Stage
from tests.builders import MONDAY
from tests.show.conftest import StageSetter
from tests.show.test_draws import Scene
from tests.show.test_week import play_to_the_end, riddles_seen, seen

Queue = Callable[..., Path]
SECOND = MONDAY + timedelta(weeks=1)


def unprepared(folder: Path) -> Path:
    """Another video than the one that is finished."""
    with (folder / "video.mp4").open("ab") as video:
        video.write(b"\0\0\0\x08free")
    return folder


def broken(folder: Path) -> Path:
    """A video that cannot be used, as only the worker finds out."""
    whole = (folder / "video.mp4").read_bytes()
    (folder / "video.mp4").write_bytes(whole[:20_000])
    return folder


@asynccontextmanager
async def a_busy_encoder(stage: Stage) -> AsyncGenerator[None, None]:
    """No video is finished within the block."""
    async with held(Store(stage.program.show.data).lock("encoder"), lambda: None):
        yield


async def looks(stage: Stage) -> None:
    """The clock wakes everything once, and nobody waits for a video."""
    await stage.program.parts.tick()
    await stage.program.courier.idle()


async def slugs(stage: Stage) -> list[str]:
    """What has gone out."""
    async with stage.program.show.database.reading() as reader:
        return [row["slug"] for row in await reader.all("SELECT slug FROM rounds ORDER BY id")]


async def answers(reply: Reply) -> str:
    await reply.final(30)
    return reply.text


async def test_a_video_that_is_still_being_made_goes_out_as_soon_as_it_is_there(
    queue: Queue, on_stage: StageSetter
) -> None:
    unprepared(queue("01-first"))
    async with on_stage() as stage:
        async with a_busy_encoder(stage):
            stage.clock.reach(MONDAY)
            await looks(stage)
            await looks(stage)
            early = riddles_seen(stage)
        # Nobody moves the clock, and it looks every half minute: the end of the making wakes it.
        async with asyncio.timeout(20):
            while not riddles_seen(stage, 1):
                await asyncio.sleep(0.05)
        await stage.settle()

        assert early == []
        assert riddles_seen(stage) == riddles_seen(stage, 1) == ["riddle-1.mp4"]
        assert await slugs(stage) == ["01-first"]


async def test_a_draw_takes_its_course_while_a_video_is_made(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    unprepared(queue("02-second"))
    async with on_stage() as stage:
        async with a_busy_encoder(stage):
            await stage.move_to(MONDAY)
            await play_to_the_end(stage)
            await stage.move_to(SECOND - timedelta(minutes=90))
            terms = {"name": "noel", "title": "Noël", "prizes": "Clavier", "until": "2h"}
            scene = Scene(stage)
            await scene.says("margaret", "lots create", tickets="points", price=10, **terms)
            stage.clock.reach(SECOND)
            await looks(stage)
            stage.clock.reach(SECOND + timedelta(minutes=31))
            await looks(stage)
            told = [message.text.splitlines()[0] for message in seen(stage)]
            out = riddles_seen(stage)
        await stage.settle()

        assert told[-1].startswith("⏳ Noël"), "nobody entered, and it is put off at its moment"
        assert out == ["riddle-1.mp4"]
        assert riddles_seen(stage) == ["riddle-1.mp4", "riddle-2.mp4"]


async def test_hosts_act_while_a_video_is_made_and_what_they_do_counts(
    queue: Queue, on_stage: StageSetter
) -> None:
    unprepared(queue("01-first"))
    queue("02-second")
    async with on_stage() as stage:
        async with a_busy_encoder(stage):
            stage.clock.reach(MONDAY)
            await looks(stage)
            channel = stage.program.show.settings.server[0].channel
            options = {"one": "01-first", "other": "02-second"}
            reply = await stage.standin.command(stage.cast.host, channel, "animate swap", options)
            said = await answers(reply)
            await looks(stage)
            out = await slugs(stage)
        await stage.settle()

        assert said.startswith("🔀")
        assert out == ["02-second"]
        assert await slugs(stage) == ["02-second"]


async def test_a_week_that_is_left_out_while_its_video_is_made_stays_without(
    queue: Queue, on_stage: StageSetter
) -> None:
    unprepared(queue("01-first"))
    async with on_stage() as stage:
        async with a_busy_encoder(stage):
            stage.clock.reach(MONDAY)
            await looks(stage)
            channel = stage.program.show.settings.server[0].channel
            reply = await stage.standin.command(
                stage.cast.host, channel, "animate skip", {"week": "2026-W48"}
            )
            said = await answers(reply)
        await stage.settle()

        assert said.startswith("⏭️")
        assert await slugs(stage) == []


async def test_a_host_and_the_clock_who_wait_for_one_video_publish_it_once(
    queue: Queue, on_stage: StageSetter
) -> None:
    unprepared(queue("01-first"))
    queue("02-second")
    async with on_stage() as stage:
        async with a_busy_encoder(stage):
            channel = stage.program.show.settings.server[0].channel
            reply = await stage.standin.command(stage.cast.host, channel, "animate publish")
            stage.clock.reach(MONDAY)
            await looks(stage)
            async with asyncio.timeout(10):
                while not reply.text:
                    await asyncio.sleep(0.05)
            meanwhile = reply.text
        await stage.settle()
        async with asyncio.timeout(10):
            while reply.text.startswith("⏳"):
                await asyncio.sleep(0.05)
        await stage.settle()

        assert meanwhile == "⏳ une autre vidéo passe d’abord"
        assert reply.text.startswith(("📣", "⛔"))
        assert await slugs(stage) == ["01-first"]
        assert riddles_seen(stage) == ["riddle-1.mp4"]


async def test_the_reserve_steps_in_when_the_making_fails(
    queue: Queue, on_stage: StageSetter
) -> None:
    folder = unprepared(queue("01-first"))
    queue("02-spare", "reserve = true")
    async with on_stage() as stage:
        async with a_busy_encoder(stage):
            stage.clock.reach(MONDAY)
            await looks(stage)
            out = await slugs(stage)
            broken(folder)
        await stage.settle()
        staff = stage.program.show.settings.server[0].staff_channel
        assert staff is not None
        told = [message.text for message in stage.standin.messages(staff)]

        assert out == []
        assert await slugs(stage) == ["02-spare"]
        assert sum("01\\-first" in text or "01-first" in text for text in told) == 1, told


async def test_a_reserve_that_is_being_made_is_not_given_up_for_what_failed(
    queue: Queue, on_stage: StageSetter
) -> None:
    riddle = unprepared(queue("01-first")) / "riddle.toml"
    whole = riddle.read_text(encoding="utf-8")
    unreachable = 'url = "http://127.0.0.1:9/film.mp4"'
    riddle.write_text(whole.replace('file = "video.mp4"', unreachable), encoding="utf-8")
    unprepared(queue("02-spare", "reserve = true"))
    async with on_stage() as stage:
        weekly = stage.program.weekly
        async with a_busy_encoder(stage):
            stage.clock.reach(MONDAY)
            await looks(stage)
            async with asyncio.timeout(20):
                while "01-first" not in weekly.preparations.failed_since(MONDAY):
                    await asyncio.sleep(0.05)
            await looks(stage)
            # By now what failed might be tried again, and would wait for the encoder too.
            riddle.write_text(whole, encoding="utf-8")
            stage.clock.reach(MONDAY + timedelta(minutes=6))
            await looks(stage)
        await stage.settle()

        assert await slugs(stage) == ["02-spare"]


async def test_a_video_that_comes_after_the_time_to_catch_up_is_left_to_the_staff(
    queue: Queue, on_stage: StageSetter
) -> None:
    unprepared(queue("01-first"))
    async with on_stage() as stage:
        async with a_busy_encoder(stage):
            stage.clock.reach(MONDAY)
            await looks(stage)
            stage.clock.reach(MONDAY + stage.program.show.settings.week.catch_up)
            stage.clock.reach(stage.clock.now() + timedelta(minutes=1))
        await stage.settle()
        staff = stage.program.show.settings.server[0].staff_channel
        assert staff is not None

        assert await slugs(stage) == []
        assert any("01-first" in message.text for message in stage.standin.messages(staff))


async def test_a_stop_while_a_video_is_made_publishes_nothing_and_the_next_start_does(
    queue: Queue, on_stage: StageSetter, house: House
) -> None:
    unprepared(queue("01-first"))
    queue("02-spare", "reserve = true")
    async with on_stage(house=house) as stage:
        store = Store(stage.program.show.data)
        async with held(store.lock("encoder"), lambda: None):
            house.clock.reach(MONDAY)
            await looks(stage)
            await stage.program.weekly.preparations.stop()
            await looks(stage)
            stopped = await slugs(stage)
    async with on_stage(house=house) as stage:
        await stage.settle()

        assert stopped == []
        assert await slugs(stage) == ["01-first"]
        assert riddles_seen(stage) == ["riddle-1.mp4"]


async def test_an_overdue_close_is_taken_before_a_video_is_waited_for(
    queue: Queue, on_stage: StageSetter, house: House
) -> None:
    queue("01-first")
    unprepared(queue("02-second"))
    async with on_stage(house=house) as stage:
        async with a_busy_encoder(stage):
            await stage.move_to(MONDAY)
            house.clock.jump(SECOND + timedelta(minutes=1))
            await looks(stage)
            async with stage.program.show.database.reading() as reader:
                first = await rounds.get(reader, 1)
            out = await slugs(stage)
        await stage.settle()

        assert first.has(Step.RECAP)
        assert out == ["01-first"]
        assert await slugs(stage) == ["01-first", "02-second"]
