"""A season begins, and ends with its podium."""

from collections.abc import Sequence
from datetime import tzinfo
from itertools import groupby

from hikari import impl

from engine.books.ledger import ALL_TIME
from engine.moments import from_ms
from engine.play.outcomes import SeasonTally
from engine.seasons import Season
from engine.standings import Line
from riddles.discord.locales import Texts
from riddles.discord.markdown import escape, when
from riddles.discord.views.media import gallery
from riddles.discord.views.recap import board
from riddles.discord.views.results import MEDALS
from riddles.discord.views.rounds import ACCENT, CALM, Outgoing, container

PODIUM = 3
HALF_A_DAY_MS = 43_200_000
"""So far inside its ends a season's months are read: another zone moves the ends by hours."""


def name(t: Texts, season: Season, zone: tzinfo) -> str:
    """What a season is called: its months and its year, a whole year by its number alone."""
    first = from_ms(season.starts_at + HALF_A_DAY_MS).astimezone(zone)
    last = from_ms(season.ends_at - HALF_A_DAY_MS).astimezone(zone)
    begins, ends = month(t, first.month), month(t, last.month)
    if first.year != last.year:
        return f"{begins} {first.year} – {ends} {last.year}"
    if (first.month, last.month) == (1, 12):
        return str(first.year)
    return f"{begins}–{ends} {last.year}" if begins != ends else f"{ends} {last.year}"


def title(t: Texts, season: Season, zone: tzinfo) -> str:
    """The season by its name, as a heading; where points are of no season, all time."""
    if season.id == ALL_TIME:
        return t("All time")
    return t("Season {name}", name=name(t, season, zone))


def month(t: Texts, number: int) -> str:
    """The month of that number, counted from 1, as it is written before a year."""
    return (
        t("January"),
        t("February"),
        t("March"),
        t("April"),
        t("May"),
        t("June"),
        t("July"),
        t("August"),
        t("September"),
        t("October"),
        t("November"),
        t("December"),
    )[number - 1]


def start(t: Texts, season: Season, zone: tzinfo, *, post: int) -> Outgoing:
    """A season begins: everybody from the start line."""
    box = container(post, CALM)
    box.add_text_display(
        t("# 🏁 The season {name} begins", name=name(t, season, zone))
        + "\n"
        + t(
            "It runs until {moment}. All start at zero again, "
            "and the points you can spend stay yours.",
            moment=when(season.ends_at - 1, "D"),
        )
    )
    return Outgoing(box)


def end(
    t: Texts,
    season: Season,
    zone: tzinfo,
    lines: Sequence[Line],
    tally: SeasonTally,
    *,
    post: int,
    digest: str,
    several: bool = False,
    picture: impl.MediaGalleryItemBuilder | None = None,
) -> Outgoing:
    """A season is over: its podium, its final standings, and how many took part.

    The standings are a server's, and who took part is counted in all: `several` says that there
    are others.
    """
    box = container(post, ACCENT)
    box.add_text_display(t("# 🏆 The season {name} is over", name=name(t, season, zone)))
    if podium := [line for line in lines if line.rank <= PODIUM]:
        box.add_text_display(_podium(t, podium))
    if picture is not None:
        box.add_component(gallery(picture))
    if rest := [line for line in lines if line.rank > PODIUM]:
        box.add_text_display(t("### Final standings") + "\n" + board(t, rest))
    if not lines:
        box.add_text_display(t("Nobody here scored this season. The next board is yours to take."))
    took_part = _participation(t, tally)
    if several and not lines:
        took_part = t("In all servers: {tally}", tally=took_part)
    box.add_text_display(took_part)
    box.add_text_display(
        t(
            "-# Ledger: `{digest}`. Anyone can ask the staff to prove the books against it.",
            digest=digest,
        )
    )
    return Outgoing(box)


def _podium(t: Texts, lines: Sequence[Line]) -> str:
    """The first three places; those who share one stand on it together."""
    places: list[str] = []
    for rank, sharing in groupby(lines, key=lambda line: line.rank):
        holders = list(sharing)
        names = " = ".join(f"**{escape(line.name)}**" for line in holders)
        places.append(f"{MEDALS[rank]} {names} · {t.points(holders[0].points)}")
    return "\n".join(places)


def _participation(t: Texts, tally: SeasonTally) -> str:
    if not tally.riddles:
        return t("no riddle that counted")
    if not tally.tried:
        return t.n(
            "**{count}** riddle, and nobody tried.",
            "**{count}** riddles, and nobody tried.",
            tally.riddles,
        )
    return " · ".join(
        [
            t.n("**{count}** riddle", "**{count}** riddles", tally.riddles),
            t.n("**{count}** member tried", "**{count}** members tried", tally.tried),
            t.n("**{count}** right answer", "**{count}** right answers", tally.solves)
            if tally.solves
            else t("no right answer"),
        ]
    )
