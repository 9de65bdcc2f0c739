"""Extending: the closing of an open round moves, and its reveal and recap move along."""

from collections.abc import Callable
from datetime import datetime, timedelta

from engine import posts
from engine.moments import to_ms
from engine.play import course
from engine.play.rounds import Round
from engine.storage.database import Transaction
from riddles.hand.deciding import answered
from riddles.hand.means import Hand, Host, open_one
from riddles.refusal import Refusal
from riddles.week.outlook import Outlook, look_out

BREATH = timedelta(minutes=1)
"""Least time between an extended round's recap and the next publication."""

Until = Callable[[Round], datetime]
"""To when a round is extended."""


async def extend(hand: Hand, host: Host, until: Until, *, expected: int | None = None) -> Round:
    """Move the closing of the open round, and tell members.

    Raises:
        Refusal: no round is open, or not the `expected` one, or that is not a moment to which it
            can be extended.
    """
    async with hand.turns, hand.show.database.transaction() as tx:
        round_ = await open_one(tx, hand.now(), expected)
        if not await course.is_done(tx, host.key):
            round_ = await move(tx, hand, host, round_, until(round_), key=host.key)
            name = f"extension:{to_ms(round_.closes_at)}"
            owed = await hand.told(tx, "extension", round_, name, {})
            await posts.owe(tx, owed, to_ms(hand.now()))
    hand.wake()
    return round_


async def move(
    tx: Transaction, hand: Hand, host: Host, round_: Round, closes_at: datetime, *, key: str
) -> Round:
    """Move the closing; nothing is told.

    Raises:
        Refusal: the round cannot be extended to that moment; the sentence says how far it can.
    """
    now = hand.now()
    if closes_at <= round_.closes_at:
        raise Refusal(
            "riddle no. {number} closes {closes_at}: an extension goes beyond that",
            number=round_.id,
            closes_at=to_ms(round_.closes_at),
        )
    latest = latest_closing(round_, await look_out(tx, hand.show.settings), now)
    if closes_at > latest:
        raise Refusal(
            "the recap must come before the next riddle: the latest closing is {latest_at}",
            latest_at=to_ms(latest),
        )
    actor = await hand.actor(tx, host)
    await answered(tx, f"away:{round_.id}", "Extend", actor=actor, now_ms=to_ms(now))
    return await course.extend(tx, round_.id, closes_at, key=key, now=now, actor=actor)


def latest_closing(round_: Round, outlook: Outlook, now: datetime) -> datetime:
    """The last moment to which a round can be extended: its recap comes before what follows."""
    following = outlook.rhythm.next_publication(now, outlook.done)
    return following.publishes_at - BREATH - (round_.recaps_at - round_.closes_at)
