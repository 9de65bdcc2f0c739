"""What a member sees of standings: a page of a board, their own place, the circles' cup."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import hikari
from hikari import impl

from engine.people.personal import Absence
from engine.standings import CupLine, Own, View
from riddles.discord.locales import Texts
from riddles.discord.markdown import escape
from riddles.discord.views.members import off_the_board
from riddles.discord.views.recap import board
from riddles.discord.views.results import MEDALS

LONGEST_CHOICE, MOST_CHOICES = 100, 25
"""Discord's limits on what is offered while somebody types."""

DECIMAL = {"fr": ",", "en": "."}


@dataclass(frozen=True, slots=True)
class Shown:
    """Which page of which board."""

    window: str
    scope: str
    first: int
    circle: str | None = None
    """The circle's name."""
    mark: str | None = None
    """The circle in a button's id."""


def leaderboard(
    t: Texts, view: View, shown: Shown, *, page: int, absence: Absence
) -> tuple[str, list[impl.MessageActionRowBuilder]]:
    """A page of the board, the member's own place, and the way to other pages."""
    own = view.own
    where = t("everybody") if shown.scope == "all" else t("this server")
    title = [_title(t, shown.window), *([escape(shown.circle)] if shown.circle else []), where]
    if view.lines:
        body = board(t, view.lines)
    elif own.members:
        body = t("The board ends before this page.")
    else:
        body = t("Nobody yet: the board is yours to take.")
    text = [f"**{title[0]}** · {' · '.join(title[1:])}", body]
    if own.rank is not None:
        text.append("-# " + _own(t, own, own.rank, absence))
    row = impl.MessageActionRowBuilder()
    for label, first in _ways(t, view, shown.first, page):
        row.add_interactive_button(hikari.ButtonStyle.SECONDARY, _to(shown, first), label=label)
    return "\n".join(text), [row] if row.components else []


def _own(t: Texts, own: Own, rank: int, absence: Absence) -> str:
    """The member's own place, or what it would be if their name were on the board."""
    if own.place is None:
        would_be = t(
            "With {points} you would be rank {rank}.",
            points=t.points(own.points),
            rank=t.number(rank),
        )
        return f"{off_the_board(t, absence)} {would_be}"
    return t(
        "You: rank {rank} of {members}, {points}.",
        rank=t.number(rank),
        members=t.number(own.members),
        points=t.points(own.points),
    )


def cup(
    t: Texts, lines: Sequence[CupLine], names: Mapping[str, str], *, window: str, best: int
) -> str:
    """The circles, compared."""
    text = [f"**{cup_name(t)}** · {_title(t, window)}"]
    for line in lines:
        medal = MEDALS.get(line.rank, f"`{line.rank:>2}.`") if line.points else "`  –`"
        part = (
            t("{percent} % take part", percent=round(100 * line.participation))
            if line.members
            else t("nobody is known in it yet")
        )
        text.append(f"{medal} **{escape(names[line.circle])}** · {_mean(t, line.points)} · {part}")
    text.append(
        t.n(
            "-# Points: the mean of {count} member, the best of each circle.",
            "-# Points: the mean of {count} members, the best of each circle.",
            best,
        )
    )
    return "\n".join(text)


def cup_name(t: Texts) -> str:
    """What the comparison of circles is called."""
    return t("🏆 The circles’ cup")


def _title(t: Texts, window: str) -> str:
    match window:
        case "week":
            return t("🏆 This riddle")
        case "month":
            return t("🏆 This month")
        case "season":
            return t("🏆 The season")
        case _:
            return t("🏆 All time")


def _ways(t: Texts, view: View, first: int, page: int) -> list[tuple[str, int]]:
    """Buttons: what they say, and the first line of the page they lead to."""
    members, place = view.own.members, view.own.place
    last = max(members - 1, 0) // page * page + 1
    ways: list[tuple[str, int]] = []
    if first > 1:
        ways.append((t("Previous"), max(min(first - page, last), 1)))
    if first + page <= members:
        ways.append((t("Next"), first + page))
    if place is not None and not first <= place < first + page:
        ways.append((t("My place"), (place - 1) // page * page + 1))
    taken = [to for _, to in ways]
    return [way for n, way in enumerate(ways) if way[1] not in taken[:n]]


def _to(shown: Shown, first: int) -> str:
    words = ["v1", "board", shown.window, shown.scope, str(first)]
    return ":".join([*words, *([shown.mark] if shown.mark else [])])


def _mean(t: Texts, mean: Fraction) -> str:
    """A mean of points, to a tenth; French counts up to two as one."""
    whole, tenths = divmod(round(10 * mean), 10)
    number = t.number(whole) + (f"{DECIMAL[t.lang]}{tenths}" if tenths else "")
    count = 2 if tenths and t.lang == "en" else whole
    return t.n("**{number}** point", "**{number}** points", count, number=number)
