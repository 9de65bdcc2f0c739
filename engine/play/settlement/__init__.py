"""Settlement: what each solver of a round is entitled to, and the bookings that see to it.

One pure function (`entitlements`) says what a solve is worth; everything here books what
somebody is entitled to, less what was booked before. So it may be asked at any time and any
number of times, and whatever order answers arrived in, the same points lie in the same places.
"""

from engine.play.settlement.bookings import is_own
from engine.play.settlement.changes import Change, Changes
from engine.play.settlement.following import if_void
from engine.play.settlement.rescoring import preview_rescore, rescore
from engine.play.settlement.settling import Settled, arrive, entitlement_of, settled
from engine.scoring import entitlements

__all__ = [
    "Change",
    "Changes",
    "Settled",
    "arrive",
    "entitlement_of",
    "entitlements",
    "if_void",
    "is_own",
    "preview_rescore",
    "rescore",
    "settled",
]
