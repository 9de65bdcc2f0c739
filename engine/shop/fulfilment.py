"""Fulfilment: how an unfulfilled redemption ends, who saw to it, and what is kept of that.

Every move is a conditional update: of two people, or two processes, one moves it. Each step is
logged with who took it; what was written with it lies in the notes, where it can be erased.
"""

from dataclasses import replace

from engine.books.ledger import write_note
from engine.errors import EngineError
from engine.shop import codes
from engine.shop.redemptions import Redemption, State, get, move, release, spend
from engine.storage.database import Reader, Transaction


class NoRedemption(EngineError):  # noqa: N818 - named for the state it found
    """There is no redemption of that number."""


class AlreadySettled(EngineError):  # noqa: N818
    """Only an unfulfilled redemption can move, and this one is fulfilled or canceled."""

    def __init__(self, redemption: Redemption) -> None:
        super().__init__(f"redemption {redemption.id} is {redemption.state}")
        self.redemption = redemption


class SomebodyElses(EngineError):  # noqa: N818
    """Another person sees to it."""

    def __init__(self, redemption: Redemption) -> None:
        super().__init__(f"redemption {redemption.id} is claimed")
        self.redemption = redemption


class ConsentMissing(EngineError):  # noqa: N818
    """Its condition of age or consent was not ticked."""


class NotByHand(EngineError):  # noqa: N818
    """The program gives it by itself: nobody has to see to it."""


async def claim(
    tx: Transaction, number: int, actor: int, now_ms: int, *, take_over: bool = False
) -> Redemption:
    """See to a request from now on; `take_over` takes it from who did.

    Raises:
        EngineError: there is none, it is settled, or somebody else sees to it.
    """
    one = await _by_hand(tx, number)
    if one.claimed_by == actor:
        return one
    if one.claimed_by is not None and not take_over:
        raise SomebodyElses(one)
    await tx.execute("UPDATE redemptions SET claimed_by = ? WHERE id = ?", (actor, number))
    await log(tx, number, "claimed", now_ms, actor)
    return replace(one, claimed_by=actor)


async def give_back(tx: Transaction, number: int, actor: int, now_ms: int) -> Redemption:
    """See to it no more; it waits for anybody again.

    Raises:
        EngineError: there is none, it is settled, or somebody else sees to it.
    """
    one = await _by_hand(tx, number)
    if one.claimed_by is None:
        return one
    if one.claimed_by != actor:
        raise SomebodyElses(one)
    await tx.execute("UPDATE redemptions SET claimed_by = NULL WHERE id = ?", (number,))
    await log(tx, number, "returned", now_ms, actor)
    return replace(one, claimed_by=None)


async def hand_over(
    tx: Transaction,
    number: int,
    actor: int,
    now_ms: int,
    *,
    consent: bool = False,
    note: str = "",
    secret: bytes | None = None,
) -> Redemption:
    """A person has fulfilled a request; `consent` ticks its condition, `note` is the evidence.

    Raises:
        EngineError: there is none, it is settled, somebody else sees to it, its condition was
            not ticked, or no code is left although one was set aside.
    """
    one = await _by_hand(tx, number)
    if one.claimed_by not in (None, actor):
        raise SomebodyElses(one)
    if one.terms.consent is not None and not consent:
        raise ConsentMissing(f"redemption {number}")
    if one.terms.kind == "code":
        await codes.assign(tx, one.reward, [number], secret)
    ticked = consent and one.terms.consent is not None
    return await _fulfil(tx, one, now_ms, actor=actor, consent=ticked, note=note)


async def given(tx: Transaction, number: int, now_ms: int) -> Redemption | None:
    """Discord has confirmed a role; None where there is none to give, or it was settled before.

    A role that is lent a second time lasts longer by the whole span.
    """
    one = await get(tx, number)
    if one is None or one.terms.kind != "role" or one.state is not State.UNFULFILLED:
        return None
    ends_at = None
    if one.terms.lasts_ms is not None:
        until = await tx.value(
            """
            SELECT max(ends_at) FROM redemptions
            WHERE account = ? AND ended_at IS NULL AND kind = 'role'
              AND json_extract(terms, '$.role') = ?
            """,
            (one.account, one.terms.role),
        )
        ends_at = max(now_ms, until or 0) + one.terms.lasts_ms
    return await _fulfil(tx, one, now_ms, ends_at=ends_at)


