"""The files of a riddle's folder, and nothing outside it: no path, no link, no device."""

import os
import stat
from pathlib import Path

from riddles.media.refusal import Kind, MediaRefusal


def plain_file(folder: Path, name: str) -> Path:
    """The absolute path of a regular file that lies directly in the folder.

    Raises:
        MediaRefusal: the name is a path, or what it names is missing, empty or not a plain file.
    """
    if not name or name.startswith(".") or "\\" in name or "\0" in name or Path(name).name != name:
        raise MediaRefusal(
            f"{name!r} is not a plain file name: put the file into the riddle's folder and give "
            "its name alone",
            Kind.FILE,
        )
    if folder.is_symlink():
        raise MediaRefusal(
            f"{folder} is a symbolic link: move the folder itself into the content folder",
            Kind.FILE,
        )
    path = folder.resolve() / name
    try:
        # O_NONBLOCK: opening a pipe would otherwise wait for a writer that never comes.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        raise MediaRefusal(
            f"{name} is not in the folder {folder}: add it, or correct the name", Kind.FILE
        ) from None
    except OSError as error:
        why = "a symbolic link" if path.is_symlink() else f"unreadable ({error.strerror})"
        raise MediaRefusal(
            f"{name} is {why}: put the file itself into the folder", Kind.FILE
        ) from None
    try:
        facts = os.fstat(handle)
    finally:
        os.close(handle)
    if not stat.S_ISREG(facts.st_mode):
        raise MediaRefusal(f"{name} is not a regular file: put the file itself there", Kind.FILE)
    if not facts.st_size:
        raise MediaRefusal(f"{name} is empty: copy it again", Kind.FILE)
    return path
