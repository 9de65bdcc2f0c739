"""A small video, and the command line as a person calls it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from typer.testing import CliRunner

from riddles.cli import content
from tests.media.clips import Clips


@dataclass(frozen=True, slots=True)
class Said:
    """What a verb said."""

    exit_code: int
    out: str
    err: str
    refusal: str | None


Call = Callable[..., Said]


@pytest.fixture(scope="session")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Clips(tmp_path_factory.mktemp("film"))("tiny")


@pytest.fixture
def riddles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Call:
    """Calls `riddles WORDS…` in the test's own folder."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "120")
    for name in ("RIDDLES_CONFIG", "RIDDLES_CONTENT", "RIDDLES_DATABASE"):
        monkeypatch.delenv(name, raising=False)

    def call(*words: str | Path) -> Said:
        result = CliRunner().invoke(content.app, [str(word) for word in words])
        refused = result.exception and not isinstance(result.exception, SystemExit)
        refusal = str(result.exception) if refused else None
        return Said(result.exit_code, result.stdout, result.stderr, refusal)

    return call
