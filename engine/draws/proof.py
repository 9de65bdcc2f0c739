"""The books of draws: what is held for each draw is what its tickets hold, to the point."""

from engine.books.ledger import HELD
from engine.storage.database import Reader


async def misfit(reader: Reader) -> str | None:
    """The first draw whose held points are not its tickets'; None if all fit."""
    row = await reader.one(
        """
        WITH moved AS (
            SELECT batch, sum(iif(target = ?1, points, -points)) AS points
            FROM transfers WHERE batch GLOB 'draw:*' AND ?1 IN (source, target) GROUP BY batch),
        tickets AS (SELECT draw, sum(held) AS points FROM draw_entries GROUP BY draw)
        SELECT draws.name, ifnull(moved.points, 0) AS held, ifnull(tickets.points, 0) AS wanted
        FROM draws
        LEFT JOIN moved ON moved.batch = 'draw:' || draws.id
        LEFT JOIN tickets ON tickets.draw = draws.id
        WHERE ifnull(moved.points, 0) <> ifnull(tickets.points, 0)
        ORDER BY draws.id LIMIT 1
        """,
        (HELD,),
    )
    if row is None:
        return None
    return (
        f"{row['held']} points are held for the draw {row['name']}, "
        f"and its tickets hold {row['wanted']}"
    )
