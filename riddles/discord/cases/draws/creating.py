"""A draw as staff wish it, made into rules that stand; what does not go together is refused."""

import asyncio
from dataclasses import dataclass
from typing import Any

from engine.draws.record import DrawRefused
from engine.draws.rules import DrawRules, Eligibility, Tickets
from riddles.discord.caller import Caller
from riddles.discord.cases.draws.staff import in_words
from riddles.discord.cases.draws.typed import (
    SHOWN,
    read_lots,
    read_name,
    read_since,
    read_title,
    read_until,
    within,
)
from riddles.discord.markdown import when
from riddles.discord.replies import Later, Say
from riddles.discord.views.draws.words import title
from riddles.drawing.loop import Drawing
from riddles.drawing.slowhash import calibrated
from riddles.refusal import Refusal
from riddles.sentence import Sentence
from riddles.show import Show

RIDDLES_A_YEAR = 53


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """A draw as staff typed it."""

    name: str
    title: str
    lots: str
    until: str
    per: str = "member"
    price: int = 0
    cap: int = 0
    """0: one ticket, or a year's riddles where tickets are per solve."""
    since: str = ""
    """From when on solves make tickets; ever, where it is not said."""
    least_score: int = 0
    least_solves: int = 0
    rest_days: int = 0
    witnesses_minutes: int = 0


async def create(show: Show, caller: Caller, drawing: Drawing, wish: Wish) -> Later:
    """Announce a draw; from here on its rules stand."""
    caller.must_be_staff()
    name = read_name(wish.name)
    freezes_at = read_until(show, wish.until)
    parts = _parts(show, wish, freezes_at)

    async def work() -> Say:
        hash_s = show.settings.draws.hash_time.total_seconds()
        seed = await asyncio.to_thread(calibrated, hash_s)
        window = wish.witnesses_minutes or int(show.settings.draws.witnesses.total_seconds() // 60)
        rules = DrawRules(**parts, seed=seed.model_copy(update={"window_minutes": window}))
        try:
            draw = await drawing.announce(name, rules, freezes_at, caller.person)
        except DrawRefused as refused:
            raise in_words(refused, name) from None
        return Say(
            caller.texts(
                "🎟️ The draw “{title}” is announced; the list freezes {moment}.",
                title=title(caller.texts, draw),
                moment=when(draw.freezes_at, "F"),
            )
        )

    return Later(work)


def _parts(show: Show, wish: Wish, freezes_at: int) -> dict[str, Any]:
    """Everything in the rules but the seed.

    Raises:
        Refusal: something in it makes no sense.
    """
    within(Sentence("score"), wish.least_score, 10**9)
    within(Sentence("solved"), wish.least_solves, 10**6)
    within(Sentence("rest"), wish.rest_days, 3650)
    within(Sentence("witnesses"), wish.witnesses_minutes, 24 * 60)
    return {
        "title": read_title(wish.title),
        "lots": read_lots(wish.lots),
        "tickets": _tickets(show, wish, freezes_at),
        "eligibility": Eligibility(
            least_score=wish.least_score,
            least_solves=wish.least_solves,
            winners_rest_days=wish.rest_days,
        ),
    }


def _tickets(show: Show, wish: Wish, freezes_at: int) -> Tickets:
    """How tickets are had.

    Raises:
        Refusal: the options do not go together, or one is out of bounds.
    """
    within(Sentence("price"), wish.price, 10**9)
    within(Sentence("most"), wish.cap, 10_000)
    if wish.per == "points" and not wish.price:
        raise Refusal("price is missing: tickets for points need the points that one ticket costs")
    if wish.per != "points" and wish.price:
        raise Refusal(
            "price: {price} is for tickets that cost points: leave it out, or choose tickets "
            "“for points”",
            price=wish.price,
        )
    if wish.per == "member" and wish.cap > 1:
        raise Refusal(
            "most: {most} does not go with one ticket each: leave it out, or choose other tickets",
            most=wish.cap,
        )
    if wish.per != "solve" and wish.since:
        raise Refusal(
            "since: “{given}” is for tickets by riddles solved: leave it out, or choose tickets "
            "“one per riddle solved”",
            given=wish.since[:SHOWN],
        )
    return Tickets.model_validate(
        {
            "per": wish.per,
            "price": wish.price or None,
            "cap": wish.cap or (RIDDLES_A_YEAR if wish.per == "solve" else 1),
            "since": read_since(show, wish.since, freezes_at) if wish.since else 0,
        }
    )
