"""Ids that tell their time: Discord's snowflakes, minted from the rehearsal's clock."""

from datetime import UTC, datetime, timedelta

from riddles.clock import Clock

EPOCH = datetime(2015, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_SERIAL_BITS = 22


def at(moment: datetime, serial: int = 0) -> int:
    """The id of that millisecond with that serial number."""
    return ((moment - EPOCH) // _MILLISECOND << _SERIAL_BITS) + serial


def moment_of(snowflake: int) -> datetime:
    """The millisecond an id was minted in."""
    return EPOCH + (snowflake >> _SERIAL_BITS) * _MILLISECOND


def aged(clock: Clock, *, days: int, serial: int) -> int:
    """An id that is `days` old: for members and servers, which were there long before."""
    return at(clock.now() - timedelta(days=days), serial)


class Mint:
    """Gives out ids of the present moment, each greater than all before it."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._last = 0

    def __call__(self) -> int:
        """The next id."""
        self._last = max(at(self._clock.now()), self._last + 1)
        return self._last
