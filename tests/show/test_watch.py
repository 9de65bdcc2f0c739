"""What staff hear of without asking: absence, missed weeks, a queue that runs low, new servers."""

from collections.abc import Callable
from copy import deepcopy
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest

from engine.moments import to_ms
from engine.play import rounds
from engine.play.rounds import Round
from riddles.config import Settings, load_settings
from riddles.rehearsal.discord import Message, Permission
from riddles.rehearsal.stage import House, Stage, a_house, perform
from tests.builders import MONDAY
from tests.show.conftest import RIDDLE, SETTINGS, StageSetter, published
from tests.show.test_course import CLOSING, WEEK, a_manager, newest, says
from tests.show.test_exactly_once import until
from tests.show.test_hosts import close, hosts
from tests.show.test_week import riddles_seen, seen

Queue = Callable[..., Path]
THURSDAY = MONDAY + timedelta(days=3)


def words(stage: Stage, about: str = "") -> list[Message]:
    """What staff read in the first server."""
    channel = stage.program.show.settings.server[0].staff_channel
    assert channel is not None
    return [message for message in stage.standin.messages(channel) if about in message.text]


async def all_rounds(stage: Stage) -> list[Round]:
    """Every round there was."""
    async with stage.program.show.database.reading() as reader:
        ids = [row["id"] for row in await reader.all("SELECT id FROM rounds ORDER BY id")]
        return [await rounds.get(reader, number) for number in ids]


# Weeks that went without their riddle.


async def test_beyond_the_catch_up_staff_decide_and_publishing_works_once_after_a_restart(
    queue: Queue, on_stage: StageSetter, house: House
) -> None:
    queue("01-first")
    queue("02-second")
    house.clock.jump(THURSDAY)
    async with on_stage(house=house) as stage:
        await stage.settle()
        quiet = seen(stage)
    async with on_stage(house=house) as stage:
        await stage.settle()
        (message,) = words(stage, "Publier 01-first maintenant")
        asked = deepcopy(message)  # As it still stands on a screen.
        host = stage.cast.host
        first = await (await stage.standin.press(host, asked, "v1:late:2026-W48")).final()
        again = await (await stage.standin.press(host, asked, "v1:late:2026-W48")).final()
        left = await stage.standin.press(host, asked, "v1:leave:2026-W48")
        await stage.settle()

        assert not quiet
        assert first.text.startswith("📣")
        assert "encore ouverte" in again.text
        assert "déjà son énigme" in left.text
        assert riddles_seen(stage) == ["riddle-1.mp4"]
        assert str((await newest(stage)).week) == "2026-W48"


async def test_what_is_left_stays_in_the_queue_and_is_not_asked_for_again(
    queue: Queue, on_stage: StageSetter, house: House
) -> None:
    queue("01-first", 'week = "2026-W48"')
    house.clock.jump(THURSDAY)
    async with on_stage(house=house) as stage:
        await stage.settle()
        (message,) = words(stage, "Publier 01-first maintenant")
        asked = deepcopy(message)
        left = await stage.standin.press(stage.cast.host, asked, "v1:leave:2026-W48")
        late = await stage.standin.press(stage.cast.host, asked, "v1:late:2026-W48")
        refused = await late.final()
        await stage.settle()
        answered = message.text.split("\n")[-1]
    async with on_stage(house=house) as stage:
        await stage.move_to(MONDAY + WEEK)

        assert left.text.startswith("⏭️")
        assert answered == "☑️ Laisser passer\u00a0: **Margaret**"
        assert not message.buttons
        assert "2026-W48 est passée" in refused.text
        assert len(words(stage, "Publier")) == 1
        assert [(str(r.week), r.slug) for r in await all_rounds(stage)] == [
            ("2026-W49", "01-first")
        ]


