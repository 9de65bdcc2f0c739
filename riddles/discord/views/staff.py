"""What staff read in their channel."""

from collections.abc import Mapping, Sequence

import hikari
from hikari import impl

from riddles.discord.locales import Texts
from riddles.discord.views.rounds import CALM, Outgoing, container

MOST_BUTTONS = 5


def word(
    t: Texts, *, post: int, sentence: str, buttons: Sequence[Mapping[str, str]] = ()
) -> Outgoing:
    """A word to the staff, and what they can do about it.

    A button is `{"id": "v1:…", "label": English}`; its label is in the catalogue.
    """
    box = container(post, CALM)
    box.add_text_display(t("🛠️ {sentence}", sentence=sentence))
    row = impl.MessageActionRowBuilder()
    for button in buttons[:MOST_BUTTONS]:
        row.add_interactive_button(
            hikari.ButtonStyle.SECONDARY, button["id"], label=t.plain(button["label"])
        )
    if row.components:
        box.add_component(row)
    return Outgoing(box)
