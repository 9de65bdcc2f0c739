"""Standings: who has earned how much, in a span of time, and who stands before whom.

Equal scores share a rank (1, 1, 3); within a rank whoever reached the score first is listed first.
Hidden members, and members who left, keep their points and see their own rank, and are on
nobody's board. `Boards` answers at once, from memory that follows the books; `page` and `own`
reckon the same from the tables alone.
"""

from engine.standings.boards import Boards, View
from engine.standings.climbers import Climb, Row, climbers, longest_rows
from engine.standings.cup import CupLine, cup
from engine.standings.lines import Line, Own
from engine.standings.reckoning import own, page
from engine.standings.window import Window

__all__ = [
    "Boards",
    "Climb",
    "CupLine",
    "Line",
    "Own",
    "Row",
    "View",
    "Window",
    "climbers",
    "cup",
    "longest_rows",
    "own",
    "page",
]
