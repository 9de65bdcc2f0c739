"""What hosts change in the course of the show: weeks, places, a closing, a mistake."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from engine.play import course, rounds
from engine.play.rounds import Round
from riddles.cli import app, verbs
from riddles.config import Settings
from riddles.rehearsal.discord import MemberSpec, Message, Permission, Reply, RoleSpec, aged
from riddles.rehearsal.stage import House, Stage, a_house
from tests.builders import MONDAY
from tests.show.conftest import StageSetter, published
from tests.show.test_hosts import close, hosts
from tests.show.test_week import riddles_seen, seen

Queue = Callable[..., Path]
WEEK = timedelta(weeks=1)
EARLY = timedelta(hours=-5)
"""Long enough before the publication that it does not come in between."""
CLOSING = MONDAY + timedelta(days=6, hours=2)
"""Sunday, 20:00 in Paris."""


async def newest(stage: Stage) -> Round:
    """The round that went out last."""
    async with stage.program.show.database.reading() as reader:
        found = await rounds.newest(reader)
    assert found is not None
    return found


async def says(stage: Stage, member: MemberSpec, text: str) -> Reply:
    """A member answers in the first server."""
    channel = stage.program.show.settings.server[0].channel
    return await stage.standin.command(member, channel, "answer", {"text": text})


async def discussion(stage: Stage) -> list[Message]:
    """What is said in the thread under the riddle."""
    await stage.move_to(stage.clock.now() + timedelta(minutes=2))
    (thread,) = stage.standin.threads(stage.program.show.settings.server[0].channel)
    return stage.standin.messages(thread.id)


def staff(stage: Stage) -> list[str]:
    """What staff read in the first server."""
    channel = stage.program.show.settings.server[0].staff_channel
    assert channel is not None
    return [message.text for message in stage.standin.messages(channel)]


def a_manager(stage: Stage, may: Permission = Permission.MANAGE_GUILD) -> MemberSpec:
    """Somebody who sees the hosts' command and holds none of their roles."""
    guild = stage.standin.world.guilds[stage.program.show.settings.server[0].guild]
    role = RoleSpec(id=77, name="manager", permissions=may)
    guild.roles[role.id] = role
    boss = MemberSpec(
        id=aged(stage.clock, days=90, serial=700), name="boss", roles=frozenset({role.id})
    )
    stage.standin.join(guild.id, boss)
    return boss


@pytest.fixture
async def early(settings: Settings) -> AsyncGenerator[House, None]:
    """A Discord in which programs come and go, long before the first publication."""
    async with a_house(settings, MONDAY + EARLY) as built:
        yield built


# Weeks.


