"""What a host can do by hand: the same transitions as the clock's."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

from riddles.rehearsal.discord import MemberSpec, Permission, Reply, RoleSpec, aged
from riddles.rehearsal.stage import Stage
from tests.builders import MONDAY
from tests.show.conftest import StageSetter, published
from tests.show.test_week import play_to_the_end, riddles_seen, seen

Queue = Callable[..., Path]


async def hosts(stage: Stage, command: str, **options: str | bool) -> Reply:
    """The host calls a command, and waits for its answer."""
    channel = stage.program.show.settings.server[0].channel
    reply = await stage.standin.command(stage.cast.host, channel, f"animate {command}", options)
    await reply.final()
    await stage.settle()
    return reply


async def close(stage: Stage) -> Reply:
    """The host closes the open riddle, confirmation included."""
    asked = await hosts(stage, "close")
    (button,) = [one for one in asked.buttons if one.startswith("v1:close:")]
    reply = await stage.standin.press(stage.cast.host, asked, button)
    await reply.final()
    await stage.settle()
    return reply


async def test_the_queue_says_how_long_it_lasts_and_what_is_not_ready(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    (queue("02-broken") / "video.mp4").unlink()
    async with on_stage() as stage:
        reply = await hosts(stage, "queue")

        assert "01\\-first" in reply.text
        assert "2026-W48" in reply.text
        assert "**02\\-broken**" in reply.text


async def test_the_preview_shows_the_video_and_the_solution_to_the_host_alone(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage(timedelta(hours=-5)) as stage:
        reply = await hosts(stage, "preview")

        assert [file.filename for file in reply.files] == ["preview.mp4"]
        assert "C'était le tri rapide" in reply.text
        assert reply.ephemeral
        assert not seen(stage)


async def test_a_preview_of_a_folder_that_is_not_there_is_refused_in_french(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage(timedelta(hours=-5)) as stage:
        reply = await hosts(stage, "preview", riddle="nothing")

        assert reply.text == "⛔ Il n’y a pas de dossier d’énigme nothing."


async def test_publishing_by_hand_is_found_done_by_the_clock(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    queue("02-second")
    async with on_stage(timedelta(hours=-5)) as stage:
        reply = await hosts(stage, "publish")
        await stage.move_to(MONDAY + timedelta(minutes=1))

        assert reply.text.startswith("📣")
        assert riddles_seen(stage) == ["riddle-1.mp4"]


async def test_publishing_by_hand_runs_no_further_ahead_than_the_next_week(
    queue: Queue, on_stage: StageSetter
) -> None:
    for name in ("01-first", "02-second", "03-third"):
        queue(name)
    async with published(on_stage) as stage:
        await close(stage)
        second = await hosts(stage, "publish")
        await close(stage)
        third = await hosts(stage, "publish")

        assert second.text.startswith("📣")
        assert third.text == "⛔ 2026-W50 est trop loin."


async def test_a_second_riddle_waits_until_the_first_is_closed(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    queue("02-second")
    async with published(on_stage) as stage:
        refused = await hosts(stage, "publish")

        assert "encore ouverte" in refused.text
        assert riddles_seen(stage) == ["riddle-1.mp4"]


async def test_closing_and_revealing_by_hand_is_told_once(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        early = await hosts(stage, "reveal")
        closed = await close(stage)
        revealed = await hosts(stage, "reveal")
        again = await hosts(stage, "reveal")
        await play_to_the_end(stage)

        assert "encore ouverte" in early.text
        assert closed.text.startswith("🔒")
        assert revealed.text.startswith("🎬")
        assert "déjà fait" in again.text
        assert sum("Solution" in message.text for message in seen(stage, 1)) == 1


async def test_who_did_it_by_hand_is_kept(queue: Queue, on_stage: StageSetter) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        await close(stage)
        async with stage.program.show.database.reading() as reader:
            actor = await reader.value("SELECT actor FROM steps WHERE step = 'close'")
            host = await reader.value(
                "SELECT account FROM members WHERE id = ?", (stage.cast.host.id,)
            )

        assert actor == host


async def test_an_empty_queue_is_said(on_stage: StageSetter) -> None:
    async with on_stage() as stage:
        reply = await hosts(stage, "publish")

        assert "La file est vide" in reply.text


async def test_the_configured_roles_decide_even_for_who_manages_the_server(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with on_stage() as stage:
        guild = stage.standin.world.guilds[stage.program.show.settings.server[0].guild]
        manager = RoleSpec(id=77, name="manager", permissions=Permission.MANAGE_GUILD)
        guild.roles[manager.id] = manager
        person = MemberSpec(
            id=aged(stage.clock, days=90, serial=700), name="boss", roles=frozenset({77})
        )
        stage.standin.join(guild.id, person)
        channel = stage.program.show.settings.server[0].channel
        reply = await stage.standin.command(person, channel, "animate publish")

        assert "équipe d’animation" in reply.text
        assert not seen(stage)
