"""Named as an operator names them: `riddles.db`, `content`, from the folder one stands in."""

import asyncio
import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PIL import Image

from riddles.config import Settings
from riddles.lock import hold
from riddles.program import data_folder
from riddles.refusal import Refusal
from tests.show.conftest import RIDDLE

Queue = Callable[..., Path]


async def riddles(folder: Path, *arguments: str) -> tuple[int, str]:
    """Run `riddles` in that folder, with no path but the usual ones; exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "riddles", *arguments),
        cwd=folder,
        env={**os.environ, "HOME": str(folder), "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    said, _ = await asyncio.wait_for(process.communicate(), 60)
    assert process.returncode is not None
    return process.returncode, said.decode()


@pytest.mark.usefixtures("settings")
async def test_a_week_is_played_from_the_folder_one_stands_in(queue: Queue, tmp_path: Path) -> None:
    text = RIDDLE.replace("[video]", '[video]\ncaptions_burn = "fr"')
    Image.new("RGB", (640, 360), "red").save(queue("01-first", text=text) / "poster.png")
    play = ("--database", "season.db", "rehearse", "--headless", "--weeks", "1")
    code, said = await riddles(tmp_path, *play)
    posters = sorted(tmp_path.glob("season-data/prepared/*/poster.jpg"))  # noqa: ASYNC240 - it is over

    assert code == 0, said
    assert "Traceback" not in said
    assert len(posters) == 1
    with Image.open(posters[0]) as poster:
        red, green, blue = poster.convert("RGB").resize((1, 1)).getpixel((0, 0))  # type: ignore[misc] # it is RGB
    assert (red > 200, green < 60, blue < 60) == (True, True, True)


async def test_a_rehearsal_in_which_nothing_goes_out_ends_and_says_so(
    queue: Queue, settings: Settings, tmp_path: Path
) -> None:
    (queue("01-first") / "video.mp4").write_bytes(b"no video at all")
    code, said = await riddles(tmp_path, "rehearse", "--headless")

    assert settings
    assert code == 1
    assert "the next riddle did not go out" in said


def test_another_name_for_the_database_leads_to_the_same_lock_and_data(tmp_path: Path) -> None:
    (tmp_path / "riddles.db").touch()
    link = tmp_path / "link.db"
    link.symlink_to("riddles.db")

    assert data_folder(link) == tmp_path / "riddles-data"
    with (
        hold(tmp_path / "riddles.db"),
        pytest.raises(Refusal, match="in use by another"),
        hold(link),
    ):
        pass
