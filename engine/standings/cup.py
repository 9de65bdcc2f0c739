"""The circles' cup: circles compared by their members' points, fairly whatever their size.

A circle is as good as its best few: the mean of the `best` members who earned most for it, and
who is missing among those few counts as nothing, so that a circle is no better for having one
hero and nobody else. Points belong to the circle the member was in when they were earned. Hidden
members count too, since nobody is named; members who left do not.

Beside it stands who takes part: of the members known in a circle (their latest try was made as
one of it), the share that tried at least one riddle of the window.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from engine.standings.window import Window
from engine.storage.database import Reader

BEST = 10


@dataclass(frozen=True, slots=True)
class CupLine:
    """One circle in the cup."""

    rank: int
    circle: str
    points: Fraction
    """The mean of its best."""
    scorers: int
    """Members who earned points for it."""
    took_part: int
    members: int
    """Members who are known in it."""

    @property
    def participation(self) -> Fraction:
        """The share of its members that took part."""
        return Fraction(self.took_part, self.members) if self.members else Fraction(0)


async def cup(
    reader: Reader, window: Window, circles: Sequence[str], *, best: int = BEST
) -> list[CupLine]:
    """The circles, the best first; of equal ones the livelier is listed first."""
    points = await _points(reader, window, best)
    parts = await _participation(reader, window)
    means = {circle: Fraction(points.get(circle, (0, 0))[0], best) for circle in circles}
    lines = [
        CupLine(
            rank=1 + sum(other > mean for other in means.values()),
            circle=circle,
            points=mean,
            scorers=points.get(circle, (0, 0))[1],
            took_part=parts.get(circle, (0, 0))[0],
            members=parts.get(circle, (0, 0))[1],
        )
        for circle, mean in means.items()
    ]
    return sorted(lines, key=lambda line: (line.rank, -line.participation, line.circle))


async def _points(reader: Reader, window: Window, best: int) -> dict[str, tuple[int, int]]:
    """By circle: the points of its best together, and how many earned any."""
    # What corrects a transfer belongs to the circle of what it corrects.
    circle = """
        coalesce(circle, (SELECT first.circle FROM transfers AS first
                          WHERE first.id = transfers.corrects))
    """
    rows = await reader.all(
        f"""
        WITH sides AS (
            SELECT {circle} AS circle, target AS side, points FROM transfers
            WHERE {window.counts}
            UNION ALL
            SELECT {circle}, source, -points FROM transfers WHERE {window.counts}),
        earned AS (
            SELECT circle, coalesce(owner, id) AS account, sum(points) AS points
            FROM sides JOIN accounts ON id = side AND kind IN ('member', 'owed')
            WHERE circle IS NOT NULL
            GROUP BY circle, coalesce(owner, id) HAVING sum(points) > 0),
        placed AS (
            SELECT circle, points, row_number() OVER (
                PARTITION BY circle ORDER BY points DESC) AS place
            FROM earned WHERE EXISTS (SELECT 1 FROM present WHERE present.account = earned.account))
        SELECT circle, sum(points) FILTER (WHERE place <= :best) AS points, count(*) AS scorers
        FROM placed GROUP BY circle
        """,  # noqa: S608 - our own words
        window.facts | {"best": best},
    )
    return {row["circle"]: (row["points"], row["scorers"]) for row in rows}


async def _participation(reader: Reader, window: Window) -> dict[str, tuple[int, int]]:
    """By circle: how many of its members tried in the window, and how many members it has."""
    rows = await reader.all(
        f"""
        WITH latest AS (
            SELECT account, circle, max(at),
                   total(NOT practice AND normal IS NOT NULL AND outcome <> 'invalid'
                         AND {window.holds_try}) > 0 AS took_part
            FROM submissions WHERE circle IS NOT NULL GROUP BY account)
        SELECT circle, sum(took_part) AS took_part, count(*) AS members FROM latest
        WHERE EXISTS (SELECT 1 FROM present WHERE present.account = latest.account)
        GROUP BY circle
        """,  # noqa: S608 - our own words
        window.facts,
    )
    return {row["circle"]: (row["took_part"], row["members"]) for row in rows}