async def test_a_week_that_is_left_out_has_no_riddle_and_the_queue_moves_on(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage(EARLY) as stage:
        reply = await hosts(stage, "skip")
        await stage.move_to(MONDAY + timedelta(hours=1))
        quiet = seen(stage)
        await stage.move_to(MONDAY + WEEK)

        assert "2026-W48" in reply.text
        assert not quiet
        assert riddles_seen(stage) == ["riddle-1.mp4"]
        assert not any("aucune énigme" in said for said in staff(stage))


async def test_a_skip_is_taken_back_by_the_button_below_it_even_after_a_restart(
    queue: Queue, on_stage: StageSetter, early: House
) -> None:
    queue("01-first")
    async with on_stage(house=early) as stage:
        skipped = await hosts(stage, "skip")
    async with on_stage(house=early) as stage:
        back = await stage.standin.press(stage.cast.host, skipped, "v1:unskip:2026-W48")
        again = await stage.standin.press(stage.cast.host, skipped, "v1:unskip:2026-W48")
        await stage.move_to(MONDAY)

        assert back.text.startswith("↩️")
        assert again.text.startswith("Personne")
        assert riddles_seen(stage) == ["riddle-1.mp4"]


async def test_a_skip_is_taken_back_by_the_command(queue: Queue, on_stage: StageSetter) -> None:
    queue("01-first")
    async with on_stage(EARLY) as stage:
        await hosts(stage, "skip", week="2026-w48")
        reply = await hosts(stage, "skip", back=True)
        await stage.move_to(MONDAY)

        assert reply.text.startswith("↩️")
        assert riddles_seen(stage) == ["riddle-1.mp4"]


async def test_a_week_that_cannot_be_left_out_is_refused_in_words(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage(EARLY) as stage:
        refused = {
            "2026-W47": "est finie",
            "0001-W01": "est finie",
            "9999-W52": "trop loin",
            "W48": "n’est pas une semaine",
            "2026-W54": "n’est pas une semaine",
        }
        for week, told in refused.items():
            assert told in (await hosts(stage, "skip", week=week)).text


async def test_a_week_that_has_its_riddle_is_not_left_out_any_more(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        assert "déjà son énigme" in (await hosts(stage, "skip", week="2026-W48")).text


async def test_what_was_done_by_hand_is_shown_with_who_did_it(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    queue("02-second")
    async with published(on_stage) as stage:
        await hosts(stage, "skip", week="2026-W49")
        await close(stage)
        text = (await hosts(stage, "queue")).text

        assert "semaine 2026-W49 passée · **Margaret**" in text
        assert "énigme n°\u00a01 fermée · **Margaret**" in text
        assert "passée à la main" in text


# Places.


async def test_two_riddles_change_places_and_the_command_line_shows_the_same_plan(
    queue: Queue, on_stage: StageSetter, tmp_path: Path, early: House
) -> None:
    for slug in ("01-first", "02-second", "03-third"):
        queue(slug)
    async with on_stage(house=early) as stage:
        await hosts(stage, "swap", one="01-first", other="03-third")
        shown = (await hosts(stage, "queue")).text
        await stage.move_to(MONDAY)
        first = (await newest(stage)).slug
    order = [line.split("**")[1] for line in shown.splitlines() if line[0] == "`" and "**" in line]
    arguments = [
        *("--config", str(tmp_path / "scheduler.toml"), "--content", str(tmp_path / "content")),
        *("--database", str(tmp_path / "rehearsal.db"), "queue", "--json"),
    ]
    assert verbs.__all__
    printed = json.loads(CliRunner().invoke(app, arguments).stdout)
    planned = [line["slug"] for line in printed["weeks"] if line["slug"]]

    assert order == ["03\\-third", "02\\-second", "01\\-first"]
    assert first == "03-third"
    assert planned == ["02-second", "01-first"]


async def test_riddles_may_be_named_by_their_weeks_and_swapped_back(
    queue: Queue, on_stage: StageSetter
) -> None:
    for slug in ("01-first", "02-second"):
        queue(slug)
    async with on_stage(EARLY) as stage:
        once = await hosts(stage, "swap", one="2026-W48", other="2026-W49")
        again = await hosts(stage, "swap", one="2026-w48", other="01-first")
        await stage.move_to(MONDAY)

        assert "01-first et 02-second" in once.text
        assert "02-second et 01-first" in again.text
        assert (await newest(stage)).slug == "01-first"


async def test_a_swap_that_is_delivered_twice_is_done_once(
    queue: Queue, on_stage: StageSetter
) -> None:
    for slug in ("01-first", "02-second"):
        queue(slug)
    async with on_stage(EARLY) as stage:
        channel = stage.program.show.settings.server[0].channel
        options = {"one": "01-first", "other": "02-second"}
        await stage.standin.command(
            stage.cast.host, channel, "animate swap", options, deliver_twice=True
        )
        await stage.program.bot.counter.drained(5)
        await stage.move_to(MONDAY)

        assert (await newest(stage)).slug == "02-second"


async def test_a_riddle_that_is_pinned_keeps_its_week(queue: Queue, on_stage: StageSetter) -> None:
    queue("01-first")
    queue("02-second", 'week = "2026-W49"')
    async with on_stage(EARLY) as stage:
        refused = await hosts(stage, "swap", one="01-first", other="02-second")

        assert "fixée à 2026-W49" in refused.text


async def test_a_reserve_that_takes_a_place_goes_out_and_the_other_becomes_the_reserve(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    queue("02-spare", "reserve = true")
    queue("03-third")
    async with on_stage(EARLY) as stage:
        await hosts(stage, "swap", one="01-first", other="02-spare")
        await stage.move_to(MONDAY)
        first = (await newest(stage)).slug
        await stage.move_to(MONDAY + WEEK)

        assert first == "02-spare"
        assert (await newest(stage)).slug == "03-third"


async def test_what_is_not_in_the_queue_cannot_change_places(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    queue("02-second")
    async with published(on_stage) as stage:
        out = await hosts(stage, "swap", one="01-first", other="02-second")
        same = await hosts(stage, "swap", one="02-second", other="2026-W49")

        assert "01-first n’est pas dans la file" in out.text
        assert "elle-même" in same.text


async def test_while_typing_hosts_are_offered_riddles_and_weeks_and_others_nothing(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    queue("02-second")
    async with on_stage(EARLY) as stage:
        server = stage.program.show.settings.server[0]
        offered = await stage.standin.autocomplete(
            stage.cast.host, server.channel, "animate swap", "one", {"one": "sec"}
        )
        weeks = await stage.standin.autocomplete(
            stage.cast.host, server.channel, "animate skip", "week", {"week": ""}
        )
        stranger = await stage.standin.autocomplete(
            a_manager(stage), server.channel, "animate swap", "one", {"one": "sec"}
        )

        assert offered.choices == [{"name": "02-second · 2026-W49", "value": "02-second"}]
        assert weeks.choices[0] == {"name": "2026-W48 · 01-first", "value": "2026-W48"}
        assert stranger.choices == []


# More time.


async def test_an_extension_moves_the_closing_and_all_that_follows_and_members_are_told(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        await stage.move_to(MONDAY + timedelta(days=5))
        reply = await hosts(stage, "extend", until="12h")
        told = await discussion(stage)
        await stage.move_to(CLOSING + timedelta(hours=1))
        late = await says(stage, stage.cast.members[0], "quicksort")
        before = [message.text for message in seen(stage)]
        await stage.move_to(CLOSING + timedelta(hours=13))
        closes = f"<t:{int((CLOSING + timedelta(hours=12)).timestamp())}:F>"

        assert closes in reply.text
        assert late.text.startswith("✅")
        assert any("Plus de temps" in message.text and closes in message.text for message in told)
        assert closes in before[0]
        assert all(closes in text for text in before if text.startswith("⏰"))
        assert not any("Solution" in text for text in before)
        assert any("Solution" in message.text for message in seen(stage))


async def test_an_extension_ends_before_the_next_riddle(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        refused = {
            "22h": "Le bilan doit précéder",
            "lun 18:00": "Le bilan doit précéder",
            "2026-11-29 08:30": "va plus loin",
            "soon": "n’est pas un moment",
            "-3h": "n’est pas un moment",
        }
        for until, told in refused.items():
            assert told in (await hosts(stage, "extend", until=until)).text
        for until in ("1h", "lun 12:00", "2026-11-30 12:30", "4h"):
            assert (await hosts(stage, "extend", until=until)).text.startswith("⏳")

        assert (await newest(stage)).closes_at == MONDAY + WEEK - timedelta(hours=1, minutes=30)


async def test_a_week_that_is_left_out_leaves_room_and_is_not_taken_in_again_meanwhile(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        await hosts(stage, "skip", week="2026-W49")
        longer = await hosts(stage, "extend", until="3d")
        back = await hosts(stage, "skip", week="2026-W49", back=True)

        assert longer.text.startswith("⏳")
        assert "prolongée jusque dans 2026-W49" in back.text


async def test_a_closed_riddle_is_not_extended(queue: Queue, on_stage: StageSetter) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        await close(stage)

        assert "est fermée" in (await hosts(stage, "extend", until="6h")).text


async def test_moments_that_fit_are_offered_while_typing(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        channel = stage.program.show.settings.server[0].channel
        offered = await stage.standin.autocomplete(
            stage.cast.host, channel, "animate extend", "until", {"until": ""}
        )

        values = [choice["value"] for choice in offered.choices]
        assert values == ["1h", "2h", "6h", "12h", "18h"]
        assert offered.choices[0]["name"] == "1h → 29/11/2026 21:00"


# Errata.

WORDS = {"text_fr": "Lire « cinq barres ».", "text_en": "Read “five bars”."}


async def test_a_correction_is_read_in_the_message_in_the_discussion_and_by_whom_it_concerns(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        solved, trying, idle, *_ = stage.cast.members
        await says(stage, solved, "quicksort")
        await says(stage, trying, "heapsort")
        reply = await hosts(stage, "erratum", **WORDS)
        told = await discussion(stage)
        heard = [(await says(stage, each, "bogus")).text for each in (solved, trying, idle)]
        again = await stage.standin.command(trying, seen(stage)[0].channel_id, "points balance")
        shown = await stage.standin.command(idle, seen(stage)[0].channel_id, "riddle show")

        assert "1 membre" in reply.text
        assert WORDS["text_fr"] in seen(stage)[0].text
        assert WORDS["text_en"] in seen(stage, 1)[0].text
        assert any(WORDS["text_fr"] in message.text for message in told)
        assert any(WORDS["text_en"] in message.text for message in seen(stage, 1)[1:])
        assert ["Correction" in text for text in heard] == [False, True, False]
        assert WORDS["text_en"] in heard[1]  # Grace reads English, in a French server.
        assert "Correction" not in again.text
        assert WORDS["text_fr"] in shown.text


async def test_the_correction_stays_in_the_message_after_the_closing(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        await hosts(stage, "erratum", **WORDS)
        await stage.move_to(CLOSING + timedelta(minutes=5))
        (publication, *_) = seen(stage)

        assert WORDS["text_fr"] in publication.text
        assert "Fermée depuis" in publication.text
        assert riddles_seen(stage) == ["riddle-1.mp4"]


async def test_what_is_not_said_in_every_language_is_asked_for_in_a_form(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        channel = stage.program.show.settings.server[0].channel
        form = await stage.standin.command(
            stage.cast.host,
            channel,
            "animate erratum",
            {"text_fr": WORDS["text_fr"], "extend": "lun 08:00"},
        )
        reply = await stage.standin.submit(stage.cast.host, form, {"en": WORDS["text_en"]})
        await stage.settle()

        assert reply.text.startswith("✏️")
        assert WORDS["text_en"] in seen(stage, 1)[0].text
        assert (await newest(stage)).closes_at == CLOSING + timedelta(hours=12)


async def test_a_correction_that_is_delivered_twice_is_told_once(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        channel = stage.program.show.settings.server[0].channel
        await stage.standin.command(
            stage.cast.host, channel, "animate erratum", WORDS, deliver_twice=True
        )
        await stage.program.bot.counter.drained(5)
        await stage.settle()

        assert sum(WORDS["text_en"] in message.text for message in seen(stage, 1)[1:]) == 1
        assert seen(stage, 1)[0].text.count(WORDS["text_en"]) == 1


async def test_a_correction_that_cannot_extend_corrects_nothing(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        refused = await hosts(stage, "erratum", **WORDS, extend="7d")

        assert "Le bilan doit précéder" in refused.text
        assert WORDS["text_fr"] not in seen(stage)[0].text


async def test_a_correction_does_not_name_the_answer(queue: Queue, on_stage: StageSetter) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        refused = await hosts(
            stage, "erratum", text_fr="Ce n’est pas le Tri Rapide.", text_en=WORDS["text_en"]
        )

        assert "nomme la réponse" in refused.text
        assert "Rapide" not in seen(stage)[0].text


async def test_a_riddle_can_be_voided_with_its_correction(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        ada = stage.cast.members[0]
        await says(stage, ada, "quicksort")
        reply = await hosts(stage, "erratum", **WORDS, void=True)
        points = await stage.standin.command(ada, seen(stage)[0].channel_id, "points balance")
        voided = (await newest(stage)).voided_at

        assert "annulée" in reply.text
        assert voided is not None
        assert "100" not in points.text.split("\n")[-1]


async def test_many_corrections_still_fit_into_the_message(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        for number in range(5):
            long = f"{number} " + "x" * 590
            await hosts(stage, "erratum", text_fr=long, text_en=long)
        text = seen(stage)[0].text

        assert "4 xxx" in text
        assert "1 xxx" not in text
        assert not stage.standin.unexpected


async def test_nobody_but_hosts_changes_the_course(queue: Queue, on_stage: StageSetter) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        server = stage.program.show.settings.server[0]
        boss = a_manager(stage)
        replies = [
            await stage.standin.command(boss, server.channel, f"animate {what}", options)
            for what, options in (
                ("skip", {}),
                ("swap", {"one": "a", "other": "b"}),
                ("extend", {"until": "6h"}),
                ("erratum", WORDS),
            )
        ]
        async with stage.program.show.database.reading() as reader:
            log = await course.log(reader, 10)

        assert all("animation" in reply.text for reply in replies)
        assert log == []


async def test_hosts_at_work_at_the_same_time_do_not_get_in_each_others_way(
    queue: Queue, on_stage: StageSetter
) -> None:
    for slug in ("01-first", "02-second", "03-third"):
        queue(slug)
    async with on_stage(EARLY) as stage:
        channel = stage.program.show.settings.server[0].channel
        replies = await asyncio.gather(
            *(
                stage.standin.command(
                    stage.cast.host, channel, "animate swap", {"one": one, "other": other}
                )
                for one, other in (("01-first", "02-second"), ("02-second", "03-third"))
            )
        )
        async with stage.program.show.database.reading() as reader:
            places = (await course.read(reader)).places

        assert all(reply.text.startswith("🔀") for reply in replies)
        assert sorted(places) == sorted(places.values())


async def test_a_skip_that_another_host_was_quicker_with_is_not_blamed_on_the_settings(
    queue: Queue, on_stage: StageSetter
) -> None:
    for number in range(4):
        queue(f"0{number}-riddle")
    async with on_stage(EARLY) as stage:
        channel = stage.program.show.settings.server[0].channel

        async def skips() -> str:
            reply = await stage.standin.command(stage.cast.host, channel, "animate skip", {})
            await reply.final()
            return reply.text

        told = await asyncio.gather(*(skips() for _ in range(4)))

        assert not any("scheduler.toml" in word for word in told)
