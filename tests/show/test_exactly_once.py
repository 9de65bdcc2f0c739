"""Whatever breaks on the way to Discord, each post appears once and in order."""

import asyncio
import os
import random
import shutil
import sqlite3
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, closing
from datetime import timedelta
from pathlib import Path

import pytest

from riddles.clock import SystemClock
from riddles.config import Settings, load_settings
from riddles.rehearsal.cast import assemble
from riddles.rehearsal.discord import StandIn, faults
from riddles.rehearsal.discord.faults import Action
from riddles.rehearsal.stage import House
from tests.builders import MONDAY
from tests.show.conftest import SETTINGS, StageSetter
from tests.show.test_week import play_to_the_end, riddles_seen, seen

Queue = Callable[..., Path]
MESSAGES = r"/channels/\{channel\}/messages$"
WEATHER = {
    "an error before": faults.status(500),
    "a reply that is lost": faults.drop_reply(),
    "a connection that breaks": faults.reset(),
    "a rate limit": faults.limit(0.2),
}


@pytest.mark.parametrize("weather", WEATHER.values(), ids=WEATHER)
async def test_a_publication_in_bad_weather_is_there_once(
    queue: Queue, on_stage: StageSetter, weather: Action
) -> None:
    queue("01-first")
    async with on_stage() as stage:
        fault = stage.standin.faults.add("POST", MESSAGES, weather)
        await stage.move_to(MONDAY)
        await stage.move_to(MONDAY + timedelta(minutes=1))

        assert fault.hits == 1
        assert riddles_seen(stage, 0) == riddles_seen(stage, 1) == ["riddle-1.mp4"]


async def test_no_attempt_is_made_that_the_books_do_not_know(
    queue: Queue, on_stage: StageSetter
) -> None:
    """The client library would repeat a request by itself, and say nothing."""
    queue("01-first")
    async with on_stage() as stage:
        first = stage.program.show.settings.server[0].channel
        stage.standin.faults.add("POST", f"/channels/{first}/messages", faults.status(500))
        await stage.move_to(MONDAY)
        await stage.move_to(MONDAY + timedelta(minutes=1))
        async with stage.program.show.database.reading() as reader:
            attempts = await reader.value("SELECT attempts FROM posts WHERE id = 1")
        asked = [r for r in stage.standin.requests if r.path.endswith(f"/{first}/messages")]

        assert attempts == sum(r.method == "POST" for r in asked) == 2