async def test_only_hosts_decide(queue: Queue, on_stage: StageSetter, house: House) -> None:
    queue("01-first")
    house.clock.jump(THURSDAY)
    async with on_stage(house=house) as stage:
        await stage.settle()
        (asked,) = words(stage, "Publier 01-first maintenant")
        boss = a_manager(stage, Permission.ADMINISTRATOR)
        replies = [
            await stage.standin.press(boss, asked, button)
            for button in ("v1:late:2026-W48", "v1:leave:2026-W48")
        ]
        await stage.settle()

        assert all("animation" in reply.text for reply in replies)
        assert not seen(stage)


async def test_of_several_missed_weeks_only_the_newest_is_asked_for_and_pins_return(
    queue: Queue, on_stage: StageSetter, house: House
) -> None:
    queue("01-first")
    queue("02-pinned", 'week = "2026-W49"')
    queue("03-third")
    async with on_stage(house=house) as stage:
        await stage.move_to(MONDAY)
    house.clock.jump(THURSDAY + 3 * WEEK)
    async with on_stage(house=house) as stage:
        await stage.settle()
        await stage.settle()
        past = words(stage, "2026-W49")
        asked = words(stage, "Publier")
        await stage.move_to(MONDAY + 4 * WEEK)
        went_out = [(str(each.week), each.slug) for each in await all_rounds(stage)]

        assert len(past) == 1
        assert "2026-W49, 2026-W50" in past[0].text
        assert "de retour dans la file : 02-pinned" in past[0].text.replace("\u00a0", " ")
        assert len(asked) == 1
        assert list(asked[0].buttons) == ["v1:late:2026-W51", "v1:leave:2026-W51"]
        assert went_out == [("2026-W48", "01-first"), ("2026-W52", "02-pinned")]


async def test_a_missed_week_is_told_once_however_many_follow(
    queue: Queue, on_stage: StageSetter, house: House
) -> None:
    queue("01-first")
    async with published(on_stage, house):
        pass
    for weeks in (2, 4, 6):
        house.clock.reach(THURSDAY + weeks * WEEK)
        async with on_stage(house=house) as stage:
            await stage.settle()
            told = [message.text for message in words(stage, "Aucune énigme")]

    assert sum("2026-W49" in text for text in told) == 1
    assert len(told) == len(set(told))


async def test_a_riddle_that_was_ready_and_is_not_any_more_is_told_once(
    queue: Queue, on_stage: StageSetter
) -> None:
    broken = queue("01-first") / "riddle.toml"
    queue("02-second")
    async with on_stage(timedelta(hours=-5)) as stage:
        await stage.settle()
        whole = broken.read_text(encoding="utf-8")
        broken.write_text(whole.replace("difficulty = 2", "difficulty = "), encoding="utf-8")
        await stage.move_to(stage.clock.now() + timedelta(minutes=1))
        at_work = words(stage, "01-first")
        await stage.move_to(stage.clock.now() + timedelta(minutes=15))
        await stage.move_to(stage.clock.now() + timedelta(minutes=15))
        told = [message.text for message in words(stage, "01-first")]
        await stage.move_to(MONDAY)

        assert not at_work
        assert len(told) == 1
        assert "01-first ne peut pas sortir en l’état (riddle.toml:5)" in told[0]
        assert "02-second" in told[0]
        assert riddles_seen(stage) == ["riddle-1.mp4"]
        assert [each.slug for each in await all_rounds(stage)] == ["02-second"]


async def test_a_riddle_that_went_out_does_not_go_out_again_under_another_name(
    queue: Queue, on_stage: StageSetter
) -> None:
    first = queue("01-first")
    queue("02-second", text=RIDDLE.replace("algorith", "logarith"))
    async with published(on_stage) as stage:
        first.rename(first.with_name("00-first"))
        await stage.move_to(MONDAY + WEEK)
        shown = await hosts(stage, "preview", riddle="00-first")
        went_out = [each.slug for each in await all_rounds(stage)]

    assert went_out == ["01-first", "02-second"]
    assert "est déjà sortie sous le nom « 01-first »" in shown.text.replace("\u202f", " ")


