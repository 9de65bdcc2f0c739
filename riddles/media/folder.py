"""The files of a riddle's folder, and nothing outside it: no path, no link, no device."""

import os
import stat
from pathlib import Path

from riddles.media.refusal import Kind, MediaRefusal
from riddles.sentence import because


def plain_file(folder: Path, name: str) -> Path:
    """The absolute path of a regular file that lies directly in the folder.

    Raises:
        MediaRefusal: the name is a path, or what it names is missing, empty or not a plain file.
    """
    if not name or name.startswith(".") or "\\" in name or "\0" in name or Path(name).name != name:
        raise MediaRefusal(
            "{name} is not a plain file name: put the file into the riddle's folder and give "
            "its name alone",
            Kind.FILE,
            name=repr(name),
        )
    if folder.is_symlink():
        raise MediaRefusal(
            "{folder} is a symbolic link: move the folder itself into the content folder",
            Kind.FILE,
            folder=folder.name,
        )
    path = folder.resolve() / name
    try:
        # O_NONBLOCK: opening a pipe would otherwise wait for a writer that never comes.
        handle = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except FileNotFoundError:
        if (there := _by_any_case(folder, name)) is not None:
            raise MediaRefusal(
                "{name} is not in the folder {folder}, but {there} is: capitals count, so give "
                "both the same name",
                Kind.FILE,
                name=name,
                folder=folder.name,
                there=there,
            ) from None
        raise MediaRefusal(
            "{name} is not in the folder {folder}: add it, or correct the name",
            Kind.FILE,
            name=name,
            folder=folder.name,
        ) from None
    except OSError as error:
        if path.is_symlink():
            raise MediaRefusal(
                "{name} is a symbolic link: put the file itself into the folder",
                Kind.FILE,
                name=name,
            ) from None
        raise MediaRefusal(
            "{name} is unreadable ({why}): put the file itself into the folder",
            Kind.FILE,
            name=name,
            why=because(error),
        ) from None
    try:
        facts = os.fstat(handle)
    finally:
        os.close(handle)
    if not stat.S_ISREG(facts.st_mode):
        raise MediaRefusal(
            "{name} is not a regular file: put the file itself there", Kind.FILE, name=name
        )
    if not facts.st_size:
        raise MediaRefusal("{name} is empty: copy it again", Kind.FILE, name=name)
    return path


def _by_any_case(folder: Path, name: str) -> str | None:
    """The file that is there under the same name but for its capitals."""
    try:
        names = sorted(path.name for path in folder.resolve().iterdir())
    except OSError:
        return None
    return next((one for one in names if one.casefold() == name.casefold()), None)
