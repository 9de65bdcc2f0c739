"""Correcting: an erratum to the open riddle, shown where it stands and told to whom it concerns."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine import posts
from engine.books.approvals import Booked
from engine.moments import to_ms
from engine.people import notices
from engine.people.notices import Notice
from engine.play import course, errata
from engine.play.course import Deed
from engine.play.rounds import Round
from riddles.content.mentions import mention_of
from riddles.hand.extending import Until, move
from riddles.hand.means import Hand, Host, open_one
from riddles.hand.points import Wanted, propose
from riddles.refusal import Refusal
from riddles.sentence import Sentence


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction brought about."""

    round: Round
    concerned: int
    """How many tried and have not solved: they hear it at their next reply."""


async def correct(
    hand: Hand,
    host: Host,
    words: Mapping[str, str],
    until: Until | None = None,
    *,
    expected: int | None = None,
) -> Corrected:
    """Correct the open riddle in `words` (by language), and perhaps extend it.

    The publication shows the correction, and it is told in the discussion.

    Raises:
        Refusal: no round is open, or not the `expected` one, or that is not a moment to which it
            can be extended, or the words name the answer.
    """
    async with hand.turns, hand.show.database.transaction() as tx:
        now = hand.now()
        round_ = await open_one(tx, now, expected)
        names = mention_of(round_.rules.answer)
        if any(names(text) == "error" for text in words.values()):
            raise Refusal("the correction names the answer: say it without naming it")
        concerned = await errata.still_trying(tx, round_.id)
        actor = await hand.actor(tx, host)
        deed = Deed(key=host.key, at=now, actor=actor, deed="erratum", round=round_.id)
        if await course.note(tx, deed):
            if until is not None:
                key = f"{host.key}:extend"
                round_ = await move(tx, hand, host, round_, until(round_), key=key)
            number = await errata.record(tx, round_.id, words, now)
            facts = {"erratum": number, "extended": until is not None}
            owed = await hand.told(tx, "erratum", round_, f"erratum:{number}", facts)
            await posts.owe(tx, owed, to_ms(now))
            sentence = Sentence(
                "✏️ Correction to riddle no. {number}: {words}", number=round_.id, words=words
            )
            told = [
                Notice(key=f"erratum:{number}:{each}", account=each, words=sentence.kept)
                for each in concerned
            ]
            await notices.owe(tx, told, to_ms(now))
    hand.wake()
    return Corrected(round_, len(concerned))


async def void(hand: Hand, host: Host, corrected: Corrected, words: Mapping[str, str]) -> Booked:
    """Let the riddle that was corrected count for nobody, for the reason that was given.

    It closes at once. Where many points are at stake, a second person decides.

    Raises:
        Refusal: it is void already.
    """
    reason = words.get(hand.show.settings.language) or next(iter(words.values()))
    wanted = Wanted(what="void", reason=reason, round=corrected.round.id)
    return await propose(hand, host, wanted)
