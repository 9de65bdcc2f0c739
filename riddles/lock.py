"""One program per database: a lock beside the file, released by the system if the program dies."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

from riddles.refusal import Refusal
from riddles.sentence import because


def is_held(database: Path) -> bool:
    """Whether a program holds the lock at this moment; nothing is created to find out."""
    try:
        file = _lock_of(database).open("rb")
    except FileNotFoundError:
        return False
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
    return False


@contextmanager
def hold(
    database: Path, *, absent: Literal["refuse", "allow", "make room"] = "refuse"
) -> Generator[None, None, None]:
    """Be the one program that writes to `database`.

    Where it is `absent`, nothing is left behind, unless the block may make it; with "make room"
    its folder is made as well.

    Raises:
        Refusal: there is no database, another program holds it, or the lock cannot be made.
    """
    if absent == "refuse" and not database.is_file():
        raise Refusal("there is no database {path}: name it with --database", path=database)
    path = _lock_of(database)
    try:
        if absent == "make room":
            path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError as error:
        raise Refusal(
            "{path} cannot be written ({why}): the bot needs to write beside its "
            "database; check the folder, or name another file with --database",
            path=path,
            why=because(error),
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(
                "{database} is in use by another `riddles`: stop that one first, or name "
                "another file with --database",
                database=database,
            ) from None
        yield


def _lock_of(database: Path) -> Path:
    # One file may be reached by several names: a link must not lead around the lock.
    there = database.resolve()
    return there.with_name(f"{there.name}.lock")
