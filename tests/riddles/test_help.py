"""`--help` of every verb shows what was written for it: brackets, defaults, and no gaps."""

import re
from collections.abc import Iterator
from enum import Enum
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from riddles.cli import app, verbs

assert verbs.__all__
STYLE = re.compile(r"\[/?(?:bold)?\]")


def commands() -> Iterator[tuple[tuple[str, ...], Any]]:
    def walk(command: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
        yield path, command
        for name, below in getattr(command, "commands", {}).items():
            yield from walk(below, (*path, name))

    yield from walk(typer.main.get_command(app), ())


def plain(text: str) -> str:
    """The text as it is to be read: styles gone, brackets there, on one line."""
    return " ".join(STYLE.sub("", text).replace(r"\[", "[").split())


@pytest.mark.parametrize(
    ("path", "command"),
    [pytest.param(path, command, id=" ".join(path) or "riddles") for path, command in commands()],
)
def test_help_shows_every_word_and_every_default(
    path: tuple[str, ...], command: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    page = " ".join(CliRunner().invoke(app, [*path, "--help"]).stdout.split())

    assert plain(command.help) in page
    for one in command.params:
        assert plain(one.help or "") in page
        default = one.default.value if isinstance(one.default, Enum) else one.default
        if default not in (None, False, True, ""):
            assert f"[default: {default}]" in page
