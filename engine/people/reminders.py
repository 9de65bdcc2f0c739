"""Reminders: who asked to be told of a new riddle, or of a closing while they have not solved it.

Nobody is reminded who did not ask. A member is reminded in one server: the one where they asked
last.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.play.rounds import Round
from engine.storage.database import Reader, Transaction


@dataclass(frozen=True, slots=True)
class Wish:
    """What a member wants to be reminded of, and in which server."""

    server: int
    opening: bool
    closing: bool

    @property
    def anything(self) -> bool:
        """Whether they want to be reminded at all."""
        return self.opening or self.closing


NOTHING = Wish(0, opening=False, closing=False)


async def wish(reader: Reader, account: int) -> Wish:
    """What the holder of `account` wants."""
    row = await reader.one(
        "SELECT server, opening, closing FROM reminders WHERE account = ?", (account,)
    )
    return Wish(row["server"], bool(row["opening"]), bool(row["closing"])) if row else NOTHING


async def change(
    tx: Transaction, account: int, interaction: int, new: Callable[[Wish], Wish]
) -> Wish:
    """Let the member want something else, once per interaction; what they want from now on."""
    before = await wish(tx, account)
    wanted = new(before)
    rows = await tx.execute(
        """
        INSERT INTO reminders VALUES (?, ?, ?, ?, ?)
        ON CONFLICT DO UPDATE SET server = excluded.server, opening = excluded.opening,
            closing = excluded.closing, interaction = excluded.interaction
        WHERE excluded.interaction > interaction RETURNING account
        """,
        (account, wanted.server, wanted.opening, wanted.closing, interaction),
    )
    return wanted if rows else before


async def wanted(reader: Reader, round_: Round, server: int, *, opening: bool) -> list[int]:
    """The accounts to remind there: of the opening, or of the closing where they still can win."""
    rows = await reader.all(
        f"SELECT account FROM reminders WHERE server = :server AND {_WANTS} ORDER BY account",  # noqa: S608 - our own condition
        _facts(round_, opening=opening) | {"server": server},
    )
    return [row["account"] for row in rows]


async def still_wanted(
    reader: Reader, round_: Round, accounts: Sequence[int], *, opening: bool
) -> list[int]:
    """The Discord ids of those among `accounts` who want it still, in their order."""
    rows = await reader.all(
        f"""
        SELECT members.id FROM json_each(:accounts)
        JOIN reminders ON reminders.account = value
        JOIN members ON members.account = value
        WHERE {_WANTS} ORDER BY key
        """,  # noqa: S608 - our own condition
        _facts(round_, opening=opening) | {"accounts": json.dumps(list(accounts))},
    )
    return [row["id"] for row in rows]


_WANTS = """
    iif(:opening, opening, closing)
    AND EXISTS (
        SELECT 1 FROM present
        WHERE present.server = reminders.server AND present.account = reminders.account)
    AND (:opening OR NOT EXISTS (
        SELECT 1 FROM submissions
        WHERE round = :round AND submissions.account = reminders.account AND NOT practice
          AND (outcome = 'accept' OR (:sealed AND outcome IN ('close', 'reject')))))
"""
"""Whom a right answer would still help. Where verdicts are sealed that is whoever gave none at all:
a reminder must not tell anybody whether they were right."""


def _facts(round_: Round, *, opening: bool) -> dict[str, Any]:
    sealed = round_.rules.verdict == "at_reveal"
    return {"round": round_.id, "opening": opening, "sealed": sealed}