async def test_while_a_riddle_is_open_nobody_is_asked_about_the_week_it_covers(
    queue: Queue, settings: Settings, tmp_path: Path, on_stage: StageSetter
) -> None:
    """As where a skip is taken out of scheduler.toml after the riddle was extended into it."""
    queue("01-first")
    queue("02-second")
    path = tmp_path / "skipping.toml"
    skips = SETTINGS.replace("[week]", '[week]\nskip = ["2026-11-30..2026-12-06"]')
    path.write_text(skips, encoding="utf-8")
    play = partial(perform, content=tmp_path / "content", database=tmp_path / "rehearsal.db")
    async with a_house(settings, MONDAY - timedelta(seconds=2)) as house:
        async with play(house, load_settings(path)) as stage:
            await stage.move_to(MONDAY)
            longer = await hosts(stage, "extend", until="2026-12-04 12:00")
        async with play(house, settings) as stage:
            await stage.move_to(THURSDAY + WEEK)
            early = words(stage, "Publier 02-second maintenant")
            await stage.move_to(THURSDAY + WEEK + timedelta(days=1))
            asked = words(stage, "Publier 02-second maintenant")

    assert longer.text.startswith("⏳")
    assert not early
    assert len(asked) == 1
    assert on_stage


async def test_a_riddle_that_went_out_in_the_future_is_told_and_nothing_goes_out_before_it(
    queue: Queue, on_stage: StageSetter, settings: Settings, house: House
) -> None:
    """As where the machine's clock was a year ahead for an hour."""
    queue("01-first")
    queue("02-second")
    async with (
        a_house(settings, MONDAY + 52 * WEEK) as ahead,
        on_stage(house=ahead) as stage,
    ):
        await stage.settle()
    async with on_stage(house=house) as stage:
        await stage.move_to(MONDAY + timedelta(minutes=1))
        told = words(stage, "horloge")
        await close(stage)
        await stage.move_to(MONDAY + timedelta(minutes=2))
        waiting = [each.slug for each in await all_rounds(stage)]
        channel = stage.program.show.settings.server[0].channel
        void = {"riddle": 1, "reason": "x"}
        await stage.standin.command(a_manager(stage), channel, "ledger void", void)
        await stage.settle()
        await stage.move_to(MONDAY + timedelta(minutes=3))
        after = [(str(each.week), each.slug) for each in await all_rounds(stage)]

        assert len(told) == 1
        assert waiting == ["01-first"]
        assert after[1:] == [("2026-W48", "02-second")]


async def test_before_its_first_week_a_show_has_missed_nothing(
    queue: Queue, on_stage: StageSetter
) -> None:
    for number in range(4):
        queue(f"0{number}-riddle")
    async with on_stage(timedelta(hours=-5)) as stage:
        await stage.settle()

        assert not words(stage)


# The queue.


async def test_staff_hear_at_two_weeks_at_one_and_at_none_and_again_after_a_refill(
    queue: Queue, on_stage: StageSetter, house: House
) -> None:
    for slug in ("01-a", "02-b", "03-c"):
        queue(slug)
    async with on_stage(house=house) as stage:
        await stage.settle()
        plenty = words(stage)
        for week in range(2):
            await stage.move_to(MONDAY + week * WEEK)
    async with on_stage(house=house) as stage:
        await stage.move_to(MONDAY + 2 * WEEK)
        await stage.settle()
        told = [message.text for message in words(stage, "La file")]
        for slug in ("04-d", "05-e"):
            queue(slug)
        await stage.settle()
        refilled = len(words(stage, "La file"))
        await stage.move_to(MONDAY + 3 * WEEK)
        again = words(stage, "La file")[refilled:]

        assert not plenty
        assert [text.split("La file ")[1].split(",")[0] for text in told] == [
            "tient encore deux semaines",
            "tient encore une semaine",
            "est vide\u00a0: rien n’est prêt pour la prochaine semaine.",
        ]
        assert refilled == 3
        assert len(again) == 1
        assert "encore une semaine" in again[0].text


