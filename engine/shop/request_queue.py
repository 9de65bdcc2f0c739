"""The queue of requests that wait for a person, what was done to each, and what is due next."""

from dataclasses import dataclass

from engine.shop.redemptions import Redemption, from_row
from engine.storage.database import Reader

BY_HAND = "(kind = 'manual' OR json_extract(terms, '$.consent') IS NOT NULL)"


@dataclass(frozen=True, slots=True)
class Taken:
    """A step that was taken with a redemption."""

    step: str
    at: int
    actor: int | None
    """None: the program."""
    consent: bool
    note: str | None
    """None where there was none, or it was erased."""


async def waiting(reader: Reader, *, limit: int = 10, skip: int = 0) -> list[Redemption]:
    """Requests that wait for a person, the oldest first."""
    rows = await reader.all(
        f"SELECT * FROM redemptions WHERE state = 'unfulfilled' AND {BY_HAND} "  # noqa: S608 - our own condition
        "ORDER BY id LIMIT ? OFFSET ?",
        (limit, skip),
    )
    return [from_row(row) for row in rows]


async def how_many(reader: Reader) -> int:
    """How many requests wait for a person."""
    return await reader.value(
        f"SELECT count(*) FROM redemptions WHERE state = 'unfulfilled' AND {BY_HAND}"  # noqa: S608 - as above
    )


async def steps(reader: Reader, number: int) -> list[Taken]:
    """What happened to a redemption, oldest first."""
    rows = await reader.all(
        """
        SELECT step, at, actor, consent, text FROM redemption_steps
        LEFT JOIN notes ON notes.digest = redemption_steps.note
        WHERE redemption = ? ORDER BY redemption_steps.id
        """,
        (number,),
    )
    return [
        Taken(row["step"], row["at"], row["actor"], row["consent"] == 1, row["text"])
        for row in rows
    ]


async def actors(reader: Reader, number: int) -> dict[int, int]:
    """The Discord ids of those who took steps with a redemption, by account."""
    rows = await reader.all(
        """
        SELECT DISTINCT account, members.id AS member FROM redemption_steps
        JOIN members ON members.account = actor WHERE redemption = ?
        """,
        (number,),
    )
    return {row["account"]: row["member"] for row in rows}


async def naming(reader: Reader, account: int) -> list[int]:
    """The requests to a person that have to do with an account: who asked, and who saw to them."""
    rows = await reader.all(
        f"""
        SELECT id FROM redemptions WHERE account = ?1 AND {BY_HAND}
        UNION SELECT redemption FROM redemption_steps
              JOIN redemptions ON redemptions.id = redemption WHERE actor = ?1 AND {BY_HAND}
        ORDER BY id
        """,  # noqa: S608 - our own condition
        (account,),
    )
    return [row["id"] for row in rows]


async def due_before(reader: Reader, moment: int) -> list[Redemption]:
    """Requests that wait for a person, and whose deadline comes before a moment."""
    rows = await reader.all(
        f"""
        SELECT * FROM redemptions
        WHERE state = 'unfulfilled' AND deadline_at IS NOT NULL AND deadline_at < ? AND {BY_HAND}
        ORDER BY id
        """,  # noqa: S608 - our own condition
        (moment,),
    )
    return [from_row(row) for row in rows]


async def next_moment(reader: Reader) -> int | None:
    """When the next deadline passes, or the next role ends; None where nothing is under way."""
    return await reader.value(
        """
        SELECT min(at) FROM (
            SELECT min(deadline_at) AS at FROM redemptions
            WHERE state = 'unfulfilled' AND deadline_at IS NOT NULL
            UNION ALL
            SELECT min(ends_at) FROM redemptions WHERE ends_at IS NOT NULL AND ended_at IS NULL)
        """
    )
