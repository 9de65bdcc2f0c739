"""A week goes its way, once, whenever the program is looked at."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from engine.calendar import Step
from engine.play import rounds
from riddles.rehearsal.discord import Message
from riddles.rehearsal.stage import House, Stage
from tests.builders import MONDAY
from tests.show.conftest import StageSetter, published

Queue = Callable[..., Path]


def seen(stage: Stage, server: int = 0) -> list[Message]:
    """What members see in a server's channel."""
    return stage.standin.messages(stage.program.show.settings.server[server].channel)


def riddles_seen(stage: Stage, server: int = 0) -> list[str]:
    """The video files that were published there."""
    files = [file.filename for message in seen(stage, server) for file in message.files]
    return [name for name in files if not name.endswith(".vtt")]


async def play_to_the_end(stage: Stage) -> None:
    """Move from moment to moment until the round has had its recap."""
    while True:
        moment = await stage.program.weekly.next_moment()
        if moment is None or moment[0] == Step.PUBLISH:
            return
        await stage.move_to(moment[1])


async def test_a_week_is_published_hinted_closed_revealed_and_summed_up(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        await play_to_the_end(stage)

        told = [message.text.split("\n")[0] for message in seen(stage, 1)]
        assert told == [
            "# Riddle no. 1: Qui trie ici ?",
            "### 🔍 Hint 1 for riddle no. 1",
            "### 🔍 Hint 2 for riddle no. 1",
            "⏰ Riddle no. 1 closes <t:1795978800:F>. One right answer is enough.",
            "# Solution of riddle no. 1: Qui trie ici ?",
            "# Week 48 in the books",
        ]


async def test_each_server_hears_in_its_own_language_and_only_its_role_is_pinged(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        (french,), (english,) = seen(stage, 0), seen(stage, 1)

        assert "Énigme n°\u00a01" in french.text
        assert "Riddle no. 1" in english.text
        assert french.pings.roles == {100000000000000005}
        assert not english.pings.roles | english.pings.users
        assert not french.pings.everyone


async def test_the_video_has_a_neutral_name_and_its_alt_text(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        (message,) = seen(stage, 1)
        (gallery,) = [each for each in message.components if each["type"] == 12]

        assert riddles_seen(stage, 1) == ["riddle-1.mp4"]
        assert gallery["items"][0]["description"] == "Bars move."


async def test_a_discussion_opens_under_the_riddle_where_it_is_wanted(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        first, second = (server.channel for server in stage.program.show.settings.server)

        assert len(stage.standin.threads(first)) == 1
        assert not stage.standin.threads(second)


async def test_it_goes_out_by_itself_at_its_moment(queue: Queue, on_stage: StageSetter) -> None:
    queue("01-first")
    async with on_stage() as stage:
        async with asyncio.timeout(20):
            while not (seen(stage, 0) and seen(stage, 1)):
                await asyncio.sleep(0.05)

        assert all(message.created_at >= MONDAY for message in seen(stage))


async def test_after_the_closing_the_button_is_shut_and_the_video_stays(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        await stage.move_to(MONDAY + timedelta(days=6, hours=2, minutes=1))
        (publication, *_) = seen(stage)
        (answer, *_) = [each for each in publication.components if each["type"] == 2]

        assert answer["disabled"]
        assert answer["label"] == "Fermée"
        assert riddles_seen(stage) == ["riddle-1.mp4"]


async def test_ticking_again_and_again_changes_nothing(queue: Queue, on_stage: StageSetter) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        for _ in range(5):
            await stage.settle()

        assert len(seen(stage)) == 1


async def test_a_start_two_hours_late_publishes_at_once_and_once(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage(timedelta(hours=2)) as stage:
        await stage.settle()
        await stage.settle()

        assert riddles_seen(stage) == ["riddle-1.mp4"]


async def test_a_start_beyond_the_catch_up_waits_for_the_next_week(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage(timedelta(hours=37)) as stage:
        await stage.settle()

        assert not seen(stage)
        assert await stage.program.weekly.next_moment() == ("publish", MONDAY + timedelta(weeks=1))


async def test_what_was_missed_while_away_is_made_up_for_in_order_without_old_hints(
    queue: Queue, on_stage: StageSetter, house: House
) -> None:
    queue("01-first")
    async with on_stage(house=house) as stage:
        await stage.move_to(MONDAY)
    house.clock.jump(MONDAY + timedelta(days=6, hours=2, minutes=50))
    async with on_stage(house=house) as stage:
        await stage.settle()
        async with stage.program.show.database.reading() as reader:
            (taken,) = {(await rounds.get(reader, 1)).taken}

        told = [message.text.split("\n")[0] for message in seen(stage, 1)]
        assert told[-2:] == ["# Solution of riddle no. 1: Qui trie ici ?", "# Week 48 in the books"]
        assert not any(step in (Step.HINT, Step.REMIND) for step, _ in taken)


async def test_a_riddle_with_a_broken_video_steps_aside_and_staff_are_told(
    queue: Queue, on_stage: StageSetter
) -> None:
    broken = queue("01-broken")
    (broken / "video.mp4").write_bytes((broken / "video.mp4").read_bytes()[:20_000])
    queue("02-fine", "reserve = true")
    async with published(on_stage) as stage:
        staff = stage.program.show.settings.server[0].staff_channel
        assert staff is not None
        async with stage.program.show.database.reading() as reader:
            newest = await rounds.newest(reader)

        assert newest is not None
        assert newest.slug == "02-fine"
        assert any("01-broken" in message.text for message in stage.standin.messages(staff))


async def test_a_changed_folder_changes_nothing_of_an_open_round(
    queue: Queue, on_stage: StageSetter
) -> None:
    folder = queue("01-first")
    async with published(on_stage) as stage:
        text = (folder / "riddle.toml").read_text(encoding="utf-8")
        (folder / "riddle.toml").write_text(text.replace("quicksort", "slowsort"), encoding="utf-8")
        ada, channel = stage.cast.members[0], stage.program.show.settings.server[0].channel
        reply = await stage.standin.command(ada, channel, "answer", {"text": "quicksort"})

        assert reply.text.startswith("✅")


async def test_nothing_public_or_logged_ever_names_the_answer(
    queue: Queue, on_stage: StageSetter, caplog: object
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        ada, channel = stage.cast.members[0], stage.program.show.settings.server[0].channel
        await stage.standin.command(ada, channel, "answer", {"text": "tri rapide"})
        before_reveal = " ".join(message.text for message in seen(stage))

        assert "quicksort" not in before_reveal
        assert "rapide" not in before_reveal
        assert "rapide" not in getattr(caplog, "text", "")


async def test_the_videos_of_past_riddles_are_removed_and_the_folders_stay(
    queue: Queue, on_stage: StageSetter, tmp_path: Path
) -> None:
    first, second = queue("01-first"), queue("02-second")
    (second / "video.mp4").write_bytes((second / "video.mp4").read_bytes() + bytes(100))
    async with published(on_stage) as stage:
        preparations = stage.program.weekly.preparations
        await preparations.finish(await preparations.named("02-second"))
        await play_to_the_end(stage)
        both = len(list((tmp_path / "rehearsal-data" / "prepared").iterdir()))
        await stage.move_to(MONDAY + timedelta(weeks=1))
        await play_to_the_end(stage)

        assert both == 2
        assert len(list((tmp_path / "rehearsal-data" / "prepared").iterdir())) == 1
        assert (first / "video.mp4").exists()
