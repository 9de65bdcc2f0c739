"""Books in memory where the system has a place for that: these tests open many."""

import os
import tempfile
from collections.abc import Generator
from pathlib import Path

import pytest

MEMORY = Path("/dev/shm")  # noqa: S108 - Linux's name for files in memory; a folder of our own in it


@pytest.fixture
def folder() -> Generator[Path, None, None]:
    """A folder for databases."""
    place = MEMORY if os.access(MEMORY, os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=place) as made:
        yield Path(made)
