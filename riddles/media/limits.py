"""How large a file each Discord server takes, and what we are ready to work on.

Discord's limit for servers without boosts has moved more than once: 25, 10 and, documented since
September 2026, 20 MiB. Ten MiB has always worked, so it is what we count on, and the variant kept
for the day a server loses its boosts. A server's `upload_limit` in the settings overrides the
table below.
"""

from dataclasses import dataclass

MIB = 1024 * 1024

SAFE_LIMIT = 10 * MIB
"""Bytes that every server has always taken."""

BY_BOOST_LEVEL = (SAFE_LIMIT, SAFE_LIMIT, 50 * MIB, 100 * MIB)
"""Bytes that a server of boost level 0, 1, 2 and 3 takes, whoever uploads."""


def upload_limit(boost_level: int, override: int | None = None) -> int:
    """Bytes one attachment may have in a server of this boost level (0 to 3)."""
    if override is not None:
        return override
    return BY_BOOST_LEVEL[max(0, min(boost_level, len(BY_BOOST_LEVEL) - 1))]


def variants(limit: int) -> tuple[int, ...]:
    """The limits to prepare for, largest first; the last is sent when Discord says 413 or 40005."""
    return (limit, SAFE_LIMIT) if limit > SAFE_LIMIT else (limit,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What is refused before work begins, and how long work may take."""

    source_bytes: int = 2 * 1024 * MIB
    duration_s: float = 30 * 60
    shortest_s: float = 0.5
    side: int = 4096
    fps: float = 120
    fetch_s: float = 20 * 60
    """The whole of one fetch: a trickling server never times out on a read."""
    read_s: float = 20
    """One read from the network."""
    retries: int = 10
    """After a broken connection, going on where it broke."""
    silence_s: float = 180
    """A worker that gets no further for so long is stopped."""


BOUNDS = Bounds()


def spoken_size(size: float) -> str:
    """Bytes as people say them."""
    if size < MIB:
        return f"{size / 1024:.0f} KiB"
    if size < 1024 * MIB:
        return f"{size / MIB:.1f} MiB"
    return f"{size / (1024 * MIB):.1f} GiB"


def spoken_time(seconds: float) -> str:
    """A duration as people say it."""
    if seconds < 90:  # noqa: PLR2004 - up to here, seconds read better
        return f"{seconds:.3g} s"
    minutes, rest = divmod(round(seconds), 60)
    if minutes < 90:  # noqa: PLR2004 - as above
        return f"{minutes} min {rest:02} s" if rest else f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60:02} min"
