"""Moments: aware UTC in Python, whole milliseconds since 1970 in the database."""

from datetime import UTC, datetime, timedelta
from functools import lru_cache

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


@lru_cache(maxsize=256)
def to_ms(moment: datetime) -> int:
    """Whole milliseconds since 1970, rounded down; exact, without floating point.

    The moments of an open round are asked for with each try.
    """
    return (moment - EPOCH) // MILLISECOND


def from_ms(ms: int) -> datetime:
    """The aware UTC moment."""
    return EPOCH + ms * MILLISECOND
