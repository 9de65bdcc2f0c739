"""judge, for one riddle and for a list, as an animator and a program call it."""

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from riddles.cli import judging
from riddles.refusal import Refusal

RIDDLE = """\
title = "Deux boîtes"

[video]
url = "https://example.org/video"

[text.fr]
prompt = "Que se passe-t-il ici ?"
hints = ["Regarde le début."]
solution = "Voir https://example.org/fr."

[answer]
accept = ["sablier"]
near = [{ when = "horloge", say = { fr = "Plus vieux." } }]
"""


@dataclass(frozen=True, slots=True)
class Said:
    returncode: int
    stdout: str
    stderr: str


@pytest.fixture
def community(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "content" / "01-boxes"
    folder.mkdir(parents=True)
    (folder / "riddle.toml").write_text(RIDDLE, "utf-8")
    monkeypatch.setenv("RIDDLES_CONTENT", str(tmp_path / "content"))
    return tmp_path


def riddles(*words: str, given: str = "") -> Said:
    result = CliRunner().invoke(judging.app, list(words), input=given)
    refused = f"riddles: {result.exception}\n" if isinstance(result.exception, Refusal) else ""
    return Said(result.exit_code, result.stdout, result.stderr + refused)


def a_line(given: str, lang: str = "fr", **answer: Any) -> str:
    return json.dumps({"answer": answer, "given": given, "lang": lang})


@pytest.mark.usefixtures("community")
def test_one_answer_is_judged_in_words() -> None:
    said = riddles("judge", "01-boxes", "Les sabliers !")

    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout == "accept: the same in the singular (rule singular)\nentry: sablier\n"


@pytest.mark.usefixtures("community")
def test_the_authors_message_is_shown() -> None:
    said = riddles("judge", "01-boxes", "une horloge")

    assert said.stdout.splitlines()[-1] == "the member reads (fr): Plus vieux."


@pytest.mark.usefixtures("community")
def test_one_answer_is_judged_for_a_program() -> None:
    said = riddles("judge", "--json", "01-boxes", "montre")

    assert json.loads(said.stdout) == {"outcome": "reject", "rule": "no_match", "entry": None}


@pytest.mark.usefixtures("community")
def test_a_riddle_that_does_not_exist_is_refused_in_words() -> None:
    said = riddles("judge", "02-boxes", "x")

    assert said.returncode == 1
    assert said.stderr.startswith("riddles: there is no riddle 02-boxes in ")
    assert said.stderr.endswith("; there are: 01-boxes\n")


@pytest.mark.parametrize(
    "words", [[], ["01-boxes"], ["--batch", "01-boxes"], ["01-boxes", "x", "--lang", "de"]]
)
def test_a_verb_without_its_words_is_wrong_usage(words: list[str]) -> None:
    assert riddles("judge", *words).returncode == 2


@pytest.mark.usefixtures("community")
def test_a_list_is_judged_line_by_line_in_order() -> None:
    lines = [
        a_line("SABLIER", accept=["sablier"]),
        a_line("1 000 Mo", kind="number", value=1, unit="Go"),
        a_line("04/03/1999", "en", kind="date", accept=["1999-04-03"]),
        a_line("04/03/1999", "fr", kind="date", accept=["1999-04-03"]),
        a_line("é\ud800", accept=["é\ud800"]),
    ]
    said = riddles("judge", "--batch", given="\n".join(lines))

    assert (said.returncode, said.stderr) == (0, "")
    assert [json.loads(line) for line in said.stdout.splitlines()] == [
        {"outcome": "accept", "rule": "same_words", "entry": "sablier"},
        {"outcome": "accept", "rule": "number", "entry": None},
        {"outcome": "accept", "rule": "date", "entry": "1999-04-03"},
        {"outcome": "reject", "rule": "no_match", "entry": None},
        {"outcome": "accept", "rule": "verbatim", "entry": "é\ud800"},
    ]


BAD_LINES = [
    ("not json", "this is not JSON"),
    ("[1]", "write an object"),
    ('{"given": "x", "lang": "fr"}', '"answer" is missing'),
    ('{"answer": {"accept": ["x"]}, "lang": "fr"}', '"given" is missing'),
    ('{"answer": {"accept": ["x"]}, "given": "x"}', '"lang" is missing'),
    ('{"answer": {"accept": ["x"]}, "given": "x", "lang": "zz"}', 'neither "fr" nor "en"'),
    (
        '{"answer": {"accept": ["tell-me", 1]}, "given": "x", "lang": "fr"}',
        "answer.accept.1: write",
    ),
    ('{"answer": {"kind": "number"}, "given": "x", "lang": "fr"}', "answer.value:"),
    ("[" * 5000, "this is not JSON"),
]


@pytest.mark.parametrize(("line", "says"), BAD_LINES)
def test_a_bad_line_is_answered_in_its_place_and_the_rest_is_judged(line: str, says: str) -> None:
    good = a_line("x", accept=["x"])
    said = riddles("judge", "--batch", given=f"{good}\n{line}\n{good}\n")
    first, second, third = map(json.loads, said.stdout.splitlines())

    assert said.returncode == 1
    assert says in second["error"]
    assert said.stderr == f"riddles: line 2: {second['error']}\n"
    assert first["outcome"] == third["outcome"] == "accept"
    assert "tell-me" not in said.stderr


def test_a_list_needs_no_content_and_no_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    said = riddles("judge", "--batch", given=a_line("x", accept=["x"]))

    assert said.returncode == 0


def test_lines_are_answered_as_they_come(tmp_path: Path) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "riddles", "judge", "--batch"],
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(a_line("x", accept=["x"]) + "\n")
        process.stdin.flush()
        answered = process.stdout.readline()
        process.stdin.close()

    assert json.loads(answered)["outcome"] == "accept"
