"""The formats of points from elsewhere, and how each is known."""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, cast

from riddles.importing import bots
from riddles.importing.ctfd import read_ctfd
from riddles.importing.documents import pages, read_documents
from riddles.importing.instance import HEADER, SQLITE
from riddles.importing.lines import (
    ALSO,
    MEMBER,
    POINTS,
    Names,
    read_csv,
    read_json_lines,
    read_json_list,
)
from riddles.importing.rows import Found
from riddles.importing.text import Inspected, open_text
from riddles.refusal import Refusal

LEDGER, LINES, CSV, CTFD = "ledger", "lines", "csv", "ctfd"
ZIP = b"PK\x03\x04"


@dataclass(frozen=True, slots=True)
class Shape:
    """A JSON document that a bot hands out."""

    origin: str
    """What members read as its name."""
    fits: Callable[[list[Any]], bool]
    read: Callable[[list[Any]], Found]


SHAPES: Mapping[str, Shape] = {
    "mee6": Shape("MEE6", bots.MEE6.fits, bots.MEE6.read),
    "lurkr": Shape("Lurkr", bots.LURKR.fits, bots.LURKR.read),
    "tatsu": Shape("Tatsu", bots.TATSU.fits, bots.TATSU.read),
    "amari": Shape("AmariBot", bots.AMARI.fits, bots.AMARI.read),
    "polaris": Shape("Polaris", bots.fits_polaris, bots.polaris),
    "unbelievaboat": Shape("UnbelievaBoat", bots.UNBELIEVABOAT.fits, bots.UNBELIEVABOAT.read),
    "red": Shape("Red", bots.fits_red, bots.red),
    "balances": Shape("", bots.fits_balances, bots.balances),
}
FORMATS = (LINES, CSV, LEDGER, *SHAPES, CTFD)
ORIGINS = {name: shape.origin for name, shape in SHAPES.items() if shape.origin} | {CTFD: "CTFd"}
"""Names of those that have one of their own; the others need to be told one."""


def detect(file: Inspected, names: Names) -> str:
    """The format of a file.

    Raises:
        Refusal: it is none of them.
    """
    marked = {SQLITE: LEDGER, ZIP: CTFD}
    for mark, form in marked.items():
        if file.head.startswith(mark):
            return form
    if not file.size:
        raise Refusal("{path} is empty: export it again", path=file.path)
    if b"\0" in file.head and file.encoding != "utf-16":
        raise Refusal(
            "{path} is not text: bring in what the other bot or platform exports", path=file.path
        )
    text = _beginning(file)
    return _detect_json(file, text, names) if text.startswith(("{", "[")) else CSV


def _detect_json(file: Inspected, text: str, names: Names) -> str:
    first = _first_line(text)
    if HEADER in first:
        return LEDGER
    if _is_line(first, names):
        return LINES
    documents = read_documents(file)
    if _is_line([*pages(documents), {}][0], names):
        return LINES
    for name, shape in SHAPES.items():
        if shape.fits(documents):
            return name
    raise Refusal(
        "{path} is none of the formats {known}: name it with --format",
        path=file.path,
        known=", ".join(FORMATS),
    )


def read_rows(file: Inspected, form: str, names: Names, who: Mapping[str, int] | None) -> Found:
    """The rows of a file in any format but another instance's ledger.

    Raises:
        Refusal: the file is not in that format, or a list is needed that was not given.
    """
    if form == CTFD:
        if who is None:
            raise Refusal(
                "CTFd knows no Discord ids: name a CSV with the columns user and member with "
                "--members"
            )
        yield from read_ctfd(file.path, who)
    elif form in SHAPES:
        documents = read_documents(file)
        if not SHAPES[form].fits(documents):
            raise Refusal(
                "{path} does not look like an export of {form}", path=file.path, form=form
            )
        yield from SHAPES[form].read(documents)
    elif form == LINES and _beginning(file).startswith("["):
        yield from read_json_list(pages(read_documents(file)), names)
    else:
        with open_text(file) as text:
            if form == CSV:
                yield from read_csv(text, names, file.path)
            else:
                yield from read_json_lines(text, names)


def _first_line(text: str) -> dict[str, Any]:
    try:
        found: Any = json.loads(text.split("\n", 1)[0])
    except (ValueError, RecursionError):
        return {}
    return cast("dict[str, Any]", found) if isinstance(found, dict) else {}


def _beginning(file: Inspected) -> str:
    return file.head.decode(file.encoding, errors="ignore").lstrip()


def _is_line(fields: Mapping[str, Any], names: Names) -> bool:
    there = {ALSO.get(name, name) for name in fields}
    there |= {what for what, name in names.items() if name in fields}
    return {MEMBER, POINTS} <= there