async def test_hosts_see_until_when_the_queue_lasts(queue: Queue, on_stage: StageSetter) -> None:
    queue("01-first")
    queue("02-second")
    async with on_stage(timedelta(hours=-5)) as stage:
        assert "2026-W49" in (await hosts(stage, "queue")).text


# Absence.


async def test_after_an_absence_before_the_closing_staff_can_extend_by_a_button_once(
    queue: Queue, on_stage: StageSetter, house: House
) -> None:
    queue("01-first")
    async with published(on_stage, house) as stage:
        await stage.move_to(CLOSING - timedelta(hours=6))
    house.clock.jump(CLOSING - timedelta(hours=3))
    async with on_stage(house=house) as stage:
        await stage.settle()
        await stage.settle()
        (message,) = words(stage, "Personne n’a pu répondre")
        offered = deepcopy(message)
        until = CLOSING + timedelta(hours=3)
        (button,) = offered.buttons
    async with on_stage(house=house) as stage:
        await stage.settle()
        boss = a_manager(stage, Permission.ADMINISTRATOR)
        refused = await stage.standin.press(boss, offered, button)
        extended = await stage.standin.press(stage.cast.host, offered, button)
        again = await stage.standin.press(stage.cast.host, offered, button)
        await stage.settle()

        assert message.text.endswith("\n☑️ Prolonger\u00a0: **Margaret**")
        assert not message.buttons
        assert abs(to_ms(until) - int(button.split(":")[-1])) <= 5 * 60_000
        assert "animation" in refused.text
        assert extended.text.startswith("⏳")
        assert "va plus loin" in again.text
        assert (await newest(stage)).closes_at > CLOSING + timedelta(hours=2)
        assert len(words(stage, "Personne n’a pu répondre")) == 1


@pytest.mark.parametrize(
    ("left", "came_back"),
    [
        (CLOSING - timedelta(hours=3), CLOSING - timedelta(hours=1, minutes=1)),
        (CLOSING - timedelta(hours=50), CLOSING - timedelta(hours=23)),
        (CLOSING - timedelta(hours=6), CLOSING + timedelta(minutes=1)),
    ],
    ids=["for less than two hours", "mostly on the day before", "until after the closing"],
)
async def test_no_extension_is_offered_for_an_absence(
    queue: Queue, on_stage: StageSetter, house: House, left: datetime, came_back: datetime
) -> None:
    queue("01-first")
    async with published(on_stage, house) as stage:
        await stage.move_to(left)
    house.clock.jump(came_back)
    async with on_stage(house=house) as stage:
        await stage.settle()

        assert not words(stage, "Personne n’a pu répondre")


