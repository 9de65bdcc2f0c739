"""Loans: roles that are lent for a time, and when they are to be taken back.

A member may hold a role by several redemptions; it goes when the last of them ends. Loans of one
role wait for each other: each begins when the one before it ends, and lasts for its own span.
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


async def move_up(tx: Transaction, over: Redemption, now_ms: int) -> None:
    """The loans that waited for `over`, which ends before its time, begin the earlier.

    What has begun keeps its time, and what has not keeps its own length.
    """
    rows = await tx.all(
        """
        SELECT id, ends_at, json_extract(terms, '$.lasts_ms') AS lasts_ms FROM redemptions
        WHERE account = ? AND kind = 'role' AND json_extract(terms, '$.role') = ?
          AND ends_at IS NOT NULL AND ended_at IS NULL
        ORDER BY ends_at, id
        """,
        (over.account, over.terms.role),
    )
    free_at = now_ms
    for row in rows:
        ends_at = row["ends_at"]
        if ends_at - row["lasts_ms"] > now_ms:
            ends_at = free_at + row["lasts_ms"]
            await tx.execute(
                "UPDATE redemptions SET ends_at = ? WHERE id = ?", (ends_at, row["id"])
            )
        free_at = max(free_at, ends_at)


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


async def is_extended_by(reader: Reader, one: Redemption) -> bool:
    """Whether the member has the role already, on a loan that `one` would only lengthen."""
    row = await reader.one(
        """
        SELECT 1 FROM redemptions
        WHERE account = ? AND kind = 'role' AND json_extract(terms, '$.role') = ?
          AND id <> ? AND state = 'fulfilled' AND ended_at IS NULL
        """,
        (one.account, one.terms.role, one.id),
    )
    return row is not None


async def outlives_a_loan(reader: Reader, one: Redemption) -> bool:
    """Whether the role was left in place for `one` when a loan of it ended, and nothing else is.

    Then it has to go once `one` is canceled. The order of the steps tells: the moments of requests
    are Discord's, and those of ends are ours.
    """
    row = await reader.one(
        """
        SELECT 1 FROM redemptions
        WHERE account = ?1 AND kind = 'role' AND json_extract(terms, '$.role') = ?2
          AND id <> ?3 AND ended_at IS NOT NULL
          AND (SELECT min(id) FROM redemption_steps
               WHERE redemption = redemptions.id AND step IN ('ended', 'refunded'))
            > (SELECT min(id) FROM redemption_steps WHERE redemption = ?3)
        """,
        (one.account, one.terms.role, one.id),
    )
    return row is not None and not await is_still_lent(reader, one)
