"""The course of a draw: announced → frozen → sealed → drawn → settled, or cancelled for good.

Each transition happens once, in one transaction; a crash resumes where it was and never draws
again. Nothing here knows the outcome before everything that decides it has been posted.
"""

import json
from collections.abc import Sequence
from dataclasses import replace

from engine.books.ledger import ERASED, HELD, SPENT, Kind, Transfer, post_all
from engine.draws.entries import drop, lacking
from engine.draws.lottery import frozen_digest, transcript_digest
from engine.draws.published import publish
from engine.draws.record import Draw, DrawRefused, as_it_is, entries_of, get, log, transcript_of
from engine.draws.rules import DrawRules
from engine.storage.database import Transaction

MINUTE_MS, HOUR_MS = 60_000, 3_600_000
MOST_EXTENSIONS = 3
"""How often a draw that lacks entrants is extended before it is cancelled."""


async def announce(
    tx: Transaction,
    name: str,
    rules: DrawRules,
    *,
    freezes_at: int,
    now_ms: int,
    actor: int | None = None,
) -> Draw:
    """Announce a draw: from here on its rules stand.

    Raises:
        DrawRefused: the name was used before, or the freezing lies behind.
    """
    if await tx.one("SELECT 1 FROM draws WHERE name = ?", (name,)):
        raise DrawRefused("name")
    if freezes_at <= now_ms:
        raise DrawRefused("past")
    (row,) = await tx.execute(
        """
        INSERT INTO draws (name, rules, state, announced_at, freezes_at, actor)
        VALUES (?, ?, 'announced', ?, ?, ?) RETURNING id
        """,
        (name, rules.model_dump_json(), now_ms, freezes_at, actor),
    )
    await log(tx, row["id"], "announce", now_ms, actor=actor)
    return await get(tx, row["id"])


async def freeze(
    tx: Transaction, draw: Draw, now_ms: int, *, actor: int | None = None
) -> tuple[Draw, list[int]]:
    """Freeze the list of entries, or extend or cancel a draw that lacks entrants.

    Whoever no longer may take part is dropped first, with their points back; they are returned.

    Raises:
        DrawRefused: it is not announced, or frozen before.
    """
    draw = await as_it_is(tx, draw, "announced")
    rows = await tx.all("SELECT account FROM draw_entries WHERE draw = ?", (draw.id,))
    accounts = [row["account"] for row in rows]
    lacks = await lacking(tx, draw.rules.eligibility, accounts, now_ms)
    dropped = await drop(tx, draw.id, list(lacks), why="freeze", at_ms=now_ms)
    dropped += await _count_solves(tx, draw, now_ms)
    entries = await entries_of(tx, draw.id)
    if len(entries) < draw.rules.least_entrants:
        return await _lacking_entrants(tx, draw, now_ms, actor), dropped
    plain = draw.rules.model_dump(mode="json")
    await tx.execute(
        "UPDATE draws SET state = 'frozen', frozen = ?, window_ends = ? WHERE id = ?",
        (
            frozen_digest(draw.name, plain, entries),
            now_ms + draw.rules.seed.window_minutes * MINUTE_MS,
            draw.id,
        ),
    )
    await log(tx, draw.id, "freeze", now_ms, actor=actor)
    return await get(tx, draw.id), dropped


async def witness(
    tx: Transaction, draw: Draw, *, account: int, interaction: int, at_ms: int
) -> tuple[int, int] | None:
    """Count a press: its number is part of the transcript. A member's first press is theirs.

    `at_ms` is the millisecond in the number. Returns the number that counts and how many
    witnesses there are; None outside the window.
    """
    draw = await get(tx, draw.id)
    ended = draw.window_ends is None or at_ms >= draw.window_ends
    if draw.state != "frozen" or ended:
        return None
    await tx.execute(
        "INSERT INTO draw_witnesses VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
        (draw.id, account, interaction),
    )
    own = await tx.value(
        "SELECT interaction FROM draw_witnesses WHERE draw = ? AND account = ?", (draw.id, account)
    )
    count = await tx.value("SELECT count(*) FROM draw_witnesses WHERE draw = ?", (draw.id,))
    return own, count


