"""Speech: a sentence as it is said to a person, with a capital at its head and a full stop.

In the code, and on the command line, refusals are what stands behind `path:line:` or a colon;
on Discord they stand alone.
"""

from riddles.discord.locales import Texts
from riddles.sentence import Sentence

ENDS = (".", "!", "?", "…", ":", "```")
CLOSING = "”»)\"' \N{NARROW NO-BREAK SPACE}\N{NO-BREAK SPACE}"
"""What may stand behind the end of a sentence."""


def spoken(sentence: Sentence, t: Texts) -> str:
    """The sentence in the reader's language, from its capital to its full stop.

    What begins with a fact, a folder's name for one, keeps it as it is.
    """
    said, begins = sentence.said(t), t.plain(sentence.text)[:1]
    if begins.islower():
        said = begins.upper() + said[1:]
    return said if said.rstrip(CLOSING).endswith(ENDS) or "\n" in said else f"{said}."
