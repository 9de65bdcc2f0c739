"""Rounds by hand: publish, close, reveal."""

from engine.calendar import Due, Plan, Step, Week
from engine.errors import RoundExists
from engine.moments import to_ms
from engine.play import rounds
from engine.play.rounds import Round
from engine.storage.database import Reader, Transaction
from riddles.content import Riddle
from riddles.hand.deciding import answered
from riddles.hand.means import Hand, Host, refuse_out_of_reach
from riddles.refusal import Refusal
from riddles.week.preparing import nothing_ready
from riddles.week.transitions import open_round
from riddles.week.transitions import take as take_step


async def publish(hand: Hand, host: Host, week: Week | None = None) -> Round:
    """Open this week's round, or next week's if this one has its own; or that of `week`.

    Raises:
        Refusal: a round is open, the queue is empty, the video cannot be used, or `week` is over,
            left out, or has had its round.
    """
    await _refuse_a_second_round(hand)
    # Videos are made before anything is locked: a closing that falls due does not wait.
    finished = await hand.preparations.finish(await _riddle_for(hand, week))
    async with hand.turns:
        await _refuse_a_second_round(hand)
        plan = await _plan_for(hand, week)
        try:
            async with hand.show.database.transaction() as tx:
                now, actor = hand.now(), await hand.actor(tx, host)
                round_ = await open_round(tx, hand.show, plan, finished, now=now, actor=actor)
                asked = f"missed:{plan.week}"
                await answered(tx, asked, "Publish now", actor=actor, now_ms=to_ms(now))
        except RoundExists as error:
            raise Refusal("{what} has its riddle already", what=error.what) from None
    hand.wake()
    return round_


async def take(hand: Hand, host: Host, step: Step, *, expected: int | None = None) -> Round:
    """Close or reveal a round: the oldest that waits for it, and no other than `expected`.

    Raises:
        Refusal: there is no round, or it is not its time.
    """
    async with hand.turns:
        async with hand.show.database.reading() as reader:
            round_ = await waiting_for(reader, step)
        if expected is not None and round_.id != expected:
            raise Refusal("riddle no. {number}: that was done before", number=expected)
        now = hand.now()

        async def stepped(tx: Transaction) -> Round:
            actor = await hand.actor(tx, host)
            return await take_step(tx, hand.show, round_, Due(step, 1, now), now=now, actor=actor)

        after = await hand.show.database.write(stepped)
    hand.wake()
    return after


async def waiting_for(reader: Reader, step: Step) -> Round:
    """The oldest round that waits to be closed, or to be revealed.

    Raises:
        Refusal: there is no round, or it is not its time.
    """
    newest = await rounds.newest(reader)
    waiting = [
        each
        for each in await rounds.unfinished(reader)
        if not each.has(step) and (step is not Step.REVEAL or not each.is_open)
    ]
    if newest is None:
        raise Refusal("no riddle has gone out yet")
    if not waiting and newest.has(step):
        raise Refusal("riddle no. {number}: that was done before", number=newest.id)
    if not waiting:
        raise Refusal("riddle no. {number} is still open: close it first", number=newest.id)
    return waiting[0]


async def _riddle_for(hand: Hand, week: Week | None) -> Riddle:
    if week is None:
        return await hand.preparations.chosen("")
    plan, outlook = await _plan_for(hand, week), await hand.outlook()
    library = await hand.preparations.library()
    riddle = outlook.pick(plan.week, library)
    if riddle is None:
        raise nothing_ready(library)
    return riddle


async def _plan_for(hand: Hand, week: Week | None) -> Plan:
    """The plan of the round to open.

    Raises:
        Refusal: that week has had its round, is over, or was left out meanwhile.
    """
    outlook, now = await hand.outlook(), hand.now()
    if week is None:
        plan = outlook.opens_next(now)
        if plan.week > outlook.rhythm.week_of(now).next():
            raise Refusal("{week} is too far ahead", week=str(plan.week))
        return plan
    if week in outlook.done:
        raise Refusal("{what} has its riddle already", what=str(week))
    refuse_out_of_reach(week, outlook, now)
    plan = outlook.rhythm.plan(week)
    if plan.publishes_at > now:
        raise Refusal("{week} is still to come", week=str(week))
    if outlook.rhythm.skips(week):
        raise Refusal("{week} is left out", week=str(week))
    return plan


async def _refuse_a_second_round(hand: Hand) -> None:
    async with hand.show.database.reading() as reader:
        newest = await rounds.newest(reader)
    if newest is not None and newest.is_open:
        raise Refusal("riddle no. {number} is still open: close it first", number=newest.id)
