"""The command `riddles`, called as a person calls it, on books of its own."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from typer.testing import CliRunner

from engine.storage.database import Database, Kind, open_database
from riddles.cli import app, verbs
from riddles.refusal import Refusal
from tests.builders import MONDAY

assert verbs.__all__
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Said:
    """What a verb printed, and how it ended."""

    code: int
    out: str
    err: str

    @property
    def facts(self) -> Any:
        """What it printed for programs."""
        return json.loads(self.out)


def riddles(books: Path, *words: str | Path) -> Said:
    """Call a verb on `books`."""
    result = CliRunner().invoke(app, ["--database", str(books), *map(str, words)])
    if result.exception is not None and not isinstance(result.exception, Refusal | SystemExit):
        raise result.exception
    refused = f"riddles: {result.exception}\n" if isinstance(result.exception, Refusal) else ""
    return Said(result.exit_code, result.stdout, result.stderr + refused)


def with_books(path: Path, work: Callable[[Database], Awaitable[T]], *, kind: Kind = "live") -> T:
    """What `work` returns, done with the books at `path`, which are made where there are none."""

    async def do() -> T:
        async with open_database(path, kind=kind, now=MONDAY) as database:
            return await work(database)

    return asyncio.run(do())
