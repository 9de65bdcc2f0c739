"""The desk: where answers are handed in, decided by the batch, and answered once on disk."""

from collections.abc import Mapping, Sequence
from operator import attrgetter

from engine.moments import to_ms
from engine.people.members import meet
from engine.play import rounds, settlement
from engine.play.histories import NO_HISTORY, History, read_histories
from engine.play.rounds import Round
from engine.play.solves import Solve
from engine.play.submissions.attempt import Attempt, Reply, Told
from engine.play.submissions.deciding import Decision, decide_one, remember
from engine.play.submissions.replies import earlier_replies, with_earned
from engine.scoring import Entitlement
from engine.storage.batches import Batches
from engine.storage.database import Database, Reader, Transaction

SKEW_MS = 5 * 60_000
"""How far Discord's clock may lag behind ours: what is stamped so little before an opening is
an answer to the riddle that opened."""


class AnswerDesk:
    """Where answers are handed in; each is answered once it is on disk."""

    def __init__(self, database: Database) -> None:
        self._batches = Batches(database, decide)

    async def submit(self, attempt: Attempt) -> Reply:
        """Judge and store one try. The same interaction twice is one try, and the same reply.

        Only where there is no riddle nothing is stored: nothing was judged or counted, so an
        interaction that comes again after an opening loses nothing by being judged then.
        """
        return await self._batches.ask(attempt)

    async def idle(self) -> None:
        """Return once every try handed in is on disk."""
        await self._batches.idle()


async def decide(tx: Transaction, attempts: Sequence[Attempt]) -> list[Reply]:
    """Judge and store the tries of one commit; the replies come in the order of the tries.

    They are decided in the order of Discord's milliseconds, whatever order they came in.
    """
    replies = await earlier_replies(tx, attempts)
    fresh = {one.interaction: one for one in attempts if one.interaction not in replies}
    in_order = sorted(fresh.values(), key=attrgetter("at", "interaction"))
    if in_order:
        replies |= await _decide_fresh(tx, in_order)
    return [replies[attempt.interaction] for attempt in attempts]


async def _decide_fresh(tx: Transaction, in_order: Sequence[Attempt]) -> dict[int, Reply]:
    accounts = await meet(tx, [one.person for one in in_order], in_order[-1].at)
    targets = await _targets(tx, in_order)
    replies = dict.fromkeys((one.interaction for one in in_order), Reply(told=Told.NO_ROUND))
    histories = await read_histories(tx, targets.values(), accounts.values())
    decisions: list[Decision] = []
    each_has_one = len(accounts) == len(in_order)
    for attempt in in_order:
        if (round_ := targets.get(attempt.interaction)) is None:
            continue
        account = accounts[attempt.person.id]
        history = histories.get((round_.id, account), NO_HISTORY)
        decision = decide_one(round_, account, history, attempt)
        if not each_has_one:
            remember(histories.setdefault((round_.id, account), History()), decision)
        decisions.append(decision)
        replies[attempt.interaction] = decision.reply
    first = 1 + (await tx.value("SELECT max(id) FROM submissions") or 0)
    numbered = list(enumerate(decisions, first))
    await tx.many(_STORE, [decision.row(number) for number, decision in numbered])
    by_id = {round_.id: round_ for round_ in targets.values()}
    earned = await _pay(tx, by_id, [pair for pair in numbered if pair[1].solves])
    alike: dict[int, tuple[Reply, Reply]] = {}
    for decision in decisions:
        reply, account = decision.reply, decision.account
        if decision.solves and not reply.sealed and reply.round is not None:
            entitled = earned.get((reply.round, account))
            # In a burst nearly everybody is told the same.
            plain, told = alike.get(id(entitled), (None, reply))
            if plain is not reply and plain != reply:
                told = with_earned(reply, by_id[reply.round], entitled)
                alike[id(entitled)] = reply, told
            replies[decision.attempt.interaction] = told
    return replies


_STORE = f"INSERT INTO submissions VALUES ({', '.join('?' * 19)})"  # noqa: S608 - place-holders only


async def _pay(
    tx: Transaction, by_id: Mapping[int, Round], solving: Sequence[tuple[int, Decision]]
) -> dict[tuple[int, int], Entitlement]:
    """Record the solves and pay for them; what each is worth, by round and account."""
    earned: dict[tuple[int, int], Entitlement] = {}
    # An earlier round comes first: a row of solves may go on with it.
    for round_id in sorted({one.reply.round for _, one in solving if one.reply.round is not None}):
        own = [(number, one) for number, one in solving if one.reply.round == round_id]
        worth = await settlement.arrive(
            tx,
            by_id[round_id],
            [_solve(number, decision) for number, decision in own],
            max(max(one.attempt.received_at, one.attempt.at) for _, one in own),
            replacing={one.account for _, one in own if one.replaces},
        )
        earned |= {(round_id, account): entitled for account, entitled in worth.items()}
    return earned


def _solve(number: int, decision: Decision) -> Solve:
    attempt = decision.attempt
    return Solve(
        account=decision.account,
        member=attempt.person.id,
        submission=number,
        interaction=attempt.interaction,
        at=decision.at,
        server=attempt.person.server,
        circle=attempt.person.circle,
    )


async def _targets(reader: Reader, attempts: Sequence[Attempt]) -> dict[int, Round]:
    """The round each try is for, by interaction; no entry where there is none."""
    newest = await rounds.newest(reader)
    since = 0 if newest is None else to_ms(newest.opens_at) - SKEW_MS
    named: dict[int, Round | None] = {}
    found: dict[int, Round] = {}
    for attempt in attempts:
        if attempt.round is not None:
            if attempt.round not in named:
                named[attempt.round] = await rounds.find(reader, attempt.round)
            round_ = named[attempt.round]
        elif newest is None or attempt.at >= since:
            round_ = newest
        else:
            # Sent while the riddle before was the newest, and that is the one that was meant.
            round_ = await rounds.newest_at(reader, attempt.at + SKEW_MS)
        if round_ is not None:
            found[attempt.interaction] = round_
    return found
