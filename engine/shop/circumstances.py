"""Circumstances: what decides who may have which reward, read for many members at once."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from engine.books.ledger import ALL_TIME
from engine.people import bans
from engine.shop.rewards import Period, Reward, period
from engine.shop.shortfalls import Had, Shelf, Standing
from engine.storage.database import Reader

EVER = Period(0, None)


@dataclass(frozen=True, slots=True)
class Season:
    """The season of a moment; number 0 and no end where none is open."""

    id: int = ALL_TIME
    period: Period = EVER


async def seasons_of(reader: Reader, moments: Collection[int]) -> dict[int, Season]:
    """The season of each moment."""
    rows = await reader.all("SELECT * FROM seasons WHERE id <> ? ORDER BY id", (ALL_TIME,))
    known = [Season(row["id"], Period(row["starts_at"], row["ends_at"])) for row in rows]
    return {
        at: next(
            (one for one in known if one.period.starts_at <= at < (one.period.ends_at or 0)),
            Season(),
        )
        for at in moments
    }


@dataclass(slots=True)
class Stores:
    """What is left of rewards: counted per period of the stock, and in the pools of codes."""

    zone: ZoneInfo
    season: Season
    taken: dict[tuple[str, Period], int] = field(default_factory=dict[tuple[str, Period], int])
    codes: dict[str, int] = field(default_factory=dict[str, int])

    def shelf(self, reward: Reward, at_ms: int) -> Shelf:
        """What is left of a reward for who asks at that moment."""
        span = period(reward, at_ms, self.zone, self.season.period)
        counts: list[int] = []
        if reward.stock is not None:
            counts.append(reward.stock - self.taken[reward.id, span])
        if reward.kind == "code":
            counts.append(self.codes[reward.id])
            if not self.codes[reward.id]:
                span = EVER  # A restock brings no codes.
        return Shelf(span, min(counts, default=None))

    def take(self, reward: Reward, at_ms: int) -> None:
        """One fewer."""
        span = period(reward, at_ms, self.zone, self.season.period)
        if reward.stock is not None:
            self.taken[reward.id, span] += 1
        if reward.kind == "code":
            self.codes[reward.id] -= 1


async def read_stores(
    reader: Reader,
    asked: Collection[tuple[Reward, int]],
    *,
    zone: ZoneInfo,
    season: Season,
    secret: bytes | None,
) -> Stores:
    """What is left of each reward at the moment it is asked for.

    Codes count where `secret` names the secret that can open them.
    """
    stores = Stores(zone, season)
    for reward, at in asked:
        span = period(reward, at, zone, season.period)
        if reward.stock is not None and (reward.id, span) not in stores.taken:
            stores.taken[reward.id, span] = await reader.value(
                """
                SELECT count(*) FROM redemptions
                WHERE reward = ? AND state <> 'canceled' AND at >= ? AND at < ifnull(?, at + 1)
                """,
                (reward.id, span.starts_at, span.ends_at),
            )
        if reward.kind == "code" and reward.id not in stores.codes:
            # A request that waits for a person has a code set aside.
            stores.codes[reward.id] = await reader.value(
                """
                SELECT (SELECT count(*) FROM codes
                        WHERE reward = ?1 AND secret = ?2 AND redemption IS NULL)
                     - (SELECT count(*) FROM redemptions
                        WHERE reward = ?1 AND kind = 'code' AND state = 'unfulfilled')
                """,
                (reward.id, secret),
            )
    return stores


async def read_standings(
    reader: Reader,
    roles: Mapping[int, frozenset[int]],
    rewards: Sequence[Reward],
    season: Season,
) -> dict[int, Standing]:
    """How each account of `roles` stands with these rewards; its values are what they hold."""
    accounts = json.dumps(list(roles))
    found = {account: Standing(roles=held) for account, held in roles.items()}
    for row in await reader.all(
        "SELECT id, balance FROM accounts WHERE id IN (SELECT value FROM json_each(?))", (accounts,)
    ):
        found[row["id"]].balance = row["balance"]
    for account in await bans.banned_among(reader, roles.keys()):
        found[account].banned = True
    await _read_what_they_had(reader, found, accounts, rewards, season)
    if any(reward.kind == "role" for reward in rewards):
        await _read_roles(reader, found, accounts)
    asked = {one.what for reward in rewards for one in reward.requires.asked}
    if asked & {"score", "season_score"}:
        await _read_scores(reader, found, accounts, season)
    if asked & {"solved", "streak"}:
        await _read_solves(reader, found, accounts)
    return found


async def _read_what_they_had(
    reader: Reader,
    found: Mapping[int, Standing],
    accounts: str,
    rewards: Sequence[Reward],
    season: Season,
) -> None:
    rows = await reader.all(
        """
        SELECT account, reward, max(at) AS last_at,
               sum(state <> 'canceled' AND refunded_at IS NULL) AS ever,
               sum(state <> 'canceled' AND refunded_at IS NULL
                   AND at >= ?3 AND at < ifnull(?4, at + 1)) AS season
        FROM redemptions
        WHERE account IN (SELECT value FROM json_each(?1))
          AND reward IN (SELECT value FROM json_each(?2))
        GROUP BY account, reward
        """,
        (
            accounts,
            json.dumps(list({reward.id for reward in rewards})),
            season.period.starts_at,
            season.period.ends_at,
        ),
    )
    for row in rows:
        found[row["account"]].had[row["reward"]] = Had(row["ever"], row["season"], row["last_at"])


async def _read_roles(reader: Reader, found: Mapping[int, Standing], accounts: str) -> None:
    """The roles that each has from the shop, or that are on their way, whichever reward it was."""
    rows = await reader.all(
        """
        SELECT account, json_extract(terms, '$.role') AS role,
               max(json_extract(terms, '$.lasts_ms') IS NULL) AS for_good
        FROM redemptions
        WHERE account IN (SELECT value FROM json_each(?))
          AND kind = 'role' AND state <> 'canceled' AND ended_at IS NULL
        GROUP BY account, role
        """,
        (accounts,),
    )
    for row in rows:
        found[row["account"]].shop_roles[row["role"]] = bool(row["for_good"])


async def _read_scores(
    reader: Reader, found: Mapping[int, Standing], accounts: str, season: Season
) -> None:
    rows = await reader.all(
        """
        SELECT account, season, points FROM scores
        WHERE season IN (?, ?) AND account IN (SELECT value FROM json_each(?))
        """,
        (ALL_TIME, season.id, accounts),
    )
    for row in rows:
        standing = found[row["account"]]
        if row["season"] == ALL_TIME:
            standing.score = row["points"]
        if row["season"] == season.id:
            standing.season_score = row["points"]


async def _read_solves(reader: Reader, found: Mapping[int, Standing], accounts: str) -> None:
    """How many riddles each solved, and how many of the latest in a row.

    An open riddle that is not solved yet breaks no row, and neither does a voided one.
    """
    rows = await reader.all(
        """
        WITH counted AS (
            SELECT id, row_number() OVER (ORDER BY id DESC) AS place,
                   EXISTS (SELECT 1 FROM steps WHERE round = id AND step = 'close') AS closed
            FROM rounds WHERE voided_at IS NULL),
        asked AS (SELECT value AS account FROM json_each(?)),
        missed AS (
            SELECT account, min(place) AS place FROM asked, counted
            WHERE closed AND NOT EXISTS (
                SELECT 1 FROM solves WHERE round = counted.id AND solves.account = asked.account)
            GROUP BY account)
        SELECT solves.account, count(*) AS solved,
               count(*) FILTER (
                   WHERE missed.place IS NULL OR counted.place < missed.place) AS streak
        FROM asked JOIN solves USING (account) JOIN counted ON counted.id = solves.round
        LEFT JOIN missed USING (account)
        GROUP BY solves.account
        """,
        (accounts,),
    )
    for row in rows:
        standing = found[row["account"]]
        standing.solved, standing.streak = row["solved"], row["streak"]