async def test_it_is_there_once_even_when_discord_has_forgotten_the_nonce(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage() as stage:
        stage.standin.faults.add("POST", MESSAGES, faults.drop_reply(), times=2)
        await stage.move_to(MONDAY)
        stage.standin.forget_nonces()
        await stage.move_to(MONDAY + timedelta(minutes=1))

        assert riddles_seen(stage, 0) == riddles_seen(stage, 1) == ["riddle-1.mp4"]


async def test_trouble_in_one_server_does_not_hold_up_another(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage() as stage:
        first = stage.program.show.settings.server[0].channel
        stage.standin.faults.add(
            "POST", f"/channels/{first}/messages", faults.status(403), times=99
        )
        await stage.move_to(MONDAY)

        assert not riddles_seen(stage, 0)
        assert riddles_seen(stage, 1) == ["riddle-1.mp4"]


async def test_a_server_that_takes_less_than_it_did_gets_the_smaller_video(
    queue: Queue, on_stage: StageSetter, tmp_path: Path
) -> None:
    queue("01-first")
    async with on_stage() as stage:
        await stage.program.weekly.preparations.finish(
            await stage.program.weekly.preparations.named("01-first")
        )
        first = stage.program.show.settings.server[0].channel
        fault = stage.standin.faults.add(
            "POST", f"/channels/{first}/messages", faults.status(413, 40005)
        )
        async with stage.program.show.database.transaction() as tx:
            await tx.execute(
                """
                CREATE TRIGGER boosted AFTER INSERT ON posts WHEN NEW.kind = 'publication'
                BEGIN UPDATE posts SET facts = json_set(facts, '$.video', 'large.mp4')
                      WHERE id = NEW.id; END
                """
            )
        small = next((tmp_path / "rehearsal-data").rglob("video.mp4"))
        (tmp_path / "rehearsal-data" / "large.mp4").write_bytes(small.read_bytes() * 2)
        await stage.move_to(MONDAY)

        (message,) = seen(stage)
        assert fault.hits == 1
        assert message.files[0].size == small.stat().st_size


async def test_a_whole_week_in_bad_weather_is_told_in_order(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    rng = random.Random(20261123)
    async with on_stage() as stage:
        for _ in range(12):
            kind = rng.choice(list(WEATHER.values()))
            stage.standin.faults.add("*", r"/channels/\{channel\}", kind, after=rng.randrange(3))
        await stage.move_to(MONDAY)
        await play_to_the_end(stage)
        for _ in range(20):
            await stage.move_to(stage.clock.now() + timedelta(minutes=5))

        told = [message.text.split("\n")[0] for message in seen(stage, 1)]
        assert [line.split()[1] for line in told] == [
            "Riddle",
            "🔍",
            "🔍",
            "Riddle",
            "Solution",
            "Week",
        ]


async def test_an_outage_over_closing_and_reveal_is_made_up_for(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage() as stage:
        await stage.move_to(MONDAY)
        async with stage.standin.outage():
            stage.clock.jump(MONDAY + timedelta(days=6, hours=2, minutes=31))
            await stage.program.weekly.tick()
        await stage.standin.online()
        await stage.move_to(MONDAY + timedelta(days=6, hours=2, minutes=44))

        told = [message.text.split("\n")[0] for message in seen(stage, 1)]
        assert told[-1] == "# Solution of riddle no. 1: Qui trie ici ?"
        assert told.count(told[-1]) == 1


async def test_a_deleted_publication_does_not_hold_up_the_reveal(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage() as stage:
        await stage.move_to(MONDAY)
        for message in seen(stage, 1):
            channel = stage.program.show.settings.server[1].channel
            await stage.program.bot.rest.delete_message(channel, message.id)
        await play_to_the_end(stage)

        assert any("Solution" in message.text for message in seen(stage, 1))


async def test_a_restart_between_moments_repeats_nothing(
    queue: Queue, on_stage: StageSetter, house: House
) -> None:
    queue("01-first")
    for moment in (timedelta(0), timedelta(days=2), timedelta(days=6, hours=3)):
        async with on_stage(house=house) as stage:
            await stage.move_to(MONDAY + moment)
    texts = [message.text for message in house.standin.messages(200000000000000002)]

    assert len(texts) == len(set(texts))
    assert sum("# Riddle no. 1" in text for text in texts) == 1


# The same with a program of its own that is killed: nothing is tidied up.


@pytest.fixture
def due_settings(tmp_path: Path) -> Settings:
    """A week whose publication was due a quarter of an hour ago."""
    due = SystemClock().now().astimezone() - timedelta(minutes=15)
    path = tmp_path / "scheduler.toml"
    week = f'[week]\npublish = "{due:%a %H:%M}"\n'.lower()
    for name, later in (("close", 5), ("reveal", 5), ("recap", 5)):
        due += timedelta(days=1, minutes=later)
        week += f'{name} = "{due:%a %H:%M}"\n'.lower()
    zone = "UTC" if due.utcoffset() == timedelta(0) else str(due.tzinfo)
    text = SETTINGS.replace("[week]", f"{week}").replace("Europe/Paris", zone)
    path.write_text(
        text.replace('remind = "sat 10:00"\n', "").replace(
            'hints = ["wed 18:00", "fri 18:00"]\n', "hints = []\n"
        ),
        encoding="utf-8",
    )
    return load_settings(path)


@asynccontextmanager
async def a_discord(settings: Settings) -> AsyncGenerator[StandIn, None]:
    """The configured servers, at the present time."""
    clock = SystemClock()
    standin = StandIn(clock, assemble(settings, clock).guilds)
    await standin.start()
    try:
        yield standin
    finally:
        await standin.close()


async def start_bot(folder: Path, standin: StandIn) -> asyncio.subprocess.Process:
    """`riddles run`, as an operator starts it."""
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "riddles"),
        *("--config", str(folder / "scheduler.toml"), "--content", str(folder / "content")),
        *("--database", str(folder / "riddles.db"), "run"),
        env=os.environ | {"DISCORD_TOKEN": standin.token, "DISCORD_API_URL": standin.api_url},
        stderr=asyncio.subprocess.DEVNULL,
    )


async def until(holds: Callable[[], bool], seconds: float = 30.0) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.01)


@pytest.mark.parametrize(
    "moment",
    [faults.delay(1.0), faults.delay(1.0, after=True), None],
    ids=["while it is sent", "before the reply", "right after it"],
)
async def test_a_bot_that_is_killed_and_started_again_publishes_once(
    queue: Queue, due_settings: Settings, tmp_path: Path, moment: Action | None
) -> None:
    queue("01-first")
    channels = [server.channel for server in due_settings.server]
    async with a_discord(due_settings) as standin:

        def published() -> bool:
            return all(any(m.files for m in standin.messages(channel)) for channel in channels)

        fault = standin.faults.add("POST", MESSAGES, moment, times=2) if moment else None
        bot = await start_bot(tmp_path, standin)
        await until(lambda: fault.hits > 0 if fault else published())
        bot.kill()
        await bot.wait()
        bot = await start_bot(tmp_path, standin)
        await until(lambda: sum(r.path.endswith("/gateway/bot") for r in standin.requests) == 2)
        await until(published)
        await asyncio.sleep(1.2)  # Whatever was still under way may arrive now.
        await until(lambda: states_of_posts(tmp_path / "riddles.db") == {"done"})
        bot.terminate()
        stopped = await asyncio.wait_for(bot.wait(), 20)

        assert [sum(bool(m.files) for m in standin.messages(c)) for c in channels] == [1, 1]
        assert stopped == 0
        assert not standin.unexpected
    assert states_of_posts(tmp_path / "riddles.db") == {"done"}


def states_of_posts(database: Path) -> set[str]:
    """What has become of everything that Discord is owed."""
    with closing(sqlite3.connect(database)) as sqlite:
        return {state for (state,) in sqlite.execute("SELECT state FROM posts")}


async def test_threads_that_are_not_allowed_hold_up_nothing(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage() as stage:
        stage.standin.faults.add("POST", "/threads", faults.status(403, 50013), times=99)
        await stage.move_to(MONDAY)
        await play_to_the_end(stage)

        assert any("Solution" in message.text for message in seen(stage))


async def test_a_video_that_was_swept_away_is_made_again(
    queue: Queue, on_stage: StageSetter, tmp_path: Path
) -> None:
    queue("01-first")
    async with on_stage() as stage:
        stage.standin.faults.add("POST", MESSAGES, faults.status(503), times=2)
        await stage.move_to(MONDAY)
        shutil.rmtree(tmp_path / "rehearsal-data")
        await stage.move_to(MONDAY + timedelta(minutes=10))

        assert riddles_seen(stage, 0) == riddles_seen(stage, 1) == ["riddle-1.mp4"]


async def test_help_that_comes_too_late_is_not_posted(queue: Queue, on_stage: StageSetter) -> None:
    queue("01-first")
    async with on_stage() as stage:
        await stage.move_to(MONDAY)
        stage.standin.faults.add("POST", MESSAGES, faults.status(503), times=12)
        await stage.move_to(MONDAY + timedelta(days=2))
        stage.clock.jump(MONDAY + timedelta(days=6, hours=2, minutes=31))
        await stage.settle()
        stage.standin.faults.clear()
        await stage.move_to(MONDAY + timedelta(days=6, hours=2, minutes=44))

        told = [message.text.split("\n")[0] for message in seen(stage, 1)]
        assert told == [
            "# Riddle no. 1: Qui trie ici ?",
            "# Solution of riddle no. 1: Qui trie ici ?",
        ]


async def test_a_write_that_fails_after_the_send_repeats_nothing_and_holds_up_nothing(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage() as stage:
        database = stage.program.show.database
        async with database.transaction() as tx:
            await tx.execute(
                """
                CREATE TRIGGER full_disk BEFORE UPDATE ON posts WHEN NEW.state = 'done'
                BEGIN SELECT RAISE(ABORT, 'disk full'); END
                """
            )
        stage.clock.reach(MONDAY)
        await until(lambda: bool(seen(stage, 0) and seen(stage, 1)))
        await asyncio.sleep(0.2)
        async with database.transaction() as tx:
            await tx.execute("DROP TRIGGER full_disk")
        await stage.move_to(MONDAY + timedelta(days=2))

        told = [message.text.split("\n")[0] for message in seen(stage, 1)]
        assert told == ["# Riddle no. 1: Qui trie ici ?", "### 🔍 Hint 1 for riddle no. 1"]


async def test_staff_are_told_once_of_a_post_that_does_not_get_through(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage() as stage:
        first = stage.program.show.settings.server[0]
        fault = faults.status(403, 50013, "Missing Permissions")
        stage.standin.faults.add("POST", f"/channels/{first.channel}/messages", fault, times=99)
        await stage.move_to(MONDAY)
        for hours in range(1, 9):
            await stage.move_to(MONDAY + timedelta(hours=hours))

        assert first.staff_channel is not None
        texts = [message.text for message in stage.standin.messages(first.staff_channel)]
        told = [text for text in texts if "publication" in text]
        assert len(told) == 1
        assert "Missing Permissions" in told[0]
