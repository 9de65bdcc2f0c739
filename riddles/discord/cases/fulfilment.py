"""What staff do with requests: look, take on, hand over, cancel, one by one or many at once.

The buttons in the staff's channel lead here too, and are trusted with nothing: whoever presses is
asked for their role again, and each move is made only from where the request really stands.
"""

import logging
import re
from collections.abc import Awaitable, Callable

from engine.errors import EngineError
from engine.moments import to_ms
from engine.people.members import meet_one
from engine.shop import fulfilment, request_queue
from engine.shop.codes import NoCodeLeft
from engine.shop.fulfilment import (
    AlreadySettled,
    ConsentMissing,
    NoRedemption,
    NotByHand,
    SomebodyElses,
)
from engine.shop.redemptions import Redemption, get
from engine.shop.refunds import NotFulfilled, OwnerErased, OwnRefund, RefundedBefore
from engine.storage.database import Transaction
from riddles.discord.caller import Caller
from riddles.discord.cases.people import people_of
from riddles.discord.effects.requests import request_of
from riddles.discord.replies import Later, Say
from riddles.discord.speech import spoken
from riddles.discord.views import fulfilment as views
from riddles.discord.views import ledger as ledger_views
from riddles.hand import Hand, Host
from riddles.hand import points as by_hand
from riddles.hand.points import Wanted
from riddles.refusal import Refusal
from riddles.sentence import Sentence
from riddles.shop.rewarding import restate, take_what_is_left, tell_member
from riddles.show import Show

log = logging.getLogger(__name__)

PAGE = 8
"""Requests on a page of the queue."""

MOST_AT_ONCE = 25
_RANGE = re.compile(r"(?:n[o°]?\.? ?)?([0-9]{1,9})(?:-([0-9]{1,9}))?", re.ASCII)

Move = Callable[[Transaction, int, int], Awaitable[str]]
"""Moves a request: transaction, its number, the account of who does it; what to say."""


