"""check, new, queue and schema, as an animator calls them."""

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from tests.media.clips import SECRET, Clips
from tests.riddles.content.builders import SERVER, a_riddle
from tests.riddles.content.conftest import Call


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
