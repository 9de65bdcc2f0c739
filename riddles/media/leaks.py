"""The last look before a file may go out: do its bytes spell the answer?

Titles, chapters, track names and comments travel inside video files. All are stripped; this
search trusts none of that. A word of three letters occurs in any compressed stream by chance,
so short answers are looked for only where a video keeps its texts.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

FEW_LETTERS = 2
FEW_BYTES = 6
"""Seven random megabytes hold a given five letters, whatever their case, once in 5000 times."""
CODES = ("utf-8", "utf-16-le", "utf-16-be")
DEEPER = {
    **dict.fromkeys([b"moov", b"trak", b"mdia", b"minf", b"edts", b"dinf", b"udta", b"ilst"], 0),
    b"meta": 4,
}
"""Boxes that hold boxes, and how many bytes stand before those."""
HANDLER_HEAD = 20
"""What stands before the name in a handler box."""
BINARY = frozenset(
    {b"ftyp", b"mdat", b"stbl", b"free", b"mvhd", b"tkhd", b"mdhd", b"elst", b"dref"}
    | {b"vmhd", b"smhd"}
)
EVERYWHERE = re.compile(rb"x264 - core [ -~]*|(?:Video|Sound)Handler")
"""What encoders write into every video: "codec" and "threads" may be answers too."""


def leaks(path: Path, secrets: Sequence[str]) -> bool:
    """Whether one of the secrets stands in the file, in any case, as UTF-8 or UTF-16."""
    data = EVERYWHERE.sub(lambda found: bytes(len(found[0])), path.read_bytes())
    # bytes.lower() folds ASCII letters only, and those of UTF-16 too.
    texts = b"\0".join(_texts(data)).lower() if data[4:8] == b"ftyp" else b""
    whole = data.lower()
    return any(
        needle in (whole if len(needle) >= FEW_BYTES else texts)
        for secret in secrets
        for needle in _needles(secret)
    )


def spells(text: str, secrets: Sequence[str]) -> bool:
    """Whether the text contains one of the secrets, accents and case aside."""
    plain = _plain(text)
    return any(_plain(secret) in plain for secret in secrets if secret.strip())


def _needles(secret: str) -> set[bytes]:
    secret = secret.strip()
    if len(secret) < FEW_LETTERS:
        return set()
    cases = {secret, secret.lower(), secret.upper(), secret.title(), _plain(secret)}
    forms = {unicodedata.normalize(form, case) for case in cases for form in ("NFC", "NFD")}
    return {form.encode(code).lower() for form in forms for code in CODES}


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _texts(data: bytes, start: int = 0, end: int | None = None) -> Iterator[bytes]:
    """The parts of an MP4 file that may hold words: all but pictures, sound and their tables."""
    end = len(data) if end is None else end
    while start + 8 <= end:
        size, kind = int.from_bytes(data[start : start + 4]), data[start + 4 : start + 8]
        head = 8
        if size == 1:
            size, head = int.from_bytes(data[start + 8 : start + 16]), 16
        stop = end if size < head else min(end, start + size)
        if kind in DEEPER:
            yield from _texts(data, start + head + DEEPER[kind], stop)
        elif kind == b"hdlr":
            yield data[start + head + HANDLER_HEAD : stop]
        elif kind not in BINARY:
            yield data[start + head : stop]
        start = stop
