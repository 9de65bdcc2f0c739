"""Leaderboards: who has earned how much, page by page, and the circles' cup.

A look at a board is quick, except when a large one is asked for the first time: then the answer
comes as soon as it is there.
"""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, replace
from hashlib import blake2s
from typing import Any, TypeVar

from engine import seasons
from engine.people.members import account_of
from engine.people.personal import Absence, absence
from engine.play import rounds
from engine.standings import Window
from engine.storage.database import Reader
from riddles.config import Circle
from riddles.discord.caller import Caller
from riddles.discord.press import Handler, Press
from riddles.discord.replies import Answer, Later, Say
from riddles.discord.roll_call import RollCall
from riddles.discord.views import leaderboards as views
from riddles.refusal import Refusal
from riddles.show import Show

Looked = TypeVar("Looked")

PAGE = 10
PATIENCE_S = 1.5
"""How long a member sees nothing before being told that it takes a while."""

CUP = "*"
"""In the place of a circle: all of them, compared."""
WINDOWS = ("week", "month", "season", "all")


@dataclass(frozen=True, slots=True)
class Wish:
    """What was asked for; whatever is none of the known words means the first or the usual one."""

    window: str = "season"
    scope: str = "server"
    first: int = 1
    circle: str | None = None
    """What was typed, or the mark of a circle in a button's id."""


async def show_leaderboard(show: Show, caller: Caller, roll_call: RollCall, wish: Wish) -> Answer:
    """A page of a board, or the circles' cup.

    Raises:
        Refusal: there is no such circle.
    """
    if wish.window not in WINDOWS:
        wish = replace(wish, window="season")
    circle = _circle(show, caller, wish)
    if isinstance(circle, str):
        return await _in_time(lambda: _cup(show, caller, wish))
    return await _in_time(lambda: _page(show, caller, roll_call, wish, circle))


async def _in_time(look: Callable[[], Coroutine[Any, Any, Say]]) -> Answer:
    """The answer, or the promise of it where it takes its time."""
    looking = asyncio.ensure_future(look())
    done, _ = await asyncio.wait([looking], timeout=PATIENCE_S)
    if done:
        return looking.result()

    async def once_there() -> Say:
        return await looking

    return Later(once_there)


async def _page(
    show: Show, caller: Caller, roll_call: RollCall, wish: Wish, circle: Circle | None
) -> Say:
    server = None if wish.scope == "all" else caller.server.guild

    async def find(reader: Reader) -> tuple[Window, int | None, Absence]:
        return (
            await _window(reader, show, wish.window, caller.at_ms, circle),
            await account_of(reader, caller.person.id),
            await absence(reader, caller.person.id),
        )

    window, account, missing = await show.database.read(find)
    view = await show.boards.view(
        window, account, server=server, first=max(wish.first, 1), lines=PAGE
    )
    if wish.first <= 1:
        roll_call.about([line.account for line in view.lines])
    shown = views.Shown(
        wish.window,
        "all" if server is None else "server",
        max(wish.first, 1),
        None if circle is None else circle.name,
        None if circle is None else _mark(circle),
    )
    text, buttons = views.leaderboard(caller.texts, view, shown, page=PAGE, absence=missing)
    return Say(text, buttons, replace=True)


async def _cup(show: Show, caller: Caller, wish: Wish) -> Say:
    async def find(reader: Reader) -> Window:
        return await _window(reader, show, wish.window, caller.at_ms, None)

    window = await show.database.read(find)
    names = {circle.id: circle.name for circle in show.settings.circle}
    best = show.settings.season.cup_best
    lines = await show.boards.cup(window, list(names), best=best)
    return Say(views.cup(caller.texts, lines, names, window=wish.window, best=best))


async def _window(
    reader: Reader, show: Show, window: str, at_ms: int, circle: Circle | None
) -> Window:
    narrowed = None if circle is None else circle.id
    match window:
        case "week":
            round_ = await rounds.newest(reader)
            return Window(round=0 if round_ is None else round_.id, circle=narrowed)
        case "month":
            return Window(span=seasons.month_of(at_ms, show.settings.timezone), circle=narrowed)
        case "season":
            return Window(season=await seasons.current(reader, at_ms), circle=narrowed)
        case _:
            return Window(season=0, circle=narrowed)


def offer_circles(show: Show, caller: Caller, typed: str) -> list[tuple[str, str]]:
    """Circles whose name has what was typed, and the cup: what is read, and what it stands for."""
    if not show.settings.circle:
        return []
    offers = [(views.cup_name(caller.texts), CUP)]
    offers += [(circle.name, circle.id) for circle in show.settings.circle]
    wanted = typed.casefold().strip()
    return [
        (name[:100], value)
        for name, value in offers
        if wanted in name.casefold() and len(value) <= views.LONGEST_CHOICE
    ][: views.MOST_CHOICES]


def _circle(show: Show, caller: Caller, wish: Wish) -> Circle | str | None:
    """The circle that is meant, or `CUP`.

    Raises:
        Refusal: there is none of that name.
    """
    if wish.circle is None:
        return None
    wanted = wish.circle.strip().casefold()
    for circle in show.settings.circle:
        if wanted in (circle.id.casefold(), circle.name.casefold(), _mark(circle)):
            return circle
    if not show.settings.circle:
        raise Refusal("this community has no circles")
    cup_name = views.cup_name(caller.texts)
    if wanted == CUP or (_letters(wanted) and _letters(wanted) in _letters(cup_name)):
        return CUP
    names = ", ".join(circle.name for circle in show.settings.circle)
    raise Refusal("there is no such circle; there are: {names}", names=names)


def _letters(text: str) -> str:
    """What is left of a text without signs and spaces."""
    return "".join(character for character in text.casefold() if character.isalnum())


def _mark(circle: Circle) -> str:
    """A circle in a button's id, where its own id may not fit."""
    return blake2s(circle.id.encode(), digest_size=5).hexdigest()


async def _board(show: Show, caller: Caller, press: Press) -> Answer:
    wish = Wish(press.word(0), press.word(1), press.number(2) or 1, press.word(3) or None)
    return await show_leaderboard(show, caller, press.services.roll_call, wish)


HANDLERS: dict[str, Handler] = {"board": _board}
"""Buttons that lead here."""
