"""A broken folder is not ready, says why, and stops nobody else; nothing is written, ever."""

import os
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from engine.calendar import Week
from riddles.config import Settings, load_settings
from riddles.content import Library, hold_back_renamed, read_library
from riddles.content.agenda import agenda_problems
from riddles.week.frozen import freeze
from tests.riddles.content.builders import SERVER, a_riddle

NOW = datetime(2026, 11, 18, 12, tzinfo=UTC)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return tmp_path / "content"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    file = tmp_path / "scheduler.toml"
    file.write_text(SERVER, "utf-8")
    return load_settings(file)


def _ready(library: Library) -> list[str]:
    return [riddle.slug for riddle in library.ready]


def _said(library: Library) -> str:
    return "\n".join(map(str, library.problems))


def test_a_good_folder_is_ready_without_a_word(root: Path, settings: Settings) -> None:
    a_riddle(root)

    library = read_library(root, settings)

    assert _ready(library) == ["01-boxes"]
    assert library.problems == []


def test_a_broken_folder_does_not_stop_the_others(root: Path, settings: Settings) -> None:
    a_riddle(root, "02-good")
    (a_riddle(root, "01-bad") / "riddle.toml").write_text("title = ", "utf-8")

    library = read_library(root, settings)

    assert _ready(library) == ["02-good"]
    assert [folder.slug for folder in library.broken] == ["01-bad"]


def test_a_draft_is_checked_and_never_goes_out(root: Path) -> None:
    a_riddle(root, "_draft", top='week = "soon"')

    library = read_library(root)

    assert _ready(library) == []
    assert [problem.severity for problem in library.problems] == ["warning"]


def test_caches_and_hidden_folders_are_no_riddles(root: Path) -> None:
    (root / ".git").mkdir(parents=True)
    (root / "__pycache__").mkdir()
    (root / "notes.txt").write_text("x", "utf-8")

    assert read_library(root).folders == ()


def test_a_missing_library_is_a_problem_and_no_exception(root: Path) -> None:
    assert "No such file" in _said(read_library(root))


def test_a_link_out_of_the_library_is_refused(root: Path, tmp_path: Path) -> None:
    outside = a_riddle(tmp_path / "elsewhere")
    root.mkdir()
    (root / "01-linked").symlink_to(outside)
    secret = tmp_path / "elsewhere" / "secret.mp4"
    secret.write_bytes(b"not yours")
    folder = a_riddle(root, "02-linked-video")
    (folder / "video.mp4").unlink()
    (folder / "video.mp4").symlink_to(secret)
    (a_riddle(root, "03-linked-file") / "riddle.toml").unlink()
    (root / "03-linked-file" / "riddle.toml").symlink_to(outside / "riddle.toml")

    library = read_library(root)

    assert _ready(library) == []
    assert _said(library).count("symbolic link") == 3


@pytest.mark.parametrize("name", ["../video.mp4", "/etc/passwd", "a/b.mp4", ".hidden"])
def test_a_file_name_that_is_a_path_is_refused(root: Path, name: str) -> None:
    path = a_riddle(root) / "riddle.toml"
    path.write_text(path.read_text("utf-8").replace('"video.mp4"', f'"{name}"'), "utf-8")

    assert "not a plain file name" in _said(read_library(root))


def test_a_file_whose_name_has_other_capitals_is_named(root: Path) -> None:
    folder = a_riddle(root)
    (folder / "video.mp4").rename(folder / "Video.MP4")

    assert "video.mp4 is not in the folder 01-boxes, but Video.MP4 is" in _said(read_library(root))


def test_a_day_that_the_calendar_has_not_is_named_by_its_place(root: Path) -> None:
    a_riddle(root, answer='kind = "date"\naccept = ["2026-02-03", "2026-02-30"]')
    said = _said(read_library(root))

    assert "entry 2 of accept is no day: the calendar does not have it" in said
    assert "2026-02-30" not in said


def test_a_pipe_in_place_of_a_file_does_not_hang(root: Path) -> None:
    (a_riddle(root) / "riddle.toml").unlink()
    os.mkfifo(root / "01-boxes" / "riddle.toml")

    assert "not a regular file" in _said(read_library(root))


def test_texts_that_do_not_fit_into_a_message_are_measured(root: Path) -> None:
    path = a_riddle(root) / "riddle.toml"
    long = "🎈" * 1800  # Discord may count each twice.
    path.write_text(path.read_text("utf-8").replace("What happens here?", long), "utf-8")

    assert "this text has 3600 characters; 1389 fit" in _said(read_library(root))


