"""`riddles prepare`: videos made ready by hand, with a word on each."""

import asyncio
import json
import os
import shutil
import signal
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from riddles.cli import app, media
from riddles.refusal import Refusal
from tests.media.clips import SECRET, Clips
from tests.media.conftest import eventually, files_in
from tests.media.test_cancel import at_work

assert media  # Importing it registers the verb.

SETTINGS = """
[[server]]
guild = 123456789012345678
channel = 123456789012345679
upload_limit = "10 MiB"
"""
RIDDLE = f"""
title = "A riddle"
[video]
file = "video.mp4"
alt = {{ fr = "Du sable coule.", en = "Sand runs." }}
credit = "Us"
licence = "CC0"
[text.fr]
prompt = "Qu'est-ce ?"
hints = ["Un", "Deux", "Trois"]
solution = "Voilà."
[text.en]
prompt = "What is it?"
hints = ["One", "Two", "Three"]
solution = "That."
[answer]
kind = "text"
accept = ["{SECRET}"]
"""
Run = Callable[..., Result]


@pytest.fixture
def home(tmp_path: Path, clips: Clips) -> Path:
    """An instance with two riddles, of which the second has a damaged video."""
    (tmp_path / "scheduler.toml").write_text(SETTINGS)
    for slug, clip in (("01-sand", "tiny"), ("02-dust", "flipped")):
        folder = tmp_path / "content" / slug
        folder.mkdir(parents=True)
        (folder / "riddle.toml").write_text(RIDDLE)
        shutil.copyfile(clips(clip), folder / "video.mp4")
    return tmp_path


@pytest.fixture
def run(home: Path) -> Run:
    def run(*words: str) -> Result:
        return CliRunner().invoke(app, [*places(home), "prepare", *words])

    return run


def places(home: Path) -> list[str]:
    config, content, books = home / "scheduler.toml", home / "content", home / "riddles.db"
    return ["--config", str(config), "--content", str(content), "--database", str(books)]


def test_each_riddle_gets_a_line_and_one_that_fails_stops_no_other(run: Run) -> None:
    result = run()

    assert result.exit_code == 1
    assert "01-sand, 10 MiB: ready (remux)" in result.stdout
    assert "02-dust, 10 MiB: the video is damaged" in result.stderr


def test_a_named_riddle_alone_is_prepared(run: Run) -> None:
    result = run("01-sand")

    assert (result.exit_code, result.stderr) == (0, "")


def test_the_report_shows_what_a_video_was_and_became(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")

    result = run("01-sand", "--report")

    seen = ["01-sand", "h264+aac", "3.0 s", "147 KiB", "10 MiB", "1%", "320x240", "ready (remux)"]
    assert [word for word in seen if word not in result.stdout] == []
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_solution_video_is_made_ready_too(run: Run, home: Path, clips: Clips) -> None:
    shutil.copyfile(clips("tiny"), home / "content" / "01-sand" / "solution.mp4")

    result = run("01-sand")

    assert result.exit_code == 0
    assert "solution.mp4" in result.stdout


def test_programs_get_json(run: Run) -> None:
    result = run("--json")

    one, two = json.loads(result.stdout)
    assert (one["slug"], one["ready"], one["width"], one["kind"]) == ("01-sand", True, 320, None)
    assert (two["slug"], two["ready"], two["width"], two["kind"]) == (
        "02-dust",
        False,
        None,
        "damaged",
    )
    assert SECRET.lower() not in result.output.lower()


def test_a_riddle_that_is_not_there_is_told_in_words(run: Run) -> None:
    result = run("99-nothing")

    assert isinstance(result.exception, Refusal)
    assert "there is no riddle folder 99-nothing" in str(result.exception)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--allow-private", "banana"], '"banana" is not a network; write it like "10.0.0.0/8"'),
        (["--cookies", "no.txt"], "there is no file no.txt"),
    ],
)
def test_an_option_that_cannot_be_used_is_refused_before_anything_is_made(
    run: Run, words: list[str], says: str
) -> None:
    result = run("01-sand", *words)

    assert isinstance(result.exception, Refusal)
    assert says in str(result.exception)


def test_a_riddle_that_is_not_ready_is_named_and_fails(run: Run, home: Path) -> None:
    shutil.rmtree(home / "content" / "02-dust")
    path = home / "content" / "01-sand" / "riddle.toml"
    path.write_text(RIDDLE.replace("title", "titel"))
    result = run()

    assert result.exit_code == 1
    assert result.stdout == ""
    assert result.stderr.startswith("01-sand is not ready: riddles check ")


def test_an_empty_library_is_said_to_be_empty(run: Run, home: Path) -> None:
    shutil.rmtree(home / "content")
    refused = run()
    (home / "content").mkdir()
    result = run()

    assert isinstance(refused.exception, Refusal)
    assert (result.exit_code, result.output) == (0, "There is no riddle to prepare.\n")


@pytest.mark.parametrize(
    "how", [signal.SIGTERM, pytest.param(signal.SIGINT, marks=pytest.mark.long)]
)
async def test_stopping_it_leaves_no_process_and_no_file(
    home: Path, clips: Clips, how: signal.Signals
) -> None:
    shutil.copyfile(clips("noisy"), home / "content" / "01-sand" / "video.mp4")
    (home / "scheduler.toml").write_text(SETTINGS.replace("10 MiB", "300 KiB"))
    script = "from riddles.cli import media, main; main()"
    verb = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", script, *places(home), "prepare"), stderr=asyncio.subprocess.PIPE
    )
    await eventually(lambda: any("ffmpeg" in line for line in at_work(home)), 20)
    os.kill(verb.pid, how)

    _, said = await verb.communicate()

    assert (verb.returncode, said.decode()) == (1, "riddles: stopped; nothing was left half-done\n")
    assert (at_work(home), files_in(home / "riddles-data") <= {"hashes"}) == ([], True)
