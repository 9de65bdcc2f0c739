"""Transitions: a round opens, or takes a step; its state and what Discord is owed, in one piece.

The clock, a host's hand and a new start come here alike. Each post carries the moment at which it
was due, so that one that comes late can say so.
"""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from engine import posts, seasons
from engine.books import ledger
from engine.calendar import Due, Plan, Step
from engine.moments import to_ms
from engine.people import erasure
from engine.play import rounds, settlement
from engine.play.rounds import Round
from engine.posts import Owed
from engine.storage.database import Transaction
from riddles.config import Server
from riddles.content import Riddle
from riddles.show import Show
from riddles.week import owing
from riddles.week.preparing import Finished


async def open_round(
    tx: Transaction,
    show: Show,
    plan: Plan,
    finished: Finished,
    *,
    now: datetime,
    actor: int | None = None,
) -> Round:
    """Open the round of `plan`, and owe its publication to every server.

    Raises:
        RoundExists: the week has its round, or this riddle went out before.
        RoundStillOpen: another round is open.
    """
    round_ = await rounds.open_round(
        tx, plan=plan, slug=finished.riddle.slug, rules=finished.rules, now=now, actor=actor
    )
    owed: list[Owed] = []
    for server in show.settings.server:
        video = finished.upload_to(server.guild)
        owed += publication(show, round_, server, video, due_at=plan.publishes_at)
    owed += await owing.mentions(tx, show.settings.server, round_, opening=True)
    await posts.owe(tx, owed, to_ms(now))
    # What a late publication has passed is free by its moment, and not told all at once.
    for due in round_.progress.remaining():
        if due.step in (Step.HINT, Step.REMIND) and due.due_at <= now:
            await rounds.take_step(tx, round_.id, due.step, n=due.n, due_at=due.due_at, now=now)
    return await rounds.get(tx, round_.id)


def publication(
    show: Show, round_: Round, server: Server, video: Path, *, due_at: datetime
) -> list[Owed]:
    """What one server is owed when a round opens there; `video` is what is uploaded."""
    facts = {
        "video": video.relative_to(show.data).as_posix(),
        "due_at": to_ms(due_at),
        "channel": server.channel,
    }
    owed = [owing.an_effect("publication", round_, server, facts)]
    if server.discussion == "thread":
        owed.append(owing.an_effect("thread", round_, server, {}, lane="thread"))
    return [*owed, *owing.crosspost(round_, server), *owing.event(round_, server, "open")]


async def take(
    tx: Transaction,
    show: Show,
    round_: Round,
    due: Due,
    *,
    now: datetime,
    actor: int | None = None,
    following: tuple[Plan, Riddle] | None = None,
) -> Round:
    """Take one step, and owe Discord what it means.

    `following` is what comes next, for the recap to hint at it.

    Raises:
        StepRefused: it was taken before, or the step it needs was not.
    """
    if due.step is Step.REVEAL and not round_.is_settled:
        # A host may reveal before the minute is over in which late answers are waited for.
        round_ = await take(tx, show, round_, Due(Step.SETTLE, 1, due.due_at), now=now)
    after = await rounds.take_step(
        tx, round_.id, due.step, n=due.n, due_at=due.due_at, now=now, actor=actor
    )
    if due.step is Step.REVEAL:
        await erasure.let_go(tx)
    facts = await _facts(tx, after, due, now=now, following=following)
    if facts is not None:
        facts = {"due_at": to_ms(due.due_at), **facts}
        servers = await owing.served(tx, show.settings, after)
        name = f"hint-{due.n}" if due.step is Step.HINT else due.step.value
        owed = [
            owing.an_effect(due.step.value, after, server, facts, name=name) for server in servers
        ]
        owed += await _besides(tx, show, servers, after, due, now=now, following=following)
        await posts.owe(tx, owed, to_ms(now))
    return after


async def _besides(
    tx: Transaction,
    show: Show,
    servers: Sequence[Server],
    round_: Round,
    due: Due,
    *,
    now: datetime,
    following: tuple[Plan, Riddle] | None,
) -> list[Owed]:
    """What a step means elsewhere than in the channels."""
    match due.step:
        case Step.REMIND:
            return await owing.mentions(tx, servers, round_, opening=False)
        case Step.CLOSE:
            return [post for server in servers for post in owing.event(round_, server, "closed")]
        case Step.RECAP if following is not None and following[0].publishes_at > now:
            return owing.announced_event(show.settings, following[0])
        case _:
            return []


async def _facts(
    tx: Transaction,
    round_: Round,
    due: Due,
    *,
    now: datetime,
    following: tuple[Plan, Riddle] | None,
) -> dict[str, Any] | None:
    """What the step's posts are told with; None where there is nothing to tell."""
    match due.step:
        case Step.HINT:
            enough = all(len(words.hints) >= due.n for words in round_.rules.text.values())
            return {"n": due.n} if enough else None
        case Step.SETTLE:
            await settlement.settled(tx, round_, to_ms(now))
            return None
        case Step.RECAP:
            _, digest = await ledger.tail_of(tx)
            return {
                "digest": digest.hex(),
                "season": await seasons.current(tx, to_ms(round_.opens_at)),
                **_teaser(following, now),
            }
        case _:
            return {}


def _teaser(following: tuple[Plan, Riddle] | None, now: datetime) -> dict[str, Any]:
    """What may be said of the riddle that comes next: never its title."""
    if following is None or following[0].publishes_at <= now:
        return {}
    plan, riddle = following
    return {
        "next_at": to_ms(plan.publishes_at),
        "next_circle": riddle.file.circle,
        "next_difficulty": riddle.file.difficulty,
    }
