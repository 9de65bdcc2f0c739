"""How videos reach a server: as large as it takes, with captions, or as a link."""

import asyncio
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from riddles.config import Settings, load_settings
from riddles.media.limits import MIB
from riddles.media.lock import held
from riddles.media.store import Store
from riddles.rehearsal.discord import Message
from riddles.week.uploads import Uploads
from tests.media.server import serving
from tests.show.conftest import RIDDLE, SETTINGS, StageSetter, published
from tests.show.test_hosts import hosts
from tests.show.test_week import play_to_the_end, seen

Queue = Callable[..., Path]
LINKED = RIDDLE.replace('file = "video.mp4"', 'url = "URL"\nmode = "link"')


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Links may lead to this computer."""
    path = tmp_path / "scheduler.toml"
    path.write_text(f'{SETTINGS}\n[media]\nallow_private = ["127.0.0.1/32"]', encoding="utf-8")
    return load_settings(path)


def buttons(message: Message) -> list[dict[str, object]]:
    return [each for c in message.components if c["type"] == 1 for each in c["components"]]


def test_a_server_takes_what_its_boosts_allow_and_its_settings_have_the_last_word(
    settings: Settings, tmp_path: Path
) -> None:
    uploads = Uploads(tmp_path)
    server = settings.server[0]
    before = uploads.limit_of(server)
    uploads.saw(server.guild, 2)
    override = server.model_copy(update={"upload_limit": 20 * MIB})

    assert before == 10 * MIB
    assert uploads.limit_of(server) == 50 * MIB
    assert Uploads(tmp_path).limits_of(settings.server) == [50 * MIB, 10 * MIB]
    assert uploads.limit_of(override) == 20 * MIB
    (tmp_path / "boosts.json").write_text("[not json")
    assert uploads.limit_of(server) == 10 * MIB


async def test_captions_go_out_as_files_and_stay_when_the_riddle_closes(
    queue: Queue, on_stage: StageSetter
) -> None:
    queue("01-first")
    async with published(on_stage) as stage:
        names = [file.filename for file in seen(stage)[0].files]
        captions = next(file for file in seen(stage)[0].files if file.filename.endswith("vtt"))
        text = captions.path.read_text("utf-8")
        await play_to_the_end(stage)

        assert names == ["riddle-1.mp4", "riddle-1.fr.vtt"]
        assert text == "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nDes barres bougent.\n"
        assert [file.filename for file in seen(stage)[0].files] == names
        assert "🔒" in seen(stage)[0].text


async def test_a_host_reads_how_far_the_video_is_while_it_is_made(
    queue: Queue, on_stage: StageSetter
) -> None:
    folder = queue("01-first")
    with (folder / "video.mp4").open("ab") as video:
        video.write(b"\0\0\0\x08free")  # Another file than the one that is finished.
    async with on_stage(timedelta(hours=-5)) as stage:
        async with held(Store(stage.program.show.data).lock("encoder"), lambda: None):
            channel = stage.program.show.settings.server[0].channel
            reply = await stage.standin.command(stage.cast.host, channel, "animate preview")
            async with asyncio.timeout(30):
                while not reply.text:
                    await asyncio.sleep(0.05)
            meanwhile = reply.text
        await reply.final(30)
        async with asyncio.timeout(30):
            while not reply.files:
                await asyncio.sleep(0.05)

        assert meanwhile == "⏳ une autre vidéo passe d’abord"
        assert [file.filename for file in reply.files] == ["preview.mp4"]
        assert "⏳" not in reply.text


async def test_a_refused_video_is_told_in_french_and_without_a_path(
    queue: Queue, on_stage: StageSetter, tmp_path: Path
) -> None:
    folder = queue("01-first")
    whole = (folder / "video.mp4").read_bytes()
    middle = len(whole) // 2
    (folder / "video.mp4").write_bytes(whole[:middle] + bytes(4000) + whole[middle + 4000 :])
    async with on_stage(timedelta(hours=-5)) as stage:
        reply = await hosts(stage, "preview")

        assert "La vidéo est abîmée" in reply.text
        assert str(tmp_path) not in reply.text


async def test_a_linked_video_is_shown_by_its_poster_and_a_button(
    queue: Queue, on_stage: StageSetter, clip: Path
) -> None:
    with serving(clip.parent) as server:
        url = server.url("/video.mp4")
        queue("01-first", text=LINKED.replace("URL", url))
        async with published(on_stage) as stage:
            message = seen(stage)[0]
            names = [file.filename for file in message.files]
            await play_to_the_end(stage)

            assert names == ["riddle-1.jpg", "riddle-1.fr.vtt"]
            assert [each["url"] for each in buttons(message) if "url" in each] == [url]
            assert url not in message.text
            assert [file.filename for file in seen(stage)[0].files] == names
            assert [each["url"] for each in buttons(seen(stage)[0]) if "url" in each] == [url]
