"""Findings: one thing that was looked at, how it is, and what to do about it."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal

from riddles.sentence import Sentence, Words

log = logging.getLogger(__name__)

Grade = Literal["good", "warning", "bad"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One line of the checkup."""

    subject: Words
    """One word of ours is said in the reader's language as well."""
    grade: Grade
    says: Words
    remedy: Words | None = None
    """In words; None where there is nothing to do."""

    @property
    def facts(self) -> dict[str, Any]:
        """The line for programs, in English."""
        remedy = None if self.remedy is None else str(self.remedy)
        return {
            "subject": str(self.subject),
            "grade": self.grade,
            "says": str(self.says),
            "remedy": remedy,
        }


def good(subject: Words, says: Words) -> Finding:
    """All is well."""
    return Finding(subject, "good", says)


def warning(subject: Words, says: Words, remedy: Words) -> Finding:
    """The show runs, and this should be mended."""
    return Finding(subject, "warning", says, remedy)


def bad(subject: Words, says: Words, remedy: Words) -> Finding:
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
        Sentence("could not be examined ({why})", why=f"{type(error).__name__}{words}"),
        Sentence("tell whoever maintains the program what this line says"),
    )