async def test_moving_the_rehearsals_clock_is_no_absence(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        await stage.move_to(CLOSING - timedelta(hours=1))

        assert not words(stage, "Personne n’a pu répondre")


async def test_hours_without_discord_are_an_absence_too(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        await stage.move_to(CLOSING - timedelta(hours=8))
        async with stage.standin.outage():
            await until(lambda: not stage.program.bot.is_connected)
            stage.clock.jump(CLOSING - timedelta(hours=2))
            await stage.program.weekly.tick()
        await stage.standin.online()
        await stage.settle()

        assert len(words(stage, "Personne n’a pu répondre")) == 1


async def test_being_alive_is_written_once_a_minute_at_most(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        database = stage.program.show.database
        async with database.transaction() as tx:
            await tx.execute("CREATE TABLE writes (at INTEGER) STRICT")
            await tx.execute(
                """
                CREATE TRIGGER beats AFTER INSERT ON alive
                BEGIN INSERT INTO writes VALUES (NEW.at); END
                """
            )
        for _ in range(20):
            await stage.move_to(stage.clock.now() + timedelta(seconds=20))
        async with database.reading() as reader:
            writes = await reader.value("SELECT count(*) FROM writes")

        assert 5 <= writes <= 8


# Servers that come and go.


@pytest.fixture
def alone(tmp_path: Path) -> Settings:
    """The same community before its second server joined."""
    path = tmp_path / "alone.toml"
    path.write_text(SETTINGS[: SETTINGS.rindex("[[server]]")], encoding="utf-8")
    return load_settings(path)


async def test_a_server_added_in_mid_round_gets_the_open_riddle_and_one_removed_keeps_its_history(
    queue: Queue, settings: Settings, alone: Settings, tmp_path: Path, on_stage: StageSetter
) -> None:
    queue("01-first")
    play = partial(perform, content=tmp_path / "content", database=tmp_path / "rehearsal.db")
    async with a_house(settings, MONDAY - timedelta(seconds=2)) as house:
        async with play(house, alone) as stage:
            await stage.move_to(MONDAY)
        second = settings.server[1].channel
        without = house.standin.messages(second)
        house.clock.jump(MONDAY + timedelta(days=1))
        async with play(house, settings) as stage:
            await until(lambda: bool(seen(stage, 1)))
            await stage.settle()
            joined = riddles_seen(stage, 1)
            first = await says(stage, stage.cast.members[0], "quicksort")
            twice = await stage.standin.command(
                stage.cast.members[0], second, "answer", {"text": "quicksort"}
            )
            late = seen(stage, 1)[0].text
        async with play(house, alone) as stage:
            await stage.move_to(CLOSING + timedelta(hours=1))
        history = [message.text for message in house.standin.messages(second)]

        assert not without
        assert joined == ["riddle-1.mp4"]
        assert f"<t:{int(MONDAY.timestamp())}:F>" in late
        assert first.text.startswith("✅")
        assert not twice.text.startswith("✅")
        assert len(history) == 1
        assert on_stage


async def test_a_server_added_after_the_closing_gets_nothing_of_the_closed_round(
    queue: Queue, settings: Settings, alone: Settings, tmp_path: Path, on_stage: StageSetter
) -> None:
    queue("01-first")
    play = partial(perform, content=tmp_path / "content", database=tmp_path / "rehearsal.db")
    async with a_house(settings, MONDAY - timedelta(seconds=2)) as house:
        async with play(house, alone) as stage:
            await stage.move_to(MONDAY)
        house.clock.jump(CLOSING + timedelta(minutes=1))
        async with play(house, settings) as stage:
            await stage.settle()

            assert not riddles_seen(stage, 1)
        assert on_stage


# The folder of riddles is out of reach.


async def test_a_folder_that_cannot_be_read_is_told_and_not_called_an_empty_queue(
    queue: Queue, on_stage: StageSetter, tmp_path: Path
) -> None:
    for number in range(4):
        queue(f"0{number}-riddle")
    async with on_stage(timedelta(hours=-5)) as stage:
        await stage.settle()
        away = (tmp_path / "content").rename(tmp_path / "away")
        await stage.move_to(MONDAY + timedelta(minutes=10))
        listed, published_ = await hosts(stage, "queue"), await hosts(stage, "publish")
        away.rename(tmp_path / "content")
        await stage.move_to(MONDAY + timedelta(minutes=20))

        (told,) = words(stage)
        assert told.text == (
            "🛠️ Aucune énigme ne peut sortir\u00a0: les énigmes sont illisibles\u00a0: "
            "fichier ou dossier introuvable."
        )
        assert "⚠️ les énigmes sont illisibles" in listed.text
        assert published_.text.startswith("⛔ Les énigmes sont illisibles")
        assert riddles_seen(stage) == ["riddle-1.mp4"]
