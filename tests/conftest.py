"""What every test may ask for."""

import os
from collections.abc import AsyncGenerator
from pathlib import Path

import pytest
from hypothesis import settings

from engine.storage.database import Database, open_database
from tests.builders import MONDAY

# The terminal speaks English here, whatever language whoever runs the tests speaks.
os.environ["RIDDLES_LANG"] = "en"
# How long an example takes says how busy the machine is.
settings.register_profile("patient", deadline=None)
settings.load_profile("patient")


@pytest.fixture
async def database(tmp_path: Path) -> AsyncGenerator[Database, None]:
    """A real database in a file of its own."""
    async with open_database(tmp_path / "books.db", kind="live", now=MONDAY) as books:
        yield books
