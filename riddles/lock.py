"""One program per database: a lock beside the file, released by the system if the program dies."""

import fcntl
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from riddles.refusal import Refusal


@contextmanager
def hold(database: Path) -> Generator[None, None, None]:
    """Be the one program that writes to `database`.

    Raises:
        Refusal: another program holds it, or the lock cannot be made.
    """
    path = database.with_name(f"{database.name}.lock")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        file = path.open("ab")
    except OSError as error:
        raise Refusal(
            f"{path} cannot be written ({error.strerror}): the bot needs to write beside its "
            "database; check the folder, or name another file with --database"
        ) from None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Refusal(
                f"{database} is in use by another `riddles`: stop that one first, "
                "or name another file with --database"
            ) from None
        yield
