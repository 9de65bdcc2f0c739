"""check, new, queue and schema, as an animator calls them."""

import json
import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import jsonschema
import pytest

from tests.media.clips import SECRET, Clips
from tests.riddles.content.builders import SERVER, a_riddle
from tests.riddles.content.conftest import Call, Said

ROOT = Path(__file__).parents[3]


@pytest.fixture
def content(tmp_path: Path) -> Path:
    (tmp_path / "scheduler.toml").write_text(SERVER, "utf-8")
    (tmp_path / "content").mkdir()
    return tmp_path / "content"


def test_good_folders_pass_with_exit_code_0(riddles: Call, content: Path, film: Path) -> None:
    a_riddle(content, film=film)

    said = riddles("check")

    assert (said.exit_code, said.err) == (0, "")
    assert said.out == "Checked the settings, 1 riddle: 0 errors, 0 warnings.\n"


def test_only_what_is_named_is_checked(riddles: Call, content: Path, film: Path) -> None:
    a_riddle(content, "01-good", film=film)
    a_riddle(content, "02-bad", top="value = 0", film=film)

    assert riddles("check", "content/01-good").exit_code == 0
    assert riddles("check", "content/02-bad/riddle.toml").exit_code == 1
    assert riddles("check", "scheduler.toml").out.startswith("Checked the settings:")
    assert riddles("check", "content").exit_code == 1


