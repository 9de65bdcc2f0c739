"""Databases for tests of the rules, kept in memory where the system has a place for that.

They are real files with every sync they ask for; a sync of memory costs nothing, and a hundred
tests that wait for a disk would be run seldom.
"""

import os
import tempfile
from collections.abc import AsyncGenerator, Generator
from pathlib import Path

import pytest

from engine.storage.database import Database, open_database
from tests.builders import MONDAY

MEMORY = Path("/dev/shm")  # noqa: S108 - Linux's name for files in memory; a folder of our own in it


@pytest.fixture
def folder() -> Generator[Path, None, None]:
    """A folder for databases."""
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place) as made:
        yield Path(made)


@pytest.fixture
async def database(folder: Path) -> AsyncGenerator[Database, None]:
    """A real database in a file of its own."""
    async with open_database(folder / "books.db", kind="live", now=MONDAY) as books:
        yield books