async def seal(tx: Transaction, draw: Draw, messages: Sequence[int], now_ms: int) -> Draw:
    """End the witnesses' window: the transcript is fixed, to be posted at once.

    With too few witnesses, or while no message tells the freezing yet, the window is extended.

    Raises:
        DrawRefused: it is not frozen, or its window is still open.
    """
    draw = await as_it_is(tx, draw, "frozen")
    if draw.window_ends is None or draw.frozen is None or now_ms < draw.window_ends:
        raise DrawRefused("window")
    rows = await tx.all(
        "SELECT interaction FROM draw_witnesses WHERE draw = ? ORDER BY interaction", (draw.id,)
    )
    presses = [row["interaction"] for row in rows]
    if len(presses) < draw.rules.seed.least_witnesses or not messages:
        await tx.execute(
            "UPDATE draws SET window_ends = ? WHERE id = ?",
            (now_ms + draw.rules.seed.window_minutes * MINUTE_MS, draw.id),
        )
        await log(tx, draw.id, "extend window", now_ms)
        return await get(tx, draw.id)
    await tx.execute(
        "UPDATE draws SET state = 'sealed', messages = ?, presses = ?, transcript = ? WHERE id = ?",
        (
            json.dumps(sorted(messages)),
            json.dumps(presses),
            transcript_digest(draw.frozen, messages, presses, draw.window_ends),
            draw.id,
        ),
    )
    await log(tx, draw.id, "seal", now_ms)
    return await get(tx, draw.id)


async def hashed(tx: Transaction, draw: Draw, *, rounds_done: int, reached: bytes) -> None:
    """Remember how far the slow hash has come; a crash goes on from there."""
    await tx.execute(
        """
        UPDATE draws SET rounds_done = ?, reached = ?
        WHERE id = ? AND state = 'sealed' AND rounds_done < ?
        """,
        (rounds_done, reached, draw.id, rounds_done),
    )


async def drawn(tx: Transaction, draw: Draw, seed: bytes, now_ms: int) -> Draw:
    """Fix the outcome that the seed decides, and spend the points of everybody's tickets.

    Raises:
        DrawRefused: it is not sealed, or drawn before.
    """
    draw = await as_it_is(tx, draw, "sealed")
    transcript = await transcript_of(tx, draw)
    file = publish(
        draw.name,
        draw.rules,
        await entries_of(tx, draw.id),
        messages=transcript["messages"],
        presses=transcript["presses"],
        window_ends=transcript.get("window_ends"),
        seed=seed,
    )
    await tx.execute(
        "UPDATE draws SET state = 'drawn', published = ?, rounds_done = ?, reached = ? "
        "WHERE id = ?",
        (json.dumps(file), draw.rules.seed.rounds, seed, draw.id),
    )
    await _spend(tx, draw, now_ms)
    pieces = [
        (lot, piece) for lot, kind in enumerate(draw.rules.lots) for piece in range(kind.count)
    ]
    await tx.many(
        """
        INSERT INTO draw_winners (draw, lot, piece, reference, account, state, drawn_at)
        SELECT ?1, ?2, ?3, reference, account, 'drawn', ?5 FROM draw_entries
        WHERE draw = ?1 AND reference = ?4
        """,
        [
            (draw.id, lot, piece, who, now_ms)
            for (lot, piece), who in zip(pieces, file["winners"], strict=False)
        ],
    )
    await log(tx, draw.id, "draw", now_ms)
    return await get(tx, draw.id)


