"""The public life of a round: publication, hints, reminder, closing, reveal, recap.

Every message is a container whose component id is the number of its post, by which it is found
again when nobody knows whether it was sent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import hikari
from hikari import impl

from engine.moments import to_ms
from engine.rounds import Round, Rules
from engine.standings import Line
from riddles.discord.locales import Texts
from riddles.discord.markdown import escape, when
from riddles.discord.views.media import gallery

ACCENT = hikari.Color(0xF2A33A)
CALM = hikari.Color(0x5B8DEF)
DONE = hikari.Color(0x3BA55D)

STEPS_OF_DIFFICULTY = 5


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A public message."""

    container: impl.ContainerComponentBuilder
    pings: Sequence[int] = field(default=())
    """Roles that are notified."""


def container(post: int, color: hikari.Color = ACCENT) -> impl.ContainerComponentBuilder:
    """An empty message that carries its post's number."""
    return impl.ContainerComponentBuilder(id=post, accent_color=color)


def publication(
    t: Texts, round_: Round, *, post: int, video: impl.MediaGalleryItemBuilder, ping: int | None
) -> Outgoing:
    """The riddle: prompt, video, when it closes, and the buttons."""
    box = _riddle(t, round_, post=post, video=video, ping=ping)
    closes = to_ms(round_.closes_at)
    box.add_text_display(
        t(
            "⏳ Open until {moment} ({relative}). Answers are private: only you see yours.",
            moment=when(closes, "F"),
            relative=when(closes, "R"),
        )
    )
    box.add_component(_buttons(t, round_, closed=False))
    return Outgoing(box, pings=() if ping is None else (ping,))


def closed_publication(
    t: Texts, round_: Round, *, post: int, video: impl.MediaGalleryItemBuilder, ping: int | None
) -> Outgoing:
    """The same message after the closing: the button says so."""
    box = _riddle(t, round_, post=post, video=video, ping=ping)
    box.add_text_display(t("🔒 Closed since {moment}.", moment=when(to_ms(round_.closes_at), "F")))
    box.add_component(_buttons(t, round_, closed=True))
    return Outgoing(box)


def _riddle(
    t: Texts, round_: Round, *, post: int, video: impl.MediaGalleryItemBuilder, ping: int | None
) -> impl.ContainerComponentBuilder:
    rules = round_.rules
    box = container(post)
    heading = t("# Riddle no. {number}: {title}", number=round_.id, title=rules.title)
    facts = [
        *([rules.circle] if rules.circle else []),
        t("difficulty {stars}", stars=stars(rules.difficulty)),
        t.points(rules.value),
    ]
    mention = "" if ping is None else f"<@&{ping}>\n"
    box.add_text_display(f"{mention}{heading}\n-# {' · '.join(facts)}")
    box.add_text_display(rules.wording(t.lang).prompt)
    box.add_component(gallery(video))
    if thanks := credit(t, round_):
        box.add_text_display(f"-# {thanks}")
    return box


def alt_text(t: Texts, rules: Rules) -> str | None:
    """What the video shows, for who cannot see it."""
    return rules.alt.get(t.lang) or next(iter(rules.alt.values()), None)


def credit(t: Texts, round_: Round) -> str:
    """Who made the riddle and its video."""
    rules = round_.rules
    parts = [
        *([t("Riddle: {author}", author=rules.author)] if rules.author else []),
        *([t("Video: {credit}", credit=rules.credit)] if rules.credit else []),
        *([rules.licence] if rules.licence else []),
    ]
    return " · ".join(parts)


def stars(difficulty: int) -> str:
    """Difficulty as dots; shape and number say it, not colour."""
    return "●" * difficulty + "○" * (STEPS_OF_DIFFICULTY - difficulty)


