"""What is wrong in a file that a person wrote: where, what, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from riddles.refusal import Several
from riddles.sentence import Sentence, Speaker, both

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. An error keeps a file from being used, a warning does not."""

    path: Path
    line: int
    """Counted from 1."""
    message: Sentence
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"

    def said(self, t: Speaker) -> str:
        """The problem in the reader's language; its place stays as editors know it."""
        return f"{self.path}:{self.line}: {self.message.said(t)}"

    @property
    def order(self) -> tuple[Path, int, str]:
        """By file, then by line, then by what is said first in the dictionary."""
        return self.path, self.line, str(self.message)


class Invalid(Several):
    """A file that cannot be used; it says every reason at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        files = sorted({str(problem.path) for problem in problems})
        head = Sentence("{files} cannot be used:", files=both(files))
        super().__init__([head, *self.problems])


def errors(problems: Sequence[Problem]) -> list[Problem]:
    """Those that keep a file from being used."""
    return [problem for problem in problems if problem.severity == "error"]
