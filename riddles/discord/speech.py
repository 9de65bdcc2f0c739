"""Speech: a sentence as it is said to a person, with a capital at its head and a full stop.

In the code, and on the command line, refusals are what stands behind `path:line:` or a colon;
on Discord they stand alone.
"""

from collections.abc import Mapping
from typing import Any

from riddles.discord.locales import Texts
from riddles.discord.markdown import escape
from riddles.sentence import Sentence

ENDS = (".", "!", "?", "…", ":", "```")
CLOSING = "”»)\"' \N{NARROW NO-BREAK SPACE}\N{NO-BREAK SPACE}"
"""What may stand behind the end of a sentence."""


TYPED = frozenset({"reason", "why"})
"""Facts that a person typed, where they are text."""


def retold(kept: Mapping[str, Any], t: Texts) -> str:
    """A sentence that was kept, in which what a person typed stands as they typed it."""
    facts = {
        name: escape(fact) if name in TYPED and isinstance(fact, str) else fact
        for name, fact in kept.get("facts", {}).items()
    }
    return Sentence.of({**kept, "facts": facts}).said(t)


def spoken(sentence: Sentence, t: Texts) -> str:
    """The sentence in the reader's language, from its capital to its full stop.

    What begins with a fact, a folder's name for one, keeps it as it is.
    """
    said, begins = sentence.said(t), t.plain(sentence.text)[:1]
    if begins.islower():
        said = begins.upper() + said[1:]
    return said if said.rstrip(CLOSING).endswith(ENDS) or "\n" in said else f"{said}."
