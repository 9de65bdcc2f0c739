"""What a week came to: results, standings, who climbed, who keeps going, and what comes next."""

from collections.abc import Sequence
from dataclasses import dataclass

from hikari import impl

from engine.play.rounds import Round
from engine.standings import Climb, Line, Row
from riddles.discord.locales import Texts
from riddles.discord.markdown import escape, when
from riddles.discord.views.media import gallery
from riddles.discord.views.results import MEDALS
from riddles.discord.views.rounds import ACCENT, Outgoing, admit_delay, container, stars


@dataclass(frozen=True, slots=True)
class Teaser:
    """What may be said of the next riddle before its time: never its title."""

    at: int
    circle: str | None
    difficulty: int | None


@dataclass(frozen=True, slots=True)
class Week:
    """What a week came to in one server."""

    board: Sequence[Line]
    season: Sequence[Line]
    climbers: Sequence[Climb]
    rows: Sequence[Row]


def recap(
    t: Texts,
    round_: Round,
    week: Week,
    *,
    post: int,
    digest: str,
    teaser: Teaser | None,
    picture: impl.MediaGalleryItemBuilder | None = None,
    due_at: int | None = None,
) -> Outgoing:
    """The week's results, the season's standings, and the ledger's newest digest."""
    box = container(post, ACCENT)
    box.add_text_display(t("# Week {week} in the books", week=round_.week.number))
    if picture is not None:
        box.add_component(gallery(picture))
    this_riddle = (
        board(t, week.board)
        if round_.voided_at is None
        else t("This riddle is void: it counts for nobody.")
    )
    season = board(t, week.season)
    for heading, lines in ((t("### This riddle"), this_riddle), (t("### The season"), season)):
        if lines:
            box.add_text_display(f"{heading}\n{lines}")
    if not this_riddle and not season:
        box.add_text_display(t("No points this time. The board is yours to take."))
    if moves := [*_climbers(t, week.climbers), *_rows(t, week.rows)]:
        box.add_text_display("\n".join(moves))
    if teaser is not None:
        box.add_text_display(_next(t, teaser))
    admit_delay(t, box, due_at)
    box.add_text_display(
        t(
            "-# Ledger: `{digest}`. Anyone can ask the staff to prove the books against it.",
            digest=digest,
        )
    )
    return Outgoing(box)


def board(t: Texts, lines: Sequence[Line]) -> str:
    """Lines of a leaderboard."""
    return "\n".join(
        f"{MEDALS.get(line.rank, f'`{line.rank:>2}.`')} **{escape(line.name)}** · "
        f"{t.points(line.points)}"
        for line in lines
    )


def _climbers(t: Texts, climbers: Sequence[Climb]) -> list[str]:
    if not climbers:
        return []
    names = " · ".join(
        t(
            "**{name}** ↑{ranks} (rank {rank})",
            name=escape(one.name),
            ranks=t.number(one.ranks),
            rank=t.number(one.rank),
        )
        for one in climbers
    )
    return [t("📈 Climbing: {names}", names=names)]


def _rows(t: Texts, rows: Sequence[Row]) -> list[str]:
    if not rows:
        return []
    names = " · ".join(f"**{escape(one.name)}** ×{t.number(one.rounds)}" for one in rows)
    return [t("🔥 Riddles solved in a row: {names}", names=names)]


def _next(t: Texts, teaser: Teaser) -> str:
    facts = [
        *([escape(teaser.circle)] if teaser.circle else []),
        *([t("difficulty {stars}", stars=stars(teaser.difficulty))] if teaser.difficulty else []),
    ]
    about = f" ({' · '.join(facts)})" if facts else ""
    return t("📅 Next riddle: {moment}{about}.", moment=when(teaser.at, "F"), about=about)
