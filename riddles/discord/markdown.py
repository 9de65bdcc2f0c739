"""Markdown: what members write is shown as they wrote it, whatever it tries to be."""

import re

_SPECIAL = re.compile(r"([\\`*_~|>#\-\[\]()<:@])")


def escape(text: str) -> str:
    """The text with everything that Discord could read as markup made plain."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def when(ms: int, style: str = "f") -> str:
    """A moment (milliseconds UTC) that each reader sees in their own time zone."""
    return f"<t:{ms // 1000}:{style}>"
