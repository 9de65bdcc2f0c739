"""Text that members or files brought, for a terminal."""


def shown(text: str) -> str:
    """The text without characters that command a terminal or turn a line around."""
    return "".join(one for one in text if one.isprintable() or one == "\n")
