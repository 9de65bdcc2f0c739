"""Errata: corrections to a riddle that is out, for those whom the mistake may have cost a try."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from engine.moments import to_ms
from engine.storage.database import Reader, Transaction


@dataclass(frozen=True, slots=True)
class Erratum:
    """A correction as members read it."""

    id: int
    at: int
    words: Mapping[str, str]
    """By language."""

    def wording(self, lang: str) -> str:
        """The words in `lang`, or in the first language there is."""
        return self.words.get(lang) or next(iter(self.words.values()))


async def record(tx: Transaction, round_id: int, words: Mapping[str, str], now: datetime) -> int:
    """Keep a correction; its number."""
    (row,) = await tx.execute(
        "INSERT INTO errata (round, at, words) VALUES (?, ?, ?) RETURNING id",
        (round_id, to_ms(now), json.dumps(dict(words), ensure_ascii=False)),
    )
    return row["id"]


async def of_round(reader: Reader, round_id: int) -> list[Erratum]:
    """The corrections to a round's riddle, oldest first."""
    rows = await reader.all(
        "SELECT id, at, words FROM errata WHERE round = ? ORDER BY id", (round_id,)
    )
    return [Erratum(row["id"], row["at"], json.loads(row["words"])) for row in rows]


async def still_trying(reader: Reader, round_id: int) -> list[int]:
    """The accounts that handed in an answer and have not solved the riddle."""
    rows = await reader.all(
        """
        SELECT DISTINCT account FROM submissions
        WHERE round = ?1 AND NOT practice AND normal IS NOT NULL
          AND account NOT IN (SELECT account FROM solves WHERE round = ?1)
        """,
        (round_id,),
    )
    return [row["account"] for row in rows]
