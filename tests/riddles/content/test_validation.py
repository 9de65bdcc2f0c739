"""Whatever stands in a key, what is said of it is ours, at its line, and tells no answer."""

import copy
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, cast

import pytest
from pydantic import BaseModel

from riddles.config import Settings
from riddles.content import RiddleFile
from riddles.toml import Document, KeyPath, parse_document, validate

SETTINGS = """
timezone = "Europe/Paris"
language = "fr"
[week]
publish = "mon 18:00"
hints = ["wed 18:00"]
remind = "sat 10:00"
close = "sun 20:00"
reveal = "sun 20:30"
recap = "sun 20:45"
skip = ["2026-12-21"]
catch_up = "36h"
[[server]]
guild = 1
channel = 2
staff_channel = 3
language = "fr"
animator_roles = [1]
ping_role = 3
discussion = "thread"
upload_limit = "10 MiB"
[media]
cookies = "cookies.txt"
allow_private = ["10.0.0.0/8"]
fetch_within = "20min"
largest = "2 GiB"
longest = "30min"
[scoring]
policy = "fixed"
version = 1
[submissions]
pause_seconds = 5
most_tries = 3
[season]
months = 3
[[circle]]
id = "a"
name = "A"
role = 1
"""
RIDDLE = """
title = "x"
circle = "x"
author = "x"
author_id = 1
difficulty = 2
value = 100
week = "2026-W48"
reserve = false
verdict = "instant"
hint_cost = 0.1
scoring = { policy = "fixed" }
[video]
file = "video.mp4"
captions = { fr = "c.vtt" }
captions_burn = "fr"
mode = "upload"
alt = { fr = "x" }
credit = "x"
licence = "x"
[text.fr]
prompt = "x"
hints = ["x"]
solution = "x"
[answer]
"""
ANSWERS = [
    'accept = ["x"]\nstrict = true\nreject = ["y"]\nnear = [{ when = "z", say = { fr = "x" } }]',
    'kind = "text"\naccept = { fr = ["x"], any = ["y"] }',
    'kind = "exact"\naccept = ["x"]\nignore_case = true',
    'kind = "number"\nvalue = 5\ntolerance = 1\nunit = "Mo"\nunit_required = true\nbases = [2]',
    'kind = "number"\nvalue = 5\ntolerance_pct = 1\nbinary_units = false',
    'kind = "choice"\nchoices = { A = "x", B = "y" }\naccept = ["A"]',
    'kind = "regex"\naccept = ["x"]\ncase_sensitive = true',
    'kind = "set"\naccept = ["x", "y"]\nordered = true',
    'kind = "date"\naccept = ["1970-01-01"]\nprecision = "day"',
]
STRANGE: list[object] = [
    *(-1, 0, 10**30, 1.5, float("nan"), float("inf"), True, "", "hourglass", "hour\nglass"),
    *([], ["hourglass"], [1], [[]], {}, {"hourglass": 1}, {"fr": 1}, {"fr": "hourglass"}),
    *(date(2026, 1, 1), "x" * 5000, ["hourglass"] * 600),
]
"""What people may write where something else belongs."""


def _paths(value: object, path: KeyPath = ()) -> Iterator[KeyPath]:
    if path:
        yield path
    if isinstance(value, dict):
        for key, inner in cast("dict[str, object]", value).items():
            yield from _paths(inner, (*path, key))
    elif isinstance(value, list):
        for number, inner in enumerate(cast("list[object]", value)):
            yield from _paths(inner, (*path, number))


def _with(document: Document, path: KeyPath, value: object) -> Document:
    table = copy.deepcopy(document.table)
    inside: Any = table
    for part in path[:-1]:
        inside = inside[part]
    inside[path[-1]] = value
    return Document(document.path, table, document.lines)


@pytest.mark.parametrize(
    ("model", "text"),
    [(Settings, SETTINGS), *((RiddleFile, RIDDLE + answer) for answer in ANSWERS)],
)
def test_every_strange_value_is_explained_at_its_line(model: type[BaseModel], text: str) -> None:
    document = parse_document(Path("x.toml"), text)
    assert isinstance(validate(model, document), model)
    for path in _paths(document.table):
        allowed = {document.line(path[:length]) for length in range(len(path) + 1)}
        allowed |= {document.line(other) for other in document.lines if other[:1] == path[:1]}

        for value in STRANGE:
            found = validate(model, _with(document, path, value))

            problems = found if isinstance(found, list) else []
            assert isinstance(found, model) or problems, (path, value)
            for problem in problems:
                assert problem.line in allowed, (path, value, problem)
                assert "\n" not in str(problem.message), (path, value)
                assert "Input should" not in str(problem.message), (path, value, problem)
                assert "Value error" not in str(problem.message), (path, value, problem)
                assert len(str(problem.message)) < 300, (path, value)
                if path[0] == "answer":
                    assert "hour" not in str(problem.message), (path, value, problem)
