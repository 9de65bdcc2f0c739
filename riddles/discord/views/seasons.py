"""A season begins, and ends with its podium."""

from collections.abc import Sequence
from itertools import groupby

from hikari import impl

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


def start(t: Texts, season: Season, *, post: int) -> Outgoing:
    """A season begins: everybody from the start line."""
    box = container(post, CALM)
    box.add_text_display(
        t("# 🏁 The season {label} begins", label=season.label)
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
    lines: Sequence[Line],
    tally: SeasonTally,
    *,
    post: int,
    digest: str,
    picture: impl.MediaGalleryItemBuilder | None = None,
) -> Outgoing:
    """A season is over: its podium, its final standings, and how many took part."""
    box = container(post, ACCENT)
    box.add_text_display(t("# 🏆 The season {label} is over", label=season.label))
    if podium := [line for line in lines if line.rank <= PODIUM]:
        box.add_text_display(_podium(t, podium))
    if picture is not None:
        box.add_component(gallery(picture))
    if rest := [line for line in lines if line.rank > PODIUM]:
        box.add_text_display(t("### Final standings") + "\n" + board(t, rest))
    if not lines:
        box.add_text_display(t("Nobody here scored this season. The next board is yours to take."))
    box.add_text_display(_participation(t, tally))
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
    return " · ".join(
        [
            t.n("**{count}** riddle", "**{count}** riddles", tally.riddles),
            t.n("**{count}** member tried", "**{count}** members tried", tally.tried),
            t.n("**{count}** right answer", "**{count}** right answers", tally.solves),
        ]
    )
