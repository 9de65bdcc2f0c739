"""Where the show lives: may it read and write there, may others, and is there room?"""

import os
import shutil
import stat
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from riddles.checkup.findings import Finding, bad, good, warning
from riddles.sentence import Sentence

MIB = 1024**2
NO_ROOM = 256 * MIB
"""Below this no video is prepared any more, and the books are near their end."""
LITTLE_ROOM = 2048 * MIB
"""Room for a few weeks' videos and for the books to grow."""


def permissions(config: Path, database: Path) -> Iterator[Finding]:
    """Whether this user may write the books, and whether strangers may read or write."""
    folder = _folder(database)
    if not folder.is_dir():
        says = Sentence("there is no folder {folder}", folder=str(folder))
        yield bad("permissions", says, Sentence("make it, or correct --database"))
        return
    unwritable = [
        path
        for path in (folder, database, *_beside(database))
        if path.exists() and not os.access(path, os.R_OK | os.W_OK)
    ]
    if unwritable:
        remedy = Sentence(
            "run this as the bot's own user, or give it the folder: chown -R USER {folder}",
            folder=str(folder),
        )
        says = Sentence("this user may not write {paths}", paths=_named(unwritable))
        yield bad("permissions", says, remedy)
        return
    if loose := [
        path for path in (database, *_beside(database)) if _others_may(path, stat.S_IRWXO)
    ]:
        remedy = f"chmod o= {_named(loose)}"
        says = Sentence(
            "everybody on this machine may read {paths}: answers and members' ids",
            paths=_named(loose),
        )
        yield warning("permissions", says, remedy)
    if open_to_all := [path for path in (config, folder) if _others_may(path, stat.S_IWOTH)]:
        remedy = f"chmod o-w {_named(open_to_all)}"
        says = Sentence("everybody on this machine may write {paths}", paths=_named(open_to_all))
        yield warning("permissions", says, remedy)
    if not loose and not open_to_all:
        yield good(
            "permissions",
            Sentence("{folder} is this user's to write, and no stranger's", folder=str(folder)),
        )


def disk(database: Path) -> Iterator[Finding]:
    """How much room is left for the books and the videos beside them."""
    folder = _folder(database)
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    yield room(folder, shutil.disk_usage(folder).free)


def room(folder: Path, free: int) -> Finding:
    """Whether so many free bytes are enough."""
    gib = Decimal(f"{free / 1024**3:.1f}")
    says = Sentence("{gib} GiB free in {folder}", gib=gib, folder=str(folder))
    remedy = Sentence("free some space; finished videos can go, they are made again when needed")
    if free < NO_ROOM:
        return bad("disk", says, remedy)
    return warning("disk", says, remedy) if free < LITTLE_ROOM else good("disk", says)


def _folder(database: Path) -> Path:
    return database.absolute().parent


def _beside(database: Path) -> list[Path]:
    """What the program keeps beside its database."""
    return [database.with_name(database.name + end) for end in ("-wal", "-shm", ".lock")]


def _others_may(path: Path, bits: int) -> bool:
    if not path.exists() or path.name.endswith(".lock"):
        return False
    mode = path.stat().st_mode
    # In a sticky folder like /tmp everybody may add files, and nobody may touch another's.
    return bool(mode & bits) and not (path.is_dir() and mode & stat.S_ISVTX)


def _named(paths: list[Path]) -> str:
    return " ".join(map(str, paths))
