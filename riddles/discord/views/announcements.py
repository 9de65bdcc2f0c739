"""What everybody reads between the steps of a round."""

from riddles.discord.locales import Texts
from riddles.discord.views.rounds import CALM, Outgoing, container


def word(t: Texts, *, post: int, sentence: str) -> Outgoing:
    """A word to everybody."""
    box = container(post, CALM)
    box.add_text_display(t("📢 {sentence}", sentence=sentence))
    return Outgoing(box)
