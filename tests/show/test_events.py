"""A riddle stands in the server's calendar from its opening to its closing, once."""

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from engine import posts
from engine.calendar import DateRange, WeeklyTime
from engine.moments import to_ms
from riddles.config import Settings
from riddles.rehearsal.discord import faults
from riddles.rehearsal.discord.errors import JSON
from riddles.rehearsal.discord.faults import Action
from riddles.rehearsal.stage import House, Stage, perform
from riddles.week.owing import announced_event, event_called_off
from tests.builders import MONDAY, WEEK
from tests.openapi import discord_description
from tests.show.conftest import StageSetter
from tests.show.test_hosts import close, hosts
from tests.show.test_places import WEATHER
from tests.show.test_week import play_to_the_end, seen

__all__ = ["discord_description"]

Queue = Callable[..., Path]
GUILD = 100000000000000001
EVENTS = r"/guilds/\{guild\}/scheduled-events"
SCHEDULED, ACTIVE, COMPLETED, CANCELED = 1, 2, 3, 4


@pytest.fixture
def with_calendar(
    on_stage: StageSetter, house: House, settings: Settings, tmp_path: Path
) -> StageSetter:
    """A stage whose first server wants its riddles in the calendar."""
    assert on_stage  # The finished video lies where the program looks for it.
    first = settings.server[0].model_copy(update={"event": True})
    wanted = settings.model_copy(update={"server": (first, settings.server[1])})

    @asynccontextmanager
    async def set_stage(**week: object) -> AsyncGenerator[Stage, None]:
        content, database = tmp_path / "content", tmp_path / "rehearsal.db"
        content.mkdir(exist_ok=True)
        table = wanted.week.model_copy(update=week)
        played = wanted.model_copy(update={"week": table})
        async with perform(house, played, content=content, database=database) as stage:
            yield stage

    return set_stage


def events(stage: Stage) -> list[JSON]:
    return stage.standin.events(GUILD)


def closes(event: JSON) -> datetime:
    return datetime.fromisoformat(event["scheduled_end_time"])


async def settle(stage: Stage) -> None:
    stage.program.courier.wake()
    await stage.program.courier.idle()


async def test_a_riddle_that_is_out_is_an_event_that_leads_to_it(
    queue: Queue, with_calendar: StageSetter
) -> None:
    queue("01-first")
    async with with_calendar() as stage:
        await stage.move_to(MONDAY)
        (event,) = events(stage)
        (message,) = seen(stage)

        assert event["name"] == "Énigme n°\u00a01\u00a0: Qui trie ici ?"
        assert event["description"].splitlines()[-1] == "2026-W48"
        assert event["status"] == ACTIVE
        assert closes(event) == MONDAY + timedelta(days=6, hours=2)
        address = f"https://discord.com/channels/{GUILD}/100000000000000002/{message.id}"
        assert event["entity_metadata"] == {"location": address}
        assert not stage.standin.events(200000000000000001)


async def test_the_next_riddle_is_announced_with_the_recap_and_its_title_is_not(
    queue: Queue, with_calendar: StageSetter
) -> None:
    queue("01-first")
    queue("02-second")
    async with with_calendar() as stage:
        await stage.move_to(MONDAY)
        await play_to_the_end(stage)
        first, second = events(stage)

        assert first["status"] == COMPLETED
        assert (second["name"], second["status"]) == ("L’énigme de la semaine 49", SCHEDULED)
        assert "Qui trie" not in str(second)
        await stage.move_to(MONDAY + timedelta(weeks=1))
        assert len(events(stage)) == 2
        assert second["status"] == ACTIVE
        assert second["name"].startswith("Énigme n°\u00a02")


async def test_a_closing_by_hand_ends_the_event(queue: Queue, with_calendar: StageSetter) -> None:
    queue("01-first")
    async with with_calendar() as stage:
        await stage.move_to(MONDAY)
        await stage.move_to(MONDAY + timedelta(days=1))
        await close(stage)

        assert [event["status"] for event in events(stage)] == [COMPLETED]


