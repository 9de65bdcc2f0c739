"""Accepting: an answer counts after all, for who gave it already and for who will."""

import logging

from engine.errors import CorrectionRefused, EntryRefused
from engine.moments import to_ms
from engine.play import course, rejudging, rounds
from engine.play.course import Deed
from engine.play.rejudging import Rejudgement
from engine.play.rounds import Round
from engine.storage.database import Reader, Transaction
from riddles.books import rulings
from riddles.hand.means import Hand, Host
from riddles.refusal import Refusal
from riddles.sentence import Sentence

log = logging.getLogger(__name__)


async def foresee(
    hand: Hand, entry: str, round_id: int | None = None, *, lower: bool = False
) -> Rejudgement:
    """What accepting the entry would mean for a riddle, the newest unless another is named.

    Raises:
        Refusal: there is no such riddle, it is void, or the entry can be no answer of it.
    """
    async with hand.show.database.reading() as reader:
        round_ = await _round(reader, round_id)
        try:
            return await rejudging.preview(reader, round_, entry, lower=lower)
        except (EntryRefused, CorrectionRefused) as refused:
            raise _in_words(refused, round_) from None


async def accept(
    hand: Hand, host: Host, entry: str, round_id: int, *, lower: bool = False
) -> Rejudgement:
    """Accept the entry, and book what follows. Asked twice, it is done once.

    Raises:
        Refusal: there is no such riddle, it is void, the entry can be no answer of it, or the
            host would earn points by it.
    """
    # Answers are judged before anything is locked: members who answer meanwhile do not wait.
    foreseen = await foresee(hand, entry, round_id, lower=lower)

    async def book(tx: Transaction) -> tuple[Round, int, Rejudgement]:
        round_, now = await _round(tx, round_id), hand.now()
        actor = await hand.actor(tx, host)
        try:
            done = await rulings.accept(
                tx,
                round_,
                entry,
                now_ms=to_ms(now),
                actor=actor,
                lower=lower,
                judged=foreseen.judged,
            )
        except (EntryRefused, CorrectionRefused) as refused:
            raise _in_words(refused, round_) from None
        if any(one.account == actor and one.points > 0 for one in done.changes.everywhere):
            raise Refusal("you would earn points by this yourself: somebody else has to accept it")
        await course.note(
            tx, Deed(key=host.key, at=now, actor=actor, deed="accept", round=round_.id)
        )
        return round_, actor, done

    async with hand.turns:
        round_, actor, done = await hand.show.database.write(book)
    log.info("round %d accepts one more answer, by account %d: %s", round_.id, actor, done.batch)
    hand.wake()
    return done


async def _round(reader: Reader, number: int | None) -> Round:
    if number is None:
        newest = await rounds.newest(reader)
        if newest is None:
            raise Refusal("no riddle has gone out yet")
        return newest
    try:
        return await rounds.get(reader, number)
    except LookupError:
        raise Refusal("there is no riddle no. {number}", number=number) from None


def _in_words(refused: EntryRefused | CorrectionRefused, round_: Round) -> Refusal:
    if isinstance(refused, CorrectionRefused):
        return Refusal("riddle no. {number} is void: nothing can be accepted", number=round_.id)
    why = _KNOWN.get(str(refused), str(refused))
    return Refusal("this cannot be accepted: {why}", why=why)


_KNOWN = {
    sentence.text: sentence
    for sentence in (
        Sentence("the riddle's key refuses this answer by name"),
        Sentence("written like this it would not be accepted either"),
        Sentence("this is not a number: write it like 1024, 0.5 or 1 Go"),
        Sentence("this number can be read in two ways: write it without a comma"),
        Sentence("accept names an option that choices does not have"),
        Sentence('write dates as "1970-01-31" or finer'),
    )
}
"""What an entry is refused with most; whatever else is said by who writes riddles, in English."""
