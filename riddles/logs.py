"""Logs: one line a thing that happened, on stderr; libraries speak up only when it matters."""

import logging
import re

TOKEN = re.compile(r"[\w-]{23,28}\.[\w-]{6,9}\.[\w-]{27,}")
"""The shape of a Discord token, which no log may hold."""
WEBHOOK = re.compile(r"(/(?:interactions|webhooks)/\d+/)[\w.-]{20,}")
"""The secret part of an interaction's address."""


class _Discreet(logging.Formatter):
    """Leaves out what must not be read by whoever reads logs."""

    def format(self, record: logging.LogRecord) -> str:
        if record.name.startswith("hikari"):
            record.exc_info = record.exc_text = None  # What it met on the network, in one line.
        return WEBHOOK.sub(r"\1…", TOKEN.sub("…", super().format(record)))


def set_up(*, verbose: bool = False, quiet: bool = False) -> None:
    """Log to stderr: our own steps, and the libraries' warnings."""
    handler = logging.StreamHandler()
    handler.setFormatter(_Discreet("%(asctime)s %(levelname)-7s %(name)s: %(message)s"))
    logging.basicConfig(level=logging.WARNING, handlers=[handler], force=True)
    own = logging.WARNING if quiet else logging.DEBUG if verbose else logging.INFO
    for name in ("riddles", "engine"):
        logging.getLogger(name).setLevel(own)
    if verbose:
        logging.getLogger("hikari").setLevel(logging.INFO)