async def cancel(
    tx: Transaction, draw: Draw, now_ms: int, *, note: str, actor: int | None = None
) -> list[int]:
    """Call a draw off, for good; points held for tickets come back. Who had entered.

    What an erased member's tickets held follows the rest of what they had.

    Raises:
        DrawRefused: it was drawn or cancelled before.
    """
    draw = await as_it_is(tx, draw, "announced", "frozen", "sealed")
    rows = await tx.all(
        """
        SELECT account, held, iif(account IN (SELECT account FROM members), account, ?2) AS home
        FROM draw_entries WHERE draw = ?1
        """,
        (draw.id, ERASED),
    )
    await post_all(
        tx,
        [
            replace(
                _settling(draw, row["account"], row["held"], Kind.RELEASE, now_ms),
                target=row["home"],
            )
            for row in rows
            if row["held"]
        ],
    )
    await tx.execute("UPDATE draw_entries SET held = 0 WHERE draw = ?", (draw.id,))
    await tx.execute("UPDATE draws SET state = 'cancelled' WHERE id = ?", (draw.id,))
    await log(tx, draw.id, "cancel", now_ms, actor=actor, note=note)
    return [row["account"] for row in rows]


async def _count_solves(tx: Transaction, draw: Draw, now_ms: int) -> list[int]:
    """Give each entry a ticket per solve, where that is the rule; who has none is dropped."""
    tickets = draw.rules.tickets
    if tickets.per != "solve":
        return []
    rows = await tx.all(
        """
        SELECT draw_entries.account, count(solves.round) AS solved FROM draw_entries
        LEFT JOIN solves ON solves.account = draw_entries.account AND ranked AND at >= ?
            AND round NOT IN (SELECT id FROM rounds WHERE voided_at IS NOT NULL)
        WHERE draw = ? GROUP BY draw_entries.account
        """,
        (tickets.since, draw.id),
    )
    await tx.many(
        "UPDATE draw_entries SET tickets = ? WHERE draw = ? AND account = ?",
        [
            (min(row["solved"], tickets.cap), draw.id, row["account"])
            for row in rows
            if row["solved"]
        ],
    )
    without = [row["account"] for row in rows if not row["solved"]]
    return await drop(tx, draw.id, without, why="freeze", at_ms=now_ms)


async def _lacking_entrants(tx: Transaction, draw: Draw, now_ms: int, actor: int | None) -> Draw:
    extended = await tx.value(
        "SELECT count(*) FROM draw_steps WHERE draw = ? AND step = 'extend'", (draw.id,)
    )
    if draw.rules.when_lacking == "cancel" or extended >= MOST_EXTENSIONS:
        await cancel(tx, draw, now_ms, note="too few entrants", actor=actor)
    else:
        later = max(draw.freezes_at, now_ms) + draw.rules.extend_hours * HOUR_MS
        await tx.execute("UPDATE draws SET freezes_at = ? WHERE id = ?", (later, draw.id))
        await log(tx, draw.id, "extend", now_ms, actor=actor)
    return await get(tx, draw.id)


async def _spend(tx: Transaction, draw: Draw, now_ms: int) -> None:
    rows = await tx.all(
        "SELECT account, held FROM draw_entries WHERE draw = ? AND held > 0", (draw.id,)
    )
    await post_all(
        tx,
        [_settling(draw, row["account"], row["held"], Kind.REDEMPTION, now_ms) for row in rows],
    )
    await tx.execute("UPDATE draw_entries SET held = 0 WHERE draw = ?", (draw.id,))


def _settling(draw: Draw, account: int, points: int, kind: Kind, now_ms: int) -> Transfer:
    """What becomes of held points: spent at the draw, or given back."""
    return Transfer(
        key=f"draw:{draw.id}:{kind}:{account}",
        kind=kind,
        source=HELD,
        target=SPENT if kind is Kind.REDEMPTION else account,
        points=points,
        booked_at=now_ms,
        counts_at=now_ms,
        batch=f"draw:{draw.id}",
    )
