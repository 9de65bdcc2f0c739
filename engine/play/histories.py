"""Histories: a member's tries at one riddle, as far as they decide the next."""

import json
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from engine.moments import to_ms
from engine.play.rounds import Round
from engine.storage.database import Reader


def _no_moments() -> list[int]:
    return []  # `list[int]()` says the same and takes ten times as long, for each member.


def _nothing() -> set[str]:
    return set()


@dataclass(slots=True)
class History:
    """What one member did with one riddle. Moments are milliseconds UTC, oldest first."""

    tries: list[int] = field(default_factory=_no_moments)
    wrong: list[int] = field(default_factory=_no_moments)
    normals: set[str] = field(default_factory=_nothing)
    near_misses: int = 0
    solved_at: int | None = None
    last: tuple[int, int] = (0, 0)
    """Moment and interaction of the latest answer that was one."""


NO_HISTORY = History()
"""Of whoever has not tried yet; nobody writes to it."""


async def read_histories(
    reader: Reader, targets: Iterable[Round], accounts: Collection[int]
) -> dict[tuple[int, int], History]:
    """What the holders of `accounts` did in each round, by round and account."""
    histories: dict[tuple[int, int], History] = {}
    members = json.dumps(list(accounts))
    for number, opens_ms in {(round_.id, to_ms(round_.opens_at)) for round_ in targets}:
        rows = await reader.all(
            """
            SELECT account, interaction, at, outcome, normal, counted, (
                SELECT at FROM solves
                WHERE solves.round = submissions.round AND solves.account = submissions.account
            ) AS solved_at
            FROM submissions
            WHERE round = ? AND account IN (SELECT value FROM json_each(?))
              AND normal IS NOT NULL AND NOT practice
            ORDER BY at, id
            """,
            (number, members),
        )
        for row in rows:
            history = histories.setdefault((number, row["account"]), History())
            at = max(row["at"], opens_ms)
            history.tries.append(at)
            history.normals.add(row["normal"])
            history.near_misses += row["outcome"] == "close"
            if row["counted"]:
                history.wrong.append(at)
            history.solved_at = row["solved_at"]
            if row["outcome"] != "invalid":
                history.last = max(history.last, (at, row["interaction"]))
    return histories
