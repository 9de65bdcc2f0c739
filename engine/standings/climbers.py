"""What a week changed: who climbed in the season, and who solves riddle after riddle."""

from dataclasses import dataclass

from engine.play import streaks
from engine.play.rounds import Round
from engine.scoring import Streak
from engine.standings.reckoning import SHOWN, names_of
from engine.standings.window import Window
from engine.storage.database import Reader

MOST_IN_A_ROW = 52
"""Rounds that are looked back on."""


@dataclass(frozen=True, slots=True)
class Climb:
    """A member who stands higher than before."""

    account: int
    name: str
    ranks: int
    """How many ranks higher."""
    rank: int
    """The rank now."""


@dataclass(frozen=True, slots=True)
class Row:
    """A member who solved several riddles in a row."""

    account: int
    name: str
    rounds: int


async def climbers(
    reader: Reader, season: int, round_id: int, *, server: int | None, most: int = 3
) -> list[Climb]:
    """Those on the season's board who gained most ranks by this round, the highest gain first.

    Before the round they stood where the season without its points would have them; whoever had
    none then was on no rank, and has climbed none.
    """
    now, gained = Window(season=season), Window(season=season, round=round_id)
    rows = await reader.all(
        f"""
        WITH sums AS (
            SELECT account, sum(points) AS points, sum(before) AS before FROM (
                SELECT account, points, points AS before FROM ({now.earned})
                UNION ALL
                SELECT account, 0, -points FROM ({gained.earned}))
            GROUP BY account),
        ranked AS (
            SELECT account, points, before, rank() OVER (ORDER BY points DESC) AS rank,
                   rank() OVER (ORDER BY before DESC) AS rank_before
            FROM sums AS earned WHERE (points > 0 OR before > 0) AND {SHOWN})
        SELECT account, rank_before - rank AS ranks, rank FROM ranked
        WHERE points > 0 AND before > 0 AND rank_before > rank
        ORDER BY ranks DESC, rank, account LIMIT :most
        """,  # noqa: S608 - our own words
        gained.facts | {"server": server, "most": most},
    )
    names = await names_of(reader, [row["account"] for row in rows], server=server)
    return [Climb(row["account"], names[row["account"]], row["ranks"], row["rank"]) for row in rows]


async def longest_rows(
    reader: Reader, round_: Round, *, server: int | None, least: int = 3, most: int = 3
) -> list[Row]:
    """Those who solved this round and at least so many in a row with it, the longest first."""
    rows = await reader.all(
        f"SELECT account FROM solves AS earned WHERE round = :round AND ranked AND {SHOWN}",  # noqa: S608 - our own words
        {"round": round_.id, "server": server},
    )
    policy = round_.rules.scoring.streak
    forgiven = 0 if policy is None else policy.forgiven
    reach = Streak(bonus=1, cap=MOST_IN_A_ROW, forgiven=forgiven)
    runs = await streaks.runs(reader, round_, reach, [row["account"] for row in rows])
    longest = sorted(
        ((rounds, account) for account, rounds in runs.items() if rounds >= least),
        key=lambda one: (-one[0], one[1]),
    )[:most]
    names = await names_of(reader, [account for _, account in longest], server=server)
    return [Row(account, names[account], rounds) for rounds, account in longest]