async def cancel(
    tx: Transaction,
    number: int,
    now_ms: int,
    *,
    step: str = "canceled",
    actor: int | None = None,
    note: str = "",
) -> Redemption:
    """Give the points back; a cooldown goes on as if nothing had happened.

    Raises:
        EngineError: there is none, it is settled, or somebody else sees to it.
    """
    one = await _unfulfilled(tx, number)
    if actor is not None and one.claimed_by not in (None, actor):
        raise SomebodyElses(one)
    await _settle(tx, one, State.CANCELED, now_ms)
    await log(tx, number, step, now_ms, actor, note=note)
    await move(tx, [release(one, now_ms)])
    return replace(one, state=State.CANCELED, settled_at=now_ms)


async def cancel_neglected(tx: Transaction, now_ms: int) -> list[Redemption]:
    """Give back the points of every request whose deadline has passed."""
    rows = await tx.all(
        """
        SELECT id FROM redemptions
        WHERE state = 'unfulfilled' AND deadline_at IS NOT NULL AND deadline_at <= ? ORDER BY id
        """,
        (now_ms,),
    )
    return [await cancel(tx, row["id"], now_ms, step="neglected") for row in rows]


async def forget(tx: Transaction, account: int, now_ms: int) -> list[Redemption]:
    """Give back what waits for a member who is about to be erased; their codes and words go.

    What they saw to themselves waits for anybody again. What is returned was canceled.
    """
    seen_to = await tx.execute(
        """
        UPDATE redemptions SET claimed_by = NULL
        WHERE claimed_by = ? AND state = 'unfulfilled' RETURNING id
        """,
        (account,),
    )
    for row in seen_to:
        await log(tx, row["id"], "returned", now_ms, account)
    rows = await tx.all("SELECT * FROM redemptions WHERE account = ? ORDER BY id", (account,))
    canceled: list[Redemption] = []
    for row in rows:
        if row["state"] == State.UNFULFILLED:
            canceled.append(await cancel(tx, row["id"], now_ms, step="erased"))
        elif row["kind"] == "code":
            await codes.save(tx, row["id"], now_ms)
    await tx.execute(
        """
        UPDATE notes SET text = NULL WHERE digest IN (
            SELECT note FROM redemption_steps
            WHERE redemption IN (SELECT id FROM redemptions WHERE account = ?))
        """,
        (account,),
    )
    return canceled


async def save_code(tx: Transaction, number: int, account: int, now_ms: int) -> bool:
    """The owner has written their code down: it is never shown again. False: nothing to save."""
    one = await get(tx, number)
    if one is None or one.account != account or not await codes.save(tx, number, now_ms):
        return False
    await log(tx, number, "saved", now_ms, account)
    return True


async def _fulfil(
    tx: Transaction,
    one: Redemption,
    now_ms: int,
    *,
    actor: int | None = None,
    consent: bool = False,
    note: str = "",
    ends_at: int | None = None,
) -> Redemption:
    await _settle(tx, one, State.FULFILLED, now_ms)
    if ends_at is not None:
        await tx.execute("UPDATE redemptions SET ends_at = ? WHERE id = ?", (ends_at, one.id))
    await log(tx, one.id, "fulfilled", now_ms, actor, consent=consent, note=note)
    await move(tx, [spend(one, now_ms)])
    return replace(one, state=State.FULFILLED, settled_at=now_ms, ends_at=ends_at)


async def _settle(tx: Transaction, one: Redemption, state: State, now_ms: int) -> None:
    rows = await tx.execute(
        """
        UPDATE redemptions SET state = ?, settled_at = ?
        WHERE id = ? AND state = 'unfulfilled' RETURNING id
        """,
        (str(state), now_ms, one.id),
    )
    if not rows:
        raise AlreadySettled(one)


async def _by_hand(reader: Reader, number: int) -> Redemption:
    one = await _unfulfilled(reader, number)
    if not one.terms.by_hand:
        raise NotByHand(f"redemption {number}")
    return one


async def _unfulfilled(reader: Reader, number: int) -> Redemption:
    one = await get(reader, number)
    if one is None:
        raise NoRedemption(f"redemption {number}")
    if one.state is not State.UNFULFILLED:
        raise AlreadySettled(one)
    return one


async def log(
    tx: Transaction,
    number: int,
    step: str,
    now_ms: int,
    actor: int | None,
    *,
    consent: bool = False,
    note: str = "",
) -> None:
    """Write down that a step was taken; `actor` is None for the program."""
    await tx.execute(
        """
        INSERT INTO redemption_steps (redemption, step, at, actor, consent, note)
        VALUES (?, ?, ?, ?, ?, ?)
        """,
        (
            number,
            step,
            now_ms,
            actor,
            1 if consent else None,
            await write_note(tx, note) if note else None,
        ),
    )