def test_a_folder_is_known_by_its_name_from_within(
    riddles: Call, content: Path, film: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = a_riddle(content, film=film)
    (folder / "below").mkdir()
    places = ["--config", content.parent / "scheduler.toml", "--content", content]
    ends: dict[str, Said] = {}
    for where, path in ((folder, "."), (folder, "riddle.toml"), (folder / "below", "..")):
        monkeypatch.chdir(where)
        ends[path] = riddles(*places, "check", path)

    assert {path: (said.err, said.exit_code) for path, said in ends.items()} == {
        ".": ("", 0),
        "riddle.toml": ("", 0),
        "..": ("", 0),
    }
    assert "/ is neither a riddle's folder nor" in (riddles("check", "/").refusal or "")


def test_a_path_that_does_not_exist_is_refused_in_words(riddles: Call, content: Path) -> None:
    assert "content/99 does not exist" in (riddles("check", content / "99").refusal or "")


def test_warnings_stand_apart_and_do_not_fail(riddles: Call, content: Path, film: Path) -> None:
    path = a_riddle(content, film=film) / "riddle.toml"
    path.write_text(path.read_text("utf-8").replace("https://", ""), "utf-8")

    said = riddles("check")

    assert said.exit_code == 0
    assert said.err.splitlines()[0] == (
        "content/01-boxes/riddle.toml:11: warning: "
        "the solution has no link: give two or three for the curious"
    )


def test_check_speaks_json(riddles: Call, content: Path, film: Path) -> None:
    a_riddle(content, top="value = 0", film=film)

    said = riddles("check", "--json")

    report = json.loads(said.out)
    assert said.err == ""
    assert report["errors"] == 2
    assert {problem["line"] for problem in report["problems"]} == {1, 2}


def test_answers_are_shown_to_their_author_on_demand(
    riddles: Call, content: Path, film: Path
) -> None:
    a_riddle(content, film=film)

    silent = riddles("check", "--json")
    shown = json.loads(riddles("check", "--answers", "--json").out)

    assert "hourglass" not in silent.out
    assert "hourglass" in riddles("check", "--answers", "content/01-boxes").out
    assert shown["answers"]["01-boxes"]["entries"][0]["entry"] == "hourglass"


def test_captions_beyond_the_videos_end_are_found(riddles: Call, content: Path, film: Path) -> None:
    captions = a_riddle(content, film=film) / "captions.vtt"
    captions.write_text("WEBVTT\n\n01:00:00.000 --> 01:00:01.000\ntoo late\n", "utf-8")

    assert "begins after the video's end" in riddles("check").err


def test_a_video_whose_metadata_names_the_answer_is_found(
    riddles: Call, content: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    clips = Clips(tmp_path_factory.mktemp("leaky"))
    a_riddle(content, film=clips("leaky"), answer=f'accept = ["{SECRET}"]')

    said = riddles("check")

    assert "the video's metadata names the answer" in said.err
    assert SECRET.lower() not in said.err.lower()


def test_a_solution_that_does_not_play_is_found(riddles: Call, content: Path, film: Path) -> None:
    (a_riddle(content, film=film) / "solution.mp4").write_text("words", "utf-8")

    assert riddles("check").err.startswith("content/01-boxes/solution.mp4:1: ")


def test_broken_settings_are_told_beside_broken_riddles(riddles: Call, content: Path) -> None:
    (content.parent / "scheduler.toml").write_text("[[server]]\nguild = 1\n", "utf-8")
    a_riddle(content)

    said = riddles("check")

    assert 'scheduler.toml:1: "channel" is missing' in said.err
    assert "video.mp4 cannot be read as a video" in said.err


@pytest.mark.usefixtures("content")
def test_settings_that_are_hardly_meant_are_warned_of(riddles: Call, content: Path) -> None:
    path = content.parent / "scheduler.toml"
    few = 'upload_limit = "1 KiB"\n[draws]\nhash_time = "1s"\n[media]\ncookies = "none.txt"\n'
    path.write_text(SERVER + few, "utf-8")

    said = riddles("check", "scheduler.toml")

    assert said.exit_code == 0
    assert [line.split(": ", 2)[:2] for line in said.err.splitlines()] == [
        [f"scheduler.toml:{line}", "warning"] for line in (4, 6, 8)
    ]
    assert "there is no file none.txt" in said.err
    assert said.out == "Checked the settings: 0 errors, 3 warnings.\n"


def test_a_new_riddle_lacks_only_what_its_author_has_to_write(riddles: Call) -> None:
    made = riddles("new", "07-blinking-light")
    said = riddles("check", "content/_07-blinking-light")

    assert made.exit_code == 0
    lacks = {line.split("warning: ")[1] for line in said.err.splitlines()}
    assert lacks == {
        "this text is still to be written",
        "this caption is still to be written",
        "video.mp4 is not in the folder _07-blinking-light: add it, or correct the name",
    }


def test_a_new_riddle_that_is_written_and_renamed_is_ready(
    riddles: Call, content: Path, film: Path
) -> None:
    riddles("new", "07-blinking-light")
    draft = content / "_07-blinking-light"
    for path in draft.iterdir():
        words = "Un texte, https://example.org"
        path.write_text(path.read_text("utf-8").replace("…", words), "utf-8")
    toml = (draft / "riddle.toml").read_text("utf-8")
    (draft / "riddle.toml").write_text(
        toml.replace('accept = ["Un texte, https://example.org"]', 'accept = ["hourglass"]'),
        "utf-8",
    )
    (draft / "video.mp4").write_bytes(film.read_bytes())
    draft.rename(content / "07-blinking-light")

    said = riddles("check")

    assert (said.exit_code, said.err) == (0, "")


def test_every_note_in_a_new_riddle_can_be_used_as_it_stands(riddles: Call, content: Path) -> None:
    riddles("new", "07-notes")
    lines = (content / "_07-notes" / "riddle.toml").read_text("utf-8").splitlines()
    notes = [line.removeprefix("# ") for line in lines if line.startswith("# ") and " = " in line]

    keys = {next(iter(tomllib.loads(note))) for note in notes}

    assert keys >= {"author", "author_id", "circle", "week", "reserve", "verdict", "hint_cost"}
    assert keys >= {"url", "captions_burn", "credit", "licence", "reject", "near"}


@pytest.mark.parametrize("slug", ["", "Two Words", "../up", "é", "_x", "a--b", "x" * 65, "-a"])
def test_a_slug_that_cannot_name_a_folder_is_refused(
    riddles: Call, content: Path, slug: str
) -> None:
    refusal = riddles("new", "--", slug).refusal

    assert refusal is not None
    assert "cannot name a riddle" in refusal
    assert list(content.iterdir()) == []


def test_a_riddle_is_never_overwritten(riddles: Call, content: Path) -> None:
    a_riddle(content, "01-there")
    riddles("new", "02-draft")

    assert "exists already" in (riddles("new", "01-there").refusal or "")
    assert "exists already" in (riddles("new", "02-draft").refusal or "")


def test_the_queue_is_shown_without_a_database(riddles: Call, content: Path) -> None:
    a_riddle(content, "01-one")
    a_riddle(content, "02-two", top="reserve = true")
    a_riddle(content, "03-bad", top="value = 0")
    a_riddle(content, "_04-draft")

    said = riddles("queue", "--weeks", "1")

    assert "01-one" in said.out
    assert "Covered until" in said.out
    assert "In reserve: 02-two." in said.out
    assert "Drafts: 04-draft." in said.out
    assert "content/03-bad/riddle.toml:2: value must be at least 1, not the number 0" in said.out


def test_the_queue_speaks_json(riddles: Call, content: Path) -> None:
    a_riddle(content, "01-one")

    queue = json.loads(riddles("queue", "--weeks", "3", "--json").out)

    assert [week["slug"] for week in queue["weeks"]] == ["01-one", None, None]
    assert queue["covered_until"] == queue["weeks"][0]["week"]


def test_the_queue_says_what_is_wrong_with_the_settings(riddles: Call, content: Path) -> None:
    (content.parent / "scheduler.toml").write_text("x = 1\n", "utf-8")

    refusal = riddles("queue").refusal or ""

    assert 'scheduler.toml:1: unknown key "x"' in refusal


def test_the_schema_of_a_riddle_accepts_what_check_accepts(riddles: Call, content: Path) -> None:
    schema = json.loads(riddles("schema", "riddle").out)
    jsonschema.Draft202012Validator.check_schema(schema)
    good = tomllib.loads((a_riddle(content) / "riddle.toml").read_text("utf-8"))

    jsonschema.validate(good, schema)
    mistakes: list[dict[str, object]] = [{"titel": "x"}, {"value": "100"}, {"answer": {}}]
    for wrong in mistakes:
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(good | wrong, schema)
    assert set(schema["properties"]["text"]["properties"]) == {"fr", "en"}


def test_the_queue_is_shown_in_french(
    riddles: Call, monkeypatch: pytest.MonkeyPatch, content: Path, film: Path
) -> None:
    monkeypatch.setenv("RIDDLES_LANG", "fr")
    a_riddle(content, "01-boxes", film=film)
    a_riddle(content, "02-spare", top="reserve = true", film=film)
    a_riddle(content, "03-bad", top='week = "2026-48"', film=film)
    a_riddle(content, "_04-draft", film=film)

    said = riddles("queue", "--weeks", "3")

    head, first, second, third, *rest = said.out.splitlines()
    assert head.split() == ["Semaine", "Sortie", "Énigme", "Titre"]
    assert re.search(r" (lun|mar|mer|jeu|ven|sam|dim)\. \d+ \S+ 18:00 +01-boxes ", first)
    assert second.split()[-1] == "réserve"
    assert "rien n’est prêt" in third
    assert rest[1].startswith("Programme assuré jusqu’à 20")
    week = '"2026-48" n’est pas une semaine ISO\N{NARROW NO-BREAK SPACE}; écris-la comme "2026-W48"'
    assert rest[2:] == [
        "Brouillons\N{NO-BREAK SPACE}: 04-draft.",
        "Pas prête\N{NO-BREAK SPACE}: 03-bad",
        f"  content/03-bad/riddle.toml:2: week\N{NO-BREAK SPACE}: {week}",
    ]


@pytest.mark.usefixtures("content")
def test_a_new_riddle_explains_itself_in_the_language_of_its_author(
    riddles: Call, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    riddles("new", "07-blinking-light")
    monkeypatch.setenv("RIDDLES_LANG", "fr")
    said = riddles("new", "08-feu")

    texts = [
        (tmp_path / "content" / folder / "riddle.toml").read_text("utf-8")
        for folder in ("_07-blinking-light", "_08-feu")
    ]
    assert said.out.startswith("content/_08-feu est un brouillon")
    english, french = texts
    assert tomllib.loads(english) == tomllib.loads(french)
    assert _settings_in(english) == _settings_in(french)
    assert english.startswith("# A riddle.")
    assert french.startswith("# Une énigme.")
    assert "Chaque sous-titre" in (tmp_path / "content/_08-feu/captions.fr.vtt").read_text("utf-8")


def _settings_in(template: str) -> list[str]:
    """Every key of a template, those that wait behind a `#` among them, with its value."""
    keys = re.findall(r"^(?:# )?(\w+ = (?:\{.*?\}|\[.*?\]|\S+))", template, re.MULTILINE)
    return [re.sub(r"\s+", " ", key) for key in keys]


def test_a_refusal_is_said_in_french(content: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "riddles", "check", "nowhere"],
        cwd=content.parent,
        env=os.environ | {"RIDDLES_LANG": "", "LC_ALL": "fr_FR.UTF-8", "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )

    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == (
        "riddles: nowhere n’existe pas\N{NO-BREAK SPACE}: nomme le dossier d’une énigme, ou "
        "scheduler.toml\n"
    )