async def test_when_the_closing_moves_the_event_moves_along(
    queue: Queue, with_calendar: StageSetter
) -> None:
    queue("01-first")
    async with with_calendar() as stage:
        await stage.move_to(MONDAY)
        await hosts(stage, "extend", until="1h")

        assert [closes(event) for event in events(stage)] == [MONDAY + timedelta(days=6, hours=3)]


@pytest.mark.parametrize("weather", WEATHER.values(), ids=WEATHER)
async def test_an_event_in_bad_weather_is_there_once(
    queue: Queue, with_calendar: StageSetter, weather: Action
) -> None:
    queue("01-first")
    async with with_calendar() as stage:
        fault = stage.standin.faults.add("POST", EVENTS, weather)
        await stage.move_to(MONDAY)
        for seconds in (10, 30, 60):
            await stage.move_to(MONDAY + timedelta(seconds=seconds))

        assert fault.hits == 1
        assert [event["status"] for event in events(stage)] == [ACTIVE]


async def test_somebody_elses_event_of_the_same_week_is_left_alone(
    queue: Queue, with_calendar: StageSetter
) -> None:
    queue("01-first")
    async with with_calendar() as stage:
        made = await stage.program.bot.rest.create_external_event(
            GUILD,
            "Ours",
            "the pub",
            MONDAY + timedelta(hours=1),
            MONDAY + timedelta(hours=3),
            description="See you there\n2026-W48",
        )
        stage.standin.world.guilds[GUILD].events[int(made.id)] |= {
            "creator_id": "7",
            "creator": {"id": "7", "username": "host", "discriminator": "0", "avatar": None},
        }
        await stage.move_to(MONDAY)
        theirs, ours = events(stage)

        assert theirs["name"] == "Ours"
        assert ours["name"].startswith("Énigme")


async def test_a_week_that_is_left_out_is_called_off(with_calendar: StageSetter) -> None:
    async with with_calendar() as stage:
        show = stage.program.show
        plan = show.settings.rhythm.plan(WEEK.next())
        async with show.database.transaction() as tx:
            await posts.owe(tx, announced_event(show.settings, plan), to_ms(show.clock.now()))
        await settle(stage)
        before = [event["status"] for event in events(stage)]
        async with show.database.transaction() as tx:
            called_off = event_called_off(show.settings, WEEK.next(), "test")
            await posts.owe(tx, called_off, to_ms(show.clock.now()))
        await settle(stage)

        assert before == [SCHEDULED]
        assert [event["status"] for event in events(stage)] == [CANCELED]


async def test_a_week_that_is_left_out_no_more_is_announced_again(
    queue: Queue, with_calendar: StageSetter
) -> None:
    queue("01-first")
    queue("02-second")
    async with with_calendar() as stage:
        await stage.move_to(MONDAY)
        await play_to_the_end(stage)
        seen_before = [event["status"] for event in events(stage)]
        await hosts(stage, "skip", week="2026-W49")
        without = [event["status"] for event in events(stage)]
        await hosts(stage, "skip", week="2026-W49", back=True)
        again = [event["status"] for event in events(stage)]
        await stage.move_to(MONDAY + timedelta(weeks=1))

        assert seen_before == [COMPLETED, SCHEDULED]
        assert without == [COMPLETED, CANCELED]
        assert again == [COMPLETED, CANCELED, SCHEDULED]
        assert events(stage)[-1]["description"].splitlines()[-1] == "2026-W49"
        assert [event["status"] for event in events(stage)] == [COMPLETED, CANCELED, ACTIVE]


async def test_a_week_that_the_recap_will_announce_is_not_announced_before(
    queue: Queue, with_calendar: StageSetter
) -> None:
    queue("01-first")
    queue("02-second")
    async with with_calendar() as stage:
        await stage.move_to(MONDAY)
        await hosts(stage, "skip", week="2026-W49")
        await hosts(stage, "skip", week="2026-W49", back=True)
        before = len(events(stage))
        await play_to_the_end(stage)

        assert before == 1
        assert [event["status"] for event in events(stage)] == [COMPLETED, SCHEDULED]


