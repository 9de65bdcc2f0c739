"""Readers for what levelling and economy bots hand out, each in its own shape.

A bot tells totals, so a member has one row. `docs/importing.md` says where each file comes from.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, cast

from riddles.importing.documents import pages
from riddles.importing.rows import TOTAL, Found, Row, Trouble, Unreadable, member_of, points_of

RED_BANK = "384734293238749"
"""The number under which Red keeps its bank."""


@dataclass(frozen=True, slots=True)
class Board:
    """A leaderboard as a bot gives it: pages with a list of members, or the bare list."""

    lists: tuple[str, ...]
    """Names that the list goes by in a page."""
    member: str
    """What it calls a member's Discord id."""
    points: str

    def fits(self, documents: list[Any]) -> bool:
        """Whether the documents look like this bot's."""
        first = next(self._items(documents), None)
        return isinstance(first, dict) and {self.member, self.points} <= first.keys()

    def read(self, documents: list[Any]) -> Found:
        """A row for each member of each page."""
        for place, item in enumerate(self._items(documents), 1):
            if isinstance(item, dict):
                fields = cast("dict[str, Any]", item)
                yield _total(place, fields.get(self.member), fields.get(self.points))
            else:
                yield Trouble(place, "this is no member of the board")

    def _items(self, documents: list[Any]) -> Iterator[Any]:
        for page in pages(documents):
            listed = [page[name] for name in self.lists if isinstance(page.get(name), list)]
            if listed:
                yield from cast("list[Any]", listed[0])
            elif self.member in page:
                yield page


MEE6 = Board(("players",), "id", "xp")
LURKR = Board(("levels",), "userId", "xp")
TATSU = Board(("rankings",), "user_id", "score")
AMARI = Board(("members", "data"), "id", "exp")
UNBELIEVABOAT = Board(("users",), "user_id", "total")


def polaris(documents: list[Any]) -> Found:
    """Polaris: `{"users": {"id": {"xp": 10}}}`."""
    users = pages(documents)[0].get("users", {})
    return _of_map((member, _inside(facts, "xp")) for member, facts in users.items())


def fits_polaris(documents: list[Any]) -> bool:
    """Whether it is Polaris' export of a server."""
    users = pages(documents)[0].get("users") if pages(documents) else None
    return isinstance(users, dict)


def red(documents: list[Any]) -> Found:
    """Red's bank: `USER` where it is one for all servers, `MEMBER` by server otherwise."""
    place = 0
    bank = pages(documents)[0].get(RED_BANK, {})
    for member, facts in bank.get("USER", {}).items():
        place += 1
        yield _total(place, member, _inside(facts, "balance"))
    for server, members in bank.get("MEMBER", {}).items():
        for member, facts in members.items():
            place += 1
            yield _total(place, member, _inside(facts, "balance"), key=f"server {server}")


def fits_red(documents: list[Any]) -> bool:
    """Whether it is the `settings.json` of Red's bank."""
    return bool(pages(documents)) and isinstance(pages(documents)[0].get(RED_BANK), dict)


def balances(documents: list[Any]) -> Found:
    """A map of ids and points, as Red's bank backup makes it: `{"id": 10}`."""
    return _of_map(pages(documents)[0].items())


def fits_balances(documents: list[Any]) -> bool:
    """Whether it is one object whose names are all numbers."""
    found = pages(documents)
    return len(found) == 1 and bool(found[0]) and all(name.isdecimal() for name in found[0])


def _of_map(pairs: Iterable[tuple[Any, Any]]) -> Found:
    for place, (member, points) in enumerate(pairs, 1):
        yield _total(place, member, points)


def _inside(facts: Any, name: str) -> Any:  # noqa: ANN401 - as the bot wrote it
    return cast("dict[str, Any]", facts).get(name, "") if isinstance(facts, dict) else facts


def _total(place: int, member: Any, points: Any, *, key: str = TOTAL) -> Row | Trouble:  # noqa: ANN401 - as above
    try:
        return Row(place=place, member=member_of(member), points=points_of(points), key=key)
    except Unreadable as error:
        return Trouble(place, str(error))
