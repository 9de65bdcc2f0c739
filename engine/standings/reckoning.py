"""Standings reckoned from the tables: the truth that boards in memory must tell too.

Every line of a board is looked at, so this is for what happens once a week, and for proving.
"""

from collections.abc import Sequence

from engine.standings.lines import Line, Own
from engine.standings.window import Window
from engine.storage.database import Reader

SHOWN = """
    EXISTS (SELECT 1 FROM shown WHERE shown.account = earned.account
            AND (:server IS NULL OR shown.server = :server))
"""
"""Whether somebody who earned points is on the board, of `:server` or (NULL) of everybody."""


async def page(
    reader: Reader, window: Window, *, server: int | None, first: int = 1, lines: int = 10
) -> list[Line]:
    """Lines of the board from its `first`, of those seen in `server` or of everybody."""
    rows = await reader.all(
        f"""
        WITH ranked AS (
            SELECT account, points, reached_at, rank() OVER (ORDER BY points DESC) AS rank
            FROM ({window.earned}) AS earned WHERE points > 0 AND {SHOWN})
        SELECT rank, account, points FROM ranked
        ORDER BY rank, reached_at, account LIMIT :lines OFFSET :skipped
        """,  # noqa: S608 - our own words
        window.facts | {"server": server, "lines": lines, "skipped": first - 1},
    )
    names = await names_of(reader, [row["account"] for row in rows], server=server)
    return [Line(row["rank"], row["account"], names[row["account"]], row["points"]) for row in rows]


async def own(reader: Reader, window: Window, account: int | None, *, server: int | None) -> Own:
    """A member's points and rank, however far down the board."""
    row = await reader.one(
        f"""
        WITH earned AS ({window.earned}),
        mine AS (SELECT *, {SHOWN} AS shown FROM earned WHERE account = :account AND points > 0),
        board AS (SELECT * FROM earned WHERE points > 0 AND {SHOWN})
        SELECT (SELECT points FROM earned WHERE account = :account) AS points,
               (SELECT count(*) FROM board) AS members,
               (SELECT count(*) FROM board JOIN mine WHERE board.points > mine.points) AS above,
               (SELECT count(*) FROM board JOIN mine
                WHERE mine.shown AND (-board.points, board.reached_at, board.account)
                                  <= (-mine.points, mine.reached_at, mine.account)) AS place
        """,  # noqa: S608 - our own words
        window.facts | {"server": server, "account": account},
    )
    if row is None:
        raise LookupError
    points = row["points"] or 0
    return Own(
        points, row["above"] + 1 if points > 0 else None, row["members"], row["place"] or None
    )


async def names_of(
    reader: Reader, accounts: Sequence[int], *, server: int | None
) -> dict[int, str]:
    """How members are called in `server`, or (None) where they were last seen; by account."""
    asked = f"account IN ({', '.join('?' * len(accounts))})"
    if server is not None:
        sql = f"SELECT account, name FROM sightings WHERE server = ? AND {asked}"  # noqa: S608 - question marks
        return dict(map(tuple, await reader.all(sql, (server, *accounts))))
    sql = f"SELECT account, name FROM sightings WHERE {asked} ORDER BY seen_at, server"  # noqa: S608 - as above
    return dict(map(tuple, await reader.all(sql, accounts)))