async def test_without_the_permission_staff_are_told_and_the_riddle_is_out_all_the_same(
    queue: Queue, with_calendar: StageSetter
) -> None:
    queue("01-first")
    async with with_calendar() as stage:
        refused = faults.status(403, 50013, "Missing Permissions")
        stage.standin.faults.add("POST", EVENTS, refused, times=99)
        await stage.move_to(MONDAY)
        texts = [message.text for message in stage.standin.messages(100000000000000003)]

        assert len(seen(stage)) == 1
        (said,) = [text for text in texts if "calendrier" in text]
        assert said == (
            "🛠️ L’évènement du calendrier du serveur n’arrive pas encore\u00a0: Discord refuse "
            "(Missing Permissions). Accorde au rôle du bot Créer des évènements sur le serveur."
        )


async def test_every_request_is_known_to_discord(
    queue: Queue, with_calendar: StageSetter, discord_description: Callable[..., list[str]]
) -> None:
    queue("01-first")
    queue("02-second")
    async with with_calendar() as stage:
        await stage.move_to(MONDAY)
        await play_to_the_end(stage)

        assert not [f for request in stage.standin.requests for f in discord_description(request)]


# The settings change while the program is down.

W49 = MONDAY + timedelta(weeks=1)


def coming(stage: Stage) -> list[tuple[str, datetime]]:
    """The weeks that are announced, and when."""
    return [
        (
            event["description"].splitlines()[-1],
            datetime.fromisoformat(event["scheduled_start_time"]),
        )
        for event in events(stage)
        if event["status"] == SCHEDULED
    ]


async def announced(stage: Stage) -> None:
    """The first riddle has had its week, and the next is announced."""
    await stage.move_to(MONDAY)
    await play_to_the_end(stage)


async def test_an_announced_event_moves_with_the_settings_and_back(
    queue: Queue, with_calendar: StageSetter
) -> None:
    queue("01-first")
    queue("02-second")
    seen_as: list[list[tuple[str, datetime]]] = []
    async with with_calendar() as stage:
        await announced(stage)
    for day in ("tue", "mon", "tue"):
        async with with_calendar(publish=WeeklyTime.parse(f"{day} 18:00")) as stage:
            await stage.settle()
            await stage.settle()
            seen_as.append(coming(stage))
            made = len(events(stage))

    tuesday = W49 + timedelta(days=1)
    assert seen_as == [[("2026-W49", tuesday)], [("2026-W49", W49)], [("2026-W49", tuesday)]]
    assert made == 2


async def test_an_announced_week_that_the_settings_skip_is_called_off_for_the_next(
    queue: Queue, with_calendar: StageSetter
) -> None:
    queue("01-first")
    queue("02-second")
    left_out = (DateRange.parse("2026-11-30..2026-12-06"),)
    async with with_calendar() as stage:
        await announced(stage)
    async with with_calendar(skip=left_out) as stage:
        await stage.settle()
        skipped = coming(stage)
        await stage.move_to(W49 + timedelta(minutes=1))
        await stage.move_to(W49 + timedelta(hours=2))
        still = coming(stage)

    assert skipped == still == [("2026-W50", W49 + timedelta(weeks=1))]


async def test_a_week_that_the_settings_take_in_again_is_announced_again(
    queue: Queue, with_calendar: StageSetter
) -> None:
    queue("01-first")
    queue("02-second")
    async with with_calendar() as stage:
        await announced(stage)
    async with with_calendar(skip=(DateRange.parse("2026-11-30..2026-12-06"),)) as stage:
        await stage.settle()
    async with with_calendar() as stage:
        await stage.settle()

        assert coming(stage) == [("2026-W49", W49)]


async def test_an_event_whose_settings_stay_is_left_alone(
    queue: Queue, with_calendar: StageSetter
) -> None:
    queue("01-first")
    queue("02-second")
    async with with_calendar() as stage:
        await announced(stage)
    async with with_calendar() as stage:
        await stage.settle()
        async with stage.program.show.database.reading() as reader:
            owed = await reader.value("SELECT count(*) FROM posts WHERE key LIKE 'event:%'")

    assert owed == 1