def test_an_alternative_text_has_discords_limit(root: Path) -> None:
    path = a_riddle(root) / "riddle.toml"
    path.write_text(path.read_text("utf-8").replace("Two boxes.", "x" * 1025), "utf-8")

    assert "video.alt.en has 1025 characters; 1024 are the most" in _said(read_library(root))


def test_reading_leaves_the_folder_as_it_was(root: Path, settings: Settings) -> None:
    folder = a_riddle(root)
    before = {path.name: path.stat().st_mtime_ns for path in (root, *folder.iterdir())}

    read_library(root, settings)

    assert {path.name: path.stat().st_mtime_ns for path in (root, *folder.iterdir())} == before


def test_transcripts_are_what_the_captions_say(root: Path) -> None:
    a_riddle(root)

    [riddle] = read_library(root).ready

    assert riddle.transcripts() == {"fr": "`0:00` (a quiet tick)", "en": "`0:00` (a quiet tick)"}


def test_the_second_riddle_pinned_to_a_week_is_told_of_the_first(
    root: Path, settings: Settings
) -> None:
    for slug in ("01-one", "02-two"):
        a_riddle(root, slug, top='week = "2026-W50"')
    library = read_library(root)

    [problem] = agenda_problems(library, settings.rhythm, NOW, ())

    assert str(problem).endswith(
        '02-two/riddle.toml:2: 2026-W50 is taken: "01-one" is pinned to it, too'
    )
    assert list(agenda_problems(library, settings.rhythm, NOW, {"01-one"})) == []


def test_a_pin_of_a_riddle_that_has_gone_out_is_no_problem(root: Path, settings: Settings) -> None:
    a_riddle(root, "01-old", top='week = "2026-W40"')
    a_riddle(root, "02-new")
    library = read_library(root)

    missed = [
        str(problem.message) for problem in agenda_problems(library, settings.rhythm, NOW, ())
    ]

    assert missed == ["2026-W40 is over: this riddle now goes out in name order"]
    assert list(agenda_problems(library, settings.rhythm, NOW, {"01-old"})) == []
    assert library.ready[0].file.week == Week(2026, 40)


@pytest.mark.parametrize(
    ("slug", "says", "severity"),
    [
        ("_draft", "no riddle is ready", "error"),
        ("01-used", "every riddle that is ready has gone out", "warning"),
    ],
)
def test_an_empty_queue_is_found(
    root: Path, settings: Settings, slug: str, says: str, severity: str
) -> None:
    a_riddle(root, slug)

    [problem] = agenda_problems(read_library(root), settings.rhythm, NOW, {"01-used"})

    assert says in str(problem.message)
    assert problem.severity == severity


def test_only_a_link_can_be_linked_to(root: Path) -> None:
    path = a_riddle(root) / "riddle.toml"
    written = path.read_text("utf-8")
    path.write_text(written.replace("[video]", '[video]\nmode = "link"'), "utf-8")

    assert 'a post can only link to a video that has an url = "…"' in _said(read_library(root))


def test_a_folder_renamed_after_its_riddle_went_out_is_held_back(
    root: Path, settings: Settings
) -> None:
    a_riddle(root, "00-boxes")
    a_riddle(root, "_00-draft")
    library = read_library(root, settings)
    (riddle,) = library.ready
    rules = freeze(riddle, settings).model_dump_json()

    held = hold_back_renamed(library, {"01-boxes": rules})
    mine = hold_back_renamed(library, {"00-boxes": rules})
    void = hold_back_renamed(library, {"01-boxes": None})
    newer = hold_back_renamed(library, {"01-boxes": rules.replace("prompt", "question")})
    file = riddle.file.model_copy(
        update={
            "text": {
                lang: words.model_copy(update={"solution": "Another."})
                for lang, words in riddle.file.text.items()
            }
        }
    )
    another = freeze(replace(riddle, file=file), settings).model_dump_json()
    other = hold_back_renamed(library, {"01-boxes": another})

    assert _ready(held) == []
    assert _said(held).startswith(
        f'{root}/00-boxes/riddle.toml:1: this riddle went out as "01-boxes", and goes out once'
    )
    assert mine is library
    assert [_ready(each) for each in (void, newer, other)] == [["00-boxes"]] * 3
