"""Erasure: identity leaves, history stays true.

What ties an account to a person goes, and every word of theirs; what the books need stays under
an account that is nobody's. Points earned and places reached stay where they are, so nobody else's
change. Whoever comes back is somebody new, unranked on riddles that were open when they left.
"""

import hashlib
import hmac
from dataclasses import dataclass

from engine.books.ledger import ERASED, Kind, Transfer, balance, post
from engine.draws import entries
from engine.people import milestones
from engine.people.members import account_of
from engine.shop import fulfilment, loans
from engine.storage.database import Transaction

ERASED_WORDS = ""
"""What stands for the normal form of an answer whose words are gone: it was judged, and is no
more."""


@dataclass(frozen=True, slots=True, order=True)
class LeftRole:
    """A role that the books gave, and that is to be taken."""

    server: int
    role: int


@dataclass(frozen=True, slots=True)
class Erased:
    """What an erasure took with it."""

    account: int
    points: int
    """That could still have been spent."""
    redemptions: int
    """Requests that were open, canceled by it."""
    draws: int
    """Draws that were left by it."""
    roles: tuple[LeftRole, ...] = ()
    """Roles that the member has by the books, or may be given at this moment."""


def mark(secret: bytes, member: int) -> bytes:
    """What remains of a Discord id: only who holds the secret can recognise it."""
    return hmac.new(secret, str(member).encode(), hashlib.sha256).digest()


async def erase(tx: Transaction, member: int, secret: bytes, now_ms: int) -> Erased | None:
    """Erase a member, for good; None for somebody never seen.

    The roles that go with them are the caller's to take: only they know the member's id by then.
    """
    account = await account_of(tx, member)
    if account is None:
        return None
    remains = mark(secret, member)
    await _remember_open_rounds(tx, account, remains, now_ms)
    await tx.execute("UPDATE bans SET member = NULL, mark = ? WHERE member = ?", (remains, member))
    left = await _leave_draws(tx, account, now_ms)
    open_requests = await tx.value(
        "SELECT count(*) FROM redemptions WHERE account = ? AND state = 'unfulfilled'", (account,)
    )
    roles = await _leave_roles(tx, account, now_ms)
    await fulfilment.forget(tx, account, now_ms)
    points = await _move_balance_out(tx, account, now_ms)
    await _blank_words(tx, account)
    await _blank_posts(tx, member)
    for table in ("notices", "reminders", "sightings", "members"):
        await tx.execute(f"DELETE FROM {table} WHERE account = ?", (account,))  # noqa: S608 - the four above
    return Erased(account, points, open_requests, left, roles)


async def let_go(tx: Transaction) -> None:
    """Forget the marks of rounds that are revealed: from then on nobody can gain by them."""
    await tx.execute(
        "DELETE FROM forgotten WHERE round IN (SELECT round FROM steps WHERE step = 'reveal')"
    )


async def _remember_open_rounds(tx: Transaction, account: int, remains: bytes, now_ms: int) -> None:
    await tx.execute(
        """
        INSERT INTO forgotten
        SELECT ?1, slug, id, ?3 FROM rounds
        WHERE NOT EXISTS (SELECT 1 FROM steps WHERE round = rounds.id AND step = 'reveal')
          AND (EXISTS (SELECT 1 FROM submissions WHERE round = rounds.id AND account = ?2)
               OR EXISTS (SELECT 1 FROM hints_taken WHERE round = rounds.id AND account = ?2)
               OR EXISTS (SELECT 1 FROM insiders WHERE slug = rounds.slug AND account = ?2))
        ON CONFLICT DO NOTHING
        """,
        (remains, account, now_ms),
    )


async def _leave_draws(tx: Transaction, account: int, now_ms: int) -> int:
    """Leave draws that are not frozen; in a frozen one the entry stays, and is nobody's."""
    rows = await tx.all(
        """
        SELECT draw FROM draw_entries JOIN draws ON draws.id = draw
        WHERE account = ? AND state = 'announced'
        """,
        (account,),
    )
    for row in rows:
        await entries.drop(tx, row["draw"], [account], why="erased", at_ms=now_ms)
    await tx.execute("UPDATE draw_entries SET salt = NULL WHERE account = ?", (account,))
    await tx.execute(
        "UPDATE draw_winners SET note = NULL WHERE account = ? AND note IS NOT NULL", (account,)
    )
    # Steps of draws had the same words, once.
    await tx.execute(
        """
        UPDATE draw_steps SET note = NULL
        WHERE note IS NOT NULL AND EXISTS (
            SELECT 1 FROM draw_winners WHERE account = ? AND draw_winners.draw = draw_steps.draw
            AND (step = 'settle ' || id OR step GLOB 'pass over ' || id || ':*'))
        """,
        (account,),
    )
    return len(rows)


async def _leave_roles(tx: Transaction, account: int, now_ms: int) -> tuple[LeftRole, ...]:
    lent = await loans.end_loans(tx, account, now_ms)
    earned = await milestones.forget(tx, account, now_ms)
    return tuple(
        sorted(
            {LeftRole(one.terms.server or one.server, one.terms.role or 0) for one in lent}
            | {LeftRole(change.server, change.role) for change in earned}
        )
    )


async def _move_balance_out(tx: Transaction, account: int, now_ms: int) -> int:
    points = await balance(tx, account)
    if points:
        await post(
            tx,
            Transfer(
                key=f"erasure:{account}",
                kind=Kind.ERASURE,
                source=account,
                target=ERASED,
                points=points,
                booked_at=now_ms,
                counts_at=now_ms,
            ),
        )
    return points


async def _blank_words(tx: Transaction, account: int) -> None:
    """Every word that the member wrote, or that was written about them."""
    await tx.execute(
        """
        UPDATE submissions SET text = NULL, normal = iif(normal IS NULL, NULL, ?)
        WHERE account = ?
        """,
        (ERASED_WORDS, account),
    )
    await tx.execute(
        """
        UPDATE notes SET text = NULL WHERE digest IN (
            SELECT note FROM transfers WHERE source = ?1 OR target = ?1
               OR source IN (SELECT id FROM accounts WHERE owner = ?1)
               OR target IN (SELECT id FROM accounts WHERE owner = ?1)
            UNION SELECT note FROM corrections WHERE account = ?1
            UNION SELECT note FROM redemption_steps
                  JOIN redemptions ON redemptions.id = redemption WHERE account = ?1)
        """,
        (account,),
    )
    await tx.execute(
        """
        UPDATE corrections SET state = 'dropped', decided_at = proposed_at
        WHERE account = ? AND state = 'waiting'
        """,
        (account,),
    )


async def _blank_posts(tx: Transaction, member: int) -> None:
    """What staff were told about the member, or are still to be told; other posts name nobody."""
    await tx.execute(
        """
        UPDATE posts SET facts = '{}', error = NULL,
                         state = iif(state IN ('pending', 'sending'), 'failed', state)
        WHERE kind = 'staff' AND instr(facts, ?)
        """,
        (f"<@{member}>",),
    )
