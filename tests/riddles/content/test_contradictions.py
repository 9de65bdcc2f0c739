"""An entry of `reject` or `near` that is accepted is an error at its line, and is not repeated."""

from pathlib import Path

import pytest

from riddles.content import read_library
from tests.riddles.content.builders import a_riddle

SAY = 'say = { fr = "Presque.", en = "Nearly." }'


def said_of(root: Path, answer: str) -> list[str]:
    a_riddle(root, answer=answer)
    (folder,) = read_library(root).folders
    return [
        f"{one.line}: {one.message}" for one in folder.problems if "accepted" in str(one.message)
    ]


@pytest.mark.parametrize(
    ("answer", "list_"),
    [
        ('accept = ["SOS"]\nreject = ["SOS"]', "reject"),
        ('accept = ["SOS"]\nreject = ["sos !"]', "reject"),
        ('accept = ["Hélice"]\nreject = ["helice"]', "reject"),
        ('accept = { fr = ["hélice"], en = ["helix"] }\nreject = ["Helix"]', "reject"),
        ('accept = ["!!"]\nreject = ["!!"]', "reject"),
        (f'accept = ["SOS"]\nnear = [{{ when = "sos", {SAY} }}]', "near"),
        ('kind = "exact"\naccept = ["SOS"]\nreject = ["SOS"]', "reject"),
        ('kind = "exact"\nignore_case = true\naccept = ["SOS"]\nreject = ["sos"]', "reject"),
        (
            'kind = "choice"\nchoices = { A = "x", B = "y" }\naccept = ["A"]\nreject = ["a"]',
            "reject",
        ),
        ('kind = "date"\naccept = ["2026-02-03"]\nreject = ["2026-02-03"]', "reject"),
    ],
)
def test_what_is_accepted_and_refused_is_an_error(tmp_path: Path, answer: str, list_: str) -> None:
    line = next(n for n, text in enumerate(answer.split("\n")) if text.startswith("accept"))
    (said,) = said_of(tmp_path, answer)

    assert said == (
        f"{line + 20}: this entry of {list_} is accepted on line {line + 19}: delete one of the two"
    )


@pytest.mark.parametrize(
    "answer",
    [
        'accept = ["le tri"]\nreject = ["tri"]',
        'accept = ["poignée de main (en) trois"]\nreject = ["poignée de main en trois"]',
        'accept = ["hand-shake"]\nreject = ["handshakes"]',
        'accept = ["C"]\nreject = ["C++"]',
        'kind = "exact"\naccept = ["SOS"]\nreject = ["sos"]',
        f'kind = "set"\naccept = ["rouge", "vert"]\nnear = [{{ when = "rouge", {SAY} }}]',
        'kind = "number"\nvalue = 3\nreject = ["3"]',
        'kind = "regex"\naccept = ["a.c"]\nreject = ["a.c"]',
    ],
)
def test_lists_may_overlap_in_what_they_cover(tmp_path: Path, answer: str) -> None:
    assert said_of(tmp_path, answer) == []
