"""The text of somebody's file, whatever program wrote it."""

import codecs
import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from riddles.refusal import Refusal
from riddles.sentence import because

CHUNK = 1 << 20
MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
OLD_WINDOWS = "cp1252"
"""What a spreadsheet writes that does not write UTF-8."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """A file that was looked through once."""

    path: Path
    size: int
    sha256: bytes
    encoding: str
    head: bytes
    """Its first bytes, by which a format is known."""


def inspect(path: Path, on_bytes: Callable[[int], None] = lambda _: None) -> Inspected:
    """Look through a file, without keeping it: its digest, its encoding, its beginning.

    Raises:
        Refusal: there is no such file, or it cannot be read.
    """
    digest, size, head = hashlib.sha256(), 0, b""
    decoder = codecs.getincrementaldecoder("utf-8")()
    is_utf8 = True
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                head = head or chunk[: 1 << 16]
                digest.update(chunk)
                size += len(chunk)
                on_bytes(size)
                try:
                    decoder.decode(chunk)
                except UnicodeDecodeError:
                    is_utf8 = False
                    decoder.reset()
    except FileNotFoundError:
        raise Refusal("there is no file {path}", path=path) from None
    except OSError as error:
        raise Refusal("{path} cannot be read: {why}", path=path, why=because(error)) from None
    marked = next((name for mark, name in MARKS.items() if head.startswith(mark)), None)
    encoding = marked or ("utf-8" if is_utf8 else OLD_WINDOWS)
    return Inspected(path, size, digest.digest(), encoding, head)


def open_text(file: Inspected) -> io.TextIOWrapper:
    """The file's text, line ends as they are; what its encoding does not know is shown as `�`."""
    return file.path.open("r", encoding=file.encoding, errors="replace", newline="")