async def show_queue(show: Show, caller: Caller, page: int = 1, *, replace: bool = False) -> Say:
    """What waits for the staff, the oldest first."""
    caller.must_be_staff()
    async with show.database.reading() as reader:
        count = await request_queue.how_many(reader)
        pages = max(1, -(-count // PAGE))
        page = min(max(page, 1), pages)
        found = await request_queue.waiting(reader, limit=PAGE, skip=(page - 1) * PAGE)
        requests = [await request_of(reader, one.id) for one in found]
    text, rows = views.queue(
        caller.texts,
        [request for request in requests if request is not None],
        count=count,
        page=page,
        pages=pages,
    )
    return Say(text, rows, replace=replace)


async def show_one(show: Show, caller: Caller, number: int) -> Say:
    """One request with its history, and what can be done about it."""
    caller.must_be_staff()
    async with show.database.reading() as reader:
        request = await request_of(reader, number)
        if request is None:
            raise no_request(number)
        steps = await request_queue.steps(reader, number)
        people = await request_queue.actors(reader, number)
    text, rows = views.single(caller.texts, request, steps, people)
    return Say(text, rows)


async def take_on(show: Show, caller: Caller, number: int, *, take_over: bool = False) -> Say:
    """See to a request from now on."""
    t = caller.texts

    async def claim(tx: Transaction, number: int, actor: int) -> str:
        now = to_ms(show.clock.now())
        await fulfilment.claim(tx, number, actor, now, take_over=take_over)
        request = await request_of(tx, number)
        return "" if request is None else views.claimed(t, request)

    return await _move(show, caller, number, claim)


async def give_back(show: Show, caller: Caller, number: int) -> Say:
    """See to it no more."""

    async def back(tx: Transaction, number: int, actor: int) -> str:
        await fulfilment.give_back(tx, number, actor, to_ms(show.clock.now()))
        return views.returned(caller.texts, number)

    return await _move(show, caller, number, back)


async def hand_over(
    show: Show, caller: Caller, number: int, *, note: str = "", consent: bool = False
) -> Say:
    """A request is fulfilled: `note` is the evidence, `consent` the tick at its condition."""
    return await _move(show, caller, number, _handing_over(show, caller, note, consent=consent))


async def hand_over_many(
    show: Show, caller: Caller, numbers: str, *, note: str, consent: bool
) -> Say:
    """Several requests at once; each is told for itself."""
    return await _each(show, caller, numbers, _handing_over(show, caller, note, consent=consent))


async def cancel(show: Show, caller: Caller, number: int, *, why: str) -> Say:
    """A request is canceled, and its points go back."""
    return await _move(show, caller, number, _canceling(show, caller, why))


async def cancel_many(show: Show, caller: Caller, numbers: str, *, why: str) -> Say:
    """Several requests at once; each is told for itself."""
    return await _each(show, caller, numbers, _canceling(show, caller, why))


async def refund(
    show: Show, caller: Caller, hand: Hand, interaction: int, number: int, *, why: str
) -> Later:
    """What was handed over was not right: its points are paid back, a large price by two."""
    caller.must_be_staff()
    wanted = Wanted(what="refund", redemption=number, reason=_reason(why))

    async def work() -> Say:
        try:
            booked = await by_hand.propose(hand, Host(caller.person, interaction), wanted)
        except EngineError as error:
            raise refusal_of(number, error) from None
        async with show.database.reading() as reader:
            one = await get(reader, number)
            people = booked.correction.people
            names = await people_of(reader, people, caller.server.guild)
        if one is not None and booked.correction.state == "booked":
            return Say(views.refunded(caller.texts, one))
        return Say(ledger_views.proposed(caller.texts, booked.correction, names))

    return Later(work)


def _handing_over(show: Show, caller: Caller, note: str, *, consent: bool) -> Move:
    async def done(tx: Transaction, number: int, actor: int) -> str:
        now = to_ms(show.clock.now())
        one = await fulfilment.hand_over(
            tx,
            number,
            actor,
            now,
            consent=consent,
            note=" ".join(note.split()),
            secret=show.shop.manner.secret,
        )
        word = (
            Sentence("Your code for “{reward}” is there: `/rewards mine`.", reward=_name(one))
            if one.terms.kind == "code"
            else Sentence("“{reward}” was handed over to you.", reward=_name(one))
        )
        await tell_member(tx, one, word, now)
        return views.done(caller.texts, one)

    return done


def _canceling(show: Show, caller: Caller, why: str) -> Move:
    reason = _reason(why)

    async def canceled(tx: Transaction, number: int, actor: int) -> str:
        now = to_ms(show.clock.now())
        one = await fulfilment.cancel(tx, number, now, actor=actor, note=reason)
        word = Sentence(
            "Your request for “{reward}” was canceled: {why}. You have your {points} back.",
            reward=_name(one),
            why=reason.rstrip("."),
            points=one.cost,
        )
        await tell_member(tx, one, word, now)
        await take_what_is_left(tx, one, now)
        return views.canceled(caller.texts, one)

    return canceled


def _reason(why: str) -> str:
    reason = " ".join(why.split())
    if not reason:
        raise Refusal("say why: the member reads it")
    return reason


async def _move(show: Show, caller: Caller, number: int, move: Move) -> Say:
    """Move one request, and show staff how it stands now."""
    caller.must_be_staff()
    try:
        async with show.database.transaction() as tx:
            actor = await meet_one(tx, caller.person, caller.at_ms)
            said = await move(tx, number, actor)
            await restate(tx, number, to_ms(show.clock.now()))
    except SomebodyElses:
        async with show.database.reading() as reader:
            request = await request_of(reader, number)
        if request is None:
            raise no_request(number) from None
        return Say(*views.somebody_elses(caller.texts, request))
    except ConsentMissing:
        async with show.database.reading() as reader:
            one = await get(reader, number)
        if one is None:
            raise no_request(number) from None
        return Say(*views.condition(caller.texts, one))
    except EngineError as error:
        raise refusal_of(number, error) from None
    return Say(said)


async def _each(show: Show, caller: Caller, numbers: str, move: Move) -> Say:
    caller.must_be_staff()
    lines: list[str] = []
    for number in read_numbers(numbers):
        try:
            said = await _move(show, caller, number, move)
            lines.append((said.content or "").split("\n")[0])
        except Refusal as refusal:
            lines.append(f"⛔ {spoken(refusal.kept, caller.texts)}")
    return Say("\n".join(lines))


def read_numbers(text: str) -> list[int]:
    """The numbers in `3, 4 7-9`, each once.

    Raises:
        Refusal: there is something else in it, or too many.
    """
    found: dict[int, None] = {}
    for word in text.replace(",", " ").split():
        match = _RANGE.fullmatch(word)
        if match is None:
            raise Refusal(
                "“{word}” is no number of a request; write them like 3, 4, 7-9", word=word
            )
        first = int(match[1])
        last = int(match[2] or first)
        found |= dict.fromkeys(range(first, min(last, first + MOST_AT_ONCE) + 1))
    if not found:
        raise Refusal("which ones? Write their numbers like 3, 4, 7-9")
    if len(found) > MOST_AT_ONCE:
        raise Refusal("{most} requests are the most at once", most=MOST_AT_ONCE)
    return list(found)


def refusal_of(number: int, error: EngineError) -> Refusal:  # noqa: C901, PLR0911 - a line each
    """Why a request cannot be moved, in words."""
    match error:
        case AlreadySettled() if error.redemption.state == "fulfilled":
            return Refusal("request no. {number} was handed over before", number=number)
        case AlreadySettled():
            return Refusal("request no. {number} was canceled before", number=number)
        case NotFulfilled() if error.redemption.state == "canceled":
            return Refusal("request no. {number} was canceled before", number=number)
        case NotFulfilled():
            return Refusal("no. {number} was not handed over yet: cancel it instead", number=number)
        case RefundedBefore():
            return Refusal("no. {number} was refunded before", number=number)
        case OwnRefund():
            return Refusal(
                "no. {number} is your own: somebody else has to refund it", number=number
            )
        case OwnerErased():
            return Refusal("whoever had no. {number} asked to be forgotten", number=number)
        case NotByHand():
            return Refusal("no. {number} is given by the program itself", number=number)
        case NoCodeLeft():
            return Refusal("there is no code left for no. {number}: load some", number=number)
        case NoRedemption():
            return no_request(number)
        case _:
            raise error


def no_request(number: int) -> Refusal:
    """There is none of that number."""
    return Refusal("there is no request no. {number}", number=number)


def _name(one: Redemption) -> dict[str, str]:
    return dict(one.terms.name)
