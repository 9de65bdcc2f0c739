"""Discord is away for an hour, or has trouble when the show begins: what was due comes after."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from engine.moments import to_ms
from riddles.config import Settings, load_settings
from riddles.rehearsal.discord import faults
from riddles.rehearsal.stage import House, a_house, perform
from tests.builders import MONDAY
from tests.show.conftest import SETTINGS, StageSetter
from tests.show.faults.runs import recover
from tests.show.test_week import riddles_seen, seen

Queue = Callable[..., Path]
BUSY_HOUR = """[week]
publish = "mon 18:00"
close = "mon 17:20"
reveal = "mon 17:30"
recap = "mon 17:40"
"""
WEEK = timedelta(weeks=1)


async def test_what_an_hours_outage_held_up_comes_in_order_and_says_when_it_was_due(
    queue: Queue, finished: Path, tmp_path: Path
) -> None:
    """A closing, a solution, a recap and the next riddle, all within the hour."""
    assert finished
    queue("01-first")
    queue("02-second")
    path = tmp_path / "scheduler.toml"
    path.write_text(
        SETTINGS.replace("[week]", BUSY_HOUR).replace('remind = "sat 10:00"\n', ""),
        encoding="utf-8",
    )
    settings = load_settings(path)
    content, database = tmp_path / "content", tmp_path / "rehearsal.db"
    async with (
        a_house(settings, MONDAY - timedelta(seconds=2)) as house,
        perform(house, settings, content=content, database=database) as stage,
    ):
        await stage.move_to(MONDAY)
        await stage.move_to(MONDAY + timedelta(days=5))
        heard = len(seen(stage, 1))
        away, back = (MONDAY + WEEK + timedelta(minutes=minutes) for minutes in (-50, 10))
        await stage.move_to(away)
        async with stage.standin.outage():
            for minutes in range(0, 60, 10):
                stage.clock.reach(away + timedelta(minutes=minutes))
                await stage.program.parts.tick()
        stage.clock.reach(back)
        await stage.standin.online(30)
        await recover(stage)
        publication, *rest = seen(stage, 1)
        told = [message.text for message in rest[heard - 1 :]]
        (answer, *_) = [one for one in publication.components if one["type"] == 2]

        assert [text.split("\n")[0] for text in told] == [
            "# Solution of riddle no. 1: Qui trie ici ?",
            "# Week 48 in the books",
            "# Riddle no. 2: Qui trie ici ?",
        ]
        due = [WEEK - timedelta(minutes=minutes) for minutes in (30, 20, 0)]
        for text, moment in zip(told, due, strict=True):
            assert f"<t:{to_ms(MONDAY + moment) // 1000}:" in text
        assert answer["disabled"]
        assert f"<t:{to_ms(MONDAY + WEEK - timedelta(minutes=40)) // 1000}:" in publication.text


async def test_trouble_that_discord_has_with_one_server_at_the_start_stops_no_show(
    queue: Queue, on_stage: StageSetter, house: House, settings: Settings
) -> None:
    queue("01-first")
    trouble = faults.status(503)
    looked = house.standin.faults.add("GET", f"/guilds/{settings.server[0].guild}$", trouble)
    async with on_stage(house=house) as stage:
        await stage.move_to(MONDAY)

        assert looked.hits == 1
        assert riddles_seen(stage, 0) == riddles_seen(stage, 1) == ["riddle-1.mp4"]
