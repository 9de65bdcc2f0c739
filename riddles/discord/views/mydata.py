"""What a member reads about their own data."""

from collections.abc import Mapping, Sequence
from typing import Any

import hikari
from hikari import impl

from engine.people.erasure import Erased
from engine.people.personal import Absence
from riddles.discord.locales import Texts

ERASE_WORD = {"fr": "EFFACER", "en": "ERASE"}
"""What one has to write, so that nobody is erased by a slip of the finger."""


def overview(
    t: Texts, data: Mapping[str, Sequence[Any]] | None, *, hidden: bool, absence: Absence
) -> tuple[str, list[impl.MessageActionRowBuilder]]:
    """What is kept, and what one can do about it."""
    if data is None:
        return t("🗂️ Nothing is kept about you here: you have not played yet."), []
    lines = [
        t("🗂️ **What is kept about you**"),
        *_counts(t, {part: len(rows) for part, rows in data.items()}),
        _on_boards(t, absence),
    ]
    row = impl.MessageActionRowBuilder()
    row.add_interactive_button(
        hikari.ButtonStyle.SECONDARY, "v1:data-file", label=t("Download it"), emoji="📦"
    )
    row.add_interactive_button(
        hikari.ButtonStyle.SECONDARY,
        "v1:data-show" if hidden else "v1:data-hide",
        label=t("Show me on boards") if hidden else t("Hide me from boards"),
        emoji="👁️",
    )
    row.add_interactive_button(
        hikari.ButtonStyle.DANGER, "v1:data-erase", label=t("Erase me"), emoji="🗑️"
    )
    return "\n".join(lines), [row]


def _on_boards(t: Texts, absence: Absence) -> str:
    match absence:
        case "hidden":
            return t("You are on no board: only you see your rank.")
        case "banned":
            return t("Boards do not show your name. The staff can tell you why.")
        case None:
            return t("Boards show your name.")


def _counts(t: Texts, kept: Mapping[str, int]) -> list[str]:
    """How much there is of each kind; what there is none of is left out."""
    servers, moves, rewards = kept["names"], kept["transfers"], kept["redemptions"]
    lines = {
        "names": t.n("- your name in {count} server", "- your name in {count} servers", servers),
        "answers": t.n("- {count} answer", "- {count} answers", kept["answers"]),
        "transfers": t.n("- {count} transfer of points", "- {count} transfers of points", moves),
        "redemptions": t.n("- {count} reward", "- {count} rewards", rewards),
        "draws": t.n("- {count} draw", "- {count} draws", kept["draws"]),
    }
    return [line for part, line in lines.items() if kept[part]]


def erasure_form(t: Texts) -> tuple[str, impl.ModalActionRowBuilder]:
    """The form that asks once more."""
    row = impl.ModalActionRowBuilder()
    row.add_text_input(
        "word",
        t("Write {word} to go on", word=ERASE_WORD[t.lang]),
        placeholder=t("Everything is lost, for good"),
        style=hikari.TextInputStyle.SHORT,
    )
    return t("Erase me"), row


def erased(t: Texts, gone: Erased) -> str:
    """What went with it."""
    lines = [
        t("🗑️ You are forgotten: your names, your answers and every word about you are erased."),
    ]
    if gone.points:
        lines.append(t("{points} went with it.", points=t.points(gone.points)))
    if gone.redemptions:
        lines.append(
            t.n(
                "{count} request for a reward was canceled.",
                "{count} requests for rewards were canceled.",
                gone.redemptions,
            )
        )
    if gone.draws:
        lines.append(t.n("You left {count} draw.", "You left {count} draws.", gone.draws))
    lines.append(t("-# If you play again, you begin anew."))
    return "\n".join(lines)
