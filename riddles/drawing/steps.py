"""The steps of a draw: each is one transaction, with the posts and notices that tell it.

So a crash finds a step done and owed to be told, or not done; none is taken or told twice.
"""

from engine.draws import course, prizes, record
from engine.draws.prizes import Passing, Winner
from engine.draws.record import Draw
from engine.draws.rules import DrawRules
from engine.moments import to_ms
from engine.people.bans import banned_among
from engine.people.members import Person, meet_one
from engine.people.presence import gone_among
from engine.storage.database import Transaction
from riddles.drawing.owing import (
    freeze_messages,
    tell,
    tell_dropped,
    tell_entrants,
    tell_longer,
    tell_winner,
)
from riddles.show import Show


async def announce(show: Show, name: str, rules: DrawRules, freezes_at: int, host: Person) -> Draw:
    """Announce a draw; from here on its rules stand.

    Raises:
        DrawRefused: the name was used before, or the freezing lies behind.
    """
    now = to_ms(show.clock.now())
    async with show.database.transaction() as tx:
        actor = await meet_one(tx, host, now)
        draw = await course.announce(
            tx, name, rules, freezes_at=freezes_at, now_ms=now, actor=actor
        )
        await tell(tx, show.settings, draw, "announced", now)
    return draw


async def freeze(show: Show, draw: Draw, host: Person | None = None) -> Draw:
    """Freeze the list, or extend or call off a draw that lacks entrants.

    Raises:
        DrawRefused: it is not announced.
    """
    now = to_ms(show.clock.now())
    async with show.database.transaction() as tx:
        actor = None if host is None else await meet_one(tx, host, now)
        after, dropped = await course.freeze(tx, draw, now, actor=actor)
        await tell_dropped(tx, draw, dropped, now)
        match after.state:
            case "frozen":
                await tell(tx, show.settings, after, "frozen", now)
            case "cancelled":
                await tell(tx, show.settings, after, "cancelled", now, reason="")
            case _:
                await tell_longer(tx, show.settings, after, "extended", now)
    return after


async def seal(show: Show, draw: Draw) -> None:
    """Fix the transcript, or keep the window open for more witnesses."""
    now = to_ms(show.clock.now())
    async with show.database.transaction() as tx:
        after = await course.seal(tx, draw, await freeze_messages(tx, draw.id), now)
        if after.state == "sealed":
            minutes = int(show.settings.draws.hash_time.total_seconds() // 60)
            await tell(tx, show.settings, after, "sealed", now, minutes=minutes)
        else:
            await tell_longer(tx, show.settings, after, "window", now)


async def reach(show: Show, draw: Draw, done: int, value: bytes) -> None:
    """Keep what the slow hash has come to; a crash goes on from there."""
    async with show.database.transaction() as tx:
        await course.hashed(tx, draw, rounds_done=done, reached=value)


async def fix(show: Show, draw: Draw, seed: bytes) -> list[int]:
    """Fix the outcome that the seed decides; the accounts of who was drawn.

    Raises:
        DrawRefused: it is not sealed, or drawn before.
    """
    now = to_ms(show.clock.now())
    async with show.database.transaction() as tx:
        after = await course.drawn(tx, draw, seed, now)
        winners = await prizes.winners_of(tx, draw.id)
        await tell(tx, show.settings, after, "drawn", now)
        for winner in winners:
            await tell_winner(tx, after, winner, now)
    return [one.account for one in winners if one.account is not None]


async def call_off(show: Show, draw: Draw, host: Person, note: str) -> None:
    """Call a draw off for good; points come back, and everybody who had entered is told.

    Raises:
        DrawRefused: it was drawn or called off before.
    """
    now = to_ms(show.clock.now())
    async with show.database.transaction() as tx:
        actor = await meet_one(tx, host, now)
        entrants = await course.cancel(tx, draw, now, note=note, actor=actor)
        await tell(tx, show.settings, draw, "cancelled", now, reason=note)
        await tell_entrants(tx, draw, entrants, now)


async def pass_over(show: Show, winner: Winner, reason: Passing, host: Person, note: str) -> None:
    """Hand a prize on by hand, in public.

    Raises:
        DrawRefused: it was settled or passed on before.
    """
    now = to_ms(show.clock.now())
    async with show.database.transaction() as tx:
        actor = await meet_one(tx, host, now)
        await _hand_on(tx, show, winner, reason, actor=actor, note=note)


async def pass_prizes_on(show: Show, draw: Draw) -> None:
    """Hand on, by rule, what is held by who is silent, gone, banned or erased."""
    now = to_ms(show.clock.now())
    async with show.database.transaction() as tx:
        drawn = [one for one in await prizes.winners_of(tx, draw.id) if one.state == "drawn"]
        reasons = await _reasons(tx, draw, drawn, now)
        for winner in drawn:
            if reason := reasons.get(winner.id):
                await _hand_on(tx, show, winner, reason)


async def _reasons(
    tx: Transaction, draw: Draw, drawn: list[Winner], now: int
) -> dict[int, Passing]:
    """Why winners are passed over, by their number; of several reasons the weightiest."""
    accounts = [one.account for one in drawn if one.account]
    left, banned = await gone_among(tx, accounts), await banned_among(tx, accounts)
    reasons: dict[int, Passing] = {one.id: "silent" for one in await prizes.silent(tx, draw, now)}
    reasons |= {one.id: "gone" for one in drawn if one.account in left}
    reasons |= {one.id: "banned" for one in drawn if one.account in banned}
    reasons |= {one.id: "erased" for one in await prizes.nameless(tx, draw.id)}
    return reasons


async def _hand_on(
    tx: Transaction,
    show: Show,
    passed: Winner,
    reason: Passing,
    *,
    actor: int | None = None,
    note: str | None = None,
) -> None:
    now = to_ms(show.clock.now())
    heir = await prizes.pass_over(tx, passed.id, reason, now, actor=actor, note=note)
    draw = await record.get(tx, passed.draw)
    await tell(
        tx,
        show.settings,
        draw,
        "passed",
        now,
        name=str(passed.id),
        lot=passed.lot,
        reason=reason,
        passed=passed.reference,
        heir=heir and heir.reference,
    )
    if heir is not None:
        await tell_winner(tx, draw, heir, now)
