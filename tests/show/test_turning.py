"""A season is opened and closed with a word, once in each server, however often one looks."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from engine import posts, seasons
from engine.calendar import Week
from engine.moments import to_ms
from engine.posts import Owed
from riddles.config import Settings
from riddles.rehearsal.discord import Message
from riddles.rehearsal.stage import Stage
from riddles.week import turning
from tests.builders import MONDAY
from tests.show.conftest import StageSetter
from tests.show.test_week import play_to_the_end, seen

Queue = Callable[..., Path]
FRENCH, ENGLISH = 100000000000000002, 200000000000000002
LAST = Week(2026, 53)
"""Its riddle opens on 28 December and has its recap on 3 January."""
OPENS = datetime(2026, 12, 28, 17, tzinfo=UTC)


def words(stage: Stage, server: int) -> list[Message]:
    """The first and last words of seasons."""
    return [m for m in seen(stage, server) if m.text.startswith(("# 🏁", "# 🏆"))]


async def to_the_new_year(stage: Stage) -> None:
    """Play the last riddle of the year with one solver in the French server."""
    await stage.move_to(OPENS)
    ada = stage.cast.members[0]
    await stage.standin.command(ada, FRENCH, "answer", {"text": "quicksort"})
    await stage.move_to(datetime(2027, 1, 1, 12, tzinfo=UTC))


async def test_the_last_word_comes_below_the_recap_that_decides_it(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-last", f'week = "{LAST}"')
    async with on_stage(OPENS - MONDAY - timedelta(seconds=2)) as stage:
        await to_the_new_year(stage)
        before = words(stage, 0)
        await play_to_the_end(stage)
        await stage.settle()

        assert not before
        assert [m.text.split("\n")[0] for m in seen(stage, 1)][-3:] == [
            "# Week 53 in the books",
            "# 🏆 The season October–December 2026 is over",
            "# 🏁 The season January–March 2027 begins",
        ]


async def test_a_season_that_ends_between_two_riddles_has_its_last_word_at_the_recaps_hour(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-last", 'week = "2026-W52"')
    opens = OPENS - timedelta(weeks=1)
    async with on_stage(opens - MONDAY - timedelta(seconds=2)) as stage:
        await stage.move_to(opens)
        await play_to_the_end(stage)
        await stage.move_to(datetime(2027, 1, 3, 19, 44, tzinfo=UTC))
        before = words(stage, 1)
        await stage.move_to(datetime(2027, 1, 3, 19, 45, tzinfo=UTC))

        assert not before
        assert len(words(stage, 1)) == 2


async def test_a_season_ends_with_its_podium_its_picture_and_how_many_took_part(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-last", f'week = "{LAST}"')
    async with on_stage(OPENS - MONDAY - timedelta(seconds=2)) as stage:
        await to_the_new_year(stage)
        await play_to_the_end(stage)
        end, start = words(stage, 0)
        lines = end.text.split("\n")

        assert lines[:4] == [
            "# 🏆 La saison octobre–décembre 2026 est terminée",
            "🥇 **Ada** · 100 points",
            "Saison octobre–décembre 2026. 1. Ada, 100 points.",
            "**1** énigme · **1** membre a essayé · **1** bonne réponse",
        ]
        assert lines[4].startswith("-# Registre\u00a0: `")
        assert [file.filename for file in end.files] == ["season-2026-4.png"]
        assert start.text == (
            "# 🏁 La saison janvier–mars 2027 commence\n"
            "Elle dure jusqu’au <t:1806530399:D>. Tout le monde repart de zéro, et les points à "
            "dépenser restent à toi."
        )
        (english, _) = words(stage, 1)
        assert "Nobody here scored this season. The next board is yours to take." in english.text


async def test_nothing_is_said_twice_by_looking_again_or_starting_again(
    queue: Queue, on_stage: StageSetter, settings: Settings
) -> None:
    queue("01-last", f'week = "{LAST}"')
    async with on_stage(OPENS - MONDAY - timedelta(seconds=2)) as stage:
        await to_the_new_year(stage)
        await play_to_the_end(stage)
        for days in (1, 8, 30):
            await stage.move_to(datetime(2027, 1, 4, tzinfo=UTC) + timedelta(days=days))
        async with stage.program.show.database.reading() as reader:
            owed = await turning.owed(reader, settings, stage.clock.now())

        assert [len(words(stage, server)) for server in (0, 1)] == [2, 2]
        assert not owed


async def test_a_show_that_begins_within_a_season_opens_none(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage() as stage:
        await stage.move_to(MONDAY)
        await play_to_the_end(stage)

        assert not words(stage, 0)


async def test_a_show_that_begins_with_a_season_opens_it_with_its_first_riddle(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    first = datetime(2027, 1, 4, 17, tzinfo=UTC)
    async with on_stage(first - MONDAY - timedelta(seconds=2)) as stage:
        await stage.settle()
        before = words(stage, 1)
        await stage.move_to(first)

        assert not before
        assert [m.text.split("\n")[0] for m in seen(stage, 1)] == [
            "# Riddle no. 1: Qui trie ici ?",
            "# 🏁 The season January–March 2027 begins",
        ]


@pytest.mark.parametrize("away", [timedelta(days=3), timedelta(days=100)])
async def test_after_a_long_absence_the_last_word_is_said_all_the_same(
    queue: Queue, on_stage: StageSetter, away: timedelta
) -> None:
    queue("01-last", f'week = "{LAST}"')
    async with on_stage(OPENS - MONDAY - timedelta(seconds=2)) as stage:
        await to_the_new_year(stage)
        await stage.move_to(datetime(2027, 1, 3, 21, tzinfo=UTC) + away)
        await stage.settle()

        assert [m.text.split("\n")[0] for m in words(stage, 1)][:1] == [
            "# 🏆 The season October–December 2026 is over"
        ]


async def test_a_server_that_joins_later_hears_of_the_next_season(
    queue: Queue, on_stage: StageSetter, settings: Settings
) -> None:
    queue("01-last", f'week = "{LAST}"')
    async with on_stage(OPENS - MONDAY - timedelta(seconds=2)) as stage:
        await to_the_new_year(stage)
        await play_to_the_end(stage)
        third = settings.server[0].model_copy(update={"guild": 300000000000000001})
        grown = settings.model_copy(update={"server": (third, *settings.server)})
        async with stage.program.show.database.reading() as reader:
            owed = await turning.owed(reader, grown, stage.clock.now())

        assert not owed


async def test_a_first_word_that_comes_after_the_seasons_end_is_left_out(
    on_stage: StageSetter,
) -> None:
    async with on_stage() as stage:
        show = stage.program.show
        await stage.settle()
        async with show.database.transaction() as tx:
            season = await seasons.current(tx, to_ms(stage.clock.now()))
            word = Owed(
                key="late",
                kind="season_start",
                lane="late",
                server=show.settings.server[1].guild,
                facts={"season": season},
            )
            await posts.owe(tx, [word], to_ms(datetime(2027, 2, 1, tzinfo=UTC)))
        stage.clock.jump(datetime(2027, 2, 1, tzinfo=UTC))
        await stage.settle()

        assert not words(stage, 1)
