"""The drawing kit writes captions that players read, and can be imported without drawing."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.content.drawings import CONTENT, kit

studio = kit()
SCRIPTS = sorted(CONTENT.glob("*/draw.py"))


def test_captions_carry_their_times_and_escape_markup(tmp_path: Path) -> None:
    file = tmp_path / "captions.vtt"

    studio.captions(file, [(0.0, 1.5, "a < b & c"), (1.5, 3661.25, "fin")])

    assert file.read_text("utf-8") == (
        "WEBVTT\n\n"
        "00:00:00.000 --> 00:00:01.500\na &lt; b &amp; c\n\n"
        "00:00:01.500 --> 01:01:01.250\nfin\n"
    )


@pytest.mark.parametrize("cues", [[(0, 2, "a"), (1, 3, "b")], [(2, 2, "a")], [(3, 1, "a")]])
def test_captions_that_overlap_or_end_before_they_begin_are_refused(
    tmp_path: Path, cues: list[tuple[float, float, str]]
) -> None:
    with pytest.raises(ValueError, match="follow each other"):
        studio.captions(tmp_path / "captions.vtt", cues)


def test_french_is_printed_with_its_own_spaces_and_apostrophes() -> None:
    printed = studio.french("L'arbre : « oui » ou non ?")

    assert printed == "L\u2019arbre\u00a0: «\u00a0oui\u00a0» ou non\u202f?"


def test_equal_steps_of_value_are_equal_intervals() -> None:
    ratios = [studio.pitch((k + 1) / 4) / studio.pitch(k / 4) for k in range(4)]

    assert ratios == pytest.approx([2**0.5] * 4)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.parent.name)
def test_a_script_can_be_imported_without_the_drawing_libraries(script: Path) -> None:
    blocked = (
        "import runpy, sys\n"
        "sys.modules.update(dict.fromkeys(['numpy', 'PIL', 'fontpkg', 'imageio_ffmpeg']))\n"
        "runpy.run_path(sys.argv[1], run_name='imported')"
    )

    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", blocked, script], capture_output=True, text=True, check=False
    )

    assert done.returncode == 0, done.stderr
