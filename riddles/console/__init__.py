"""The terminal speaks its reader's language: French or English.

`RIDDLES_LANG` decides it, else the locale of the environment; see `riddles.console.language`.
Log lines, JSON and `--help` are English whoever reads them: programs search for them.
"""

from riddles.console.language import language_of
from riddles.console.texts import Texts, here, texts

__all__ = ["Texts", "here", "language_of", "texts"]
