"""By hand: what hosts do to the course of the show, with the same guarantees as the clock.

One thing is done at a time, and never while the clock does another. Each names who did it, and
carries the key of the interaction by which it was asked for: delivered twice, it is done once.
"""

from riddles.hand.correcting import Corrected, correct, void
from riddles.hand.extending import Until, extend, latest_closing
from riddles.hand.means import Hand, Host, open_one
from riddles.hand.queue import skip, swap, unskip
from riddles.hand.rounds import publish, take, waiting_for
from riddles.hand.until import parse_until

__all__ = [
    "Corrected",
    "Hand",
    "Host",
    "Until",
    "correct",
    "extend",
    "latest_closing",
    "open_one",
    "parse_until",
    "publish",
    "skip",
    "swap",
    "take",
    "unskip",
    "void",
    "waiting_for",
]
