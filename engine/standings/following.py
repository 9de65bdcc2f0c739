"""Following: how a board in memory is built, and kept in step with the books.

A board remembers how far it has read: to which transfer, and to which change of who is shown.
Whoever asks first has it read what came since and ask the tables what is now true of those
members. What cannot be followed step by step (books restored or rebuilt, a season opened, too
much missed) is built anew.
"""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from threading import Lock
from typing import Any, TypeVar

from engine.standings.board import Board
from engine.standings.lines import Line, Own
from engine.standings.reckoning import SHOWN, names_of
from engine.standings.window import Window
from engine.storage.database import Reader

Answer = TypeVar("Answer")
Scope = tuple[Window, int | None]
"""A window, and the server whose members are shown; None for everybody."""

STEP = 1000
"""Rows of news that one trip reads at most: others wait behind it."""
FAR = 20_000
"""Transfers, or a quarter of the members if that is more, that a board may be behind."""
CHUNK = 10_000
"""Members that are put on a new board at a time: nobody waits long for the interpreter."""


@dataclass(slots=True)
class Followed:
    """A board and how far it has read."""

    board: Board
    transfers: int
    changes: int
    used_at: float = 0.0
    lock: Lock = field(default_factory=Lock)
    """Held by the thread that reads or changes it."""


class Behind:
    """There is more to read before the question can be answered."""


class Lost:
    """The board cannot be brought up to date any more."""


@dataclass(frozen=True, slots=True)
class Answered:
    """The board is up to date, and has told."""

    answer: Any


_NEWS = """
    SELECT ifnull((SELECT max(id) FROM transfers), 0) AS transfers,
           (SELECT min(id) FROM board_changes) AS oldest,
           (SELECT max(id) FROM board_changes) AS changes,
           EXISTS (SELECT 1 FROM board_changes WHERE id > ? AND account IS NULL) AS everything
"""
_NEWEST = """
    SELECT ifnull((SELECT max(id) FROM transfers), 0), (SELECT max(id) FROM board_changes)
"""
_CHANGED = """
    SELECT coalesce(owner, accounts.id) AS account
    FROM (SELECT source AS side FROM transfers WHERE id > :transfers AND id <= :last_transfer
          UNION SELECT target FROM transfers WHERE id > :transfers AND id <= :last_transfer
          UNION SELECT account FROM board_changes WHERE id > :changes AND id <= :last_change)
    JOIN accounts ON accounts.id = side AND kind IN ('member', 'owed')
"""


async def follow(
    scope: Scope,
    followed: Followed,
    question: Callable[[Reader, Board], Awaitable[Answer]],
    reader: Reader,
) -> Answered | Behind | Lost:
    """Read what is new, and answer if that was all."""
    with followed.lock:
        news = await reader.one(_NEWS, (followed.changes,))
        if (
            news is None
            or news["everything"]
            or not news["oldest"] - 1 <= followed.changes <= news["changes"]
            or not 0 <= news["transfers"] - followed.transfers <= max(FAR, len(followed.board) // 4)
        ):
            return Lost()
        last_transfer = min(news["transfers"], followed.transfers + STEP)
        last_change = min(news["changes"], followed.changes + STEP)
        if (last_transfer, last_change) != (followed.transfers, followed.changes):
            await _bring_up_to_date(scope, followed, last_transfer, last_change, reader)
        if (last_transfer, last_change) != (news["transfers"], news["changes"]):
            return Behind()
        return Answered(await question(reader, followed.board))


async def glance(
    followed: Followed, question: Callable[[Reader, Board], Awaitable[Answer]], reader: Reader
) -> Answered | Behind:
    """Answer if there is nothing new, and nobody else is at it."""
    if not followed.lock.acquire(blocking=False):
        return Behind()
    try:
        news = await reader.one(_NEWEST)
        if news is None or tuple(news) != (followed.transfers, followed.changes):
            return Behind()
        return Answered(await question(reader, followed.board))
    finally:
        followed.lock.release()


async def _bring_up_to_date(
    scope: Scope, followed: Followed, last_transfer: int, last_change: int, reader: Reader
) -> None:
    rows = await reader.all(
        _CHANGED,
        {
            "transfers": followed.transfers,
            "last_transfer": last_transfer,
            "changes": followed.changes,
            "last_change": last_change,
        },
    )
    changed = {row["account"] for row in rows}
    for account, points, reached_at in await _scores(scope, list(changed), reader):
        followed.board.put(account, points, reached_at)
        changed.remove(account)
    for account in changed:
        followed.board.drop(account)
    followed.transfers, followed.changes = last_transfer, last_change


async def _scores(scope: Scope, accounts: list[int], reader: Reader) -> list[tuple[int, int, int]]:
    """What is true now of some members, as far as they are on the board."""
    window, server = scope
    rows = await reader.all(
        f"""
        SELECT account, points, reached_at FROM ({window.earned_by_some}) AS earned WHERE {SHOWN}
        """,  # noqa: S608 - our own words
        window.facts | {"server": server, "accounts": json.dumps(accounts)},
    )
    return [tuple(row) for row in rows]


async def build(scope: Scope, reader: Reader) -> Followed:
    """The board as the books stand."""
    window, server = scope
    news = await reader.one(_NEWS, (0,))
    if news is None:
        raise LookupError
    followed = Followed(Board(), news["transfers"], news["changes"])
    if not window.is_kept:
        rows = await reader.all(
            f"""
            SELECT account, points, reached_at FROM ({window.earned}) AS earned
            WHERE points > 0 AND {SHOWN}
            """,  # noqa: S608 - our own words
            window.facts | {"server": server},
        )
        for start in range(0, len(rows), CHUNK):
            followed.board.fill(tuple(row) for row in rows[start : start + CHUNK])
        return followed
    last = 0
    while rows := await reader.all(
        f"""
        SELECT account, points, reached_at, {SHOWN} AS shown FROM scores AS earned
        WHERE season = :season AND account > :last ORDER BY account LIMIT :chunk
        """,  # noqa: S608 - our own words
        {"season": window.season, "server": server, "last": last, "chunk": CHUNK},
    ):
        followed.board.fill(
            (account, points, reached_at) for account, points, reached_at, shown in rows if shown
        )
        last = rows[-1]["account"]
    return followed


async def page(
    server: int | None, first: int, lines: int, reader: Reader, board: Board
) -> list[Line]:
    """Lines of the board from its `first`, with names as in `server`."""
    placed = board.page(max(first, 1), lines)
    names = await names_of(reader, [account for _, account, _ in placed], server=server)
    return [
        Line(rank, account, names.get(account, "?"), points) for rank, account, points in placed
    ]


async def own(window: Window, account: int | None, reader: Reader, board: Board) -> Own:
    """Where the holder of `account` stands, on the board or not."""
    if account is None:
        return Own(0, None, len(board))
    points = board.points(account)
    if points is None:
        # Whoever is on no board has a score all the same.
        row = await reader.one(
            f"SELECT points FROM ({window.earned_by_some})",  # noqa: S608 - our own words
            window.facts | {"accounts": json.dumps([account])},
        )
        points = 0 if row is None else row["points"]
    rank = board.rank(points) if points > 0 else None
    return Own(points, rank, len(board), board.place(account))
