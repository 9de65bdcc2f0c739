"""Standings: who has earned how much, in a season, in a round, or in all time.

Equal scores share a rank (1, 1, 3); within a rank whoever got there first is listed first.
Hidden members keep their points and see their own rank, and are on nobody's board.
"""

from dataclasses import dataclass

from engine.database import Reader

_SEASON = "SELECT account, points, reached_at FROM scores WHERE season = :window AND points > 0"
_ROUND = """
    SELECT ifnull(accounts.owner, accounts.id) AS account, sum(points) AS points,
           max(counts_at) AS reached_at
    FROM (
        SELECT target AS side, points, counts_at, kind FROM transfers WHERE round = :window
        UNION ALL
        SELECT source, -points, counts_at, kind FROM transfers WHERE round = :window) AS sides
    JOIN accounts ON accounts.id = side AND accounts.kind IN ('member', 'owed')
    WHERE sides.kind IN ('award', 'bonus', 'adjustment', 'reversal')
    GROUP BY ifnull(accounts.owner, accounts.id) HAVING sum(points) > 0
"""
_SHOWN = """
    SELECT score.account, score.points, score.reached_at FROM ({scores}) AS score
    JOIN members ON members.account = score.account AND NOT members.hidden
    WHERE :server IS NULL OR EXISTS (
        SELECT 1 FROM sightings WHERE server = :server AND account = score.account)
"""


@dataclass(frozen=True, slots=True)
class Window:
    """What a board covers: one season (0: all time), or one round."""

    season: int | None = None
    round: int | None = None

    @property
    def scores(self) -> str:
        """The query of every account's points."""
        return _SEASON if self.round is None else _ROUND

    @property
    def id(self) -> int:
        """The season's or round's number."""
        return (self.season or 0) if self.round is None else self.round


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a board."""

    rank: int
    account: int
    name: str
    points: int


async def page(
    reader: Reader, window: Window, *, server: int | None, first: int = 1, lines: int = 10
) -> list[Line]:
    """Lines of the board from its `first`, of those seen in `server` or of everybody.

    A name is the one last seen in `server`, or anywhere for the board of all.
    """
    shown = _SHOWN.format(scores=window.scores)
    rows = await reader.all(
        f"""
        WITH shown AS ({shown}), ranked AS (
            SELECT account, points, rank() OVER (ORDER BY points DESC) AS rank, reached_at
            FROM shown)
        SELECT rank, account, points, (
            SELECT name FROM sightings
            WHERE sightings.account = ranked.account
            ORDER BY server = ifnull(:server, 0) DESC, seen_at DESC LIMIT 1) AS name
        FROM ranked ORDER BY rank, reached_at, account LIMIT :lines OFFSET :skipped
        """,  # noqa: S608 - the queries above
        {"window": window.id, "server": server, "lines": lines, "skipped": first - 1},
    )
    return [Line(row["rank"], row["account"], row["name"] or "?", row["points"]) for row in rows]


@dataclass(frozen=True, slots=True)
class Own:
    """Where one member stands."""

    points: int
    rank: int | None
    """None for somebody without points."""
    members: int
    """How many are on the board."""


async def own(reader: Reader, window: Window, account: int | None, *, server: int | None) -> Own:
    """A member's points and rank, however far down the board."""
    facts = {"window": window.id, "server": server, "account": account}
    shown = _SHOWN.format(scores=window.scores)
    points = await reader.value(
        f"SELECT points FROM ({window.scores}) WHERE account = :account",  # noqa: S608 - as above
        facts,
    )
    row = await reader.one(
        f"SELECT count(*) AS members, total(points > :points) AS above FROM ({shown})",  # noqa: S608 - as above
        facts | {"points": points or 0},
    )
    members, above = (0, 0) if row is None else (row["members"], int(row["above"]))
    return Own(points or 0, above + 1 if points else None, members)
