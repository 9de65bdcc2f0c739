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
GOLDEN = HERE / "golden" / "check.txt"
JARGON = ("Input should", "pydantic", "Traceback", "NoneType", "int_type", "str", "dict", "tuple")


@pytest.fixture
def said(riddles: Call, tmp_path: Path, film: Path) -> Said:
    content = tmp_path / "content"
    shutil.copytree(HERE / "broken", content)
    shutil.copy(HERE / "broken.scheduler.toml", tmp_path / "scheduler.toml")
    for folder in content.iterdir():
        if not (folder / "video.mp4").exists() and folder.name != "no-riddle":
            shutil.copy(film, folder / "video.mp4")
    return riddles("check")


def test_each_problem_is_said_as_the_golden_text_says_it(said: Said) -> None:
    text = said.err + said.out
    if os.environ.get("UPDATE_GOLDEN"):
        GOLDEN.write_text(text, "utf-8")

    assert text == GOLDEN.read_text("utf-8")


def test_problems_end_with_exit_code_1(said: Said) -> None:
    assert said.exit_code == 1
    assert said.refusal is None


def test_nothing_is_said_in_the_words_of_the_library(said: Said) -> None:
    found = [word for word in JARGON if word in said.err.split()]

    assert found == []


def test_the_answers_of_the_samples_are_never_repeated(said: Said) -> None:
    assert "hourglass" not in said.err.lower()
    assert "sablier" not in said.err.lower()
