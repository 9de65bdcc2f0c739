"""What a member hears about their own reminders."""

from collections.abc import Sequence

import hikari
from hikari import impl

from engine.people.reminders import Wish
from riddles.discord.locales import Texts


def wish(
    t: Texts, wanted: Wish, *, closings: bool
) -> tuple[str, Sequence[impl.MessageActionRowBuilder]]:
    """What the member is reminded of from now on, and buttons to change it.

    `closings`: whether this community reminds of closings at all.
    """
    if not wanted.anything:
        said = [t("🔕 No reminders any more.")]
    else:
        said = [t("🔔 You will be mentioned in the riddle's discussion, in this server:")]
        said += [t("- when a new riddle is out")] * wanted.opening
        said += [t("- before it closes, if you have not solved it by then")] * wanted.closing
        said += [t("-# Nobody writes to you directly.")]
    if wanted.closing and not closings:
        said.append(t("-# This community has no moment for reminders before the closing."))
    row = impl.MessageActionRowBuilder()
    for mode, label, on in (
        ("closing", t("Before the closing"), (wanted.opening, wanted.closing) == (False, True)),
        ("opening", t("New riddles"), (wanted.opening, wanted.closing) == (True, False)),
        ("both", t("Both"), wanted.opening and wanted.closing),
        ("off", t("No reminders"), not wanted.anything),
    ):
        row.add_interactive_button(
            hikari.ButtonStyle.PRIMARY if on else hikari.ButtonStyle.SECONDARY,
            f"v1:remind:{mode}",
            label=label,
            is_disabled=on,
        )
    return "\n".join(said), [row]
