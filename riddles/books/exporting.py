"""The ledger written out: CSV for tables, JSON lines for programs and for other instances."""

import csv
import io
import json
from collections.abc import AsyncGenerator
from typing import Literal

from engine.books.ledger import tail_of
from engine.books.transcripts import ALWAYS, WITH_MEMBERS, Line, transcript
from engine.storage.database import Reader
from riddles.importing.instance import HEADER, VERSION

Form = Literal["csv", "jsonl"]


async def written(
    reader: Reader, form: Form, *, members: bool
) -> AsyncGenerator[tuple[int, bytes], None]:
    """The file in pieces, each with the number of transfers in it."""
    yield 0, await _opening(reader, form, members=members)
    async for lines in transcript(reader, members=members):
        yield len(lines), _table(lines) if form == "csv" else _objects(lines)


async def _opening(reader: Reader, form: Form, *, members: bool) -> bytes:
    if form == "csv":
        return (",".join(WITH_MEMBERS if members else ALWAYS) + "\n").encode()
    kind = await reader.value("SELECT kind FROM instance")
    rows, newest = await tail_of(reader)
    return _json(
        {
            HEADER: VERSION,
            "kind": kind or "live",
            "members": members,
            "transfers": rows,
            "digest": newest.hex(),
        }
    )


def _table(lines: list[Line]) -> bytes:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(line.values() for line in lines)
    return text.getvalue().encode()


def _objects(lines: list[Line]) -> bytes:
    return b"".join(_json(line) for line in lines)


def _json(value: object) -> bytes:
    # As in the digest: what is not ASCII is escaped, so no other line end can break a line.
    return json.dumps(value, separators=(",", ":")).encode() + b"\n"
