"""Text that members or files brought, for a terminal."""

KEPT = "\n\N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}"
"""French sets the spaces before : ; ! and ?, and within large numbers."""


def shown(text: str) -> str:
    """The text without characters that command a terminal or turn a line around."""
    return "".join(one for one in text if one.isprintable() or one in KEPT)
