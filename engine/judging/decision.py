"""What a step of judging decides; `judge` adds the normal form and makes it a verdict."""

from collections.abc import Mapping
from dataclasses import dataclass

from engine.judging import rules
from engine.judging.verdict import Outcome, Reason


@dataclass(frozen=True, slots=True)
class Decision:
    """An outcome and the step that led to it."""

    outcome: Outcome
    rule: str
    entry: str | None = None
    reason: Reason | None = None
    say: Mapping[str, str] | None = None


def accepted(rule: str, entry: str | None) -> Decision:
    """Right, by this rule."""
    return Decision(Outcome.ACCEPT, rule, entry)


TOO_LONG = Decision(Outcome.INVALID, rules.TOO_LONG, reason="too_long")
EMPTY = Decision(Outcome.INVALID, rules.EMPTY, reason="empty")
SEVERAL = Decision(Outcome.INVALID, rules.SEVERAL, reason="several")
NO_MATCH = Decision(Outcome.REJECT, rules.NO_MATCH)
