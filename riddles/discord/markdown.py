"""Markdown: what members write is shown as they wrote it, whatever it tries to be."""

import re
import unicodedata

_SPECIAL = re.compile(r"([\\`*_~|>#\-\[\]()<:@])")


def escape(text: str) -> str:
    """The text with everything that Discord could read as markup made plain.

    Invisible characters go, since some turn the rest of a line around.
    """
    visible = "".join(letter for letter in text if unicodedata.category(letter) != "Cf")
    return _SPECIAL.sub(r"\\\1", " ".join(visible.split()))


def when(ms: int, style: str = "f") -> str:
    """A moment (milliseconds UTC) that each reader sees in their own time zone."""
    return f"<t:{ms // 1000}:{style}>"
