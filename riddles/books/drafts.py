"""Files that appear whole or not at all: written under a draft's name, then given their own."""

import os
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from riddles.refusal import Refusal
from riddles.sentence import because

BESIDE = ("", "-wal", "-shm", "-journal")
"""What SQLite may leave beside a draft that is a database."""


@contextmanager
def draft_of(target: Path) -> Generator[Path, None, None]:
    """An empty file beside `target` that only its owner may read; gone after the block.

    Raises:
        Refusal: it cannot be made or written.
    """
    draft = target.with_name(f".{target.name}.{os.getpid()}.draft")
    try:
        os.close(os.open(draft, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except OSError as error:
        raise Refusal(
            "{path} cannot be written to: {why}", path=draft.parent, why=because(error)
        ) from None
    try:
        yield draft
    except (sqlite3.DatabaseError, OSError) as error:
        raise Refusal(
            "{target} could not be written: {why}", target=target, why=str(error)
        ) from error
    finally:
        for suffix in BESIDE:
            draft.with_name(draft.name + suffix).unlink(missing_ok=True)


def settle(draft: Path, target: Path) -> None:
    """Give a draft its name, once all of it is on the disk."""
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    draft.replace(target)
    folder = os.open(target.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def must_be_free(target: Path, *, force: bool) -> None:
    """Refuse to replace a file, unless that was asked for.

    Raises:
        Refusal: the file is there.
    """
    if target.exists() and not force:
        raise Refusal(
            "{target} is there already: name another file, or replace it with --force",
            target=target,
        )
