"""Explaining: how a member came by the points of a round, opened down to the ledger's rows.

The parts of an explanation always add up to the sum of its rows. What the formula cannot account
for is named: what was kept from an earlier count, and what staff corrected by hand.
"""

from dataclasses import dataclass

from engine.books.ledger import HOUSE, Kind
from engine.play import rounds
from engine.play.rounds import Round
from engine.play.settlement import entitlement_of, is_own
from engine.scoring import Entitlement
from engine.storage.database import Reader


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row of the ledger, as it concerns the member. Moments are milliseconds UTC."""

    transfer: int
    key: str
    kind: Kind
    points: int
    """Below zero: taken."""
    booked_at: int
    digest: bytes
    corrects: int | None
    reason: str | None
    by_hand: bool
    """Booked because somebody of the staff said so."""
    owed: bool
    """Taken on credit: there was nothing left to take."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A member's points of one round."""

    round: Round
    solved_at: int | None
    """The millisecond of the solve; None: not solved."""
    worth: Entitlement | None
    """What the solve is worth and why; None: nothing, as for a voided round."""
    rows: tuple[Row, ...]
    """Oldest first."""

    @property
    def total(self) -> int:
        """The points of the round, everything counted."""
        return sum(row.points for row in self.rows)

    @property
    def by_hand(self) -> int:
        """What staff gave, or took where it is below zero."""
        return sum(row.points for row in self.rows if row.by_hand)

    @property
    def kept(self) -> int:
        """What was paid by an earlier count and is left to the member since."""
        return self.total - self.by_hand - (self.worth.total if self.worth else 0)


@dataclass(frozen=True, slots=True)
class Played:
    """A round of which a member has something to be explained."""

    id: int
    title: str


async def explain(reader: Reader, account: int, round_id: int) -> Explanation | None:
    """How the holder of `account` came by the points of a round; None: there is nothing to tell."""
    solve = await reader.one(
        "SELECT at FROM solves WHERE round = ? AND account = ?", (round_id, account)
    )
    rows = await _rows(reader, account, round_id)
    if solve is None and not rows:
        return None
    return Explanation(
        round=await rounds.get(reader, round_id),
        solved_at=None if solve is None else solve["at"],
        worth=await entitlement_of(reader, round_id, account),
        rows=rows,
    )


async def played(reader: Reader, account: int, limit: int = 25) -> list[Played]:
    """The latest rounds that the holder of `account` solved or has points of."""
    rows = await reader.all(
        """
        SELECT id, json_extract(rules, '$.title') AS title FROM rounds
        WHERE id IN (SELECT round FROM solves WHERE account = ?1
                     UNION SELECT round FROM transfers WHERE target = ?1)
        ORDER BY id DESC LIMIT ?2
        """,
        (account, limit),
    )
    return [Played(row["id"], row["title"]) for row in rows]


async def newer(reader: Reader, account: int, since: int, lines: int) -> int | None:
    """Where the page of a statement begins that ends at transfer `since`; None: with the newest.

    What is returned goes into `statements.statement(…, before=…)`.
    """
    rows = await reader.all(
        """
        WITH own AS (
            SELECT ?1 AS id UNION ALL SELECT id FROM accounts WHERE owner = ?1)
        SELECT id FROM transfers WHERE id >= ?2 AND source IN own
        UNION
        SELECT id FROM transfers WHERE id >= ?2 AND target IN own
        ORDER BY id LIMIT ?3
        """,
        (account, since, lines + 1),
    )
    return rows[lines]["id"] if len(rows) > lines else None


async def _rows(reader: Reader, account: int, round_id: int) -> tuple[Row, ...]:
    rows = await reader.all(
        """
        WITH own AS (
            SELECT id, 0 AS owed FROM accounts WHERE id = ?1
            UNION ALL
            SELECT id, 1 FROM accounts WHERE owner = ?1),
        sides AS (
            SELECT transfers.id, transfers.points AS change, owed FROM own
            JOIN transfers ON target = own.id WHERE source = ?3
            UNION ALL
            SELECT transfers.id, -transfers.points, owed FROM own
            JOIN transfers ON source = own.id WHERE target = ?3)
        SELECT transfers.*, change, owed, text AS reason FROM sides
        JOIN transfers USING (id) LEFT JOIN notes ON notes.digest = note
        WHERE round = ?2 ORDER BY id
        """,
        (account, round_id, HOUSE),
    )
    return tuple(
        Row(
            transfer=row["id"],
            key=row["key"],
            kind=Kind(row["kind"]),
            points=row["change"],
            booked_at=row["booked_at"],
            digest=row["digest"],
            corrects=row["corrects"],
            reason=row["reason"],
            by_hand=not is_own(row["key"]),
            owed=bool(row["owed"]),
        )
        for row in rows
    )
