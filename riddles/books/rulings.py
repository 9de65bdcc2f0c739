"""Rulings: an answer is accepted after the fact, and whoever it concerns hears of it.

The bot and the shell come here alike.
"""

from engine.people import notices
from engine.people.notices import Notice
from engine.play import rejudging
from engine.play.rejudging import Judged, Rejudgement
from engine.play.rounds import Round
from engine.play.settlement import Change
from engine.storage.database import Transaction
from riddles.sentence import Sentence

REASON = Sentence("another answer is accepted as well")
"""What stands in the ledger where nobody says more. It names no answer: the round may be open."""


async def accept(
    tx: Transaction,
    round_: Round,
    entry: str,
    *,
    now_ms: int,
    reason: str = "",
    actor: int | None = None,
    lower: bool = False,
    judged: Judged | None = None,
) -> Rejudgement:
    """Accept the entry, book what follows from it, and owe a word to whom it concerns.

    Raises:
        EntryRefused: the entry can be no answer of this riddle, or its key refuses it by name.
        CorrectionRefused: the round counts for nobody.
    """
    done = await rejudging.accept(
        tx,
        round_,
        entry,
        now_ms=now_ms,
        reason=reason or REASON.text,
        actor=actor,
        lower=lower,
        judged=judged,
    )
    told = [
        Notice(key=f"{done.batch}:{one.account}", account=one.account, words=words.kept)
        for one in done.changes.members
        if (words := _notice(round_.id, one)) is not None
    ]
    told += [
        Notice(
            key=f"{done.batch}:{one.account}:{later.round}", account=one.account, words=words.kept
        )
        for later in done.changes.later
        for one in later.members
        if (words := _notice(later.round, one)) is not None
    ]
    await notices.owe(tx, told, now_ms)
    return done


def _notice(number: int, change: Change) -> Sentence | None:
    """What a member should know; None where nothing moved for them."""
    if change.fate == "new" and change.points:
        return Sentence(
            "Your answer to riddle no. {number} is accepted after all: you earn {points}.",
            number=number,
            points=change.points,
        )
    if change.fate == "new":
        return Sentence("Your answer to riddle no. {number} is accepted after all.", number=number)
    if change.points > 0:
        return Sentence(
            "Riddle no. {number} was counted again: you earn {points} more.",
            number=number,
            points=change.points,
        )
    if change.points < 0:
        return Sentence(
            "Riddle no. {number} was counted again, and {points} are taken back.",
            number=number,
            points=-change.points,
        )
    return None