def _buttons(t: Texts, round_: Round, *, closed: bool) -> impl.MessageActionRowBuilder:
    row = impl.MessageActionRowBuilder()
    row.add_interactive_button(
        hikari.ButtonStyle.SECONDARY if closed else hikari.ButtonStyle.PRIMARY,
        f"v1:open:{round_.id}",
        label=t("Closed") if closed else t("Answer"),
        emoji="🔒" if closed else "💡",
        is_disabled=closed,
    )
    row.add_interactive_button(
        hikari.ButtonStyle.SECONDARY,
        f"v1:hint:{round_.id}",
        label=t("Hints"),
        emoji="🔍",
        is_disabled=closed,
    )
    if round_.rules.captions:
        row.add_interactive_button(
            hikari.ButtonStyle.SECONDARY,
            f"v1:captions:{round_.id}",
            label=t("Transcript"),
            emoji="💬",
        )
    return row


def hint(t: Texts, round_: Round, *, post: int, n: int) -> Outgoing:
    """The nth hint, from now on free for all."""
    box = container(post, CALM)
    words = round_.rules.wording(t.lang).hints[n - 1]
    box.add_text_display(
        t("### 🔍 Hint {n} for riddle no. {number}", n=n, number=round_.id) + f"\n{words}"
    )
    return Outgoing(box)


def reminder(t: Texts, round_: Round, *, post: int) -> Outgoing:
    """The closing is near."""
    box = container(post, CALM)
    box.add_text_display(
        t(
            "⏰ Riddle no. {number} closes {moment}. One right answer is enough.",
            number=round_.id,
            moment=when(to_ms(round_.closes_at), "F"),
        )
    )
    box.add_component(_buttons(t, round_, closed=False))
    return Outgoing(box)


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a round went."""

    tried: int
    solved: int
    first: Sequence[str]
    """Names of the first to solve, as known in the server that is told."""


def reveal(t: Texts, round_: Round, outcome: Outcome, *, post: int) -> Outgoing:
    """The solution, who found it first, and how many did."""
    box = container(post, DONE)
    heading = t(
        "# Solution of riddle no. {number}: {title}", number=round_.id, title=round_.rules.title
    )
    box.add_text_display(f"{heading}\n{round_.rules.wording(t.lang).solution}")
    box.add_component(impl.SeparatorComponentBuilder())
    box.add_text_display(_outcome(t, outcome))
    return Outgoing(box)


def _outcome(t: Texts, outcome: Outcome) -> str:
    if not outcome.tried:
        return t(
            "Nobody tried this time. The riddle stays open for practice: `/answer` still judges."
        )
    lines = [
        t.n("**{count}** member tried", "**{count}** members tried", outcome.tried)
        + ", "
        + t.n("**{count}** solved it.", "**{count}** solved it.", outcome.solved)
    ]
    if outcome.first:
        names = ", ".join(f"**{escape(name)}**" for name in outcome.first)
        lines.append(t("🏅 First to find it: {names}", names=names))
    return "\n".join(lines)


def recap(
    t: Texts,
    round_: Round,
    *,
    post: int,
    week: Sequence[Line],
    season: Sequence[Line],
    digest: str,
    next_at: int | None,
) -> Outgoing:
    """The week's results, the season's standings, and the ledger's newest digest."""
    box = container(post, ACCENT)
    box.add_text_display(t("# Week {week} in the books", week=round_.week.number))
    if week:
        box.add_text_display(t("### This riddle") + "\n" + board(t, week))
    if season:
        box.add_text_display(t("### The season") + "\n" + board(t, season))
    if not week and not season:
        box.add_text_display(t("No points this time. The board is yours to take."))
    if next_at is not None:
        box.add_text_display(t("📅 Next riddle: {moment}.", moment=when(next_at, "F")))
    box.add_text_display(
        t(
            "-# Ledger: `{digest}`. Anyone can ask the staff to prove the books against it.",
            digest=digest,
        )
    )
    return Outgoing(box)


MEDALS = {1: "🥇", 2: "🥈", 3: "🥉"}


def board(t: Texts, lines: Sequence[Line]) -> str:
    """Lines of a leaderboard."""
    return "\n".join(
        f"{MEDALS.get(line.rank, f'`{line.rank:>2}.`')} **{escape(line.name)}** · "
        f"{t.points(line.points)}"
        for line in lines
    )
