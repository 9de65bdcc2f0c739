"""The words for points by hand: what members read, and why something cannot be done."""

from collections.abc import Sequence

from engine.books.approvals import Booked
from engine.books.proposals import Correction, Proposal
from engine.errors import CorrectionRefused
from engine.people.notices import Notice
from riddles.refusal import Refusal
from riddles.sentence import Sentence


def notices_of(booked: Booked) -> Sequence[Notice]:
    """What each member reads whose score it changed."""
    correction = booked.correction
    return [
        Notice(
            key=f"correction:{correction.id}:{account}",
            account=account,
            words=_notice(correction, points).kept,
        )
        for account, points in booked.changes.items()
        if points
    ]


def _notice(correction: Correction, points: int) -> Sentence:
    reason = correction.reason
    if correction.what == "void" and points > 0:
        return Sentence(
            "Riddle no. {number} is void: “{reason}”. It breaks no streak of yours any more, and "
            "you earn {points}.",
            number=correction.round,
            reason=reason,
            points=points,
        )
    if correction.what == "void":
        return Sentence(
            "Riddle no. {number} is void: “{reason}”. The {points} it paid you are taken back.",
            number=correction.round,
            reason=reason,
            points=-points,
        )
    if points > 0:
        return Sentence("The staff gave you {points}: “{reason}”", points=points, reason=reason)
    return Sentence("The staff took {points} back: “{reason}”", points=-points, reason=reason)


def unknown(number: int) -> Refusal:
    """There is no such correction."""
    return Refusal("there is no correction no. {number}", number=number)


def not_approved(refused: CorrectionRefused, correction: Correction) -> Refusal:
    """Why a correction cannot be approved."""
    number = correction.id
    match refused.why:
        case "own":
            return Refusal(
                "you proposed correction no. {number} yourself: somebody else has to approve it",
                number=number,
            )
        case "profit":
            return Refusal(
                "you would gain points by correction no. {number}: somebody else has to approve it",
                number=number,
            )
        case "dropped":
            return Refusal("correction no. {number} was withdrawn", number=number)
        case "late":
            return Refusal(
                "nobody approved correction no. {number} in time: propose it again", number=number
            )
        case _:
            return nothing_to_correct(refused, correction)


def nothing_to_correct(refused: CorrectionRefused, target: Proposal | Correction) -> Refusal:  # noqa: PLR0911 - one each
    """Why there is nothing to correct."""
    match target.what, refused.why:
        case "reverse", "unknown":
            return Refusal("there is no transfer no. {number}", number=target.transfer)
        case "reverse", "done":
            return Refusal("transfer no. {number} was taken back before", number=target.transfer)
        case "reverse", _:
            return Refusal(
                "transfer no. {number} is no award, bonus or adjustment of a member",
                number=target.transfer,
            )
        case "unbatch", "unknown":
            return Refusal("there is no batch {batch}", batch=target.batch)
        case "unbatch", "done":
            return Refusal("the batch {batch} was taken back before", batch=target.batch)
        case "unbatch", _:
            return Refusal(
                "the batch {batch} holds no award, bonus or adjustment", batch=target.batch
            )
        case "refund", _:
            return Refusal("no. {number} was refunded before", number=target.redemption)
        case _, "done":
            return Refusal("riddle no. {number} is void already", number=target.round)
        case _:
            return Refusal("there is no riddle no. {number}", number=target.round)
