"""The books of redemptions: each has the transfers that its state asks for, and no other."""

from engine.books.ledger import HELD, SPENT
from engine.storage.database import Reader


async def misfit(reader: Reader) -> str | None:
    """The first redemption whose points are not where its state says; None if all fit.

    So what is held is what the open redemptions cost, to the point.
    """
    return (
        await _without_its_transfers(reader)
        or await _held_for_nothing(reader)
        or await _refunds_astray(reader)
        or await _codes_astray(reader)
        or await _loans_at_once(reader)
    )


async def _without_its_transfers(reader: Reader) -> str | None:
    row = await reader.one(
        f"""
        SELECT redemptions.id, state FROM redemptions
        LEFT JOIN transfers AS held ON held.key = 'redemption:' || redemptions.id || ':hold'
            AND held.source = account AND held.target = {HELD} AND held.points = cost
        LEFT JOIN transfers AS spent ON spent.key = 'redemption:' || redemptions.id || ':redemption'
            AND spent.source = {HELD} AND spent.target = {SPENT} AND spent.points = cost
        LEFT JOIN transfers AS back ON back.key = 'redemption:' || redemptions.id || ':release'
            AND back.source = {HELD} AND back.target = account AND back.points = cost
        WHERE held.id IS NULL
           OR (spent.id IS NOT NULL) <> (state = 'fulfilled')
           OR (back.id IS NOT NULL) <> (state = 'canceled')
        ORDER BY redemptions.id LIMIT 1
        """  # noqa: S608 - our own accounts
    )
    if row is None:
        return None
    return f"redemption {row['id']} is {row['state']}, and its points are not where they would be"


async def _held_for_nothing(reader: Reader) -> str | None:
    row = await reader.one(
        """
        SELECT transfers.id, key FROM transfers
        LEFT JOIN redemptions ON redemptions.id = CAST(substr(key, 12) AS INTEGER)
        WHERE key BETWEEN 'redemption:' AND 'redemption;' AND redemptions.id IS NULL
        ORDER BY transfers.id LIMIT 1
        """
    )
    if row is None:
        return None
    return f"transfer {row['id']} ({row['key']}) belongs to no redemption"


async def _refunds_astray(reader: Reader) -> str | None:
    """Whatever leaves the account of what was spent pays one redemption back, once."""
    row = await reader.one(
        f"""
        SELECT redemptions.id FROM redemptions
        LEFT JOIN transfers ON transfers.key = 'redemption:' || redemptions.id || ':refund'
        LEFT JOIN redemption_steps AS said ON redemption = redemptions.id AND step = 'refunded'
        WHERE (refunded_at IS NOT NULL OR transfers.id IS NOT NULL OR said.id IS NOT NULL)
          AND (refunded_at IS transfers.booked_at AND refunded_at IS said.at
               AND transfers.kind IS 'refund' AND source IS {SPENT} AND target IS account
               AND points IS cost AND transfers.actor IS said.actor) IS NOT TRUE
        ORDER BY redemptions.id LIMIT 1
        """  # noqa: S608 - our own account
    )
    if row is not None:
        return f"redemption {row['id']} and its refund do not fit together"
    row = await reader.one(
        f"""
        SELECT transfers.id, key FROM transfers
        LEFT JOIN redemptions ON key = 'redemption:' || redemptions.id || ':refund'
            AND redemptions.id = CAST(substr(key, 12) AS INTEGER)
        WHERE source = {SPENT} AND redemptions.id IS NULL ORDER BY transfers.id LIMIT 1
        """  # noqa: S608 - our own account
    )
    return None if row is None else f"transfer {row['id']} ({row['key']}) refunds no redemption"


async def _codes_astray(reader: Reader) -> str | None:
    row = await reader.one(
        """
        SELECT redemptions.id FROM redemptions
        LEFT JOIN codes ON codes.redemption = redemptions.id AND codes.reward = redemptions.reward
        WHERE (kind = 'code' AND state = 'fulfilled') <> (codes.id IS NOT NULL)
        ORDER BY redemptions.id LIMIT 1
        """
    )
    return None if row is None else f"redemption {row['id']} and its code do not fit together"


async def _loans_at_once(reader: Reader) -> str | None:
    """Loans of one role wait for each other: their days are never the same days."""
    row = await reader.one(
        """
        WITH lent AS (
            SELECT id, account, json_extract(terms, '$.role') AS role, ends_at,
                   ends_at - json_extract(terms, '$.lasts_ms') AS begins_at
            FROM redemptions WHERE ends_at IS NOT NULL AND ended_at IS NULL)
        SELECT later.id, first.id AS other FROM lent AS first
        JOIN lent AS later ON later.account = first.account AND later.role = first.role
            AND (later.ends_at, later.id) > (first.ends_at, first.id)
        WHERE later.begins_at < first.ends_at ORDER BY later.id LIMIT 1
        """
    )
    if row is None:
        return None
    return f"redemption {row['id']} lends a role while redemption {row['other']} still does"
