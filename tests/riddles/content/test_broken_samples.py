"""Every broken sample is explained, at its line, in words; and no answer is repeated.

The golden file is the catalogue of what `riddles check` can say. After a change of wording run
the tests with UPDATE_GOLDEN=1 and read the difference.
"""

import os
import shutil
from pathlib import Path

import pytest

from tests.riddles.content.conftest import Call, Said

HERE = Path(__file__).parent
GOLDEN = HERE / "golden"
JARGON = ("Input should", "pydantic", "Traceback", "NoneType", "int_type", "str", "dict", "tuple")


@pytest.fixture
def said(riddles: Call, samples: Path) -> Said:
    assert samples.is_dir()
    return riddles("check")


@pytest.fixture
def samples(tmp_path: Path, film: Path) -> Path:
    """A folder of riddles, each wrong in its own way, and settings beside it."""
    content = tmp_path / "content"
    shutil.copytree(HERE / "broken", content)
    shutil.copy(HERE / "broken.scheduler.toml", tmp_path / "scheduler.toml")
    for folder in content.iterdir():
        if not (folder / "video.mp4").exists() and folder.name != "no-riddle":
            shutil.copy(film, folder / "video.mp4")
    return content


def golden(name: str, text: str) -> bool:
    """Whether the text is the one that is kept under that name."""
    path = GOLDEN / name
    if os.environ.get("UPDATE_GOLDEN"):
        path.write_text(text, "utf-8")
    return text == path.read_text("utf-8")


@pytest.mark.parametrize(("language", "name"), [("en", "check.txt"), ("fr", "check.fr.txt")])
@pytest.mark.usefixtures("samples")
def test_each_problem_is_said_as_the_golden_text_says_it(
    riddles: Call, monkeypatch: pytest.MonkeyPatch, language: str, name: str
) -> None:
    monkeypatch.setenv("RIDDLES_LANG", language)

    said = riddles("check")

    assert golden(name, said.err + said.out)


def test_wrong_settings_are_explained_in_french(
    riddles: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    shutil.copy(HERE / "wrong.scheduler.toml", tmp_path / "scheduler.toml")
    monkeypatch.setenv("RIDDLES_LANG", "fr")

    said = riddles("check", "scheduler.toml")

    assert golden("settings.fr.txt", said.err + said.out)


def test_programs_are_told_in_english_whoever_reads(
    riddles: Call, monkeypatch: pytest.MonkeyPatch, samples: Path
) -> None:
    assert samples.is_dir()
    english = riddles("check", "--json").out
    monkeypatch.setenv("RIDDLES_LANG", "fr")

    assert riddles("check", "--json").out == english


def test_problems_end_with_exit_code_1(said: Said) -> None:
    assert said.exit_code == 1
    assert said.refusal is None


def test_nothing_is_said_in_the_words_of_the_library(said: Said) -> None:
    found = [word for word in JARGON if word in said.err.split()]

    assert found == []


def test_the_answers_of_the_samples_are_never_repeated(said: Said) -> None:
    assert "hourglass" not in said.err.lower()
    assert "sablier" not in said.err.lower()
