"""Findings: one thing that was looked at, how it is, and what to do about it."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

log = logging.getLogger(__name__)

Grade = Literal["good", "warning", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the checkup."""

    subject: str
    grade: Grade
    says: str
    remedy: str | None = None
    """In words; None where there is nothing to do."""


def good(subject: str, says: str) -> Finding:
    """All is well."""
    return Finding(subject, "good", says)


def warning(subject: str, says: str, remedy: str) -> Finding:
    """The show runs, and this should be mended."""
    return Finding(subject, "warning", says, remedy)


def bad(subject: str, says: str, remedy: str) -> Finding:
    """The show does not run, or not for long."""
    return Finding(subject, "bad", says, remedy)


def collected(subject: str, look: Callable[[], Iterable[Finding]]) -> list[Finding]:
    """What one look finds; a look that fails is a finding too, and stops no other."""
    try:
        return list(look())
    except Exception as error:  # noqa: BLE001 - whatever is wrong here, the rest is still examined
        return [could_not_look(subject, error)]


def could_not_look(subject: str, error: Exception) -> Finding:
    """The finding that nothing could be found; the error's own words may hold a secret."""
    log.debug("%s could not be examined", subject, exc_info=error)
    words = f": {error.strerror}" if isinstance(error, OSError) and error.strerror else ""
    return bad(
        subject,
        f"could not be examined ({type(error).__name__}{words})",
        "tell whoever maintains the program what this line says",
    )
