"""What a member sees about themselves: the riddle, hints, points."""

from dataclasses import dataclass

import hikari
from hikari import impl

from engine.calendar import Step
from engine.moments import to_ms
from engine.people.personal import Absence
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A riddle as one member meets it: where its messages are, and how they stand with it."""

    open: bool
    link: str | None = None
    """To its message in the member's server."""
    solution: str | None = None
    """To the message of the reveal there."""
    solved: bool = False
    tries: int = 0
    taken: int = 0
    """Hints taken early."""
    corrected: str | None = None
    """The newest correction."""


def riddle(t: Texts, round_: Round, seen: Seen) -> str:
    """The current riddle with its newest correction, and where the member stands with it."""
    lines = [
        t("**Riddle no. {number}: {title}**", number=round_.id, title=round_.rules.title),
        round_.rules.wording(t.lang).prompt,
        *([f"✏️ {seen.corrected}"] if seen.corrected else []),
        "-# " + t("difficulty {stars}", stars=stars(round_.rules.difficulty)),
    ]
    if seen.link:
        lines.append(t("🎬 The video: {link}", link=seen.link))
    lines.append(_how_far(t, round_, seen))
    if round_.voided_at is not None:
        lines.append(t("This riddle is void: it counts for nobody."))
    if seen.solved:
        lines.append(t("🎉 You solved it."))
    elif seen.tries and round_.sealed and not round_.has(Step.REVEAL):
        lines.append(t("📨 Your last answer stands. The verdict comes with the solution."))
    elif seen.tries:
        lines.append(t.n("You tried {count} time.", "You tried {count} times.", seen.tries))
    if seen.taken:
        lines.append(
            t.n("You took {count} hint early.", "You took {count} hints early.", seen.taken)
        )
    return "\n".join(lines)


def _how_far(t: Texts, round_: Round, seen: Seen) -> str:
    """Until when one can answer; then when the solution comes; then where it stands."""
    closes = to_ms(round_.closes_at)
    if seen.open:
        return t(
            "⏳ Open until {moment} ({relative}).",
            moment=when(closes, "F"),
            relative=when(closes, "R"),
        )
    closed = t("🔒 Closed since {moment}.", moment=when(closes, "F"))
    if not round_.has(Step.REVEAL):
        reveals = when(to_ms(round_.reveals_at), "F")
        return f"{closed} " + t("The solution is due {moment}.", moment=reveals)
    practice = t("-# `/answer` still judges what you try, for practice.")
    if seen.solution is None:
        return "\n".join([closed, t("💡 The solution is out."), practice])
    return "\n".join([closed, t("💡 The solution: {link}", link=seen.solution), practice])


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
                "-# Hint {n} is free for all from {moment} on ({relative}).",
                n=state.next,
                moment=when(state.free_at_ms, "f"),
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


@dataclass(frozen=True, slots=True)
class Chance:
    """The riddle that is open, and that the member has not solved yet."""

    number: int
    link: str | None
    answered: bool = False
    """Whether an answer of theirs waits for the reveal."""


def points(
    t: Texts, *, balance: int, season: Own, all_time: Own, absence: Absence, chance: Chance | None
) -> str:
    """Balance, score and rank; who has no score yet learns where to earn one."""
    lines = [t("💰 You can spend **{points}**.", points=t.points(balance))]
    if season.rank is None:
        lines.append(_no_score(t, chance))
    else:
        lines.append(
            t("🏆 This season: **{points}**", points=t.points(season.points)) + _rank(t, season)
        )
    if all_time.rank is not None and all_time != season:
        lines.append(
            t("📚 All time: **{points}**", points=t.points(all_time.points)) + _rank(t, all_time)
        )
    if season.rank is not None and season.place is None:
        lines.append("-# " + off_the_board(t, absence))
    lines.append(t("-# Spending points never lowers your score."))
    return "\n".join(lines)


def _rank(t: Texts, own: Own) -> str:
    """The rank behind a score; whoever is on no board has none, and reads what it would be."""
    rank, members = t.number(own.rank or 0), t.number(own.members)
    if own.place is None:
        return t(", which would be rank **{rank}**.", rank=rank)
    return t(", rank **{rank}** of {members}.", rank=rank, members=members)


def _no_score(t: Texts, chance: Chance | None) -> str:
    if chance is None:
        return t("No score this season yet: the next riddle is a good start.")
    if chance.answered:
        return t(
            "No score this season yet: your answer to riddle no. {number} is judged at the reveal.",
            number=chance.number,
        )
    if chance.link is None:
        return t(
            "No score this season yet: riddle no. {number} is open, a good start.",
            number=chance.number,
        )
    return t(
        "No score this season yet: riddle no. {number} is open, a good start: {link}",
        number=chance.number,
        link=chance.link,
    )


def off_the_board(t: Texts, absence: Absence) -> str:
    """Why a member's name does not stand on a board."""
    match absence:
        case "hidden":
            return t("You are hidden from boards. `/mydata` shows you again.")
        case "banned":
            return t("Boards do not show your name. The staff can tell you why.")
        case None:
            return t("Your name is not on this board.")
