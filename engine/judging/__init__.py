"""Is this the answer? Pure, deterministic, and every verdict names the rule that decided it."""

from engine.judging.judge import Key, compile_key, judge
from engine.judging.key import AnswerKey, entries_of, parse_answer
from engine.judging.rules import RULES_VERSION
from engine.judging.rulings import accepts, examine, with_rulings
from engine.judging.verdict import Outcome, Verdict

__all__ = [
    "RULES_VERSION",
    "AnswerKey",
    "Key",
    "Outcome",
    "Verdict",
    "accepts",
    "compile_key",
    "entries_of",
    "examine",
    "judge",
    "parse_answer",
    "with_rulings",
]
