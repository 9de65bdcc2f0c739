"""JSON documents: one, several in a row, or pages of one board put into a list."""

import json
from decimal import Decimal
from typing import Any, cast

from riddles.importing.text import Inspected, open_text
from riddles.refusal import Refusal

LARGEST = 256 * 1024**2
"""A document is read whole; a board of a million members is far smaller than this."""


def read_documents(file: Inspected) -> list[Any]:
    """Every JSON value of the file, in order; numbers stay exact.

    Raises:
        Refusal: it is no JSON, or too large to be read whole.
    """
    if file.size > LARGEST:
        raise Refusal(
            "{path} has {size} MiB, and a JSON document may have {most}: write it as "
            "JSON lines, one object on each line",
            path=file.path,
            size=file.size >> 20,
            most=LARGEST >> 20,
        )
    with open_text(file) as opened:
        text = opened.read()
    decoder = json.JSONDecoder(parse_float=Decimal)
    found: list[Any] = []
    at = _next(text, 0)
    while at < len(text):
        try:
            value, at = decoder.raw_decode(text, at)
        except (ValueError, RecursionError) as error:
            where = getattr(error, "pos", at)
            line = text.count("\n", 0, where) + 1
            raise Refusal(
                "{path}:{line}: this is not JSON", path=file.path, line=str(line)
            ) from None
        found.append(value)
        at = _next(text, at)
    return found


def _next(text: str, at: int) -> int:
    while at < len(text) and text[at] in " \t\r\n,":
        at += 1
    return at


def pages(documents: list[Any]) -> list[dict[str, Any]]:
    """The objects among documents; a list of pages counts as its pages."""
    found: list[dict[str, Any]] = []
    for document in documents:
        inside = cast("list[Any]", document) if isinstance(document, list) else [document]
        found += [cast("dict[str, Any]", one) for one in inside if isinstance(one, dict)]
    return found
