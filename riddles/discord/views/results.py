"""How a round went: the solution, who found it first, and what many took it for."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from hikari import impl

from engine.play.outcomes import First, Miss, Outcome
from engine.play.rounds import Round
from riddles.discord.locales import Texts
from riddles.discord.markdown import escape
from riddles.discord.views.media import gallery
from riddles.discord.views.rounds import DONE, Outgoing, admit_delay, container

MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}
LONGEST = 4000
"""Characters of all texts of a message."""
NAME_LENGTH = 32


def reveal(
    t: Texts,
    round_: Round,
    outcome: Outcome,
    *,
    post: int,
    video: impl.MediaGalleryItemBuilder | None = None,
    due_at: int | None = None,
) -> Outgoing:
    """The solution, its video behind a spoiler, who found it first, and how many did."""
    box = container(post, DONE)
    heading = t(
        "# Solution of riddle no. {number}: {title}", number=round_.id, title=round_.rules.title
    )
    solution = f"{heading}\n{round_.rules.wording(t.lang).solution}"
    box.add_text_display(solution)
    if video is not None:
        box.add_component(gallery(video))
    box.add_component(impl.SeparatorComponentBuilder())
    box.add_text_display(
        _fitting(list(_outcome(t, round_, outcome)), LONGEST - len(solution) - 100)
    )
    admit_delay(t, box, due_at)
    return Outgoing(box)


def _outcome(t: Texts, round_: Round, outcome: Outcome) -> Iterator[str]:
    if round_.voided_at is not None:
        yield t("This riddle is void: it counts for nobody.")
        return
    if not outcome.tried:
        yield t(
            "Nobody tried this time. The riddle stays open for practice: `/answer` still judges."
        )
        return
    yield how_many(t, outcome)
    if outcome.first:
        yield t("🏅 First to find it: {names}", names=_places(t, outcome.first))
    if outcome.misses:
        yield t("🙈 Often guessed: {answers}", answers=_misses(t, outcome.misses))


def how_many(t: Texts, outcome: Outcome) -> str:
    """How many tried and solved it, in words of their own for nobody and for everybody."""
    tried, solved = outcome.tried, outcome.solved
    if not solved:
        return t.n(
            "**{count}** member tried, and nobody solved it.",
            "**{count}** members tried, and nobody solved it.",
            tried,
        )
    if solved >= tried:
        return t.n(
            "**{count}** member tried, and solved it.",
            "**{count}** members tried, and all solved it.",
            solved,
        )
    return (
        t.n("**{count}** member tried", "**{count}** members tried", tried)
        + ", "
        + t.n("**{count}** solved it.", "**{count}** solved it.", solved)
    )


def _places(t: Texts, first: Sequence[First]) -> str:
    """Places in order; those who share one stand together."""
    shared: list[str] = []
    for place, holders in groupby(first, key=lambda one: one.place):
        names = [f"**{escape(one.name[:NAME_LENGTH])}**" for one in holders]
        mark = MEDALS.get(place, f"{place}.")
        tied = " " + t("(tied)") if len(names) > 1 else ""
        shared.append(f"{mark} {' = '.join(names)}{tied}")
    return " · ".join(shared)


def _misses(t: Texts, misses: Sequence[Miss]) -> str:
    return " · ".join(f"{escape(one.text)} (×{t.number(one.members)})" for one in misses)


def _fitting(lines: list[str], room: int) -> str:
    """As many lines as there is room for, the first one always."""
    while len(lines) > 1 and len("\n".join(lines)) > room:
        lines.pop()
    return "\n".join(lines)
