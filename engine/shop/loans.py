"""Loans: roles that are lent for a time, and when they are to be taken back.

A member may hold a role by several redemptions; it goes when the last of them ends.
"""

from engine.shop.fulfilment import cancel, log
from engine.shop.redemptions import Redemption, from_row
from engine.storage.database import Reader, Transaction


async def end_roles(tx: Transaction, now_ms: int) -> list[Redemption]:
    """End what was lent until now; those whose role is to be taken back, once each.

    A role that a later redemption still lends stays.
    """
    rows = await tx.execute(
        """
        UPDATE redemptions SET ended_at = ? WHERE ends_at <= ? AND ended_at IS NULL RETURNING *
        """,
        (now_ms, now_ms),
    )
    ended = [from_row(row) for row in sorted(rows, key=lambda row: row["id"])]
    await tx.many(
        "INSERT INTO redemption_steps (redemption, step, at) VALUES (?, 'ended', ?)",
        [(one.id, now_ms) for one in ended],
    )
    to_take: dict[tuple[int, int | None], Redemption] = {}
    for one in ended:
        if not await is_still_lent(tx, one):
            to_take[one.account, one.terms.role] = one
    return list(to_take.values())


async def end_loans(tx: Transaction, account: int, now_ms: int) -> list[Redemption]:
    """End what is lent to a member who is about to be erased, and what was on its way to them.

    What is returned is to be taken; a role that was bought for good stays theirs.
    """
    rows = await tx.execute(
        """
        UPDATE redemptions SET ended_at = ?
        WHERE account = ? AND ends_at IS NOT NULL AND ended_at IS NULL RETURNING *
        """,
        (now_ms, account),
    )
    ended = [from_row(row) for row in rows]
    for one in ended:
        await log(tx, one.id, "ended", now_ms, None)
    on_their_way = await tx.all(
        "SELECT * FROM redemptions WHERE account = ? AND kind = 'role' AND state = 'unfulfilled'",
        (account,),
    )
    ended += [await cancel(tx, row["id"], now_ms, step="erased") for row in on_their_way]
    return [one for one in ended if not await is_still_lent(tx, one)]


async def is_still_lent(reader: Reader, one: Redemption) -> bool:
    """Whether the member holds the role by another redemption too."""
    row = await reader.one(
        """
        SELECT 1 FROM redemptions
        WHERE account = ? AND kind = 'role' AND json_extract(terms, '$.role') = ?
          AND state <> 'canceled' AND ended_at IS NULL
        """,
        (one.account, one.terms.role),
    )
    return row is not None


async def outlives_a_loan(reader: Reader, one: Redemption) -> bool:
    """Whether the role was left in place for `one` when a loan of it ended, and nothing else is.

    Then it has to go once `one` is canceled.
    """
    row = await reader.one(
        """
        SELECT 1 FROM redemptions
        WHERE account = ? AND kind = 'role' AND json_extract(terms, '$.role') = ?
          AND id <> ? AND ended_at >= ?
        """,
        (one.account, one.terms.role, one.id, one.at),
    )
    return row is not None and not await is_still_lent(reader, one)
