"""Windows: what a board covers, and the SQL of what was earned in it.

A season and all time are read from the scores that the ledger keeps; a round, a month, and the
riddles of one circle are added up from the transfers.
"""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

from engine.books.ledger import ALL_TIME, SCORED, SCORED_FOR_ALL_TIME
from engine.books.reached import REACHED

_IN_SPAN = "{at} >= :since AND {at} < :until"
_IN_SEASON = (
    "{at} >= (SELECT starts_at FROM seasons WHERE id = :season) "
    "AND {at} < (SELECT ends_at FROM seasons WHERE id = :season)"
)
_OF_CIRCLE = "round IN (SELECT id FROM rounds WHERE json_extract(rules, '$.circle') = :circle)"


@dataclass(frozen=True, slots=True)
class Window:
    """What a board covers: a season (0: all time), a round, a round within a season, or a span.

    `circle` narrows it to the riddles of that circle.
    """

    season: int | None = None
    round: int | None = None
    span: tuple[int, int] | None = None
    """Start, and end (excluded), in milliseconds."""
    circle: str | None = None

    def __post_init__(self) -> None:
        if (self.span is None) == (self.season is None and self.round is None):
            raise ValueError("a window is a season, a round or a span")

    @property
    def facts(self) -> dict[str, Any]:
        """The parameters of `earned`."""
        since, until = self.span or (None, None)
        return {
            "season": self.season,
            "round": self.round,
            "since": since,
            "until": until,
            "circle": self.circle,
        }

    @property
    def is_kept(self) -> bool:
        """Whether the ledger keeps these scores, so that nothing needs adding up."""
        return self.season is not None and self.round is None and self.circle is None

    @property
    def counts(self) -> str:
        """The condition under which a transfer counts here."""
        everything = self.season == ALL_TIME and self.round is None
        kinds = _listed(SCORED_FOR_ALL_TIME if everything else SCORED)
        return f"transfers.kind IN ({kinds}) AND {self._holds('counts_at')}"

    @property
    def holds_try(self) -> str:
        """The condition under which a submission falls into it."""
        return self._holds("at")

    def _holds(self, at: str) -> str:
        where = ["TRUE"]
        if self.round is not None:
            where.append("round = :round")
        if self.span is not None:
            where.append(_IN_SPAN.format(at=at))
        if self.season:
            where.append(_IN_SEASON.format(at=at))
        if self.circle is not None:
            where.append(_OF_CIRCLE)
        return " AND ".join(where)

    @property
    def earned(self) -> str:
        """The query of everybody's `account, points, reached_at`."""
        if self.is_kept:
            return "SELECT account, points, reached_at FROM scores WHERE season = :season"
        return _summed(
            f"""
            SELECT coalesce(owner, id) AS account, points, counts_at FROM (
                SELECT target AS side, points, counts_at FROM transfers WHERE {self.counts}
                UNION ALL
                SELECT source, -points, counts_at FROM transfers WHERE {self.counts})
            JOIN accounts ON id = side AND accounts.kind IN ('member', 'owed')
            """  # noqa: S608 - our own words
        )

    @property
    def earned_by_some(self) -> str:
        """The same for members only whose accounts are in the JSON array `:accounts`."""
        if self.is_kept:
            some = "account IN (SELECT value FROM json_each(:accounts))"
            return f"SELECT * FROM ({self.earned}) WHERE {some}"  # noqa: S608 - our own words
        # Each member's own account, and the one that holds their debt.
        sides = """
            (SELECT value AS side, value AS account FROM json_each(:accounts)
             UNION ALL
             SELECT accounts.id, owner FROM json_each(:accounts) JOIN accounts ON owner = value)
        """
        return _summed(
            f"""
            SELECT account, points, counts_at FROM {sides} JOIN transfers ON target = side
            WHERE {self.counts}
            UNION ALL
            SELECT account, -points, counts_at FROM {sides} JOIN transfers ON source = side
            WHERE {self.counts}
            """  # noqa: S608 - our own words
        )


def _summed(changes: str) -> str:
    """Scores from their changes."""
    return f"""
        SELECT account, sum(points) AS points, {REACHED} AS reached_at FROM (
            SELECT account, points, counts_at,
                   sum(points) OVER (PARTITION BY account ORDER BY counts_at DESC) AS since
            FROM ({changes}))
        GROUP BY account
    """  # noqa: S608 - our own words


def _listed(kinds: Collection[str]) -> str:
    return ", ".join(f"'{kind}'" for kind in sorted(kinds))
