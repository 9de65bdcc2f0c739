"""What hosts see when an answer is to count after all: what it means, before and after."""

import hikari
from hikari import impl

from engine.play.rejudging import Rejudgement
from riddles.discord.locales import Texts
from riddles.discord.markdown import escape


def foreseen(
    t: Texts, found: Rejudgement, *, may_lower: bool
) -> tuple[str, list[impl.MessageActionRowBuilder]]:
    """What accepting an entry would mean, and the buttons that do it."""
    number, entry = found.round.id, escape(found.entry)
    if found.is_idle:
        return t(
            "✅ **{entry}** is accepted for riddle no. {number} already, and nobody was refused "
            "with it.",
            entry=entry,
            number=number,
        ), []
    heading = t("⚖️ If **{entry}** is accepted for riddle no. {number}:", entry=entry, number=number)
    row = impl.MessageActionRowBuilder()
    row.add_interactive_button(
        hikari.ButtonStyle.PRIMARY, f"v1:accept:{number}:0:{found.entry}", label=t("Accept it")
    )
    if may_lower and found.changes.spared:
        row.add_interactive_button(
            hikari.ButtonStyle.DANGER,
            f"v1:accept:{number}:1:{found.entry}",
            label=t("Accept it, and take back the excess"),
        )
    lines = [heading, *_lines(t, found)]
    if found.round.is_open:
        lines.append(t("-# You have looked at how it is judged: from now on you are not ranked."))
    return "\n".join(lines), [row]


def done(t: Texts, found: Rejudgement) -> str:
    """What accepting an entry has meant."""
    heading = t(
        "✅ **{entry}** is accepted for riddle no. {number}:",
        entry=escape(found.entry),
        number=found.round.id,
    )
    return "\n".join([heading, *_lines(t, found)])


def _lines(t: Texts, found: Rejudgement) -> list[str]:
    changes = found.changes
    if found.round.sealed and not found.round.is_settled:
        told = t.n(
            "{count} answer is right by it; the reveal tells",
            "{count} answers are right by it; the reveal tells",
            found.answers,
        )
        if not found.answers:
            told = t("no answer given so far is right by it")
        return [f"- {told}"]
    new, moves = len(changes.new_solvers), len(changes.podium_moves)
    lines = [
        t.n("{count} more member solves it", "{count} more members solve it", new)
        if new
        else t("nobody more solves it")
    ]
    if moves:
        lines.append(
            t.n("{count} place on the podium moves", "{count} places on the podium move", moves)
        )
    if changes.growing:
        lines.append(t.n("{count} streak grows", "{count} streaks grow", len(changes.growing)))
    lines.append(t("{points} are booked", points=t.points(changes.paid)))
    if changes.losing:
        taken = -sum(one.points for one in changes.losing)
        lines.append(
            t.n(
                "{points} are taken back from {count} member",
                "{points} are taken back from {count} members",
                len(changes.losing),
                points=t.points(taken),
            )
        )
    if changes.spared:
        kept = sum(one.spared for one in changes.spared)
        lines.append(
            t.n(
                "{count} member keeps {points} that a first count would not have given",
                "{count} members keep {points} that a first count would not have given",
                len(changes.spared),
                points=t.points(kept),
            )
        )
    return [f"- {line}" for line in lines]
