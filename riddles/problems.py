"""What is wrong in a file that a person wrote: where, what, and what to do about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from riddles.refusal import Refusal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing to mend. An error keeps a file from being used, a warning does not."""

    path: Path
    line: int
    """Counted from 1."""
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.message}"


class Invalid(Refusal):
    """A file that cannot be used; it says every reason at once."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        files = " and ".join(sorted({str(problem.path) for problem in problems}))
        lines = (str(problem) for problem in self.problems)
        super().__init__("\n".join([f"{files} cannot be used:", *lines]))


def errors(problems: Sequence[Problem]) -> list[Problem]:
    """Those that keep a file from being used."""
    return [problem for problem in problems if problem.severity == "error"]
