"""Which language the terminal speaks: the one place that decides it."""

import os
import re
from collections.abc import Mapping

from riddles.texts import Language

VARIABLES = ("RIDDLES_LANG", "LC_ALL", "LC_MESSAGES", "LANG")
"""The first of them that says anything decides; ours before those of POSIX."""
_FRENCH = re.compile(r"fr(?![a-z])", re.IGNORECASE)
"""`fr`, `fr_FR.UTF-8`, `fr-CA`; and not `fro` or `frr`, which are other languages."""


def language_of(variables: Mapping[str, str] = os.environ) -> Language:
    """French where the environment asks for it; English for everything else, `C` among it."""
    wanted = next((value for name in VARIABLES if (value := variables.get(name))), "")
    return "fr" if _FRENCH.match(wanted.strip()) else "en"
