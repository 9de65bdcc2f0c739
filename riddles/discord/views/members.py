"""What a member sees about themselves: the riddle, hints, points."""

import hikari
from hikari import impl

from engine.moments import to_ms
from engine.play.hints import HintState
from engine.play.rounds import Round
from engine.standings import Own
from riddles.discord.locales import Texts
from riddles.discord.markdown import when
from riddles.discord.views.rounds import stars


def answer_form(t: Texts) -> tuple[str, impl.ModalActionRowBuilder]:
    """Title and field of the form behind the button."""
    row = impl.ModalActionRowBuilder()
    row.add_text_input(
        "answer",
        t("What is it?"),
        placeholder=t("A few words are enough"),
        style=hikari.TextInputStyle.SHORT,
    )
    return t("Your answer"), row


def riddle(
    t: Texts,
    round_: Round,
    *,
    link: str | None,
    solved: bool,
    tries: int,
    taken: int,
    corrected: str | None = None,
) -> str:
    """The current riddle with its newest correction, and where the member stands with it."""
    lines = [
        t("**Riddle no. {number}: {title}**", number=round_.id, title=round_.rules.title),
        round_.rules.wording(t.lang).prompt,
        *([f"✏️ {corrected}"] if corrected else []),
        "-# " + t("difficulty {stars}", stars=stars(round_.rules.difficulty)),
    ]
    if link:
        lines.append(t("🎬 The video: {link}", link=link))
    closes = when(to_ms(round_.closes_at), "R")
    lines.append(
        t("⏳ Closes {relative}.", relative=closes)
        if round_.is_open
        else t("🔒 Closed {relative}.", relative=closes)
    )
    if solved:
        lines.append(t("🎉 You solved it."))
    elif tries:
        lines.append(t.n("You tried {count} time.", "You tried {count} times.", tries))
    if taken:
        lines.append(t.n("You took {count} hint early.", "You took {count} hints early.", taken))
    return "\n".join(lines)


def hints(
    t: Texts, round_: Round, state: HintState, *, solved: bool
) -> tuple[str, list[impl.MessageActionRowBuilder]]:
    """The hints a member may read, and the offer of the next."""
    words = round_.rules.wording(t.lang).hints
    lines = [f"🔍 **{n}.** {words[n - 1]}" for n in state.open if n <= len(words)]
    if not words:
        return t("This riddle has no hints."), []
    if state.next is None or state.next > len(words):
        return "\n".join(lines), []
    if not lines:
        lines.append(t("No hint is out yet."))
    if state.free_at_ms is not None:
        lines.append(
            t(
                "-# Hint {n} is free for all {relative}.",
                n=state.next,
                relative=when(state.free_at_ms, "R"),
            )
        )
    else:
        lines.append(t("-# Hint {n} is free for all at the reveal.", n=state.next))
    if solved or not round_.is_open:
        return "\n".join(lines), []
    lines.append(
        t(
            "Reading it now costs **{points}**, charged only if you solve the riddle.",
            points=t.points(state.price),
        )
    )
    row = impl.MessageActionRowBuilder()
    row.add_interactive_button(
        hikari.ButtonStyle.SECONDARY,
        f"v1:take:{round_.id}:{state.next}",
        label=t("Read hint {n} now", n=state.next),
        emoji="🔍",
    )
    return "\n".join(lines), [row]


def points(t: Texts, *, balance: int, season: Own, all_time: Own) -> str:
    """Balance, score and rank."""
    lines = [t("💰 You can spend **{points}**.", points=t.points(balance))]
    if season.rank is None:
        lines.append(t("No score this season yet: the next riddle is a good start."))
    else:
        lines.append(
            t(
                "🏆 This season: **{points}**, rank **{rank}** of {members}.",
                points=t.points(season.points),
                rank=t.number(season.rank),
                members=t.number(season.members),
            )
        )
    if all_time.rank is not None and all_time != season:
        lines.append(
            t(
                "📚 All time: **{points}**, rank **{rank}** of {members}.",
                points=t.points(all_time.points),
                rank=t.number(all_time.rank),
                members=t.number(all_time.members),
            )
        )
    lines.append(t("-# Spending points never lowers your score."))
    return "\n".join(lines)
