"""What a scaffolded riddle still lacks: every text that is only an ellipsis."""

from collections.abc import Iterator
from typing import cast

from riddles.problems import Problem
from riddles.sentence import Sentence
from riddles.toml import Document, KeyPath

PLACEHOLDER = "…"


def unwritten(document: Document) -> Iterator[Problem]:
    """A problem for each text that nobody has written yet."""
    for path, value in _texts((), document.table):
        if value.strip() == PLACEHOLDER:
            yield document.problem(path, Sentence("this text is still to be written"))


def _texts(path: KeyPath, value: object) -> Iterator[tuple[KeyPath, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in cast("dict[str, object]", value).items():
            yield from _texts((*path, key), inner)
    elif isinstance(value, list):
        for number, inner in enumerate(cast("list[object]", value)):
            yield from _texts((*path, number), inner)
