"""Terminals that cannot show every sign get the nearest plain one, and no traceback."""

import codecs
import sys

PLAIN = {
    "\N{NARROW NO-BREAK SPACE}": " ",
    "\N{NO-BREAK SPACE}": " ",
    "\N{RIGHT SINGLE QUOTATION MARK}": "'",
    "“": '"',
    "”": '"',
    "«": '"',
    "»": '"',
    "…": "...",
    "→": "->",
    "œ": "oe",
    "°": "o",
}
"""Signs of our sentences, written with what every terminal has."""
_NAME = "riddles-plain"


def spare_old_terminals() -> None:
    """From here on a sign that standard output cannot write is written plainly, or as `?`."""
    codecs.register_error(_NAME, _plainly)
    for stream in (sys.stdout, sys.stderr):
        # Somebody may have put another kind of stream there, as tests do.
        if reconfigure := getattr(stream, "reconfigure", None):
            reconfigure(errors=_NAME)


def _plainly(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    signs = error.object[error.start : error.end]
    return "".join(PLAIN.get(sign, "?") for sign in signs), error.end
