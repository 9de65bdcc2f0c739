"""Transcripts: every transfer as others may read it, each row with what its digest is taken of.

Accounts are numbers that say nothing about anybody. With members, a row also tells the Discord
id behind each side and the words of its note: that is what another ledger needs to merge this one,
and nothing to publish.
"""

from collections.abc import AsyncGenerator

from engine.books.ledger import COLUMNS
from engine.storage.database import Reader

CHUNK = 10_000

DIGESTED = ("id", *COLUMNS, "encoding")
"""What a row's digest is taken of, in the order of its encoding."""

ALWAYS = (*DIGESTED, "digest", "source_kind", "target_kind", "riddle")
WITH_MEMBERS = (*ALWAYS, "source_member", "target_member", "reason")

SELECT = f"""
    SELECT transfers.id, {", ".join(f"transfers.{name}" for name in COLUMNS)}, encoding,
           transfers.digest, sources.kind AS source_kind, targets.kind AS target_kind,
           rounds.slug AS riddle, source_members.id AS source_member,
           target_members.id AS target_member, notes.text AS reason
    FROM transfers
    JOIN accounts AS sources ON sources.id = source
    JOIN accounts AS targets ON targets.id = target
    LEFT JOIN members AS source_members
           ON source_members.account = ifnull(sources.owner, sources.id)
    LEFT JOIN members AS target_members
           ON target_members.account = ifnull(targets.owner, targets.id)
    LEFT JOIN rounds ON rounds.id = transfers.round
    LEFT JOIN notes ON notes.digest = transfers.note
    WHERE transfers.id > ? ORDER BY transfers.id LIMIT ?
"""  # noqa: S608 - our own names

Line = dict[str, int | str | None]
"""A row by column; digests are hexadecimal."""


async def transcript(reader: Reader, *, members: bool) -> AsyncGenerator[list[Line], None]:
    """Every transfer in order, some thousands at a time."""
    columns, last = WITH_MEMBERS if members else ALWAYS, 0
    while rows := await reader.all(SELECT, (last, CHUNK)):
        yield [{name: _plain(row[name]) for name in columns} for row in rows]
        last = rows[-1]["id"]


def _plain(value: bytes | str | int | None) -> str | int | None:
    return value.hex() if isinstance(value, bytes) else value
